"""python -m coderai.services.export serve | work | migrate."""

import coderai.kit.garbage  # noqa: F401 - for all that is imported after it
from coderai.kit.process import main
from coderai.services.export import bootstrap

main(bootstrap.SERVICE, {"serve": bootstrap.serve, "work": bootstrap.work})
