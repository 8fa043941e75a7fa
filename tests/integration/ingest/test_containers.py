"""Tables and archives: one upload that becomes many documents, and documents that repeat each other."""

from __future__ import annotations

import asyncio
import json

import pytest
from google.protobuf.json_format import MessageToDict

from coderai.ingest.v1.events_pb2 import DocumentsDeleted
from coderai.ingest.v1.ingest_service_pb2 import (
    DeleteDocumentRequest,
    Document,
    DocumentFormat,
    DocumentStatus,
    DownloadDocumentRequest,
    GetDocumentRequest,
    GetDocumentTextRequest,
    ListDocumentsRequest,
)
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.errors import Conflict, NotFound
from coderai.kit.ids import new_id
from tests.integration.ingest.conftest import Ingest
from tests.integration.ingest.test_documents import heads, publish_work
from tests.unit.ingest.files import zipped

READY, FAILED = DocumentStatus.DOCUMENT_STATUS_READY, DocumentStatus.DOCUMENT_STATUS_FAILED
TABLE = b"id,story,town\n1,The dockers went on strike,Portavel\n2,,Kessling\n3,It ended soon,Sao Gil\n"
STORY = " ".join(
    f"On day {n} the dockers of harbour {n * 7} met for the {n}th time and did not agree." for n in range(40)
)


async def parts_of(ingest: Ingest, source: Document) -> list[Document]:
    request = ListDocumentsRequest(project_id=source.project_id, source_document_id=source.id, page_size=200)
    return list((await ingest.stub.ListDocuments(request)).items)


async def test_a_table_becomes_its_rows(ingest: Ingest) -> None:
    project = await ingest.new_project()
    before = await ingest.read(project, "a.txt", b"before")
    table = await ingest.read(project, "news.csv", TABLE, text_column="Story")
    assert (table.status, table.document_count, table.text_column) == (READY, 3, "story")
    rows = await parts_of(ingest, table)
    assert [(row.name, row.position, row.status) for row in rows] == [
        ("news.csv#1", 1, READY),
        ("news.csv#2", 2, FAILED),
        ("news.csv#3", 3, READY),
    ]
    assert "nothing in its column 'story'" in rows[1].error_message
    towns = [MessageToDict(row.metadata) for row in rows[:2]]
    assert towns == [{"id": "1", "town": "Portavel"}, {"id": "2", "town": "Kessling"}]
    text = await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=rows[2].id))
    assert (text.text, len(text.chunks)) == ("It ended soon", 1)
    with pytest.raises(Conflict, match="3 documents have"):
        await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=table.id))
    listed = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))
    assert [document.id for document in listed.items] == [before.id, table.id, *(row.id for row in rows)]
    assert dict(listed.counts) == {"UPLOADED": 0, "PARSED": 0, "READY": 3, "FAILED": 1}
    assert [head.document_id for head in await heads(ingest, project)] == [before.id, *(row.id for row in rows)]
    assert [head.document_id for head in await heads(ingest, project, table.id)] == [row.id for row in rows]


async def test_a_row_is_downloaded_as_its_table(ingest: Ingest) -> None:
    table = await ingest.read(await ingest.new_project(), "news.csv", TABLE)
    row = (await parts_of(ingest, table))[0]
    parts = [part async for part in ingest.stub.DownloadDocument(DownloadDocumentRequest(document_id=row.id))]
    assert (parts[0].head.id, b"".join(part.data for part in parts[1:])) == (table.id, TABLE)


async def test_a_guessed_column_is_told_with_the_others(ingest: Ingest) -> None:
    project = await ingest.new_project()
    await ingest.read(project, "a.txt", b"no table")
    table = await ingest.read(project, "news.csv", TABLE)
    assert table.text_column == "story"
    (warning,) = table.report.warnings
    assert "'story' was guessed to be the text" in warning
    assert "it also has id, town; to take one of these, upload it again with text_column" in warning
    listed = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project, sources=True))
    assert [document.id for document in listed.items] == [table.id]
    chosen = await ingest.read(await ingest.new_project(), "news.csv", TABLE, text_column="story")
    assert not chosen.report.warnings


async def test_the_same_table_by_another_column_is_read_again_and_keeps_its_rows_ids(ingest: Ingest) -> None:
    project = await ingest.new_project()
    table = await ingest.read(project, "news.csv", TABLE)
    rows = await parts_of(ingest, table)
    for same in ("", "story", " Story"):
        again = await ingest.upload(project, "b.csv", TABLE, text_column=same)
        assert (again.created, again.document.id, again.reread) == (False, table.id, False)
    other = await ingest.upload(project, "b.csv", TABLE, text_column="town")
    assert (other.created, other.document.id, other.reread) == (False, table.id, True)
    read = await ingest.finished(other.document.id)
    assert (read.name, read.text_column, list(read.report.warnings)) == ("news.csv", "town", [])
    now = await parts_of(ingest, read)
    assert [(row.id, row.text_version) for row in now] == [(row.id, 1) for row in rows]
    assert [row.status for row in now] == [READY] * 3  # the second has no story, but a town
    assert MessageToDict(now[0].metadata) == {"id": "1", "story": "The dockers went on strike"}
    text = await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=rows[0].id))
    assert (text.text, text.text_version) == ("Portavel", 1)
    assert {key for key in ingest.stored_files() if f"/{project}/" in key} == {
        f"{ingest.workspace_id}/{project}/{read.id}"
    }


