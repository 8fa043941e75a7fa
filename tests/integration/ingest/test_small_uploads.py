"""Small files are stored together as they would be one by one: each once, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable
from functools import partial
from uuid import UUID

import pytest

from coderai.ingest.v1.ingest_service_pb2 import (
    DocumentStatus,
    SmallFile,
    UploadSmallDocumentsRequest,
    UploadSmallDocumentsResponse,
)
from coderai.kit import identity
from coderai.kit.blobs import Blobs, Stored
from coderai.kit.db import DatabaseAway
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.domain.storage import Quota
from coderai.services.ingest.usecases import small_uploads
from coderai.services.ingest.usecases.small_uploads import upload_small_documents
from tests.integration.ingest.conftest import Ingest
from tests.integration.ingest.test_lost_work import AnswerLost, AnyProject
from tests.support.leaks import LEAKS


async def send(
    ingest: Ingest, project: str, *files: tuple[str, bytes], text_column: str = ""
) -> UploadSmallDocumentsResponse:
    for _, data in files:
        LEAKS.show(data.decode())
    sent = [SmallFile(name=name, data=data) for name, data in files]
    request = UploadSmallDocumentsRequest(project_id=project, text_column=text_column, files=sent)
    answer: UploadSmallDocumentsResponse = await ingest.stub.UploadSmallDocuments(request)
    return answer


def small(count: int) -> list[small_uploads.SmallFile]:
    return [small_uploads.SmallFile(new_id(), f"{n}.txt", b"The march of %d drew a crowd." % n) for n in range(count)]


async def test_each_is_stored_once_and_read(ingest: Ingest) -> None:
    project = await ingest.new_project()
    known = (await ingest.upload(project, "known.txt", b"Dockers marched through Portavel.")).document
    files = [(f"{number}.txt", b"About %d people marched through Port Elmo." % number) for number in range(40)]
    odd = [("again.txt", files[3][1]), ("known too.txt", b"Dockers marched through Portavel.")]

    answer = (await send(ingest, project, *files, *odd)).files

    assert [one.document.name for one in answer] == [name for name, _ in files] + ["3.txt", "known.txt"]
    assert [one.created for one in answer] == [True] * 40 + [False] * 2
    assert (answer[-2].document.id, answer[-1].document.id) == (answer[3].document.id, known.id)
    ids = [one.document.id for one in answer[:40]]
    assert ids == sorted(ids)
    for document_id in ids:
        assert (await ingest.finished(document_id)).status == DocumentStatus.DOCUMENT_STATUS_READY
    assert {key.rpartition("/")[2] for key in ingest.stored_files() if project in key} == {*ids, known.id}


async def test_what_takes_more_than_storing_is_left_to_the_upload_of_one(ingest: Ingest) -> None:
    project = await ingest.new_project()
    table = b"title,body\nMarch,About 300 people marched.\nVigil,Some 20 people stood.\n"
    document = await ingest.read(project, "table.csv", table)

    files = [("/", b"nameless"), ("empty.txt", b""), ("table.csv", table), ("a.txt", b"Nobody came.")]
    answer = (await send(ingest, project, *files, text_column="title")).files

    assert [one.HasField("document") for one in answer] == [False, False, False, True]
    stored = {key.rpartition("/")[2] for key in ingest.stored_files() if project in key}
    assert stored == {document.id, answer[3].document.id}
    assert not [one for one in (await send(ingest, project, ("empty.txt", b""))).files if one.HasField("document")]


async def test_a_workspace_that_has_no_room_for_all_stores_none(ingest: Ingest) -> None:
    ports = (partial(ingest.db.session, kind=IngestStore), ingest.blobs, AnyProject())
    project, before = new_id(), ingest.stored_files()
    about = (identity.current(), project, "", small(5))
    assert await upload_small_documents(*ports, *about, Quota(documents=4)) == [None] * 5
    assert ingest.stored_files() == before
    assert None not in await upload_small_documents(*ports, *about, Quota(documents=5))


async def test_nothing_is_stored_for_a_project_that_is_not_there(ingest: Ingest) -> None:
    before = ingest.stored_files()
    with pytest.raises(NotFound):
        await send(ingest, str(new_id()), ("a.txt", b"Nobody came."))
    assert ingest.stored_files() == before


async def test_files_whose_commit_got_no_answer_are_kept(ingest: Ingest) -> None:
    project, files = UUID(await ingest.new_project()), small(3)
    ports = (partial(ingest.db.session, kind=AnswerLost), ingest.blobs, AnyProject())
    with pytest.raises(DatabaseAway):
        await upload_small_documents(*ports, identity.current(), project, "", files)
    again = (await send(ingest, str(project), *((file.name, file.data) for file in files))).files
    assert [one.document.id for one in again] == [str(file.document_id) for file in files]
    for one in again:
        assert (await ingest.finished(one.document.id)).status == DocumentStatus.DOCUMENT_STATUS_READY


async def test_the_same_files_in_two_requests_at_once_are_stored_once(ingest: Ingest) -> None:
    project = await ingest.new_project()
    files = [(file.name, file.data) for file in small(60)]
    both = await asyncio.gather(*(send(ingest, project, *order) for order in (files, files[::-1]) * 3))
    created = [one for answer in both for one in answer.files if one.created]
    assert len({one.document.sha256 for one in created}) == len(created) == 60
    assert {one.document.id for answer in both for one in answer.files} == {one.document.id for one in created}
    assert len([key for key in ingest.stored_files() if project in key]) == 60


class Held(Blobs):
    """Blobs that note when they begin to write, and go on when they are let."""

    begun, let_go = asyncio.Event(), asyncio.Event()

    async def write(self, key: str, parts: AsyncIterable[bytes], limit: int | None = None) -> Stored:
        self.begun.set()
        await self.let_go.wait()
        return await super().write(key, parts, limit)


async def test_a_caller_who_leaves_leaves_nothing(ingest: Ingest) -> None:
    held, before = Held(ingest.folder.as_uri()), ingest.stored_files()
    ports = (partial(ingest.db.session, kind=IngestStore), held, AnyProject())
    uploading = asyncio.create_task(upload_small_documents(*ports, identity.current(), new_id(), "", small(3)))
    await held.begun.wait()
    uploading.cancel()
    held.let_go.set()
    with pytest.raises(asyncio.CancelledError):
        await uploading
    assert ingest.stored_files() == before
