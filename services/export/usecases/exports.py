"""Requests exports, writes their files, records what became of them, and removes them with their project."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from coderai.export.v1.work_pb2 import WriteExport
from coderai.kit.errors import CoderAIError, Internal
from coderai.services.export.domain.coded import TRIAL, Job
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Export, Status, Written
from coderai.services.export.domain.measured import NO_REPORT
from coderai.services.export.domain.problems import JobNotFound, NoJob, NothingToExport
from coderai.services.export.usecases.beside import fetched
from coderai.services.export.usecases.ports import Files, Jobs, OpenStore, Sources, Store

Clock = Callable[[], datetime]

_ASK_AGAIN = "the file could not be written now: export again, and tell an operator if that fails too"


async def create_export(
    open_store: OpenStore, jobs: Jobs, export_id: UUID, project_id: UUID, plain: Mapping[str, Any]
) -> None:
    """Asks for a file of the project's dataset, or of the job that is named.

    Raises:
        JobNotFound, NoJob, NothingToExport, ExportInvalid; NotFound: there is no such project.
    """
    job_id = plain.get("job_id", "")
    if job_id:
        job = await _job(jobs, project_id, job_id)
        export = Export.define(export_id, project_id, UUID(job.id), plain)
    else:
        await _must_hold_rows(jobs, project_id)
        export = Export.define(export_id, project_id, None, plain)
    if export.choice.variables:
        export.choice.of_codebook(await jobs.codebook(project_id, export.job_id))
    async with open_store() as store:
        await store.add_export(export)
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


async def write_export(open_store: OpenStore, sources: Sources, files: Files, export_id: UUID, clock: Clock) -> None:
    """Writes a pending export's file; an error that would come again makes it FAILED.

    Raises:
        Exception: it may succeed when tried again.
    """
    async with open_store() as store:
        export = await store.export(export_id)
    if export is None or export.status is not Status.PENDING:
        return
    try:
        written = await _write(sources, files, export, clock)
    except CoderAIError as error:
        if _may_pass(error):
            raise
        await fail_export(open_store, export_id, error, clock)
    else:
        await _complete(open_store, files, export, written)


async def fail_export(open_store: OpenStore, export_id: UUID, error: Exception, clock: Clock) -> None:
    """Makes a pending export FAILED, with a reason for the person who asked for it."""
    reason = error.message if isinstance(error, CoderAIError) and not _may_pass(error) else _ASK_AGAIN
    async with open_store() as store:
        export = await store.export(export_id)
        if export is not None and export.status is Status.PENDING:
            await store.fail(export_id, reason, clock())
            await store.commit()


async def remove_project(open_store: OpenStore, files: Files, project_id: UUID, clock: Clock) -> None:
    """Removes a deleted project's exports and their files.

    They are failed first: a worker that is writing one of them sees that and removes what it wrote.
    """
    async with open_store() as store:
        exports = await store.project_exports(project_id)
        for export in exports:
            await store.fail(export.id, "the project was deleted", clock())
        await store.commit()
    for export in exports:
        await files.remove(export)
    async with open_store() as store:
        await store.remove_project(project_id)
        await store.commit()


def _may_pass(error: CoderAIError) -> bool:
    return error.retryable or isinstance(error, Internal)


async def _write(sources: Sources, files: Files, export: Export, clock: Clock) -> Written:
    async with sources.rows.rows(export.project_id, export.job_id, weights=export.options.weight) as rows:
        report = await sources.reports.report(export.project_id) if rows.job is None else NO_REPORT
        # Counting takes seconds of processor time: in a thread, the message being handled is kept alive meanwhile.
        dataset = await asyncio.to_thread(
            Dataset.of,
            str(export.project_id),
            rows.job,
            rows.codebook,
            rows.words,
            rows.documents,
            export.options,
            clock(),
            export.layout,
            export.choice,
            report,
        )
        async with fetched(sources, export, files.needs(export), dataset.survey.reviewers) as beside:
            stored = await files.store(export, replace(dataset, **beside))
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
        if current is not None and current.status is Status.PENDING:
            await store.complete(written)
            await store.commit()
    if current is None or current.status is Status.FAILED:
        await files.remove(export)
