"""Jobs with their logs, tasks and statistics, what they extracted, and what models were used for, as messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

from google.protobuf.message import Message
from sqlalchemy import Integer, and_, case, cast, func, select, tuple_
from sqlalchemy.engine import Row

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.db import Session
from coderai.kit.errors import NotFound
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.extractor.adapters import statements
from coderai.services.extractor.adapters.rows import JOB, read_job
from coderai.services.extractor.adapters.tables import extractions, job_events, jobs, model_usage, tasks
from coderai.services.extractor.domain.coding.extraction import Origin
from coderai.services.extractor.queries.packed_rows import CELLS_AT_A_TIME, OpenSession, pages_of, stream_pages
from coderai.services.extractor.usecases.jobs import JobNotFound

M = TypeVar("M", bound=Message)
_HIDDEN = ("workspace_id", "position")
_NOT_OF_JOB = ("last_sequence", "token_budget", "pace_documents", "pace_seconds", "pace_since")
_NOT_OF_TASK = (
    "created_at",
    "changed_at",
    "vanished",
    "tokens_reserved",
    "tokens_in",
    "tokens_out",
    "tokens_cached",
    "correlation_id",
    "traceparent",
    "text_version",
    "variables",
)
_NOT_OF_EXTRACTION = ("project_id", "created_at", "basis")
_MOST_USAGES = 1000
_PAGES = {
    has_entities: pages_of(statements.DOCUMENTS_OF_JOB, rows)
    for has_entities, rows in ((False, statements.ROWS), (True, statements.ROWS_OF_ENTITIES))
}
"""The statements for the pages of a job's rows, by whether they are entities."""


class ExtractionNotFound(NotFound):
    """There is no such extraction in this workspace."""


async def get_job(session: Session, job_id: UUID) -> tuple[pb.Job, int]:
    """A job, and the number of its last event. Raises JobNotFound."""
    row = (await session.execute(select(*JOB).where(jobs.c.id == job_id))).one_or_none()
    if row is None:
        raise JobNotFound()
    return job_message(row), row.last_sequence


async def list_jobs(session: Session, project_id: UUID, page: Page) -> pb.ListJobsResponse:
    """A page of a project's jobs, newest first."""
    wanted = select(*JOB).where(jobs.c.project_id == project_id).order_by(jobs.c.id.desc()).limit(page.size)
    if page.after:
        wanted = wanted.where(jobs.c.id < page.after)
    rows = (await session.execute(wanted)).all()
    return pb.ListJobsResponse(items=[job_message(row) for row in rows], next_page_token=page.next_token(rows))


async def events_after(session: Session, job_id: UUID, sequence: int, limit: int) -> list[tuple[pb.JobEvent, Any]]:
    """A job's events after a sequence number, each with the progress that the job had made by then."""
    wanted = (
        select(job_events)
        .where(job_events.c.job_id == job_id, job_events.c.sequence > sequence)
        .order_by(job_events.c.sequence)
        .limit(limit)
    )
    return [(_event(row), row.progress) for row in await session.execute(wanted)]


async def list_log(session: Session, job_id: UUID, page: Page) -> pb.ListJobLogResponse:
    """A page of a job's log, oldest first. Raises JobNotFound."""
    await get_job(session, job_id)
    wanted = select(job_events).where(job_events.c.job_id == job_id).order_by(job_events.c.sequence).limit(page.size)
    if page.after:
        last = select(job_events.c.sequence).where(job_events.c.id == page.after).scalar_subquery()
        wanted = wanted.where(job_events.c.sequence > last)
    rows = (await session.execute(wanted)).all()
    return pb.ListJobLogResponse(items=[_event(row) for row in rows], next_page_token=page.next_token(rows))


