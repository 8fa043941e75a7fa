"""python -m services.projects serve | migrate."""

from kit.process import main
from services.projects import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve})
