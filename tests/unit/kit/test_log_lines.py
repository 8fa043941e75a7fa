"""Each line of a process's log says what was being handled, whoever writes it, and quotes nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

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
        logging.getLogger("sqlalchemy.pool").exception("a library's, %d times", 3)
"""
QUOTES_DOCUMENTS = """
import asyncio, gc, logging, smtplib, warnings
import structlog
from coderai.kit import errors, telemetry

telemetry.configure("extractor", log_format="json")
log = structlog.get_logger()
SAID = "Ada Byron (ada@example.org) was not paid"


async def fails():
    raise ValueError(SAID)


async def forgets():
    task = asyncio.ensure_future(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task
    gc.collect()


try:
    try:
        asyncio.run(fails())
    except ValueError as error:
        raise errors.Conflict(SAID) from error
except errors.Conflict as error:
    log.warning("ours", error=error, exc_info=True)
    logging.getLogger("library").error("%s of %d: %s", SAID, 7, error)
    logging.getLogger("library").error(error)
log.warning("mail", error=smtplib.SMTPSenderRefused(550, SAID.encode(), SAID))
log.warning("away", error=FileNotFoundError(2, SAID, SAID))
log.warning("named", error=errors.Unavailable())
asyncio.run(forgets())
warnings.warn(SAID)
raise ExceptionGroup(SAID, [ValueError(SAID)])
"""


def lines_of(program: str) -> list[dict[str, Any]]:
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=240)
    return [json.loads(line) for line in ran.stderr.splitlines()]


def test_lines_of_ours_and_of_libraries_carry_the_same_context() -> None:
    ours, theirs = lines_of(WRITES_LINES)
    for line in (ours, theirs):
        assert (line["process"], line["correlation_id"], line["document_id"]) == ("extractor", "request-7", "d1")
    assert (ours["event"], ours["level"]) == ("ours", "info")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == (
        "a library's, 3 times",
        "error",
        "sqlalchemy.pool",
    )
    assert "ZeroDivisionError" in theirs["exception"]


def test_errors_are_told_without_what_their_messages_quote() -> None:
    lines = lines_of(QUOTES_DOCUMENTS)
    assert not [line for line in lines if "Ada" in str(line) or "ada@" in str(line)]
    ours, filled, bare, mail, away, named, forgotten, warned, ended = lines
    assert ours["error"] == "conflict"
    assert ours["exception"].index("in fails") < ours["exception"].index("ValueError\n\n")
    assert ours["exception"].endswith("conflict")
    assert (filled["event"], bare["event"]) == ("... of 7: conflict", "conflict")
    assert mail["error"] == "SMTPSenderRefused 550"
    assert away["error"] == "FileNotFoundError (No such file or directory)"
    assert named["error"] == "unavailable: Something that is needed cannot be reached now."
    assert (forgotten["event"], forgotten["logger"]) == ("Task exception was never retrieved", "asyncio")
    assert warned["category"] == "UserWarning"
    assert ended["event"] == "process_failed"
    assert "ValueError" in ended["exception"]
