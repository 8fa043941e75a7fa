"""Documents as they were read, streamed for exports: hashes, pages, readers' versions, and texts when wanted."""

from __future__ import annotations

import asyncio
from functools import partial
from hashlib import sha256
from importlib.metadata import version
from io import BytesIO
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from sqlalchemy import text as sql

from coderai.ingest.v1.ingest_service_pb2 import (
    DocumentFormat,
    DocumentStatus,
    GetDocumentReadingRequest,
    GetDocumentTextRequest,
    StreamDocumentTextsRequest,
    StreamDocumentTextsResponse,
)
from coderai.kit.db import Database, Session
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.services.ingest import queries
from tests.integration.ingest.conftest import Ingest
from tests.support.stack import ServiceDatabases


async def messages(ingest: Ingest, project: str, **fields: Any) -> list[StreamDocumentTextsResponse]:
    request = StreamDocumentTextsRequest(project_id=project, **fields)
    return [response async for response in ingest.stub.StreamDocumentTexts(request)]


async def texts(ingest: Ingest, project: str, **fields: Any) -> list[Any]:
    return [item for response in await messages(ingest, project, **fields) for item in response.items]


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


async def test_documents_come_in_upload_order_with_hashes_pages_and_what_read_them(ingest: Ingest) -> None:
    project = await ingest.new_project()
    page = b"<p>\xf0\x9f\x98\x80 Der Streik begann.</p>"
    documents = [
        await ingest.read(project, "a.txt", "اعتصم العمال".encode()),
        await ingest.read(project, "b.html", page),
        await ingest.read(project, "c.bin", b"\0\1\2\3" * 20),
    ]
    arabic, html, broken = await texts(ingest, project, with_text=True)
    assert [one.document_id for one in (arabic, html, broken)] == [document.id for document in documents]
    assert (arabic.text, html.text) == ("اعتصم العمال", "\N{GRINNING FACE} Der Streik begann.")
    assert [(p.number, p.start, p.end) for p in html.pages] == [(1, 0, len(html.text))]
    assert (html.size, html.sha256) == (len(page), digest(page))
    assert html.text_sha256 == digest(html.text.encode())
    assert (html.format, html.status) == (DocumentFormat.DOCUMENT_FORMAT_HTML, DocumentStatus.DOCUMENT_STATUS_READY)
    assert html.reader.startswith(f"lxml {version('lxml')}, ")
    assert arabic.reader.endswith(f"coderai {version('coderai')}")
    assert (broken.status, broken.text, broken.text_sha256, broken.reader, len(broken.pages)) == (4, "", "", "", 0)


async def test_texts_come_only_when_wanted(ingest: Ingest) -> None:
    project = await ingest.new_project()
    await ingest.read(project, "a.txt", b"The dockers struck.")
    (with_it,) = await texts(ingest, project, with_text=True)
    (without,) = await texts(ingest, project)
    assert with_it.text == "The dockers struck."
    with_it.text = ""
    assert without == with_it


async def test_an_archive_stands_for_what_it_holds(ingest: Ingest) -> None:
    project, file = await ingest.new_project(), BytesIO()
    with ZipFile(file, "w") as archive:
        archive.writestr("one.txt", "The first text.")
        archive.writestr("two.txt", "The second text.")
    held = await ingest.read(project, "both.zip", file.getvalue())
    await ingest.read(project, "alone.txt", b"The third text.")
    found = await texts(ingest, project, document_ids=[held.id], with_text=True)
    assert [(one.name, one.container, one.text) for one in found] == [
        ("one.txt", "both.zip", "The first text."),
        ("two.txt", "both.zip", "The second text."),
    ]
    assert found[0].sha256 == digest(b"The first text.")
    assert [one.name for one in await texts(ingest, project)] == ["one.txt", "two.txt", "alone.txt"]


async def test_named_documents_alone_and_none_that_there_is_not(ingest: Ingest) -> None:
    project = await ingest.new_project()
    ids = [(await ingest.read(project, f"{n}.txt", f"Text number {n}".encode())).id for n in range(3)]
    named = await texts(ingest, project, document_ids=[ids[2], str(new_id()), ids[0]])
    assert [one.document_id for one in named] == [ids[0], ids[2]]
    with pytest.raises(NotFound):
        await texts(ingest, project, document_ids=["../etc"])


async def test_another_workspace_gets_no_text(ingest: Ingest) -> None:
    document = await ingest.read(project := await ingest.new_project(), "a.txt", b"ours")
    with ingest.acting(workspace_id=new_id()):
        assert await messages(ingest, project, with_text=True) == []
        assert await messages(ingest, project, document_ids=[document.id], with_text=True) == []
    assert await messages(ingest, await ingest.new_project(), document_ids=[document.id], with_text=True) == []


async def test_long_texts_come_some_mebibytes_at_a_time_and_in_order(ingest: Ingest) -> None:
    project = await ingest.new_project()
    for name, words in (("a", 10), ("b", 300_000), ("c", 1_200_000), ("d", 10), ("e", 10)):
        await ingest.read(project, f"{name}.txt", f"{name}bcde ".encode() * words)
    found = await messages(ingest, project, with_text=True)
    assert [[item.name for item in message.items] for message in found] == [
        ["a.txt", "b.txt"],
        ["c.txt"],
        ["d.txt", "e.txt"],
    ]
    assert len(found[1].items[0].text) == 6 * 1_200_000 - 1


async def test_no_connection_waits_while_texts_are_taken(ingest: Ingest, service_dsns: ServiceDatabases) -> None:
    project = await ingest.new_project()
    await ingest.read(project, "a.txt", b"one")
    one_connection = Database(service_dsns["ingest"].application, "ingest", pool_size=1)
    open_session = partial(one_connection.session, ingest.workspace_id, Session)
    stream = queries.stream_texts(open_session, UUID(project), [], with_text=True)
    async with asyncio.timeout(10):
        assert [item.text for item in (await anext(stream)).items] == ["one"]
        await one_connection.ping()
        assert [response async for response in stream] == []
    await one_connection.close()


async def test_of_documents_read_before_versions_were_recorded_none_are_told(ingest: Ingest) -> None:
    document = await ingest.read(project := await ingest.new_project(), "a.txt", b"read long ago")
    reading = await ingest.stub.GetDocumentReading(GetDocumentReadingRequest(document_id=document.id))
    assert reading.report.versions.endswith(f"coderai {version('coderai')}")
    async with ingest.db.session(ingest.workspace_id, kind=Session) as session:
        await session.execute(sql("UPDATE ingest.documents SET report = report - 'versions'"))
        await session.commit()
    assert [one.reader for one in await texts(ingest, project)] == [""]
    assert (await ingest.stub.GetDocumentText(GetDocumentTextRequest(document_id=document.id))).text == "read long ago"
