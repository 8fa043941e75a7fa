"""The numbers of files that are read."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from coderai.ingest.v1.ingest_service_pb2 import DocumentFormat
from coderai.kit import telemetry
from coderai.kit.wire import enum_names
from coderai.services.ingest.domain.problems import PageNotDrawn, Unreadable

UNKNOWN = "UNKNOWN"
"""The format of a file that could not be read."""
FORMATS = (*filter(None, enum_names(DocumentFormat.DESCRIPTOR).values()), UNKNOWN)
READ = "read"
PAGE_TASKS, PAGE_OUTCOMES = ("draw", "locate"), ("done", "failed")

FILES = Counter("coderai_files_read_total", "Files read, or found unreadable", ["format", "outcome"])
SECONDS = Histogram(
    "coderai_file_read_seconds", "Time to read a file", ["format"], buckets=(0.01, 0.05, 0.2, 0.5, 1, 2, 5, 15, 60, 120)
)
telemetry.expect(FILES, [name for name in FORMATS if name != UNKNOWN], [READ])
telemetry.expect(FILES, [UNKNOWN], [kind().code for kind in Unreadable.__subclasses__() if kind is not PageNotDrawn])

PAGES = Histogram(
    "coderai_page_seconds",
    "Time to draw a page, or to find passages on pages",
    ["task", "outcome"],
    buckets=(0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30),
)
telemetry.expect(PAGES, PAGE_TASKS, PAGE_OUTCOMES)


def count(format: str, seconds: float) -> None:
    """Counts a file that was read."""
    FILES.labels(format, READ).inc(1, telemetry.exemplar())
    SECONDS.labels(format).observe(seconds, telemetry.exemplar())


def count_unreadable(problem: Unreadable, seconds: float) -> None:
    """Counts a file that cannot be read, by the kind of problem."""
    FILES.labels(UNKNOWN, problem.code).inc(1, telemetry.exemplar())
    SECONDS.labels(UNKNOWN).observe(seconds, telemetry.exemplar())


def count_page(task: str, *, is_done: bool, seconds: float) -> None:
    """Counts a page that was drawn or looked through, or could not be; `task`: draw or locate."""
    PAGES.labels(task, "done" if is_done else "failed").observe(seconds, telemetry.exemplar())
