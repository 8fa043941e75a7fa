"""python -m coderai.services.copilot serve | migrate."""

from coderai.kit.process import main
from coderai.services.copilot import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve})
