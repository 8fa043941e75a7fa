"""python -m coderai.services.projects serve | migrate."""

from coderai.kit.process import main
from coderai.services.projects import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve})
