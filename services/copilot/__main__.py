"""python -m services.copilot serve | migrate."""

from kit.process import main
from services.copilot import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve})
