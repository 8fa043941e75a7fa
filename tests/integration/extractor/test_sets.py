"""What concerns many documents takes as many statements as what concerns one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import event

from coderai.ingest.v1.events_pb2 import DocumentsDeleted
from coderai.kit import identity
from coderai.kit.bus import Envelope
from coderai.kit.db import Database
from coderai.kit.ids import new_id
from coderai.services.extractor.entrypoints import consumer
from tests.integration.extractor.conftest import Extractor


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """The statements that run in the block."""
    run: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        run.append(statement)

    event.listen(db._engine.sync_engine, "before_cursor_execute", note)
    try:
        yield run
    finally:
        event.remove(db._engine.sync_engine, "before_cursor_execute", note)


async def test_a_job_over_many_unreadable_documents_starts_with_as_many_statements(extractor: Extractor) -> None:
    extractor.world.add(1)
    counts: list[int] = []
    for more in (1, 8):
        extractor.world.add(more, "FAILED", "it is empty")
        with statements(extractor.db) as run:
            job_id = await extractor.start()
        counts.append(len(run))
        assert len((await extractor.rows(job_id))[-1].extractions) == 2
        with identity.acting_as(extractor.who):
            await extractor.jobs.cancel(extractor.who, job_id)
    assert counts[0] == counts[1]


async def test_deleted_documents_take_their_extractions_from_all_jobs_by_one_statement(extractor: Extractor) -> None:
    extractor.world.add(5)
    jobs: list[UUID] = []
    async with extractor.working():
        for _ in range(2):
            jobs.append(await extractor.start())
            await extractor.events(jobs[-1])
    gone = [str(head.id) for head in extractor.world.heads_[1:4]]
    payload = DocumentsDeleted(project_id=str(extractor.project_id), document_ids=gone).SerializeToString()
    envelope = Envelope(new_id(), "event.ingest.documents_deleted", payload, extractor.who.workspace_id, "test")
    with statements(extractor.db) as run:
        await consumer.documents_deleted(extractor.open_store).handle(envelope)
    deletes = [statement.split()[2] for statement in run if statement.startswith("DELETE")]
    assert len(deletes) == len(set(deletes)), "of each table by one"
    for job_id in jobs:
        assert [len(document.extractions) for document in await extractor.rows(job_id)] == [2, 0, 0, 0, 2]