async def test_a_column_that_is_not_there_can_be_corrected(ingest: Ingest) -> None:
    project = await ingest.new_project()
    failed = await ingest.read(project, "news.csv", TABLE, text_column="body")
    assert failed.status == FAILED
    assert "id, story, town: upload it again with one of these" in failed.error_message
    assert (await ingest.upload(project, "news.csv", TABLE, text_column="body")).document.id == failed.id
    corrected = await ingest.read(project, "news.csv", TABLE, text_column="story")
    assert corrected.id == failed.id
    assert (corrected.status, corrected.document_count) == (READY, 3)


async def test_a_column_means_nothing_to_what_is_no_table(ingest: Ingest) -> None:
    project = await ingest.new_project()
    letter = await ingest.read(project, "a.txt", b"Dear all, the strike is over.")
    again = await ingest.upload(project, "a.txt", b"Dear all, the strike is over.", text_column="story")
    assert (again.created, again.document.id) == (False, letter.id)


async def test_corrections_that_come_at_once_leave_one_table(ingest: Ingest) -> None:
    project = await ingest.new_project()
    await ingest.read(project, "news.csv", TABLE)
    uploads = await asyncio.gather(*(ingest.upload(project, "n.csv", TABLE, text_column="town") for _ in range(6)))
    assert not any(upload.created for upload in uploads)
    (kept,) = {upload.document.id for upload in uploads}
    assert (await ingest.finished(kept)).document_count == 3
    assert len([key for key in ingest.stored_files() if f"/{project}/" in key]) == 1


async def test_reading_a_table_again_gives_the_same_rows(ingest: Ingest) -> None:
    project = await ingest.new_project()
    table = await ingest.read(project, "news.csv", TABLE)
    before = [row.id for row in await parts_of(ingest, table)]
    await publish_work(ingest, table.id)
    for n in range(4):
        await ingest.read(project, f"{n}.txt", f"later {n}".encode())
    assert [row.id for row in await parts_of(ingest, table)] == before


async def test_a_deleted_table_takes_its_rows_with_it_and_one_event_tells_of_all(ingest: Ingest) -> None:
    project = await ingest.new_project()
    table = await ingest.read(project, "news.csv", TABLE)
    rows = await parts_of(ingest, table)
    heard: asyncio.Queue[Envelope] = asyncio.Queue()
    subscription = Subscription(f"test__{new_id().hex}", EVENTS, "event.ingest.documents_deleted", heard.put)
    listening = asyncio.ensure_future(ingest.bus.consume(subscription))
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=rows[0].id))
    assert len(await parts_of(ingest, table)) == 2
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=table.id))
    told: list[set[str]] = []
    async with asyncio.timeout(20):
        while len(told) < 2:
            event = DocumentsDeleted.FromString((await heard.get()).payload)
            told += [set(event.document_ids)] if event.project_id == project else []
    listening.cancel()
    assert told == [{rows[0].id}, {table.id, rows[1].id, rows[2].id}]
    with pytest.raises(NotFound):
        await ingest.stub.GetDocument(GetDocumentRequest(document_id=rows[2].id))
    assert not await heads(ingest, project)
    assert not [key for key in ingest.stored_files() if f"/{project}/" in key]


async def test_an_archive_becomes_its_files_and_the_bad_one_fails_alone(ingest: Ingest) -> None:
    archive = zipped(
        {"a/one.txt": "One strike", "bad.pdf": "%PDF-1.4 x", "two.html": "<html><p>Two strikes</p></html>"}
    )
    source = await ingest.read(await ingest.new_project(), "all.zip", archive)
    files = await parts_of(ingest, source)
    assert [(file.name, file.status) for file in files] == [
        ("one.txt", READY),
        ("bad.pdf", FAILED),
        ("two.html", READY),
    ]
    assert MessageToDict(files[0].metadata) == {"path": "a/one.txt"}


async def test_a_mail_becomes_itself_and_its_attachments(ingest: Ingest) -> None:
    mail = (
        b"From: a@x.org\nSubject: Strike\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nSee the note.\n--b\nContent-Disposition: attachment; filename=note.txt\n\nThe note.\n--b--\n"
    )
    source = await ingest.read(await ingest.new_project(), "a.eml", mail)
    assert (source.status, source.format, source.document_count) == (READY, DocumentFormat.DOCUMENT_FORMAT_EML, 2)
    own, note = await parts_of(ingest, source)
    assert [(own.name, own.status), (note.name, note.status)] == [("a.eml", READY), ("note.txt", READY)]
    assert MessageToDict(own.metadata) == {"from": "a@x.org", "subject": "Strike"}
    assert MessageToDict(note.metadata) == {"path": "note.txt"}


