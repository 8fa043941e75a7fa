"""Formats for programs, from the request to the file that was downloaded."""

from __future__ import annotations

import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pyarrow import parquet

from coderai.export.v1 import export_service_pb2 as pb
from coderai.kit.errors import InvalidInput
from tests.integration.export.conftest import Exports, Peer
from tests.integration.export.reading_peer import ReadingPeer
from tests.unit.export.page_parts import Page

pytestmark = pytest.mark.usefixtures("signed_in")

ROWS = [("a.txt", "Łódź", 3), ("b.txt", "=cmd", 0)]


@pytest.fixture
def coded(peer: Peer) -> Peer:
    peer.add_job()
    for name, place, injured in ROWS:
        peer.add_document(name, place=place, injured=injured)
    return peer


async def downloaded(exports: Exports, coded: Peer, format: str, ending: str) -> bytes:
    async with exports.working():
        done = await exports.settled((await exports.create(coded, format=format)).id)
    assert (done.status, done.error, done.row_count) == (pb.EXPORT_STATUS_COMPLETE, "", 2)
    assert done.file_name.endswith(ending)
    return (await exports.download(done.id))[1]


async def test_json_lines_have_an_object_for_each_row(exports: Exports, coded: Peer) -> None:
    lines = (await downloaded(exports, coded, "JSONL", ".jsonl")).decode().splitlines()
    rows = map(json.loads, lines)
    assert [(row["document"], row["place"], row["injured"]) for row in rows] == ROWS


async def test_parquet_has_typed_columns_and_the_codebook(exports: Exports, coded: Peer) -> None:
    table = parquet.read_table(io.BytesIO(await downloaded(exports, coded, "PARQUET", ".parquet")))
    assert [(row["document"], row["place"], row["injured"]) for row in table.to_pylist()] == ROWS
    assert b"coderai.codebook" in table.schema.metadata


async def test_sqlite_has_tables_and_views(exports: Exports, coded: Peer, tmp_path: Path) -> None:
    path = tmp_path / "dataset.sqlite"
    path.write_bytes(await downloaded(exports, coded, "SQLITE", ".sqlite"))
    with closing(sqlite3.connect(path)) as file:
        assert file.execute("SELECT document, place, injured FROM wide").fetchall() == ROWS


async def test_a_page_has_the_texts_of_its_documents(
    exports: Exports, coded: Peer, reading: ReadingPeer, tmp_path: Path
) -> None:
    for document in coded.documents:
        reading.add(document.document_id, document.document_name, f"The text of {document.document_name}.")
    await downloaded(exports, coded, "HTML", ".html")
    (request,) = reading.requests
    assert request.with_text
    assert list(request.document_ids) == [document.document_id for document in coded.documents]
    async with exports.working():
        made = await exports.create(coded, format="HTML", choice={"document_ids": [coded.documents[1].document_id]})
        done = await exports.settled(made.id)
    head, data = await exports.download(done.id)
    assert head.media_type == "text/html; charset=utf-8"
    page = Page()
    page.feed(data.decode())
    assert [page.text(found) for found in page.documents] == ["The text of b.txt."]
    assert list(reading.requests[1].document_ids) == [coded.documents[1].document_id]


async def test_a_page_without_rows_takes_no_texts(exports: Exports, coded: Peer, reading: ReadingPeer) -> None:
    async with exports.working():
        made = await exports.create(coded, format="HTML", choice={"statuses": ["FAILED"]})
        done = await exports.settled(made.id)
    assert (done.status, done.row_count) == (pb.EXPORT_STATUS_COMPLETE, 0)
    assert reading.requests == []


async def test_a_csv_has_the_delimiter_that_was_asked_for_or_is_refused(exports: Exports, coded: Peer) -> None:
    async with exports.working():
        made = await exports.create(coded, options={"delimiter": ";", "byte_order_mark": True})
        await exports.settled(made.id)
    data = (await exports.download(made.id))[1]
    assert data.startswith(b"\xef\xbb\xbfdocument;document_id;")
    with pytest.raises(InvalidInput, match="the delimiter must be"):
        await exports.create(coded, options={"delimiter": '"'})
