"""From an upload to text, and everything that a caller may do with a document."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from io import BytesIO
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from coderai.ingest.v1.ingest_service_pb2 import (
    CountDocumentsRequest,
    DeleteDocumentRequest,
    DocumentFormat,
    DocumentStatus,
    DownloadDocumentRequest,
    GetDocumentRequest,
    GetDocumentTextRequest,
    GetDocumentWordsRequest,
    ListChunksRequest,
    ListDocumentsRequest,
    StreamDocumentHeadsRequest,
    UploadDocumentEnd,
    UploadDocumentHead,
    UploadDocumentRequest,
)
from coderai.ingest.v1.work_pb2 import ParseDocument
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.db import Database, Session
from coderai.kit.errors import Conflict, Forbidden, InvalidInput, NotFound, TooLarge
from coderai.kit.identity import Role
from coderai.kit.ids import new_id
from coderai.projects.v1.projects_service_pb2 import DeleteProjectRequest
from coderai.services.ingest import queries
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.domain.chunking import Chunk
from coderai.services.ingest.domain.document import Document
from coderai.services.ingest.domain.reading import Reading, RecognisedPage, Report
from coderai.services.ingest.domain.scanned_words import ScannedWord, pack
from coderai.services.ingest.domain.text import Page
from tests.integration.ingest.conftest import Ingest
from tests.support.stack import ServiceDatabases
from tests.support.told import told

READY, FAILED = DocumentStatus.DOCUMENT_STATUS_READY, DocumentStatus.DOCUMENT_STATUS_FAILED
PARSED = DocumentStatus.DOCUMENT_STATUS_PARSED


def pdf(*pages: str, password: str | None = None) -> bytes:
    file = BytesIO()
    canvas = Canvas(file, encrypt=password)
    for page in pages:
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(72, 800 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


async def test_a_text_file_becomes_ready_with_its_text_as_one_chunk(ingest: Ingest) -> None:
    project = await ingest.new_project()
    uploaded = await ingest.upload(project, "../folder/strike.txt", "Die Mühle ".encode(), b"steht still.\r\n")
    assert uploaded.created
    document = await ingest.finished(uploaded.document.id)
    assert (document.status, document.name, document.format) == (
        READY,
        "strike.txt",
        DocumentFormat.DOCUMENT_FORMAT_TXT,
    )
    assert (document.word_count, document.page_count, document.size) == (4, 1, 25)
    assert document.sha256 == hashlib.sha256("Die Mühle steht still.\r\n".encode()).hexdigest()
    text = await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))
    assert (text.text, text.name, text.document_id) == ("Die Mühle steht still.", "strike.txt", document.id)
    assert [(page.number, page.start, page.end) for page in text.pages] == [(1, 0, 22)]
    assert [(chunk.index, chunk.start, chunk.end, chunk.token_count) for chunk in text.chunks] == [(0, 0, 22, 6)]
    chunks = await ingest.stub.ListChunks(ListChunksRequest(document_id=document.id))
    assert list(chunks.items) == list(text.chunks)


async def test_pages_that_show_something_without_text_are_named_to_who_asks_for_the_text(ingest: Ingest) -> None:
    file = BytesIO()
    canvas = Canvas(file)
    for page in ("The harbour", "", "a map"):
        if page == "The harbour":
            canvas.drawString(72, 800, page)
        if page == "a map":
            canvas.rect(72, 72, 300, 300, fill=1)
        canvas.showPage()
    canvas.save()
    project = await ingest.new_project()
    document = await ingest.read(project, "maps.pdf", file.getvalue())
    assert (document.page_count, list(document.report.unread_pages)) == (3, [3])
    text = await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))
    assert list(text.unread_pages) == [3]
    (head,) = await heads(ingest, project)
    assert (head.format, head.language) == (DocumentFormat.DOCUMENT_FORMAT_PDF, document.language)


async def test_a_scan_names_its_unsure_pages_and_shows_where_its_words_stand(ingest: Ingest) -> None:
    text, project = "Nobody came to the harbour.", await ingest.new_project()
    document = Document(new_id(), UUID(project), "scan.pdf", 9, "0" * 64)
    word = ScannedWord(0, 6, 0.25, 0.5, 0.5, 0.75, 0.4)
    unsure = Report("pdfium, tesseract", unsure_pages=(1,), recognised_pages=(RecognisedPage(1, 0.4),))
    pages, words = (Page(1, 0, len(text)),), {1: pack([word, replace(word, start=None, end=None)])}
    reading = Reading("PDF", text, pages, (Chunk(0, 0, len(text), 6, 0),), 5, "en", None, {}, unsure, words)
    async with ingest.db.session(ingest.workspace_id, kind=IngestStore) as store:
        await store.add(document)
        await store.save_readings(document.project_id, [(document, reading)])
        await store.commit()
    of_it = {"document_id": str(document.id)}
    read = await ingest.stub.GetDocumentText(GetDocumentTextRequest(**of_it))
    assert [(page.number, page.confidence) for page in read.unsure_pages] == [(1, 0.4)]
    first, second = (await ingest.stub.GetDocumentWords(GetDocumentWordsRequest(**of_it, page=1))).words
    assert (first.start, first.end, second.HasField("start")) == (0, 6, False)
    box = (first.left, first.top, first.right, first.bottom, first.confidence)
    assert box == pytest.approx((0.25, 0.5, 0.5, 0.75, 0.4), abs=1e-4)
    assert not (await ingest.stub.GetDocumentWords(GetDocumentWordsRequest(**of_it, page=2))).words
    with pytest.raises(InvalidInput, match="from 1"):
        await ingest.stub.GetDocumentWords(GetDocumentWordsRequest(**of_it))


async def test_a_long_pdf_has_pages_chunks_and_a_report(ingest: Ingest) -> None:
    numbers = ["Nil", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven"]
    bodies = ["\n".join(f"{a}-{b}: the dockers of the harbour did not work." for b in numbers * 3) for a in numbers]
    file = pdf(*(f"The Harbour Gazette\n{body}\n{n}" for n, body in enumerate(bodies, 1)))
    document = await ingest.read(await ingest.new_project(), "gazette", file)
    assert (document.status, document.format) == (READY, DocumentFormat.DOCUMENT_FORMAT_PDF)
    assert (document.page_count, list(document.report.dropped)) == (12, ["The Harbour Gazette", "1"])
    text = await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))
    assert [page.number for page in text.pages] == list(range(1, 13))
    for page, number in zip(text.pages, numbers, strict=True):
        assert text.text[page.start : page.end].count(f"{number}-Eleven:") == 3
    assert text.text.count("The Harbour Gazette") == 1
    assert len(text.chunks) > 1
    assert all(after.start < before.end for before, after in pairwise(text.chunks))


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("locked.pdf", pdf("Secret", password="sesame"), "protected by a password: upload a copy without one"),
        ("scan.pdf", pdf("", "", ""), "3 pages without text, most likely a scan"),
        ("broken.pdf", pdf("Text")[:300], "damaged"),
        ("blank.txt", b" \n\n", "no text"),
        ("prog.pdf", b"MZ\x00\x01" * 100, "is a program"),
    ],
)
async def test_what_cannot_be_read_fails_with_a_reason(ingest: Ingest, name: str, data: bytes, reason: str) -> None:
    document = await ingest.read(await ingest.new_project(), name, data)
    assert document.status == FAILED
    assert reason in document.error_message
    with pytest.raises(Conflict, match=reason):
        await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))


async def test_the_same_bytes_again_are_the_document_that_the_project_had(ingest: Ingest) -> None:
    project, other = await ingest.new_project(), await ingest.new_project()
    first = await ingest.upload(project, "a.txt", b"the same")
    again = await ingest.upload(project, "b.txt", b"the ", b"same")
    assert (again.created, again.document.id, again.document.name) == (False, first.document.id, "a.txt")
    assert (await ingest.upload(other, "a.txt", b"the same")).created
    at_once = await asyncio.gather(*(ingest.upload(project, f"{n}.txt", b"at once") for n in range(8)))
    assert [upload.created for upload in at_once].count(True) == 1
    assert len({upload.document.id for upload in at_once}) == 1
    listed = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))
    kept = {key for key in ingest.stored_files() if f"/{project}/" in key}
    assert kept == {f"{ingest.workspace_id}/{project}/{document.id}" for document in listed.items}
    assert len(kept) == 2


async def test_uploads_that_are_refused_leave_nothing(ingest: Ingest) -> None:
    project = await ingest.new_project()
    mib = b"x" * 2**20
    with pytest.raises(TooLarge, match="50 MiB"):
        await ingest.upload(project, "big.txt", *[mib] * 50, b"x")
    with pytest.raises(InvalidInput, match=r"a\.txt is empty"):
        await ingest.upload(project, "a.txt")
    with pytest.raises(InvalidInput, match="needs a name"):
        await ingest.upload(project, "../", b"text")
    for unknown in (str(new_id()), "no-uuid"):
        with pytest.raises(NotFound):
            await ingest.upload(unknown, "a.txt", b"text")
    with ingest.acting(workspace_id=new_id()), pytest.raises(NotFound):
        await ingest.upload(project, "a.txt", b"text")
    with ingest.acting(Role.VIEWER), pytest.raises(Forbidden):
        await ingest.upload(project, "a.txt", b"text")
    assert not [key for key in ingest.stored_files() if key.startswith(str(ingest.workspace_id))]
    assert not (await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))).items


async def test_an_upload_whose_parts_are_out_of_order_is_refused(ingest: Ingest) -> None:
    head = UploadDocumentRequest(head=UploadDocumentHead(project_id=await ingest.new_project(), name="a.txt"))
    end = UploadDocumentRequest(end=end_of(b""))
    for sent in ([], [UploadDocumentRequest(data=b"a")], [end], [head, head]):
        with pytest.raises(InvalidInput, match="head"):
            await ingest.send(*sent)
    with pytest.raises(InvalidInput, match="nothing may follow the end"):
        await ingest.send(head, end, UploadDocumentRequest(data=b"a"))


@pytest.mark.parametrize("mib", [0, 12])
async def test_an_upload_that_is_not_what_was_sent_leaves_nothing(ingest: Ingest, mib: int) -> None:
    project = await ingest.new_project()
    data = b"half of it" + b"x" * mib * 2**20
    head = UploadDocumentRequest(head=UploadDocumentHead(project_id=project, name="a.txt"))
    half = [head, *(UploadDocumentRequest(data=data[at : at + 2**20]) for at in range(0, len(data), 2**20))]
    with pytest.raises(InvalidInput, match="broke off before its end") as cut_off:
        await ingest.send(*half)
    assert cut_off.value.code == "upload_cut_off"
    for end in (end_of(data + b"!"), end_of(data[:-1]), end_of(data[:-1] + b"?"), UploadDocumentEnd()):
        with pytest.raises(InvalidInput, match="send the file again") as damaged:
            await ingest.send(*half, UploadDocumentRequest(end=end))
        assert damaged.value.code == "upload_damaged"
    assert not (await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))).items
    assert not [key for key in ingest.stored_files() if f"/{project}/" in key]
    whole = await ingest.send(*half, UploadDocumentRequest(end=end_of(data)))
    assert (whole.created, whole.document.size) == (True, len(data))


def end_of(data: bytes) -> UploadDocumentEnd:
    return UploadDocumentEnd(size=len(data), sha256=hashlib.sha256(data).hexdigest())


async def test_an_upload_that_dies_half_way_leaves_nothing(ingest: Ingest) -> None:
    project = await ingest.new_project()
    sent = asyncio.Event()

    async def requests() -> AsyncIterator[UploadDocumentRequest]:
        yield UploadDocumentRequest(head=UploadDocumentHead(project_id=project, name="a.txt"))
        for _ in range(12):
            yield UploadDocumentRequest(data=b"x" * 2**20)
        sent.set()
        await asyncio.Event().wait()

    upload = asyncio.ensure_future(ingest.stub.UploadDocument(requests()))
    await sent.wait()
    upload.cancel()
    await asyncio.gather(upload, return_exceptions=True)

    async def is_gone() -> bool:
        return not any(f"/{project}/" in key for key in ingest.stored_files())

    await ingest.until(is_gone)
    assert not (await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))).items


async def test_documents_are_listed_page_by_page_with_counts(ingest: Ingest) -> None:
    project = await ingest.new_project()
    uploaded = [(await ingest.upload(project, f"{n}.txt", f"Text {n}".encode())).document.id for n in range(5)]
    uploaded.append((await ingest.upload(project, "bad.pdf", b"%PDF-1.4 nothing")).document.id)
    for document_id in uploaded:
        await ingest.finished(document_id)
    listed: list[str] = []
    token = ""
    while token or not listed:
        request = ListDocumentsRequest(project_id=project, page_size=4, page_token=token)
        page = await ingest.stub.ListDocuments(request)
        assert dict(page.counts) == {"UPLOADED": 0, "PARSED": 0, "READY": 5, "FAILED": 1}
        listed += [document.id for document in page.items]
        token = page.next_page_token
    assert listed == uploaded
    failed = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project, status=FAILED))
    assert [document.id for document in failed.items] == uploaded[-1:]


async def heads(ingest: Ingest, project: str, *document_ids: str) -> list[Any]:
    request = StreamDocumentHeadsRequest(project_id=project, document_ids=document_ids)
    return [head async for response in ingest.stub.StreamDocumentHeads(request) for head in response.items]


async def test_documents_of_several_projects_are_counted_together(ingest: Ingest) -> None:
    project, empty = await ingest.new_project(), await ingest.new_project()
    for document in [await ingest.upload(project, name, name.encode()) for name in ("a.txt", "b.txt")]:
        await ingest.finished(document.document.id)
    asked = CountDocumentsRequest(project_ids=[empty, project, empty, str(new_id())])
    counted = [(one.project_id, dict(one.counts)) for one in (await ingest.stub.CountDocuments(asked)).items]
    assert counted == [(empty, {}), (project, {"READY": 2}), (asked.project_ids[3], {})]
    with ingest.acting(workspace_id=new_id()):
        assert not any(one.counts for one in (await ingest.stub.CountDocuments(asked)).items)


async def test_heads_come_in_upload_order_all_or_those_named(ingest: Ingest) -> None:
    project = await ingest.new_project()
    documents = [await ingest.read(project, f"{n}.txt", f"Text number {n}".encode()) for n in range(3)]
    all_heads = await heads(ingest, project)
    assert [(h.document_id, h.name, h.status, h.word_count, h.chunk_count) for h in all_heads] == [
        (document.id, document.name, READY, 3, 1) for document in documents
    ]
    named = await heads(ingest, project, documents[2].id, documents[0].id, str(new_id()))
    assert [head.document_id for head in named] == [documents[0].id, documents[2].id]


async def test_a_file_comes_back_as_it_was(ingest: Ingest) -> None:
    data = bytes(range(256)) * 20_000
    uploaded = await ingest.upload(await ingest.new_project(), "a.bin", data)
    parts = [
        part async for part in ingest.stub.DownloadDocument(DownloadDocumentRequest(document_id=uploaded.document.id))
    ]
    assert parts[0].head.id == uploaded.document.id
    assert b"".join(part.data for part in parts[1:]) == data


async def test_another_workspace_sees_nothing(ingest: Ingest) -> None:
    document = await ingest.read(project := await ingest.new_project(), "a.txt", b"ours")
    with ingest.acting(workspace_id=new_id()):
        for call, request in (
            (ingest.stub.GetDocument, GetDocumentRequest(document_id=document.id)),
            (ingest.stub.GetDocumentText, GetDocumentTextRequest(document_id=document.id)),
            (ingest.stub.ListChunks, ListChunksRequest(document_id=document.id)),
            (ingest.stub.DeleteDocument, DeleteDocumentRequest(document_id=document.id)),
        ):
            with pytest.raises(NotFound):
                await call(request)
        assert not await heads(ingest, project, document.id)
        with pytest.raises(NotFound):
            await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))


async def test_no_connection_waits_while_heads_are_taken(ingest: Ingest, service_dsns: ServiceDatabases) -> None:
    project = await ingest.new_project()
    document = await ingest.read(project, "a.txt", b"one")
    one_connection = Database(service_dsns["ingest"].application, "ingest", pool_size=1)
    open_session = partial(one_connection.session, ingest.workspace_id, Session)
    stream = queries.stream_heads(open_session, UUID(project), [])
    async with asyncio.timeout(10):
        assert [head.document_id for head in (await anext(stream)).items] == [document.id]
        await one_connection.ping()
        assert [response async for response in stream] == []
    await one_connection.close()


async def test_a_document_whose_text_is_known_but_not_saved_is_parsed(ingest: Ingest) -> None:
    project = await ingest.new_project()
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        await store.lock_project(UUID(project))
        uploaded = (await ingest.upload(project, "a.txt", b"one")).document.id

        async def is_parsed() -> bool:
            listed = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project, status=PARSED))
            return [document.id for document in listed.items] == [uploaded]

        await ingest.until(is_parsed)
        with pytest.raises(Conflict, match="still being read"):
            await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=uploaded))
    assert (await ingest.finished(uploaded)).status == READY


async def test_a_deleted_document_is_gone_and_others_hear_of_it(ingest: Ingest) -> None:
    document = await ingest.read(project := await ingest.new_project(), "a.txt", b"to be deleted")
    heard: asyncio.Queue[Envelope] = asyncio.Queue()
    name = f"test__{new_id().hex}"
    listening = asyncio.ensure_future(
        ingest.bus.consume(Subscription(name, EVENTS, "event.ingest.documents_deleted", heard.put))
    )
    with ingest.acting(Role.VIEWER), pytest.raises(Forbidden):
        await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=document.id))
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=document.id))
    assert await told(ingest.db, ingest.workspace_id) == [("DOCUMENT_DELETED", "a.txt", {})]
    async with asyncio.timeout(20):
        while document.id.encode() not in (envelope := await heard.get()).payload:
            pass
    listening.cancel()
    assert envelope.workspace_id == ingest.workspace_id
    with pytest.raises(NotFound):
        await ingest.stub.GetDocument(GetDocumentRequest(document_id=document.id))
    assert not [key for key in ingest.stored_files() if f"/{project}/" in key]


async def test_a_deleted_project_takes_its_documents_with_it(ingest: Ingest) -> None:
    project, other = await ingest.new_project(), await ingest.new_project()
    document, kept = await ingest.read(project, "a.txt", b"one"), await ingest.read(other, "a.txt", b"two")
    await ingest.projects.DeleteProject(DeleteProjectRequest(project_id=project))

    async def is_gone() -> bool:
        return not await heads(ingest, project)

    await ingest.until(is_gone)
    with pytest.raises(NotFound):
        await ingest.stub.GetDocument(GetDocumentRequest(document_id=document.id))
    assert [head.document_id for head in await heads(ingest, other)] == [kept.id]
    assert not [key for key in ingest.stored_files() if f"/{project}/" in key]


async def test_only_a_project_that_there_is_has_a_list_of_documents(ingest: Ingest) -> None:
    request = ListDocumentsRequest(project_id=await ingest.new_project())
    assert not (await ingest.stub.ListDocuments(request)).items
    with ingest.acting(workspace_id=new_id()), pytest.raises(NotFound) as others:
        await ingest.stub.ListDocuments(request)
    with pytest.raises(NotFound) as unknown:
        await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=str(new_id())))
    assert others.value.code == unknown.value.code == "project_not_found"


async def test_reading_twice_gives_the_same_once(ingest: Ingest) -> None:
    document = await ingest.read(project := await ingest.new_project(), "a.txt", b"word " * 6000)
    before = await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))
    for _ in range(2):
        await publish_work(ingest, document.id)
    # Work is done in order by two readers: when what came later is done, the repeats are.
    for n in range(4):
        await ingest.read(project, f"{n}.txt", f"later {n}".encode())
    after = await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))
    assert (after.text, len(after.chunks)) == (before.text, len(before.chunks))
    assert len(after.chunks) > 1


async def test_work_on_a_deleted_document_is_no_error(ingest: Ingest) -> None:
    document = await ingest.read(project := await ingest.new_project(), "a.txt", b"one")
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=document.id))
    await publish_work(ingest, document.id)
    assert (await ingest.read(project, "b.txt", b"two")).status == READY


async def test_a_lost_file_is_named_as_the_reason(ingest: Ingest) -> None:
    document = Document(new_id(), UUID(await ingest.new_project()), "a.txt", size=3, sha256="0" * 64)
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        await store.add(document)
        await store.next_turns()
        await store.commit()
    await publish_work(ingest, str(document.id))
    failed = await ingest.finished(str(document.id))
    assert (failed.status, "stored file is gone" in failed.error_message) == (FAILED, True)


async def publish_work(ingest: Ingest, document_id: str) -> None:
    payload = ParseDocument(document_id=document_id).SerializeToString()
    await ingest.bus.publish(Envelope(new_id(), "work.ingest.parse.small", payload, ingest.workspace_id, "test"))