async def test_ten_thousand_rows_are_read_and_streamed(ingest: Ingest) -> None:
    project = await ingest.new_project()
    rows = [
        {"id": n, "text": f"Report {n}: the dockers of harbour {n} stopped work for {n} hours."} for n in range(10_000)
    ]
    table = await ingest.read(project, "reports.json", json.dumps(rows).encode())
    assert (table.status, table.document_count) == (READY, 10_000)
    found = await heads(ingest, project)
    assert [head.name for head in found] == [f"reports.json#{n}" for n in range(1, 10_001)]
    named = await heads(ingest, project, *(head.document_id for head in found[5_000:]))
    assert [head.document_id for head in named] == [head.document_id for head in found[5_000:]]


async def test_documents_that_repeat_each_other_are_marked(ingest: Ingest) -> None:
    project, other = await ingest.new_project(), await ingest.new_project()
    first = await ingest.read(project, "first.txt", STORY.encode())
    again = await ingest.read(project, "again.txt", f"UPDATED. {STORY} More follows.".encode())
    reverse = " ".join(reversed(STORY.split()))
    different = await ingest.read(project, "different.txt", reverse.encode())
    elsewhere = await ingest.read(other, "first.txt", STORY.encode())
    assert (first.duplicate_of, again.duplicate_of, elsewhere.duplicate_of) == ("", first.id, "")
    assert different.duplicate_of == ""
    rows = [{"text": text} for text in (STORY + " Again.", "Short.", "Short.", STORY.upper())]
    table = await ingest.read(project, "a.json", json.dumps(rows).encode())
    marks = [row.duplicate_of for row in await parts_of(ingest, table)]
    assert marks == [first.id, "", "", first.id]


async def test_the_earliest_of_those_that_repeated_a_deleted_document_takes_its_place(ingest: Ingest) -> None:
    project = await ingest.new_project()
    rows = [{"text": STORY}, {"text": "Short."}]
    table = await ingest.read(project, "a.json", json.dumps(rows).encode())
    alike = [await ingest.read(project, f"{n}.txt", f"{STORY} {n}".encode()) for n in range(3)]
    original = (await parts_of(ingest, table))[0].id
    assert [document.duplicate_of for document in alike] == [original] * 3
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=table.id))
    assert [head.duplicate_of for head in await heads(ingest, project)] == ["", alike[0].id, alike[0].id]
    assert (await ingest.read(project, "late.txt", f"{STORY} 9".encode())).duplicate_of == alike[0].id
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=alike[1].id))
    await ingest.stub.DeleteDocument(DeleteDocumentRequest(document_id=alike[0].id))
    late = (await heads(ingest, project))[1]
    assert (late.name, late.duplicate_of) == ("late.txt", alike[2].id)


async def test_duplicates_can_be_counted_and_listed_and_their_heads_tell(ingest: Ingest) -> None:
    project = await ingest.new_project()
    first = await ingest.read(project, "first.txt", STORY.encode())
    again = await ingest.read(project, "again.txt", f"UPDATED. {STORY}".encode())
    await ingest.read(project, "bad.pdf", b"%PDF-1.4 nothing")
    listed = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project, duplicates=True))
    assert [document.id for document in listed.items] == [again.id]
    assert listed.duplicate_count == 1
    assert [head.duplicate_of for head in await heads(ingest, project)] == ["", first.id, ""]


async def test_the_corpus_language_is_told_and_offered(ingest: Ingest) -> None:
    project = await ingest.new_project()
    nothing = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))
    assert (dict(nothing.languages), nothing.suggested_language) == ({}, "")
    rows = [{"text": f"Am Montag legten {n} Arbeiter im Hafen die Arbeit nieder."} for n in range(9)]
    await ingest.read(project, "a.json", json.dumps([*rows, {"text": "42"}, {"text": ""}]).encode())
    told = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))
    assert (dict(told.languages), told.suggested_language) == ({"de": 9, "": 1}, "German")
    await ingest.read(project, "b.txt", b"On Monday the dockers stopped work, and the harbour was closed.")
    await ingest.read(project, "c.txt", b"On Tuesday they went back to work, as the union had told them to.")
    mixed = await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))
    assert (dict(mixed.languages), mixed.suggested_language) == ({"de": 9, "": 1, "en": 2}, "Mixed")


async def test_of_two_that_come_at_once_one_repeats_the_other(ingest: Ingest) -> None:
    project = await ingest.new_project()
    uploads = [await ingest.upload(project, f"{n}.txt", f"{STORY} {n}".encode()) for n in range(6)]
    documents = [await ingest.finished(upload.document.id) for upload in uploads]
    originals = {document.duplicate_of for document in documents} - {""}
    assert len(originals) == 1
    assert [document.id for document in documents if not document.duplicate_of] == list(originals)
