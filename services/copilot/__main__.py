"""python -m coderai.services.copilot serve | migrate."""

import coderai.kit.garbage  # noqa: F401 - for all that is imported after it
from coderai.kit.process import main
from coderai.services.copilot import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve})
