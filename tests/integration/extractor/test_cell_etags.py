"""The ETag of a cell: feedback that names it is kept only while nothing newer stands in the cell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import dataset_service_pb2 as dataset_pb
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.extractor.v1 import review_service_pb2 as review_pb
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import Changed
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_tables import cells, coded_documents, feedback
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.usecases.feedback_ports import CellChanged, FeedbackNotFound
from tests.support.dataset_rows import MODEL
from tests.support.reviewing import INJURED, PLACE, TEXT, WEAPONS, Reviewed
from tests.support.stack import ServiceDatabases

WAITS = text(
    "select count(*) from pg_locks where not granted and pid in"
    " (select pid from pg_stat_activity where usename = 'coderai_extractor')"
)


@pytest.fixture
async def review(service_dsns: ServiceDatabases) -> AsyncIterator[Reviewed]:
    db = Database(service_dsns["extractor"].application, "extractor")
    reviewed = Reviewed(db, Codebook("", (PLACE, INJURED, WEAPONS), model=MODEL))
    await reviewed.hear()
    yield reviewed
    await db.close()


async def shown(review: Reviewed, extraction_id: UUID) -> Any:
    with identity.acting_as(review.who):
        request = pb.GetExtractionRequest(extraction_id=str(extraction_id))
        return (await review.extractor.GetExtraction(request, None)).extraction


async def etag(review: Reviewed, extraction_id: UUID) -> str:
    return str((await shown(review, extraction_id)).etag)


async def coded_again(review: Reviewed, document_id: UUID, unit_id: UUID, value: Any) -> UUID:
    """What another job gave for the cell; its extraction's id."""
    extraction_id = await review.extraction(await review.job(), unit_id, document_id, INJURED, value)
    async with review.session() as session:
        await session.recast([unit_id])
        await session.commit()
    return extraction_id


@asynccontextmanager
async def locked(review: Reviewed, document_id: UUID) -> AsyncIterator[Callable[[int], Awaitable[None]]]:
    """A block in which a document is locked; its value waits until so many transactions wait for that."""

    async def until_waiting(count: int) -> None:
        async with asyncio.timeout(20):
            while True:
                async with review.db.sweep() as connection:
                    if (await connection.execute(WAITS)).scalar_one() >= count:
                        return
                await asyncio.sleep(0.01)

    async with review.session() as session:
        wanted = select(coded_documents).where(coded_documents.c.document_id == document_id)
        await session.execute(wanted.with_for_update())
        yield until_waiting


@pytest.mark.parametrize("ben_is_first", [True, False])
async def test_of_two_who_judge_a_cell_at_once_one_is_kept(review: Reviewed, ben_is_first: bool) -> None:
    document_id, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    ben, seen = review.colleague(), [await etag(review, extraction_id)]
    acts = [("CORRECT", review.who, {}), ("INCORRECT", ben, {"value": 300})]
    first, second = reversed(acts) if ben_is_first else acts
    async with locked(review, document_id) as until_waiting:
        tasks = []
        for count, (verdict, who, said) in enumerate((first, second), start=1):
            given = review.given(extraction_id, verdict, who, expected_etags=seen, **said)
            tasks.append(asyncio.create_task(given))
            await until_waiting(count)
    winner = await tasks[0]
    with pytest.raises(CellChanged):
        await tasks[1]
    (row,) = await review.rows(feedback)
    assert (row.author, row.verdict) == (first[1].user_id, first[0])
    assert winner.etag == await etag(review, extraction_id) != seen[0]

    verdict, who, said = second
    again = await review.given(extraction_id, verdict, who, expected_etags=[winner.etag], **said)
    assert again.etag == await etag(review, extraction_id) != winner.etag


async def test_another_answer_changes_it_and_feedback_on_the_earlier_is_refused(review: Reviewed) -> None:
    document_id, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    seen = await etag(review, extraction_id)
    newer = await coded_again(review, document_id, unit_id, 300)
    now = await etag(review, newer)
    assert now == await etag(review, extraction_id) != seen, "an earlier extraction has its cell's"
    for old in (extraction_id, newer):
        with pytest.raises(CellChanged) as caught:
            await review.give(old, "CORRECT", expected_etags=[seen])
        assert isinstance(caught.value, Changed) and caught.value.code == "cell_changed"
    assert await review.rows(feedback) == []
    await review.give(newer, "CORRECT", expected_etags=[seen, now])


