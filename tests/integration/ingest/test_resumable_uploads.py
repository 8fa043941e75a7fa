"""An upload goes on where it broke off, at any replica, and becomes the document that it would have been in one go."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from coderai.extractor.v1.extractor_service_pb2 import CountCodingsResponse
from coderai.ingest.v1 import upload_service_pb2 as pb
from coderai.ingest.v1.ingest_service_pb2 import DownloadDocumentRequest, GetDocumentRequest
from coderai.kit import identity
from coderai.kit.blobs import BlobsAway
from coderai.kit.errors import CoderAIError, Conflict, Forbidden, InvalidInput, LimitReached, NotFound, TooLarge
from coderai.kit.identity import Role
from coderai.kit.ids import new_id
from coderai.projects.v1.projects_service_pb2 import DeleteProjectRequest
from coderai.services.ingest.domain.resumable import PART
from coderai.services.ingest.domain.storage import Quota
from coderai.services.ingest.entrypoints.upload_sweep import UploadSweep
from coderai.services.ingest.usecases.resumable import Beginning, ResumableUploads
from tests.integration.ingest.conftest import Ingest
from tests.support.leaks import LEAKS

LATER = timedelta(hours=25)


def text(size: int) -> bytes:
    """A text of so many bytes that no other test has."""
    words = random.Random(size).choices(["march", "dockers", "harbour", "crowd", str(new_id())], k=size // 4 + 8)
    data = " ".join([str(new_id()), *words]).encode()[:size]
    LEAKS.show(data[:2000].decode())
    return data


async def begin(ingest: Ingest, project: str, name: str, length: int, **more: Any) -> str:
    request = pb.BeginUploadRequest(project_id=project, name=name, length=length, **more)
    return str((await ingest.uploads.BeginUpload(request)).upload.id)


async def send(ingest: Ingest, upload: str, offset: int, *data: bytes) -> pb.Upload:
    async def stream() -> AsyncIterator[pb.ContinueUploadRequest]:
        yield pb.ContinueUploadRequest(head=pb.ContinueUploadHead(upload_id=upload, offset=offset))
        for piece in data:
            yield pb.ContinueUploadRequest(data=piece)

    answer: pb.ContinueUploadResponse = await ingest.uploads.ContinueUpload(stream())
    return answer.upload


async def resumed(ingest: Ingest, upload: str) -> pb.Upload:
    answer: pb.ResumeUploadResponse = await ingest.uploads.ResumeUpload(pb.ResumeUploadRequest(upload_id=upload))
    return answer.upload


async def seen(ingest: Ingest, upload: str) -> pb.Upload:
    answer: pb.GetUploadResponse = await ingest.uploads.GetUpload(pb.GetUploadRequest(upload_id=upload))
    return answer.upload


async def file_of(ingest: Ingest, document: str) -> bytes:
    replies = ingest.stub.DownloadDocument(DownloadDocumentRequest(document_id=document))
    return b"".join([reply.data async for reply in replies])


def parts_of(ingest: Ingest, upload: str) -> set[str]:
    return {key for key in ingest.stored_files() if f"/uploads/{upload}/" in key}


class OpenUpload:
    """A sender that has not ended yet."""

    def __init__(self, ingest: Ingest, upload: str, offset: int) -> None:
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._head = pb.ContinueUploadHead(upload_id=upload, offset=offset)
        self.call = asyncio.ensure_future(ingest.uploads.ContinueUpload(self._stream()))

    async def _stream(self) -> AsyncIterator[pb.ContinueUploadRequest]:
        yield pb.ContinueUploadRequest(head=self._head)
        while (data := await self._queue.get()) is not None:
            yield pb.ContinueUploadRequest(data=data)

    def send(self, data: bytes | None) -> None:
        self._queue.put_nowait(data)


async def test_a_file_that_comes_in_pieces_is_the_document_that_it_would_have_been(ingest: Ingest) -> None:
    project, data = await ingest.new_project(), text(2 * PART + 5000)
    upload = await begin(ingest, project, "ملف/تقرير المسيرة.txt", len(data), note="as I like")

    cuts = [0, 10, 11, PART - 1, PART, PART + 7, 2 * PART, len(data)]
    for start, end in pairwise(cuts):
        shown = await send(ingest, upload, start, data[start:end])
        assert shown.offset == end
        assert len(parts_of(ingest, upload)) == (0 if end == len(data) else -(-end // PART))

    assert (shown.state, shown.created, shown.name) == (pb.UPLOAD_STATE_STORED, True, "تقرير المسيرة.txt")
    assert (shown.note, shown.length) == ("as I like", len(data))
    assert await file_of(ingest, shown.document_id) == data
    document = (await ingest.stub.GetDocument(GetDocumentRequest(document_id=shown.document_id))).document
    assert (document.name, document.size) == ("تقرير المسيرة.txt", len(data))
    assert shown == await resumed(ingest, upload) == await seen(ingest, upload)
    assert shown == await send(ingest, upload, len(data)), "the answer to the last bytes was lost, and is asked again"


async def test_what_came_before_a_sender_was_cut_off_is_kept_in_mebibytes(ingest: Ingest) -> None:
    data = text(3 * PART)
    upload = await begin(ingest, await ingest.new_project(), "a.txt", len(data))
    sender = OpenUpload(ingest, upload, 0)
    for start in range(0, PART + 1000, 1000):
        sender.send(data[start : start + 1000])

    async def is_kept() -> bool:
        return (await seen(ingest, upload)).offset == PART

    await ingest.until(is_kept)
    sender.call.cancel()
    kept = (await resumed(ingest, upload)).offset
    assert PART <= kept < PART + 2000
    try:
        stored = await send(ingest, upload, kept, data[kept:])
    except Conflict:  # the rest of what was sent has been kept meanwhile
        kept = (await resumed(ingest, upload)).offset
        stored = await send(ingest, upload, kept, data[kept:])
    assert await file_of(ingest, stored.document_id) == data


async def test_an_upload_goes_on_only_where_it_is(ingest: Ingest) -> None:
    data = text(1000)
    upload = await begin(ingest, await ingest.new_project(), "a.txt", len(data))
    await send(ingest, upload, 0, data[:400])
    for wrong in (0, 399, 401, 1000, 2**50):
        with pytest.raises(Conflict) as refused:
            await send(ingest, upload, wrong, data[wrong:])
        assert refused.value.code == "offset_wrong"
    stored = await send(ingest, upload, 400, data[400:])
    with pytest.raises(Conflict):
        await send(ingest, upload, 0, data)
    assert await file_of(ingest, stored.document_id) == data


async def test_more_than_was_said_is_refused_and_the_upload_can_still_be_finished(ingest: Ingest) -> None:
    data = text(PART)
    upload = await begin(ingest, await ingest.new_project(), "a.txt", len(data))
    with pytest.raises(TooLarge) as refused:
        await send(ingest, upload, 0, data, b"more")
    assert refused.value.code == "upload_overrun"
    assert (await resumed(ingest, upload)).offset == 0
    assert (await send(ingest, upload, 0, data)).state == pb.UPLOAD_STATE_STORED


async def test_of_two_senders_the_later_goes_on(ingest: Ingest) -> None:
    data = text(3 * PART)
    upload = await begin(ingest, await ingest.new_project(), "a.txt", len(data))

    async def kept(size: int) -> None:
        async def is_kept() -> bool:
            return (await seen(ingest, upload)).offset == size

        await ingest.until(is_kept)

    first = OpenUpload(ingest, upload, 0)
    first.send(data[:PART])
    await kept(PART)
    second = OpenUpload(ingest, upload, PART)
    second.send(data[PART : 2 * PART])
    await kept(2 * PART)
    first.send(b"x" * PART)
    first.send(None)
    with pytest.raises(Conflict) as refused:
        await first.call
    assert refused.value.code == "upload_taken_over"
    assert len(parts_of(ingest, upload)) == 2
    second.send(data[2 * PART :])
    second.send(None)
    assert await file_of(ingest, (await second.call).upload.document_id) == data


async def test_many_at_once_make_one_document(ingest: Ingest) -> None:
    data = text(PART + 1)
    upload = await begin(ingest, await ingest.new_project(), "a.txt", len(data))
    sending = (send(ingest, upload, 0, data) for _ in range(6))
    outcomes = await asyncio.gather(*sending, *(resumed(ingest, upload) for _ in range(6)), return_exceptions=True)
    for outcome in outcomes:
        assert isinstance(outcome, pb.Upload | Conflict), outcome
    stored = await resumed(ingest, upload)
    if stored.offset < len(data):
        stored = await send(ingest, upload, stored.offset, data[stored.offset :])
    assert await file_of(ingest, stored.document_id) == data
    ids = {one.document_id for one in outcomes if isinstance(one, pb.Upload)} - {""}
    assert ids <= {stored.document_id}
    assert len({key for key in ingest.stored_files() if key.startswith(str(ingest.workspace_id))}) == 1


async def test_bytes_that_the_project_has_are_the_document_it_has(ingest: Ingest) -> None:
    project, data = await ingest.new_project(), b"id,body,other\n1,%s,x\n" % text(200)
    known = (await ingest.upload(project, "known.csv", data)).document
    await ingest.finished(known.id)
    upload = await begin(ingest, project, "again.csv", len(data))
    again = await send(ingest, upload, 0, data)
    assert (again.document_id, again.created, again.reread) == (known.id, False, False)

    asked = await begin(ingest, project, "again.csv", len(data), text_column="other")
    reread = await send(ingest, asked, 0, data)
    assert (reread.document_id, reread.created, reread.reread) == (known.id, False, True)

    ingest.extractor.codings[ingest.workspace_id] = CountCodingsResponse(documents=1, extractions=2)
    coded = await begin(ingest, project, "again.csv", len(data), text_column="body")
    with pytest.raises(InvalidInput) as refused:
        await send(ingest, coded, 0, data)
    assert refused.value.code == "codings_would_be_lost"
    assert "replace" in refused.value.fields
    with pytest.raises(InvalidInput):
        await resumed(ingest, coded)
    shown = await seen(ingest, coded)
    assert (shown.state, shown.error.code) == (pb.UPLOAD_STATE_REFUSED, "codings_would_be_lost")
    replacing = await begin(ingest, project, "again.csv", len(data), text_column="body", replace=True)
    assert (await send(ingest, replacing, 0, data)).reread


@pytest.mark.parametrize(
    ("length", "name", "error", "code"),
    [
        (50 * 2**20 + 1, "a.txt", TooLarge, "file_too_large"),
        (2**60, "a.txt", TooLarge, "file_too_large"),
        (0, "a.txt", InvalidInput, "file_empty"),
        (-1, "a.txt", InvalidInput, "upload_invalid"),
        (10, "/", InvalidInput, "upload_invalid"),
    ],
)
async def test_what_would_be_refused_is_refused_before_a_byte(
    ingest: Ingest, length: int, name: str, error: type[CoderAIError], code: str
) -> None:
    with pytest.raises(error) as refused:
        await begin(ingest, await ingest.new_project(), name, length)
    assert refused.value.code == code


async def test_an_upload_needs_a_project_and_an_editor(ingest: Ingest) -> None:
    with pytest.raises(NotFound):
        await begin(ingest, str(new_id()), "a.txt", 10)
    project = await ingest.new_project()
    upload = await begin(ingest, project, "a.txt", 10)
    with ingest.acting(Role.VIEWER, ingest.workspace_id):
        assert (await seen(ingest, upload)).length == 10
        for attempt in (begin(ingest, project, "a.txt", 10), send(ingest, upload, 0, b"x"), resumed(ingest, upload)):
            with pytest.raises(Forbidden):
                await attempt


async def test_other_workspaces_know_nothing_of_it(ingest: Ingest) -> None:
    project = await ingest.new_project()
    upload = await begin(ingest, project, "a.txt", 10)
    with ingest.acting(workspace_id=new_id()):
        delete = ingest.uploads.DeleteUpload(pb.DeleteUploadRequest(upload_id=upload))
        attempts = (begin(ingest, project, "a.txt", 10), send(ingest, upload, 0, b"x"), resumed(ingest, upload))
        for attempt in (*attempts, seen(ingest, upload), delete):
            with pytest.raises(NotFound):
                await attempt
    assert (await resumed(ingest, upload)).offset == 0


async def test_a_workspace_has_room_for_what_it_begins(ingest: Ingest) -> None:
    project, who = UUID(await ingest.new_project()), identity.current()
    some = replace(ingest.resumable, most_unfinished=2)
    first = await some.begin(who, new_id(), Beginning(project, "a.txt", 10))
    await some.begin(who, new_id(), Beginning(project, "b.txt", 10))
    with pytest.raises(LimitReached) as refused:
        await some.begin(who, new_id(), Beginning(project, "c.txt", 10))
    assert refused.value.code == "too_many_uploads"
    await some.delete(who, first.id)
    await some.begin(who, new_id(), Beginning(project, "c.txt", 10))
    small = replace(ingest.resumable, quota=Quota(bytes=25))
    with pytest.raises(TooLarge) as full:
        await small.begin(who, new_id(), Beginning(project, "d.txt", 10))
    assert full.value.code == "storage_full"


async def test_a_file_for_which_there_is_no_room_any_more_is_refused(ingest: Ingest) -> None:
    data = text(500)
    upload = await begin(ingest, await ingest.new_project(), "a.txt", len(data))
    await send(ingest, upload, 0, data[:499])
    small, who = replace(ingest.resumable, quota=Quota(bytes=100)), identity.current()

    async def rest() -> AsyncIterator[bytes]:
        yield data[499:]

    with pytest.raises(TooLarge) as refused:
        await small.receive(who, UUID(upload), 499, rest())
    assert refused.value.code == "storage_full"
    with pytest.raises(TooLarge):
        await resumed(ingest, upload)
    assert not {key for key in ingest.stored_files() if str(ingest.workspace_id) in key}


async def test_a_deleted_upload_is_gone_and_its_document_stays(ingest: Ingest) -> None:
    project, data = await ingest.new_project(), text(PART + 100)
    upload = await begin(ingest, project, "a.txt", len(data))
    await send(ingest, upload, 0, data[:-1])
    sender = OpenUpload(ingest, upload, len(data) - 1)
    await ingest.uploads.DeleteUpload(pb.DeleteUploadRequest(upload_id=upload))
    assert not parts_of(ingest, upload)
    sender.send(data[-1:])
    sender.send(None)
    with pytest.raises((NotFound, Conflict)):
        await sender.call
    for attempt in (resumed(ingest, upload), seen(ingest, upload), send(ingest, upload, 0, data)):
        with pytest.raises(NotFound):
            await attempt
    assert not parts_of(ingest, upload)

    upload = await begin(ingest, project, "a.txt", len(data))
    document = (await send(ingest, upload, 0, data)).document_id
    await ingest.uploads.DeleteUpload(pb.DeleteUploadRequest(upload_id=upload))
    assert (await ingest.stub.GetDocument(GetDocumentRequest(document_id=document))).document.id == document


async def test_uploads_go_with_their_project(ingest: Ingest) -> None:
    project, data = await ingest.new_project(), text(1000)
    upload = await begin(ingest, project, "a.txt", len(data))
    await send(ingest, upload, 0, data[:400])
    await ingest.projects.DeleteProject(DeleteProjectRequest(project_id=project))

    async def is_gone() -> bool:
        try:
            await seen(ingest, upload)
        except NotFound:
            return not parts_of(ingest, upload)
        return False

    await ingest.until(is_gone)


async def test_what_nobody_finishes_is_swept(ingest: Ingest) -> None:
    project, data = await ingest.new_project(), text(1000)
    left, done = [await begin(ingest, project, f"{name}.txt", len(data)) for name in ("left", "done")]
    await send(ingest, left, 0, data[:400])
    document = (await send(ingest, done, 0, data)).document_id
    assert await UploadSweep(ingest.db, ingest.resumable).sweep() == 0

    later = replace(ingest.resumable, clock=lambda: datetime.now(UTC) + LATER)
    with pytest.raises(NotFound):
        await later.get(identity.current(), UUID(left))
    assert await UploadSweep(ingest.db, later).sweep() >= 2

    assert not parts_of(ingest, left)
    for upload in (left, done):
        with pytest.raises(NotFound):
            await seen(ingest, upload)
    assert (await ingest.stub.GetDocument(GetDocumentRequest(document_id=document))).document.id == document


class Away:
    """A store of files that cannot be reached for files that are whole."""

    def __init__(self, files: Any) -> None:
        self._files = files

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    async def write(self, key: str, *arguments: Any) -> Any:
        if "/uploads/" not in key:
            raise BlobsAway()
        return await self._files.write(key, *arguments)


async def whole_and_not_stored(ingest: Ingest, data: bytes) -> str:
    """An upload of which all has come, and which could not be stored then."""
    upload = await begin(ingest, await ingest.new_project(), "a.txt", len(data))
    away: ResumableUploads = replace(ingest.resumable, files=Away(ingest.blobs))

    async def all_of_it() -> AsyncIterator[bytes]:
        yield data

    with pytest.raises(BlobsAway):
        await away.receive(identity.current(), UUID(upload), 0, all_of_it())
    assert (await seen(ingest, upload)).state == pb.UPLOAD_STATE_STORING
    return upload


async def test_a_whole_upload_is_stored_when_somebody_asks_for_it(ingest: Ingest) -> None:
    data = text(PART + 5)
    upload = await whole_and_not_stored(ingest, data)
    stored = await resumed(ingest, upload)
    assert await file_of(ingest, stored.document_id) == data
    assert not parts_of(ingest, upload)


async def test_a_whole_upload_of_which_nobody_asks_is_stored_by_the_sweep(ingest: Ingest) -> None:
    data = text(300)
    upload = await whole_and_not_stored(ingest, data)
    sweep = UploadSweep(ingest.db, ingest.resumable)
    await sweep.sweep()
    assert (await seen(ingest, upload)).state == pb.UPLOAD_STATE_STORING, "its sender may be at it"
    await sweep.sweep(left_after=timedelta(0))
    assert await file_of(ingest, (await seen(ingest, upload)).document_id) == data


async def test_while_somebody_stores_it_others_wait(ingest: Ingest) -> None:
    upload, who = await whole_and_not_stored(ingest, text(300)), identity.current()
    async with ingest.resumable.open_uploads(who.workspace_id) as store:
        await store.hold(UUID(upload), datetime.now(UTC) + timedelta(seconds=30))
        await store.commit()
    with pytest.raises(Conflict) as busy:
        await resumed(ingest, upload)
    assert busy.value.code == "upload_busy"
    after_a_death = replace(ingest.resumable, clock=lambda: datetime.now(UTC) + timedelta(minutes=1))
    assert (await after_a_death.resume(who, UUID(upload))).document_id is not None


async def test_parts_that_are_lost_are_told(ingest: Ingest) -> None:
    data = text(PART + 5)
    upload = await whole_and_not_stored(ingest, data)
    await ingest.blobs.delete(next(iter(parts_of(ingest, upload))))
    with pytest.raises(InvalidInput) as refused:
        await resumed(ingest, upload)
    assert refused.value.code == "parts_lost"


async def test_a_stream_begins_with_its_head(ingest: Ingest) -> None:
    upload = await begin(ingest, await ingest.new_project(), "a.txt", 10)

    async def stream(*requests: pb.ContinueUploadRequest) -> AsyncIterator[pb.ContinueUploadRequest]:
        for request in requests:
            yield request

    head = pb.ContinueUploadRequest(head=pb.ContinueUploadHead(upload_id=upload))
    data = pb.ContinueUploadRequest(data=b"x")
    for wrong in ([], [data], [head, head], [head, pb.ContinueUploadRequest()]):
        with pytest.raises(InvalidInput):
            await ingest.uploads.ContinueUpload(stream(*wrong))
    assert (await send(ingest, upload, 0)).offset == 0
