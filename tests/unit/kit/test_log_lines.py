"""Each line of a process's log says what was being handled, whoever writes it."""

from __future__ import annotations

import json
import subprocess
import sys

WRITES_LINES = """
import logging
from uuid import UUID
import structlog
from coderai.kit import identity, telemetry

telemetry.configure("extractor", log_format="json")
with identity.acting_as(identity.worker_identity(UUID(int=1), "request-7")):
    structlog.contextvars.bind_contextvars(document_id="d1")
    structlog.get_logger().info("ours")
    try:
        1 / 0
    except ZeroDivisionError:
        logging.getLogger("sqlalchemy.pool").exception("a library's, %s", "formatted")
"""


def test_lines_of_ours_and_of_libraries_carry_the_same_context() -> None:
    written = subprocess.run([sys.executable, "-c", WRITES_LINES], check=True, capture_output=True, text=True).stderr
    ours, theirs = map(json.loads, written.splitlines())
    for line in (ours, theirs):
        assert (line["process"], line["correlation_id"], line["document_id"]) == ("extractor", "request-7", "d1")
    assert (ours["event"], ours["level"]) == ("ours", "info")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
        "a library's, formatted",
        "error",
        "sqlalchemy.pool",
    )
    assert "ZeroDivisionError" in theirs["exception"]