async def test_a_document_that_is_coded_again_by_the_same_job_has_another(review: Reviewed) -> None:
    _, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    seen = await etag(review, extraction_id)
    async with review.session() as session:
        await session.execute(update(extractions).where(extractions.c.id == extraction_id).values(value=300))
        await session.recast([unit_id])
        await session.commit()
    assert await etag(review, extraction_id) != seen


async def test_what_is_taken_back_gives_the_earlier_one_back(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    bare = await etag(review, extraction_id)
    first = await review.given(extraction_id, "INCORRECT", value=300)
    second = await review.given(extraction_id, "INCORRECT", value=310)
    ben = review.colleague()
    with pytest.raises(CellChanged):
        await review.undone(second.feedback.id, ben, first.etag)
    assert [row.undone_at for row in await review.rows(feedback)] == [None, None]
    undone = await review.undone(second.feedback.id, ben, second.etag)
    assert (undone.etag, bool(undone.feedback.undone_at)) == (first.etag, True)
    assert (await review.undone(second.feedback.id, ben, second.etag)).etag == first.etag, "done twice, it is done once"
    assert (await review.undone(first.feedback.id, None, "*")).etag == bare == await etag(review, extraction_id)


async def test_what_one_said_already_may_be_said_again(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    seen = [await etag(review, extraction_id)]
    first = await review.given(extraction_id, "CORRECT", expected_etags=seen)
    again = await review.given(extraction_id, "CORRECT", expected_etags=seen)
    assert (again.feedback.id, again.etag) == (first.feedback.id, first.etag)
    for weak in (f"W/{first.etag}", '"*"', first.etag.strip('"')):
        with pytest.raises(CellChanged):
            await review.give(extraction_id, "INCORRECT", value=300, expected_etags=[weak])


async def test_rows_queue_and_lists_have_the_same(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    seen = await etag(review, extraction_id)
    with identity.acting_as(review.who):
        rows = await review.dataset.ListDatasetRows(dataset_pb.ListDatasetRowsRequest(project_id=str(review.id)), None)
        asked = review_pb.GetReviewQueueRequest(project_id=str(review.id), queue=review_pb.REVIEW_QUEUE_REPAIR)
        queue = await review.reviews.GetReviewQueue(asked, None)
        listed = await review.extractor.ListExtractions(pb.ListExtractionsRequest(project_id=str(review.id)), None)
    assert {cell.variable: cell.etag for cell in rows.items[0].cells} == {"place": "", "injured": seen, "weapons": ""}
    assert [item.extraction.etag for item in queue.items] == [one.etag for one in listed.items] == [seen]


async def test_what_does_not_change_the_answer_does_not_change_it(review: Reviewed) -> None:
    _, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    seen = await etag(review, extraction_id)
    async with review.session() as session:
        of_unit = update(cells).where(cells.c.unit_id == unit_id)
        await session.execute(of_unit.values(status="FLAGGED", confidence=0.1, outdated="FAILED", settings="other"))
        await session.commit()
    assert await etag(review, extraction_id) == seen


async def test_another_tenant_finds_nothing_whatever_they_expect(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    given = await review.given(extraction_id, "CORRECT")
    stranger = identity.Identity(new_id(), new_id(), identity.Role.OWNER, "test")
    with pytest.raises(FeedbackNotFound):
        await review.undone(given.feedback.id, stranger, given.etag)
    assert await etag(review, extraction_id) == given.etag


async def test_items_of_a_batch_are_kept_while_nothing_newer_stands_in_their_cells(review: Reviewed) -> None:
    _, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    judged = {"extraction_id": str(extraction_id), "verdict": "CORRECT"}
    never_made = {"unit_id": str(unit_id), "variable": "place", "expected_etags": [""]}
    seen = await etag(review, extraction_id)
    kept = await review.batch(judged | {"expected_etags": [seen]}, never_made | {"corrected_value": "Elmo"})
    assert (kept.kept, kept.items[0].etag) == (2, await etag(review, extraction_id))

    ben = review.colleague()
    late = [judged | {"verdict": "INCORRECT", "expected_etags": [seen]}, never_made | {"corrected_value": "Bree"}]
    refused = await review.batch(*late, who=ben)
    assert [(one.code, one.etag, bool(one.error)) for one in refused.items] == [("cell_changed", "", True)] * 2
    assert len(await review.rows(feedback)) == 2

    looked = [one | {"expected_etags": [then.etag]} for one, then in zip(late, kept.items, strict=True)]
    assert [one.code for one in (await review.batch(*looked, who=ben)).items] == ["", ""]
    assert len(await review.rows(feedback)) == 4
