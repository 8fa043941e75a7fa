"""How much memory taking in large files needs, in each process on their way: its most above what it had before.

    .venv/bin/python -m benchmarks.ingest_memory

The files go through the whole stack: from the client to the gateway, the service and the worker's reading process.
"""

from __future__ import annotations

import csv
import io
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import psutil
from reportlab import rl_config  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.lib.utils import ImageReader  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from benchmarks.ingest import TEXTS
from benchmarks.line import report
from benchmarks.stage import running
from coderai.client import CoderAI
from coderai.deploy.stack import LocalStack

MB = 10**6
LARGE = 50 * MB
"""Bytes of a text, and of a PDF."""
ROWS = 100_000
_PICTURE = 3 * 400 * 400
"""Bytes of a picture of 400 x 400 points; as noise it cannot be compressed."""
_BETWEEN_LOOKS = 0.02
_GOALS = {"gateway": 20, "worker_of_rows": 50}
"""MB at most, where size or rows must not matter."""

rl_config.useA85 = 0
"""Pictures as they are, not as text."""

Groups = Mapping[str, Sequence[psutil.Process]]


def main() -> None:
    """Prints the measurements."""
    with TemporaryDirectory() as folder, running("http://127.0.0.1:9", workers=1, concurrency=1) as (stack, api):
        files = {"txt": text(LARGE), "pdf": pdf(LARGE), "csv": table(ROWS)}
        for kind, small in (("txt", text(1000)), ("pdf", pdf(1000)), ("csv", table(10))):
            take_in(api, Path(folder) / f"small.{kind}", small)
        for kind, data in files.items():
            path = Path(folder) / f"large.{kind}"
            with watched(processes(stack)) as growth:
                seconds = take_in(api, path, data)
            rows = f" of {ROWS} rows" if kind == "csv" else ""
            how = f"a {kind.upper()}{rows} of {len(data) / MB:.0f} MB, uploaded and read in {seconds:.1f} s; most RSS"
            for name, most in growth.items():
                goal = _GOALS.get(f"{name}_of_rows" if kind == "csv" else name, _GOALS.get(name))
                report(f"ingest.memory.{kind}.{name}", most / MB, "MB", how, goal, at_least=False)


def take_in(api: CoderAI, path: Path, data: bytes) -> float:
    """Seconds until a file is uploaded and read."""
    path.write_bytes(data)
    project = api.create_project(name=path.name)
    started = time.monotonic()
    (upload,) = api.upload(project.id, [path])
    counts = api.wait_until_read(project.id)
    assert upload.created and not counts.get("FAILED"), [*api.documents(project.id, status="FAILED")]
    return time.monotonic() - started


def processes(stack: LocalStack) -> Groups:
    """The processes that a file passes through; the worker's children, which read it, apart."""
    worker = psutil.Process(stack.processes["ingest-work"])
    return {
        "gateway": [psutil.Process(stack.processes["gateway"])],
        "ingest": [psutil.Process(stack.processes["ingest"])],
        "worker": [worker],
        "reader": worker.children(),
    }


@contextmanager
def watched(groups: Groups) -> Iterator[dict[str, int]]:
    """Bytes by which each group's memory grew at most while the block ran, told when it ends."""
    before = {name: _resident(group) for name, group in groups.items()}
    most, over, growth = dict(before), Event(), dict[str, int]()

    def look() -> None:
        while not over.wait(_BETWEEN_LOOKS):
            for name, group in groups.items():
                most[name] = max(most[name], _resident(group))

    thread = Thread(target=look)
    thread.start()
    try:
        yield growth
    finally:
        over.set()
        thread.join()
        growth.update({name: most[name] - before[name] for name in groups})


def _resident(group: Sequence[psutil.Process]) -> int:
    return sum(process.memory_info().rss for process in group if process.is_running())


def text(size: int) -> bytes:
    """A text of about so many bytes."""
    data = bytearray()
    for number, story in enumerate(cycle(TEXTS)):
        data += f"{number}. {story}\n\n".encode()
        if len(data) >= size:
            return bytes(data)
    raise AssertionError("the stories do not end")


def pdf(size: int) -> bytes:
    """A PDF of about so many bytes, most of them in the pictures beside its text."""
    target, noise = io.BytesIO(), random.Random(1)
    canvas = Canvas(target, pagesize=A4)
    for story in islice(cycle(TEXTS), max(1, size // _PICTURE)):
        pixels = io.BytesIO(b"P6 400 400 255\n" + noise.randbytes(_PICTURE))
        canvas.drawImage(ImageReader(pixels), 72, 72, 200, 200)
        for number, line in enumerate(story.split(". ")[:20]):
            canvas.drawString(72, 780 - 14 * number, line[:90])
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def table(rows: int) -> bytes:
    """A CSV of so many rows of 36 words each; none repeats another."""
    words, dice = " ".join(TEXTS).split(), random.Random(1)
    numbered = ((n, " ".join(dice.choices(words, k=36))) for n in range(rows))
    target = io.StringIO(newline="")
    csv.writer(target).writerows([["id", "text"], *numbered])
    return target.getvalue().encode()


if __name__ == "__main__":
    main()
