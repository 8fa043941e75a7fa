"""Documents that are read again: whole, by another column, by a newer reader; and what is asked before that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import func, select, update

from coderai.extractor.v1.extractor_service_pb2 import CountCodingsResponse
from coderai.ingest.v1.events_pb2 import DocumentsReread
from coderai.ingest.v1.ingest_service_pb2 import (
    Document,
    DocumentStatus,
    GetDocumentReadingRequest,
    GetDocumentReadingResponse,
    GetDocumentTextRequest,
    ListDocumentsRequest,
    RereadDocumentRequest,
)
from coderai.kit.bus import EVENTS, Envelope, Subscription
from coderai.kit.errors import Conflict, Forbidden, NotFound, Unavailable
from coderai.kit.identity import Role
from coderai.kit.ids import new_id
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.adapters.tables import chunks, document_texts, documents
from tests.integration.ingest.conftest import Ingest
from tests.integration.ingest.test_containers import STORY, TABLE, parts_of
from tests.integration.ingest.test_documents import heads

READY, FAILED = DocumentStatus.DOCUMENT_STATUS_READY, DocumentStatus.DOCUMENT_STATUS_FAILED
CODED = CountCodingsResponse(documents=2, extractions=10, corrections=1, job_ids=["a", "b"])


async def reread(
    ingest: Ingest, document: Document, *, whole: bool = False, text_column: str = "", replace: bool = False
) -> Document:
    """Has a document read again and waits until that is done."""
    request = RereadDocumentRequest(document_id=document.id, whole=whole, text_column=text_column, replace=replace)
    answer = await ingest.stub.RereadDocument(request)
    assert answer.document.id == document.id
    return await ingest.finished(document.id)


async def reading_of(ingest: Ingest, document: Document) -> GetDocumentReadingResponse:
    request = GetDocumentReadingRequest(document_id=document.id)
    reading: GetDocumentReadingResponse = await ingest.stub.GetDocumentReading(request)
    return reading


async def text_of(ingest: Ingest, document: Document) -> str:
    return str((await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))).text)


async def as_an_earlier_reader_read_it(ingest: Ingest, text: str, document: Document) -> None:
    """Gives a document another text than it has by the reader of now."""
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        await store.execute(update(document_texts).where(document_texts.c.id == document.id).values(text=text))
        await store.commit()


@asynccontextmanager
async def told(ingest: Ingest, project: str) -> AsyncIterator[asyncio.Queue[dict[str, int]]]:
    """What the other services hear of a project's documents that have other texts: their versions."""
    heard: asyncio.Queue[dict[str, int]] = asyncio.Queue()

    async def note(envelope: Envelope) -> None:
        event = DocumentsReread.FromString(envelope.payload)
        if event.project_id == project:
            heard.put_nowait({text.document_id: text.text_version for text in event.texts})

    subscription = Subscription(f"test__{new_id().hex}", EVENTS, "event.ingest.documents_reread", note)
    listening = asyncio.ensure_future(ingest.bus.consume(subscription))
    try:
        async with asyncio.timeout(20):
            yield heard
    finally:
        listening.cancel()


async def test_what_was_left_out_is_shown_on_request_alone(ingest: Ingest) -> None:
    project = await ingest.new_project()
    document = await ingest.read(project, "a.txt", b"The strike is over.")
    blocks = ["Home | News | Weather", "Buy now"]
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        of_project = update(documents).where(documents.c.id == document.id)
        report = (await store.execute(select(documents.c.report).where(documents.c.id == document.id))).scalar_one()
        await store.execute(of_project.values(report=report | {"left_out": blocks, "unsure_pages": [1]}))
        await store.commit()
    reading = await reading_of(ingest, document)
    assert (reading.document_id, reading.name, list(reading.left_out)) == (document.id, "a.txt", blocks)
    assert (reading.report.left_out_count, list(reading.report.unsure_pages)) == (2, [1])
    assert (reading.report.reader, reading.whole) == (document.report.reader, False)
    (listed,) = (await ingest.stub.ListDocuments(ListDocumentsRequest(project_id=project))).items
    assert listed.report == reading.report
    with ingest.acting(Role.VIEWER):
        assert await reading_of(ingest, document) == reading
        with pytest.raises(Forbidden):
            await reread(ingest, document)
    with ingest.acting(workspace_id=new_id()):
        for asks in (reading_of, reread):
            with pytest.raises(NotFound):
                await asks(ingest, document)


async def test_a_document_is_read_again_whole(ingest: Ingest) -> None:
    document = await ingest.read(await ingest.new_project(), "a.txt", b"The strike is over.")
    again = await reread(ingest, document, whole=True)
    assert (again.status, again.whole, (await reading_of(ingest, again)).whole) == (READY, True, True)
    assert not (await reread(ingest, again)).whole


async def test_a_text_that_is_the_same_is_no_other(ingest: Ingest) -> None:
    project = await ingest.new_project()
    document = await ingest.read(project, "a.txt", STORY.encode())
    repeats = await ingest.read(project, "b.txt", f"{STORY} Again.".encode())
    async with told(ingest, project) as heard:
        again = await reread(ingest, document)
        assert (again.text_version, again.duplicate_of, await text_of(ingest, again)) == (0, "", STORY)
        await as_an_earlier_reader_read_it(ingest, "Another text.", document)
        again = await reread(ingest, document)
        assert (again.text_version, await text_of(ingest, again)) == (1, STORY)
        assert await heard.get() == {document.id: 1}
    assert (await ingest.finished(repeats.id)).duplicate_of == document.id
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        cut = select(func.count()).where(chunks.c.document_id == document.id)
        assert (await store.execute(cut)).scalar_one() == 1


