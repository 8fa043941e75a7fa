"""python -m coderai.services.ingest serve | work | migrate, or report FOLDER_OR_FILE ... (needs no running stack)."""

import sys

import coderai.kit.garbage  # noqa: F401 - for all that is imported after it
from coderai.kit.process import main
from coderai.services.ingest import bootstrap, report

if sys.argv[1:2] == ["report"]:
    report.main(sys.argv[2:])
else:
    main(bootstrap.SERVICE, {"serve": bootstrap.serve, "work": bootstrap.work})