async def list_tasks(session: Session, job_id: UUID, status: str, page: Page) -> pb.ListTasksResponse:
    """A page of a job's tasks, in the order of its documents. Raises JobNotFound."""
    await get_job(session, job_id)
    wanted = select(tasks).where(tasks.c.job_id == job_id).order_by(tasks.c.position).limit(page.size)
    if status:
        wanted = wanted.where(tasks.c.status == status)
    if page.after:
        last = select(tasks.c.position).where(tasks.c.id == page.after).scalar_subquery()
        wanted = wanted.where(tasks.c.position > last)
    rows = (await session.execute(wanted)).all()
    items = [_message(pb.Task, row, without=_NOT_OF_TASK) for row in rows]
    return pb.ListTasksResponse(items=items, next_page_token=page.next_token(rows))


async def statistics(session: Session, job_id: UUID) -> pb.GetJobStatisticsResponse:
    """What a job gave, per variable in the order of the columns. Raises JobNotFound."""
    await get_job(session, job_id)
    is_answered = and_(extractions.c.value.is_not(None), extractions.c.origin != Origin.DEFAULTED)

    def of_answered(column: Any) -> Any:
        return case((is_answered, column), else_="")

    def count(condition: Any) -> Any:
        return func.sum(cast(condition, Integer))

    wanted = (
        select(
            extractions.c.variable,
            extractions.c.missing_reason,
            of_answered(extractions.c.evidence["match"].astext).label("answer_match"),
            of_answered(extractions.c.support).label("answer_support"),
            func.count().label("units"),
            count(is_answered).label("answered"),
            count(extractions.c.origin == Origin.DEFAULTED).label("defaulted"),
            count(func.cardinality(extractions.c.flags) > 0).label("flagged"),
            func.sum(case((is_answered, extractions.c.confidence), else_=0.0)).label("confidence"),
        )
        .where(extractions.c.job_id == job_id)
        .group_by(extractions.c.position, extractions.c.variable, extractions.c.missing_reason)
        .group_by("answer_match", "answer_support")
        .order_by(extractions.c.position)
    )
    by_variable: dict[str, list[Row[Any]]] = {}
    for row in await session.execute(wanted):
        by_variable.setdefault(row.variable, []).append(row)
    items = [variable_statistics(name, rows) for name, rows in by_variable.items()]
    return pb.GetJobStatisticsResponse(
        items=items,
        unread_pages=await _pages(session, job_id, "unread_pages", pb.UnreadPages),
        unsure_pages=await _pages(session, job_id, "unsure_pages", pb.UnsurePages),
    )


async def _pages(session: Session, job_id: UUID, of: str, kind: type[Any]) -> list[Any]:
    """The documents whose receipts have pages under a name, as messages of a kind."""
    pages = tasks.c.receipt[of]
    wanted = (
        select(tasks.c.document_id, tasks.c.document_name, pages.label("pages"))
        .where(tasks.c.job_id == job_id, func.jsonb_array_length(pages) > 0)
        .order_by(tasks.c.position)
    )
    return [_message(kind, row, without=()) for row in await session.execute(wanted)]


async def list_extractions(
    session: Session, request: pb.ListExtractionsRequest, wanted: Mapping[str, Any], page: Page
) -> pb.ListExtractionsResponse:
    """A page of a project's extractions, in the order of documents, entities and columns.

    `wanted` has exact matches by column, the request the bounds of the confidence.
    """
    order = (extractions.c.document_id, extractions.c.entity_index, extractions.c.position)
    statement = select(extractions).order_by(*order).limit(page.size)
    for column, value in wanted.items():
        statement = statement.where(extractions.c[column] == value)
    if request.HasField("min_confidence"):
        statement = statement.where(extractions.c.confidence >= request.min_confidence)
    if request.HasField("max_confidence"):
        statement = statement.where(extractions.c.confidence <= request.max_confidence)
    if page.after:
        last = select(*order).where(extractions.c.id == page.after)
        statement = statement.where(tuple_(*order) > last.scalar_subquery())
    rows = (await session.execute(statement)).all()
    return pb.ListExtractionsResponse(items=[_extraction(r) for r in rows], next_page_token=page.next_token(rows))


