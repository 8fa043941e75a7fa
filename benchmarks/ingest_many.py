"""How long very many small texts in one request take until they are stored, and until they are read.

    .venv/bin/python -m benchmarks ingest_many

The whole stack as `make run` starts it. Each text has some 100 words that no other has in that order, so that none
repeats another.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import httpx

from benchmarks.line import report
from benchmarks.stage import TEXT, processor_seconds, signed_in
from coderai.client import CoderAI
from coderai.deploy.stack import LocalStack

COUNTS = (1_000, 10_000)
GOAL = 120.0
"""Seconds until 10,000 are read, on two cores."""
_WORDS_EACH = 100
_READ_SECONDS = 900
"""Longer than that no measurement waits."""


def main() -> None:
    """Prints the measurements."""
    for count in COUNTS:
        with (
            TemporaryDirectory() as folder,
            LocalStack(Path(folder), extractors=1, http="127.0.0.1:0", grpc="127.0.0.1:0") as stack,
            signed_in(stack) as api,
        ):
            _measure(stack, api, count)


def _measure(stack: LocalStack, api: CoderAI, count: int) -> None:
    project = api.create_project(name=f"{count} small texts")
    token = api.create_api_key("benchmark", role="EDITOR").key
    before, started = processor_seconds(stack), time.monotonic()
    url = f"{stack.url}/v1/projects/{project.id}/documents"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=edge"}
    answer = httpx.post(url, content=_body(count), headers=headers, timeout=_READ_SECONDS).raise_for_status()
    stored = time.monotonic() - started
    assert (len(answer.json()["items"]), answer.json()["errors"]) == (count, []), answer.text[:1000]
    counts = api.wait_until_read(project.id, timeout=_READ_SECONDS)
    read = time.monotonic() - started
    spent = processor_seconds(stack)
    assert (counts["READY"], counts["FAILED"]) == (count, 0), counts
    how = f"one request of {count:,} texts of {_WORDS_EACH} words; load of the machine {os.getloadavg()[0]:.1f}"
    report(f"ingest_many.{count}.stored", stored, "s", f"{how}; until it is answered")
    goal = GOAL if count == max(COUNTS) else None
    report(f"ingest_many.{count}.read", read, "s", f"{how}; until all are READY", goal, at_least=False)
    for process, seconds in sorted(spent.items()):
        milliseconds = 1000 * (seconds - before.get(process, 0)) / count
        if milliseconds > 0.2:
            report(f"ingest_many.{count}.processor.{process}", milliseconds, "ms a text", how)


def _body(count: int) -> Iterator[bytes]:
    words, shuffled = TEXT.split(), random.Random(count)
    for number in range(count):
        text = f"Report {number} {uuid4()}. " + " ".join(shuffled.choices(words, k=_WORDS_EACH))
        head = f'--edge\r\nContent-Disposition: form-data; name="files"; filename="report {number}.txt"\r\n\r\n'
        yield f"{head}{text}\r\n".encode()
    yield b"--edge--\r\n"


if __name__ == "__main__":
    main()
