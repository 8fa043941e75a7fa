"""The numbers of jobs and their extractions, and of what models cost."""

from __future__ import annotations

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import func, select

from coderai.codebook.variable import VariableType
from coderai.kit import telemetry
from coderai.kit.db import Database
from coderai.kit.models import ModelList
from coderai.services.extractor.adapters.tables import jobs
from coderai.services.extractor.domain.coding.extraction import Extraction, Status
from coderai.services.extractor.domain.jobs.job import ACTIVE, Event, EventType
from coderai.services.extractor.domain.jobs.spending import Purpose

EXTRACTIONS = Counter("coderai_extractions_total", "Values saved, missing ones too", ["type", "status"])
CONFIDENCE = Histogram(
    "coderai_extraction_confidence",
    "Confidence of the values saved, without missing ones",
    ["type"],
    buckets=tuple(tenth / 10 for tenth in range(1, 11)),
)
EVENTS = Counter("coderai_job_events_total", "What happened to jobs and their documents", ["event"])
DOLLARS = Counter("coderai_llm_dollars_total", "US dollars spent, where prices are known", ["model", "purpose"])
JOBS = Gauge("coderai_jobs", "Jobs that run or are paused", ["status"])
DOCUMENTS_LEFT = Gauge("coderai_job_documents_left", "Documents of these jobs that are not coded yet", ["status"])


def expect(models: ModelList) -> None:
    """Shows all that is counted here, at zero; dollars of these models."""
    telemetry.expect(EXTRACTIONS, VariableType, Status)
    telemetry.expect(CONFIDENCE, VariableType)
    telemetry.expect(EVENTS, EventType)
    telemetry.expect(DOLLARS, models.entries, Purpose)


def count_extractions(saved: Iterable[Extraction]) -> None:
    """Counts the extractions of a document."""
    for extraction in saved:
        kind = extraction.variable.type
        EXTRACTIONS.labels(kind, extraction.status).inc()
        if extraction.value is not None:
            CONFIDENCE.labels(kind).observe(extraction.confidence, telemetry.exemplar())


def count_events(events: Iterable[Event]) -> None:
    """Counts what a change of a job wrote to its log."""
    for event in events:
        EVENTS.labels(event.type).inc(1, telemetry.exemplar())


async def measure_jobs(db: Database) -> None:
    """Counts the jobs of all workspaces that have not ended."""
    left = func.sum(jobs.c.documents_total - jobs.c.documents_processed)
    by_status = select(jobs.c.status, func.count(), left).where(jobs.c.status.in_(ACTIVE)).group_by(jobs.c.status)
    async with db.sweep() as connection:
        found = {status: (count, documents) for status, count, documents in await connection.execute(by_status)}
    for status in ACTIVE:
        count, documents = found.get(status, (0, 0))
        JOBS.labels(status).set(count)
        DOCUMENTS_LEFT.labels(status).set(documents)
