"""A workspace keeps so much and no more; what is deleted makes room."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from coderai.ingest.v1.ingest_service_pb2 import DeleteDocumentRequest, DocumentStatus
from coderai.kit import identity
from coderai.kit.errors import TooLarge
from coderai.kit.grpc_errors import status_of
from coderai.kit.ids import new_id
from coderai.services.ingest.adapters.process_pool import Limits
from coderai.services.ingest.adapters.sandbox import Sandbox
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.domain.document import Document, blob_key
from coderai.services.ingest.domain.problems import StorageFull
from coderai.services.ingest.domain.storage import Quota, Usage
from coderai.services.ingest.usecases.documents import delete_project_documents
from coderai.services.ingest.usecases.reading import Readings
from coderai.services.ingest.usecases.uploads import Sent, Upload, upload_document
from tests.integration.ingest.conftest import Ingest
from tests.integration.ingest.test_lost_work import AnyProject, nothing_coded

TABLE = b"name,text\n" + b"".join(b"%d,The march of %d drew a crowd.\n" % (n, n) for n in range(20))


async def upload(ingest: Ingest, project_id: UUID, data: bytes, quota: Quota) -> UUID:
    async def parts() -> AsyncIterator[bytes | Sent]:
        yield data
        yield Sent(len(data), hashlib.sha256(data).hexdigest())

    open_store = partial(ingest.db.session, kind=IngestStore)
    wanted = Upload(project_id, "a.txt", parts())
    ports = (open_store, ingest.blobs, AnyProject(), nothing_coded)
    kept = await upload_document(*ports, identity.current(), new_id(), wanted, quota=quota)
    return kept.document_id


async def usage(ingest: Ingest) -> Usage:
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        return await store.usage()


async def counted(ingest: Ingest) -> Usage:
    """The same, counted anew."""
    query = (
        "select count(*), coalesce(sum(case when source_document_id is null then size else 0 end), 0)"
        " + coalesce((select sum(octet_length(text)) from document_texts), 0) from documents"
    )
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        documents, size = (await store.connection.exec_driver_sql(query)).one()
        return Usage(documents, int(size))


async def test_uploads_at_the_same_time_do_not_exceed_the_quota_together(ingest: Ingest) -> None:
    project, before = UUID(await ingest.new_project()), ingest.stored_files()
    quota = Quota(documents=3)
    results = await asyncio.gather(
        *(upload(ingest, project, b"Text %d." % n, quota) for n in range(8)), return_exceptions=True
    )
    refused: list[Any] = [one for one in results if isinstance(one, BaseException)]
    assert [type(one) for one in refused] == [StorageFull] * 5
    assert status_of(refused[0]) == status_of(TooLarge())
    assert "of 3 and 200 GiB that it may" in str(refused[0])
    assert len(ingest.stored_files() - before) == 3
    assert (await usage(ingest)).documents == 3


async def test_bytes_are_limited_too_and_deleting_makes_room(ingest: Ingest) -> None:
    project = UUID(await ingest.new_project())
    quota = Quota(bytes=3_000)
    first = await upload(ingest, project, b"word " * 280, quota)
    await ingest.finished(str(first))  # with its text it takes twice as much
    with pytest.raises(StorageFull):
        await upload(ingest, project, b"other " * 200, quota)
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=str(first)))
    assert await usage(ingest) == Usage()
    await upload(ingest, project, b"other " * 200, quota)


async def test_what_is_kept_is_counted_through_every_way_in_and_out(ingest: Ingest) -> None:
    project, other = await ingest.new_project(), await ingest.new_project()
    table = await ingest.read(project, "t.csv", TABLE)
    await ingest.read(project, "a.txt", "Ein Streik in Köln.".encode())
    await ingest.read(project, "damaged.pdf", b"%PDF-1.7\nnothing")
    await ingest.read(other, "b.txt", b"Another project's.")
    assert await usage(ingest) == await counted(ingest)
    assert (await usage(ingest)).documents == 24
    again = await ingest.upload(project, "t.csv", TABLE, text_column="name")
    await ingest.finished(again.document.id)
    assert (again.document.id, again.reread) == (table.id, True)
    assert await usage(ingest) == await counted(ingest)
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=again.document.id))
    assert await usage(ingest) == await counted(ingest)
    open_store = partial(ingest.db.session, kind=IngestStore)
    await delete_project_documents(open_store, ingest.blobs, ingest.workspace_id, UUID(project))
    assert await usage(ingest) == await counted(ingest)
    assert (await usage(ingest)).documents == 1


async def test_a_table_with_more_rows_than_there_is_room_for_has_failed_and_says_so(ingest: Ingest) -> None:
    document = Document(new_id(), new_id(), "t.csv", len(TABLE), hashlib.sha256(TABLE).hexdigest())

    async def file() -> AsyncIterator[bytes]:
        yield TABLE

    await ingest.blobs.write(blob_key(ingest.workspace_id, document.project_id, document.id), file())
    open_store = partial(ingest.db.session, kind=IngestStore)
    async with open_store(ingest.workspace_id) as store:
        await store.add(document)
        (turn,) = await store.next_turns()  # is for this test, which is its worker
        await store.commit()
    async with Sandbox(Limits(), size=1) as reader:
        readings = Readings(open_store, ingest.blobs, AnyProject(), reader, Quota(documents=10))
        await readings.read(ingest.workspace_id, document.id, turn.lane)
    failed = await ingest.finished(str(document.id))
    assert failed.status == DocumentStatus.DOCUMENT_STATUS_FAILED
    assert "would keep 21 documents" in failed.error_message
    assert await usage(ingest) == await counted(ingest) == Usage(1, len(TABLE))
