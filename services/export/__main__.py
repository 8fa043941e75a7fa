"""python -m coderai.services.export serve | work | migrate."""

from coderai.kit.process import main
from coderai.services.export import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve, "work": bootstrap.work})