async def get_extraction(session: Session, extraction_id: UUID) -> tuple[pb.Extraction, UUID]:
    """An extraction as its job gave it, and the id of its project. Raises ExtractionNotFound."""
    row = (await session.execute(select(extractions).where(extractions.c.id == extraction_id))).one_or_none()
    if row is None:
        raise ExtractionNotFound()
    return _extraction(row), row.project_id


def stream_documents(
    open_session: OpenSession,
    job_id: UUID,
    variables: int,
    at_a_time: int = CELLS_AT_A_TIME,
    *,
    has_entities: bool = False,
) -> AsyncGenerator[pb.RowsPage, None]:
    """A job's documents in upload order with their extractions by entity and column, as `stream_pages` has them.

    `variables`: how many the job asks; `has_entities`: whether rows are entities, the places of which are to be told.
    """
    places = {"after_entity": "entity_index", "after_position": "position"}
    first = {"after_entity": -1, "after_position": -1}
    ids, statement = statements.IDS_OF_JOB, _PAGES[has_entities]
    return stream_pages(open_session, ids, statement, {"job": job_id}, first, places, variables, at_a_time)


def variable_statistics(name: str, rows: Sequence[Row[Any]]) -> pb.VariableStatistics:
    """Adds up the counts of one variable, which are in columns as those of `statistics`."""

    def units_by(column: str) -> Counter[str]:
        counted: Counter[str] = Counter()
        for row in rows:
            if value := getattr(row, column):
                counted[value] += row.units
        return counted

    answered = sum(row.answered for row in rows)
    return pb.VariableStatistics(
        variable=name,
        units=sum(row.units for row in rows),
        answered=answered,
        defaulted=sum(row.defaulted for row in rows),
        flagged=sum(row.flagged for row in rows),
        mean_confidence=sum(row.confidence for row in rows) / answered if answered else 0.0,
        missing=units_by("missing_reason"),
        evidence=units_by("answer_match"),
        support=units_by("answer_support"),
    )


def job_message(row: Row[Any]) -> pb.Job:
    """The job in a row of the columns `JOB`."""
    job = read_job(row)
    values = {name: value for name, value in row._mapping.items() if name not in _NOT_OF_JOB}
    return from_plain(pb.Job, {**values, "progress": job.progress, "eta_seconds": job.eta_seconds(datetime.now(UTC))})


def _event(row: Row[Any]) -> pb.JobEvent:
    return _message(pb.JobEvent, row, without=("id", "progress"))


def _extraction(row: Row[Any]) -> pb.Extraction:
    return _message(pb.Extraction, row, without=_NOT_OF_EXTRACTION)


def _message(kind: type[M], row: Row[Any], without: Sequence[str]) -> M:
    return from_plain(kind, {n: v for n, v in row._mapping.items() if n not in _HIDDEN and n not in without})


async def list_model_usage(session: Session, since: date) -> list[pb.ModelUsage]:
    """What the workspace has spent since a day, by project, purpose and model, the most tokens first."""
    u = model_usage.c
    counts = [func.sum(u[n]).label(n) for n in ("calls", "tokens_in", "tokens_out", "tokens_cached", "cost")]
    key = (u.project_id, u.purpose, u.model)
    found = select(*key, *counts).where(u.day >= since).group_by(*key)
    found = found.order_by(func.sum(u.tokens_in + u.tokens_out).desc()).limit(_MOST_USAGES)
    return [from_plain(pb.ModelUsage, _usage(row)) for row in await session.execute(found)]


def _usage(row: Row[Any]) -> dict[str, Any]:
    counts = {name: int(row._mapping[name]) for name in ("calls", "tokens_in", "tokens_out", "tokens_cached")}
    return {"project_id": str(row.project_id), "purpose": row.purpose, "model": row.model, "cost": row.cost, **counts}
