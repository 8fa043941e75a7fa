"""Requests exports, writes their files, and records what became of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import structlog

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.export.v1.work_pb2 import WriteExport
from coderai.kit.audit import Fact
from coderai.kit.errors import CoderAIError, Internal, InvalidInput, Unavailable
from coderai.kit.threads import in_thread
from coderai.services.export.domain.coded import TRIAL, Job
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import MOST_PENDING, Export, Status, Written
from coderai.services.export.domain.measured import NO_REPORT
from coderai.services.export.domain.problems import ExportInvalid, JobNotFound, NoJob, NothingToExport, TooManyExports
from coderai.services.export.domain.stages import Stages
from coderai.services.export.usecases.beside import fetched
from coderai.services.export.usecases.ending import remove_files
from coderai.services.export.usecases.ports import Files, Jobs, OpenStore, Sources, Store

log = structlog.get_logger()

Clock = Callable[[], datetime]
T = TypeVar("T")

TELL_EVERY = timedelta(seconds=1)
READING = 60.0
"""Percent of an export's time in which rows are read and counted; adapters.files has the rest."""

_ASK_AGAIN = "the file could not be written now: export again, and tell an operator if that fails too"


async def create_export(
    open_store: OpenStore, jobs: Jobs, export_id: UUID, project_id: UUID, plain: Mapping[str, Any]
) -> None:
    """Asks for a file of the project's dataset, or of the job that is named.

    Raises:
        JobNotFound, NoJob, NothingToExport, ExportInvalid, TooManyExports; NotFound: there is no such project.
    """
    job_id = plain.get("job_id", "")
    if job_id:
        job = await _job(jobs, project_id, job_id)
        export = Export.define(export_id, project_id, UUID(job.id), plain)
    else:
        await _must_hold_rows(jobs, project_id)
        export = Export.define(export_id, project_id, None, plain)
    if export.choice.variables or export.choice.filter:
        await _must_fit(jobs, export)
    async with open_store() as store:
        waiting = await store.pending()
        if waiting >= MOST_PENDING:
            raise TooManyExports(
                f"the workspace has {waiting} exports that are not written yet: wait until one is, or cancel one"
            )
        await store.add_export(export)
        await store.record(Fact(audit.AUDIT_KIND_EXPORT_CREATED, project_id, export_id, export.format))
        _send(store, export)
        await store.commit()


async def send_again(open_store: OpenStore, export_id: UUID) -> None:
    """Has an export written that still waits for it, as the message that asked for it was lost."""
    async with open_store() as store:
        export = await store.export(export_id)
        if export is not None and export.status is Status.PENDING:
            await store.note_sent(export_id)
            _send(store, export)
            await store.commit()


async def _must_fit(jobs: Jobs, export: Export) -> None:
    """Raises ExportInvalid unless the codebook has what the choice names."""
    try:
        codebook = await jobs.codebook(export.project_id, export.job_id, export.choice.filter)
    except InvalidInput as error:
        raise ExportInvalid(error.message, fields={"choice.filter": error.message}) from error
    export.choice.of_codebook(codebook)


def _send(store: Store, export: Export) -> None:
    job_id = str(export.job_id or "")
    message = WriteExport(export_id=str(export.id), job_id=job_id, project_id=str(export.project_id))
    store.emit("work.export.write", message)


async def _job(jobs: Jobs, project_id: UUID, job_id: str) -> Job:
    job = await jobs.job(job_id)
    if job.project_id != str(project_id):
        raise JobNotFound()
    if not job.documents_processed:
        raise NothingToExport(f"the job {job.id} has not coded any document yet: export when it has")
    return job


async def _must_hold_rows(jobs: Jobs, project_id: UUID) -> None:
    """Raises unless a job has coded documents for the dataset; trials never do."""
    none = True
    async for job in jobs.jobs(project_id):
        if job.kind == TRIAL:
            continue
        if job.documents_processed:
            return
        none = False
    raise NoJob() if none else NothingToExport()


