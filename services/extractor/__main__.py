"""python -m services.extractor serve | work | migrate."""

from kit.process import main
from services.extractor import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve, "work": bootstrap.work})
