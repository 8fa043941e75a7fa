"""python -m coderai.services.extractor serve | work | migrate."""

import coderai.kit.garbage  # noqa: F401 - for all that is imported after it
from coderai.kit.process import main
from coderai.services.extractor import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve, "work": bootstrap.work})
