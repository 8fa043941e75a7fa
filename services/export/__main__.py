"""python -m services.export serve | work | migrate."""

from kit.process import main
from services.export import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve, "work": bootstrap.work})
