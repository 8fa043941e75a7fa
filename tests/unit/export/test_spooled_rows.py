"""Rows that are read while they still come: whoever waits for them gets them, or hears that they end too early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from tempfile import TemporaryFile

import pytest

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.errors import Unavailable
from coderai.services.export.adapters.extractor_client import SpooledRows
from coderai.services.export.domain.stages import Stopped


class Stream:
    """Pages that come one by one, when a test says so."""

    def __init__(self) -> None:
        self._coming: asyncio.Queue[str | Exception | None] = asyncio.Queue()

    def send(self, *parts: str | Exception | None) -> None:
        """Documents by their names, an error that breaks the stream off, or None for its end."""
        for part in parts:
            self._coming.put_nowait(part)

    async def parts(self) -> AsyncIterator[pb.StreamRowsResponse]:
        while (part := await self._coming.get()) is not None:
            if isinstance(part, Exception):
                raise part
            page = pb.RowsPage(documents=[pb.RowsDocument(document_id=part, document_name=part)])
            yield pb.StreamRowsResponse(page=page)


class Readers:
    """Threads that read all documents, and tell of each; it is known to be whole once the next one has come."""

    def __init__(self, rows: SpooledRows) -> None:
        self._rows = rows
        self.seen: list[str] = []

    def _read(self) -> list[str]:
        names = []
        for document in self._rows.documents():
            names.append(document.name)
            self.seen.append(document.name)
        return names

    def begin(self) -> asyncio.Future[list[str]]:
        return asyncio.ensure_future(asyncio.to_thread(self._read))

    async def until(self, seen: int) -> None:
        async with asyncio.timeout(20):
            while len(self.seen) < seen:  # noqa: ASYNC110 - a thread tells
                await asyncio.sleep(0.001)


@pytest.fixture
def rows() -> Iterator[SpooledRows]:
    with TemporaryFile() as spool:
        yield SpooledRows(pb.RowsHead(documents=3), spool)


async def names(reading: asyncio.Future[list[str]]) -> list[str]:
    async with asyncio.timeout(20):
        return await reading


async def test_several_readers_get_all_documents_while_they_come(rows: SpooledRows) -> None:
    stream, readers = Stream(), Readers(rows)
    filling = asyncio.create_task(rows.fill(stream.parts()))
    first, second = readers.begin(), readers.begin()
    stream.send("a", "b")
    await readers.until(2)
    third = readers.begin()
    await readers.until(3)
    stream.send("c")
    await readers.until(6)
    stream.send(None)
    for reading in (first, second, third):
        assert await names(reading) == ["a", "b", "c"]
    await filling
    assert await names(readers.begin()) == ["a", "b", "c"]


async def test_no_rows_end_at_once(rows: SpooledRows) -> None:
    stream, readers = Stream(), Readers(rows)
    waiting = readers.begin()
    stream.send(None)
    await rows.fill(stream.parts())
    assert await names(waiting) == []


async def test_an_error_in_mid_stream_reaches_all_who_wait_and_who_come_later(rows: SpooledRows) -> None:
    stream, readers = Stream(), Readers(rows)
    filling = asyncio.create_task(rows.fill(stream.parts()))
    waiting = [readers.begin(), readers.begin()]
    stream.send("a", "b")
    await readers.until(2)
    stream.send(Unavailable("the connection broke"))
    for reading in (*waiting, readers.begin()):
        with pytest.raises(Unavailable, match="the connection broke"):
            await names(reading)
    with pytest.raises(Unavailable, match="the connection broke"):
        await filling


async def test_whoever_waits_is_set_free_when_the_reading_is_cancelled(rows: SpooledRows) -> None:
    stream, readers = Stream(), Readers(rows)
    filling = asyncio.create_task(rows.fill(stream.parts()))
    waiting = readers.begin()
    stream.send("a", "b")
    await readers.until(1)
    filling.cancel()
    for reading in (waiting, readers.begin()):
        with pytest.raises(Stopped):
            await names(reading)
    with pytest.raises(asyncio.CancelledError):
        await filling


async def test_whoever_waits_is_set_free_by_a_stop_which_no_later_error_replaces(rows: SpooledRows) -> None:
    readers = Readers(rows)
    waiting = readers.begin()
    rows.stop()
    rows.stop(Unavailable())
    for reading in (waiting, readers.begin()):
        with pytest.raises(Stopped):
            await names(reading)
