"""A job's rows are streamed page by page: whole, in order, and without a transaction that waits for the receiver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update

from coderai.kit.db import Database, Session
from coderai.services.extractor.adapters.tables import extractions, tasks
from coderai.services.extractor.queries.jobs import stream_documents
from coderai.services.extractor.queries.packed_rows import MOST_CHARACTERS, RowsChanged
from tests.integration.extractor.conftest import Extractor, codebook
from tests.integration.extractor.dataset import reads, run
from tests.support.packed_rows import DocumentRows, unpacked
from tests.support.stack import ServiceDatabases


async def documents_of(
    open_session: Any, job_id: UUID, at_a_time: int, has_entities: bool = False
) -> AsyncIterator[DocumentRows]:
    """What the pages have of the documents, one after the other."""
    async for page in stream_documents(open_session, job_id, 2, at_a_time, has_entities=has_entities):
        for document in unpacked(page):
            yield document


async def coded(extractor: Extractor, documents: int = 4) -> UUID:
    """A job of `documents` with two extractions each, and one that could not be read, and one not coded yet."""
    extractor.world.add(documents)
    extractor.world.add(1, "FAILED", "it is empty")
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    return job_id


@pytest.mark.parametrize("at_a_time", [1, 2, 3, 4, 5, 9, 10, 11])
async def test_pages_of_every_size_give_the_same_rows(extractor: Extractor, at_a_time: int) -> None:
    job_id = await coded(extractor)
    whole = await extractor.rows(job_id)
    assert [len(document.extractions) for document in whole] == [2, 2, 2, 2, 2]
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    merged: dict[str, DocumentRows] = {}
    parts = [part async for part in documents_of(open_session, job_id, at_a_time)]
    assert max(len(part.extractions) for part in parts) <= at_a_time
    for part in parts:
        if part.document_id in merged:
            assert list(merged)[-1] == part.document_id
            merged[part.document_id].extractions.extend(part.extractions)
        else:
            merged[part.document_id] = part
    assert list(merged.values()) == whole


@pytest.mark.parametrize(("at_a_time", "of_page"), [(3, [1, 1, 1, 1, 1]), (5, [2, 2, 1]), (11, [5]), (12, [5])])
async def test_whole_documents_fill_pages_without_one_too_many(
    extractor: Extractor, at_a_time: int, of_page: list[int]
) -> None:
    job_id = await coded(extractor)
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    pages = [page async for page in stream_documents(open_session, job_id, 2, at_a_time)]
    assert [len(page.documents) for page in pages] == of_page


@pytest.mark.parametrize("at_a_time", [1, 3, 100])
async def test_entities_of_a_job_have_their_places_and_who_answered(extractor: Extractor, at_a_time: int) -> None:
    reads(extractor)
    extractor.world.plain["unit"] = {"row_is": "one person", "rows_per_document": "MULTIPLE"}
    extractor.world.add_texts("d0: Ada's first is one. Bob's first is two.", "d1: Eve's first is three.")
    async with extractor.working():
        job_id = await run(extractor)
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    parts = [part async for part in documents_of(open_session, job_id, at_a_time, has_entities=True)]
    told = {
        (part.document_name, one.entity_index): (one.start, one.end, one.page)
        for part in parts
        for one in part.entities
    }
    names = {(part.document_name, e.entity_index): e.entity_text for part in parts for e in part.extractions}
    assert set(names.values()) == {"Ada", "Bob", "Eve"}
    texts = {head.name: extractor.world.texts[head.id] for head in extractor.world.heads_}
    assert told.keys() == names.keys()
    for (document, number), (start, end, page) in told.items():
        assert texts[document][start:end].startswith(names[document, number])
        assert page == 1
    assert {e.model for part in parts for e in part.extractions} == {"openai:test"}
    assert not any(part.entities for part in await extractor.rows(job_id))


async def test_documents_that_are_not_coded_are_there_too(extractor: Extractor) -> None:
    extractor.world.add(5)
    job_id = await extractor.start()
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    for at_a_time in (1, 2, 5, 6):
        found = [document async for document in documents_of(open_session, job_id, at_a_time)]
        assert [document.document_name for document in found] == ["d0", "d1", "d2", "d3", "d4"]


async def test_no_connection_waits_for_the_receiver(extractor: Extractor, service_dsns: ServiceDatabases) -> None:
    job_id = await coded(extractor)
    one_connection = Database(service_dsns["extractor"].application, "extractor", pool_size=1)
    open_session = partial(one_connection.session, extractor.who.workspace_id, Session)
    async with asyncio.timeout(10):
        async for _ in documents_of(open_session, job_id, at_a_time=1):
            await one_connection.ping()
    await one_connection.close()


async def test_two_pages_are_read_while_one_is_taken_and_no_more_once_the_receiver_leaves(extractor: Extractor) -> None:
    job_id, opened, open_now = await coded(extractor), 0, 0

    @asynccontextmanager
    async def counted() -> AsyncIterator[Session]:
        nonlocal opened, open_now
        opened, open_now = opened + 1, open_now + 1
        try:
            if opened > 2:
                await asyncio.Event().wait()
            async with extractor.db.session(extractor.who.workspace_id, Session) as session:
                yield session
        finally:
            open_now -= 1

    # The ids and the first page are read, and nothing after them ever is.
    stream = stream_documents(counted, job_id, 2, at_a_time=3)
    await anext(stream)
    assert (opened, open_now) == (4, 2)
    await stream.aclose()
    assert (opened, open_now) == (4, 0)


@pytest.mark.parametrize("has_fewer", [False, True])
async def test_a_document_that_is_coded_again_between_two_of_its_pages_is_not_mixed(
    extractor: Extractor, has_fewer: bool
) -> None:
    extractor.world.plain = codebook("first", "second", "third")
    extractor.world.add(1, "FAILED", "it is empty")
    extractor.world.add(1)
    job_id = await extractor.start()
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    stream = documents_of(open_session, job_id, at_a_time=1)
    first = await anext(stream)
    async with open_session() as session:
        again = update(tasks).where(tasks.c.document_id == UUID(first.document_id))
        await session.execute(again.values(attempts=2))
        if has_fewer:
            await session.execute(delete(extractions).where(extractions.c.document_id == UUID(first.document_id)))
        await session.commit()
    # The page that follows may have been read before.
    with pytest.raises(RowsChanged) as raised:
        _ = [part async for part in stream]
    assert raised.value.retryable


async def test_a_document_that_is_removed_between_two_of_its_pages_is_not_told_in_part(extractor: Extractor) -> None:
    job_id = await coded(extractor)
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    stream = documents_of(open_session, job_id, at_a_time=1)
    first = await anext(stream)
    async with open_session() as session:
        await session.execute(delete(tasks).where(tasks.c.document_id == UUID(first.document_id)))
        await session.commit()
    with pytest.raises(RowsChanged):
        _ = [part async for part in stream]


async def test_a_document_that_is_removed_before_its_page_is_read_is_not_there(extractor: Extractor) -> None:
    job_id = await coded(extractor)
    whole = await extractor.rows(job_id)
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    # A document is a page: after the first one, two may have been read.
    stream = stream_documents(open_session, job_id, 2, at_a_time=3)
    pages = [await anext(stream)]
    async with open_session() as session:
        await session.execute(delete(tasks).where(tasks.c.document_id == UUID(whole[3].document_id)))
        await session.commit()
    pages += [page async for page in stream]
    assert [document for page in pages for document in unpacked(page)] == [*whole[:3], whole[4]]
    assert all(page.documents for page in pages)


async def test_a_very_long_quote_is_a_page_of_its_own(extractor: Extractor) -> None:
    job_id = await coded(extractor)
    whole = await extractor.rows(job_id)
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    evidence = {"quote": "q" * (MOST_CHARACTERS + 1), "match": "EXACT", "start": 0, "end": 1, "page": 1}
    own = (extractions.c.document_id == UUID(whole[2].document_id)) & (extractions.c.variable == "first")
    async with open_session() as session:
        await session.execute(update(extractions).where(own).values(evidence=evidence))
        await session.commit()
    # Two documents a page: what is left of those two, and the documents after them, come as ever.
    pages = [page async for page in stream_documents(open_session, job_id, 2, at_a_time=5)]
    assert [len(page.quotes) for page in pages] == [4, 1, 3, 2]
    found = [
        (one.document_id, e.variable, len(e.evidence.quote))
        for page in pages
        for one in unpacked(page)
        for e in one.extractions
    ]
    assert [cell[:2] for cell in found] == [(one.document_id, e.variable) for one in whole for e in one.extractions]
    assert found[4][2] == MOST_CHARACTERS + 1


async def test_long_quotes_make_small_pages(extractor: Extractor) -> None:
    job_id = await coded(extractor)
    whole = await extractor.rows(job_id)
    open_session = partial(extractor.db.session, extractor.who.workspace_id, Session)
    quote = "q" * 3_000_000
    async with open_session() as session:
        told = update(extractions).where(extractions.c.job_id == job_id)
        await session.execute(told.values(evidence={"quote": quote, "match": "EXACT", "start": 0, "end": 1, "page": 1}))
        await session.commit()
    pages = [page async for page in stream_documents(open_session, job_id, 2)]
    assert max(page.ByteSize() for page in pages) < 10_000_000
    assert [len(page.quotes[0]) for page in pages if page.quotes] == [len(quote)] * len(pages)
    cells = [(one.document_id, e.variable) for page in pages for one in unpacked(page) for e in one.extractions]
    assert cells == [(one.document_id, e.variable) for one in whole for e in one.extractions]