async def write_export(
    open_store: OpenStore,
    sources: Sources,
    files: Files,
    project_id: UUID,
    export_id: UUID,
    clock: Clock,
    keep: timedelta = timedelta(0),
) -> None:
    """Writes a pending export's files, which are kept for so long (0: for good); it ends early when it is cancelled.

    An error that would come again makes it FAILED.

    Raises:
        Exception: it may succeed when tried again.
    """
    async with open_store() as store:
        export = await store.export(export_id)
    # Where it has ended, the worker that had it before may have been killed before it could clean up.
    if export is None or export.status not in (Status.PENDING, Status.COMPLETE):
        return await files.remove(project_id, export_id)
    if export.status is Status.COMPLETE:
        return await files.keep_only(export, export.files)
    stages = Stages()
    try:
        writing = _write(sources, files, export, clock, stages)
        written = await _while_wanted(open_store, export_id, stages, writing)
    except CoderAIError as error:
        if _may_pass(error):
            raise
        await fail_export(open_store, files, project_id, export_id, error, clock)
    else:
        if written is not None:
            expires_at = written.finished_at + keep if keep else None
            await _complete(open_store, files, export, replace(written, expires_at=expires_at))
    return None


async def fail_export(
    open_store: OpenStore, files: Files, project_id: UUID, export_id: UUID, error: Exception, clock: Clock
) -> None:
    """Makes a pending export FAILED, with a reason for the person who asked for it, and removes what there is of it."""
    reason = error.message if isinstance(error, CoderAIError) and not _may_pass(error) else _ASK_AGAIN
    async with open_store() as store:
        export = await store.export(export_id)
        if export is None or export.status is not Status.PENDING:
            return
        await store.fail(export_id, reason, clock())
        await store.commit()
    await remove_files(open_store, files, project_id, export_id)


def _may_pass(error: CoderAIError) -> bool:
    return error.retryable or isinstance(error, Internal)


async def _while_wanted(
    open_store: OpenStore, export_id: UUID, stages: Stages, work: Coroutine[Any, Any, T]
) -> T | None:
    """What the work gives; how far it is, is noted every second. None when it was ended as nobody wants it any more."""
    working = asyncio.ensure_future(work)
    try:
        while not working.done():
            if not await _tell(open_store, export_id, stages):
                return None
            await asyncio.wait([working], timeout=TELL_EVERY.total_seconds())
        return await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _tell(open_store: OpenStore, export_id: UUID, stages: Stages) -> bool:
    """Notes how far an export is; returns whether it is still wanted, which it is where that cannot be known now."""
    try:
        async with open_store() as store:
            is_wanted = await store.note_progress(export_id, stages.percent)
            await store.commit()
            return is_wanted
    except Unavailable as error:
        log.warning("progress_not_noted", error=error)
        return True


async def _write(sources: Sources, files: Files, export: Export, clock: Clock, stages: Stages) -> Written:
    stages.begin(READING)
    reading = sources.rows.rows(
        export.project_id, export.job_id, weights=export.options.weight, filter=export.choice.filter
    )
    async with reading as rows:
        report = await sources.reports.report(export.project_id) if rows.job is None else NO_REPORT

        def stop() -> None:
            stages.stop()
            rows.stop()

        # Counting takes seconds of processor time, and begins with the first rows: in a thread, the next ones can come
        # meanwhile, and the message being handled is kept alive.
        dataset = await in_thread(
            stop,
            Dataset.of,
            str(export.project_id),
            rows.job,
            rows.codebook,
            rows.words,
            stages.counted(rows.documents, rows.document_count),
            export.options,
            clock(),
            export.layout,
            export.choice,
            report,
            stages.told,
            rows.rows_in_all,
        )
        counted, needs = dataset.survey, files.needs(export)
        with_rows = [line.id for line in counted.documents if line.rows]
        async with fetched(sources, export, needs, counted.reviewers, with_rows) as beside:
            stored = await files.store(export, replace(dataset, **beside), stages)
    return Written(
        export_id=export.id,
        files=stored,
        row_count=dataset.row_count,
        notes=tuple(dataset.notes),
        finished_at=clock(),
    )


async def _complete(open_store: OpenStore, files: Files, export: Export, written: Written) -> None:
    async with open_store() as store:
        current = await store.export(export.id)
        is_wanted = current is not None and current.status is Status.PENDING
        if is_wanted:
            await store.complete(written)
            await store.commit()
    if is_wanted:
        await files.keep_only(export, written.files)
    else:
        await files.discard(written.files)
