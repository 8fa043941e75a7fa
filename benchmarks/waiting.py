"""How long one line of text waits to be read while another workspace has 1,000 slow PDFs to be read.

.venv/bin/python -m benchmarks waiting
"""

from __future__ import annotations

import time
import zlib
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.line import report
from benchmarks.stage import signed_in
from coderai.client import CoderAI
from coderai.deploy.stack import LocalStack

SLOW_PDFS, LINES = 1_000, 20
_STROKES = 2_000_000
"""Lines drawn on the one page of a slow PDF: it takes seconds to read, and is small, as they are compressed."""


def main() -> None:
    """Prints the measurements."""
    with (
        TemporaryDirectory() as folder,
        LocalStack(Path(folder), extractors=1, http="127.0.0.1:0", grpc="127.0.0.1:0") as stack,
        signed_in(stack) as one,
        signed_in(stack) as many,
    ):
        alone = waits(one, LINES)
        slow = flood(many, SLOW_PDFS)
        beside = waits(one, LINES)
        left = sum(1 for _ in many.documents(slow, status="UPLOADED"))
    how = (
        f"{LINES} lines of text, one after the other; of {SLOW_PDFS:,} slow PDFs of another workspace {left} still wait"
    )
    report("waiting.one_line_alone_p95", _p95(alone), "s", f"{LINES} lines of text, nothing else to read")
    report("waiting.one_line_p95", _p95(beside), "s", how, goal=5, at_least=False)


def flood(api: CoderAI, count: int) -> str:
    """Uploads so many PDFs that take seconds each to be read; the id of their project."""
    project = api.create_project(name="slow PDFs")
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"slow {number}.pdf" for number in range(count)]
        pdf = slow_pdf()
        for number, path in enumerate(paths):
            path.write_bytes(pdf + b"%% %d\n" % number)
        for _ in api.upload(project.id, paths):
            pass
    return project.id


def waits(api: CoderAI, count: int) -> list[float]:
    """Seconds from the upload of one line of text until it is read, of so many, one after the other."""
    project = api.create_project(name="single lines")
    seconds = []
    with TemporaryDirectory() as folder:
        for number in range(count):
            path = Path(folder) / f"line {number}.txt"
            path.write_text(f"Line {number}: about 350 dock workers marched through Portavel on Sunday.")
            started = time.monotonic()
            for _ in api.upload(project.id, [path]):
                pass
            api.wait_until_read(project.id)
            seconds.append(time.monotonic() - started)
    return seconds


def slow_pdf() -> bytes:
    """A PDF of one page with a line of text and very many lines drawn."""
    content = zlib.compress(b"BT /F1 4 Tf 10 800 Td (The dockers marched.) Tj ET " + b"0 0 m 9 9 l S " * _STROKES)
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
    )
    parts, offsets = [b"%PDF-1.4\n"], []
    for number, body in enumerate(objects, start=1):
        offsets.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = sum(map(len, parts))
    parts.append(b"xref\n0 5\n0000000000 65535 f \n" + table + b"trailer << /Size 5 /Root 1 0 R >>\n")
    return b"".join(parts) + b"startxref\n%d\n%%%%EOF\n" % start


def _p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    main()
