"""What an outage hits in the middle of an upload or on the way to the reader is read all the same."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from coderai.ingest.v1.ingest_service_pb2 import DocumentStatus
from coderai.kit import identity
from coderai.kit.db import DatabaseAway
from coderai.kit.ids import new_id
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.domain.document import Document, Project, blob_key
from coderai.services.ingest.entrypoints.worker import lost_documents
from coderai.services.ingest.usecases.ports import Codings
from coderai.services.ingest.usecases.uploads import Sent, Upload, upload_document
from tests.integration.ingest.conftest import Ingest

TEXT = b"The march in Port Elmo on 3 May 2024 drew 300 people."
DIGEST = hashlib.sha256(TEXT).hexdigest()


class AnswerLost(IngestStore):
    """A store whose server is gone when it has committed, before it says so."""

    async def commit(self) -> None:
        await super().commit()
        raise DatabaseAway()


class AnyProject:
    """usecases.ports.Projects: all there are."""

    async def must_exist(self, project_id: UUID) -> None:
        return None

    async def project(self, project_id: UUID) -> Project:
        return Project("offline")


async def nothing_coded(project_id: UUID, document_ids: Sequence[UUID]) -> Codings:
    """usecases.ports.CodingsOf: nothing was extracted from any document."""
    return Codings()


async def once(*parts: bytes | Sent) -> AsyncIterator[bytes | Sent]:
    for part in parts:
        yield part


@pytest.mark.parametrize("is_parsed", [False, True])
async def test_a_document_whose_message_was_lost_is_sent_again(ingest: Ingest, is_parsed: bool) -> None:
    project = UUID(await ingest.new_project())
    document = Document(new_id(), project, "a.txt", len(TEXT), DIGEST)
    await ingest.blobs.write(blob_key(ingest.workspace_id, project, document.id), once(TEXT))  # type: ignore[arg-type]
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        await store.add(document)
        await store.next_turns()  # whose messages are lost
        if is_parsed:
            await store.note_parsed([document])
        await store.commit()

    lost = lost_documents(ingest.db, partial(ingest.db.session, kind=IngestStore))
    assert await lost.sweep(timedelta(minutes=5)) == 0
    asked_under = dict[UUID, str]()

    async def note(_: UUID, document_id: UUID) -> None:
        asked_under[document_id] = identity.current().correlation_id

    await replace(lost, send_again=note).sweep(timedelta(0))
    assert asked_under[document.id] == identity.current().correlation_id
    assert await lost.sweep(timedelta(0)) >= 1
    assert (await ingest.finished(str(document.id))).status == DocumentStatus.DOCUMENT_STATUS_READY
    asked_under.clear()
    await replace(lost, send_again=note).sweep(timedelta(0))
    assert document.id not in asked_under


async def test_an_upload_whose_commit_got_no_answer_keeps_its_file(ingest: Ingest) -> None:
    project, document_id = UUID(await ingest.new_project()), new_id()
    upload = Upload(project, "a.txt", once(TEXT, Sent(len(TEXT), DIGEST)))
    open_store = partial(ingest.db.session, kind=AnswerLost)
    with pytest.raises(DatabaseAway):
        ports = (open_store, ingest.blobs, AnyProject(), nothing_coded)
        await upload_document(*ports, identity.current(), document_id, upload)
    again = await ingest.upload(str(project), "a.txt", TEXT)
    assert again.document.id == str(document_id)
    assert (await ingest.finished(again.document.id)).status == DocumentStatus.DOCUMENT_STATUS_READY
