"""python -m coderai.services.extractor serve | work | migrate."""

from coderai.kit.process import main
from coderai.services.extractor import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve, "work": bootstrap.work})