async def test_only_the_rows_whose_texts_change_are_told(ingest: Ingest) -> None:
    project = await ingest.new_project()
    rows = [{"text": "The same, twice.", "other": "The same, twice."}, {"text": "Once upon a time"}]
    table = await ingest.read(project, "t.json", json.dumps(rows).encode(), text_column="text")
    same, other = await parts_of(ingest, table)
    async with told(ingest, project) as heard:
        again = await reread(ingest, table, text_column="other")
        assert (again.text_column, again.document_count) == ("other", 2)
        assert await heard.get() == {other.id: 1}
    now = await parts_of(ingest, again)
    assert [(row.id, row.status, row.text_version) for row in now] == [(same.id, READY, 0), (other.id, FAILED, 1)]
    assert [head.document_id for head in await heads(ingest, project)] == [same.id, other.id]


async def test_what_is_coded_is_told_before_it_is_lost(ingest: Ingest) -> None:
    project = await ingest.new_project()
    table = await ingest.read(project, "news.csv", TABLE)
    rows = await parts_of(ingest, table)
    ingest.extractor.codings[ingest.workspace_id] = CODED
    refusal = (
        "2 of the 3 documents of news.csv are coded, by 2 jobs: .*10 extractions in all.*; 1 corrections by people"
    )
    with pytest.raises(Conflict, match=refusal) as refused:
        await reread(ingest, table)
    confirm = {"replace": "true reads it again all the same"}
    assert (refused.value.code, refused.value.fields) == ("codings_would_be_lost", confirm)
    with pytest.raises(Conflict, match=refusal):
        await ingest.upload(project, "news.csv", TABLE, text_column="town")
    assert list(ingest.extractor.asked[-1].document_ids) == [table.id, *(row.id for row in rows)]
    assert await parts_of(ingest, table) == rows
    replaced = await ingest.upload(project, "news.csv", TABLE, text_column="town", replace=True)
    assert (replaced.document.id, replaced.reread) == (table.id, True)
    assert (await ingest.finished(table.id)).text_column == "town"
    assert (await reread(ingest, table, text_column="story", replace=True)).text_column == "story"
    kept = [key for key in ingest.stored_files() if f"/{project}/" in key]
    assert kept == [f"{ingest.workspace_id}/{project}/{table.id}"]


async def test_nothing_changes_when_it_cannot_be_learnt_what_is_coded(ingest: Ingest) -> None:
    project = await ingest.new_project()
    table = await ingest.read(project, "news.csv", TABLE)
    ingest.extractor.codings[ingest.workspace_id] = Unavailable("the extractor is away")
    with pytest.raises(Unavailable, match="so that nothing is changed"):
        await reread(ingest, table, text_column="town")
    with pytest.raises(Unavailable, match="so that nothing is changed"):
        await ingest.upload(project, "news.csv", TABLE, text_column="town")
    assert await ingest.finished(table.id) == table


async def test_a_reading_that_fails_leaves_what_was_read_before(ingest: Ingest) -> None:
    project = await ingest.new_project()
    table = await ingest.read(project, "news.csv", TABLE)
    rows = await parts_of(ingest, table)
    again = await reread(ingest, table, text_column="body")
    assert (again.status, again.text_column, again.document_count) == (READY, "story", 3)
    failed = "reading it again failed, so that what was read before stays: the table has no column 'body'"
    assert failed in again.report.warnings[-1]
    assert await parts_of(ingest, table) == rows
    bad = await ingest.read(project, "bad.pdf", b"%PDF-1.4 nothing")
    assert (await reread(ingest, bad)).error_message == bad.error_message


async def test_a_table_that_has_fewer_rows_by_now_loses_the_others(ingest: Ingest) -> None:
    table = await ingest.read(await ingest.new_project(), "news.csv", TABLE)
    rows = await parts_of(ingest, table)
    async with ingest.db.session(ingest.workspace_id, IngestStore) as store:
        first = (await store.execute(select(documents).where(documents.c.id == rows[0].id))).one()
        await store.execute(documents.insert().values({**first._mapping, "id": new_id(), "position": 4}))
        await store.commit()
    assert len(await parts_of(ingest, table)) == 4
    assert await parts_of(ingest, await reread(ingest, table)) == rows


async def test_a_row_is_read_again_with_its_table(ingest: Ingest) -> None:
    table = await ingest.read(await ingest.new_project(), "news.csv", TABLE)
    row = (await parts_of(ingest, table))[0]
    with pytest.raises(Conflict, match=f"news.csv#1 is a part of another document.*{table.id}"):
        await reread(ingest, row)


async def test_of_several_wishes_the_last_one_holds(ingest: Ingest) -> None:
    project = await ingest.new_project()
    table = await ingest.upload(project, "news.csv", TABLE)
    for column in ("town", "id", "story", "town"):
        await ingest.upload(project, "news.csv", TABLE, text_column=column)
    assert (await ingest.finished(table.document.id)).text_column == "town"
    assert len(await heads(ingest, project)) == 3
