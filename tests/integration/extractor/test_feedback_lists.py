"""Batches and lists of feedback, and who may give and see it, on a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.extractor.v1 import review_service_pb2_grpc as stubs
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import Forbidden, InvalidInput, NotFound
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.grpc_server import serving
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_tables import (
    feedback,
    units,
)
from coderai.services.extractor.queries.jobs import ExtractionNotFound
from coderai.services.extractor.usecases.feedback_ports import (
    CellNotFound,
    FeedbackNotFound,
)
from tests.support.dataset_rows import MODEL
from tests.support.reviewing import ARABIC, INJURED, PLACE, TEXT, WEAPONS, Reviewed, decision, said_of
from tests.support.stack import ServiceDatabases


@pytest.fixture
async def review(service_dsns: ServiceDatabases) -> AsyncIterator[Reviewed]:
    db = Database(service_dsns["extractor"].application, "extractor")
    yield Reviewed(db, Codebook("", (PLACE, INJURED, WEAPONS), model=MODEL))
    await db.close()


async def test_one_submit_that_is_sent_several_times_at_once_is_said_once(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    said = (review.give(extraction_id, "INCORRECT", value=300, note="two sources") for _ in range(5))
    given = await asyncio.gather(*said)
    assert len({one.id for one in given}) == len(await review.rows(feedback)) == 1


async def test_people_who_speak_at_once_are_all_heard(review: Reviewed) -> None:
    _, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    people = [review.colleague() for _ in range(5)]
    await asyncio.gather(*(review.give(extraction_id, "INCORRECT", who, value=300 + n) for n, who in enumerate(people)))
    standing = (await review.feedback_list(standing=True)).items
    assert {one.author for one in standing} == {str(who.user_id) for who in people}
    assert (await decision(review, unit_id))[1]


async def test_each_item_of_a_batch_is_kept_or_refused_by_itself(review: Reviewed) -> None:
    first, first_unit, extraction_id = await review.coded(TEXT, INJURED, 250)
    _, unit_id, _ = await review.coded(ARABIC, PLACE, "القاهرة")
    unread, _, of_unread = await review.coded(TEXT, INJURED, 250)
    review.unread.add(unread)
    reply = await review.batch(
        said_of("CORRECT", extraction_id=extraction_id),
        said_of("INCORRECT", extraction_id=extraction_id, value="many"),
        said_of("INCORRECT", unit_id=first_unit, variable="injured", value=300, quote="counted 300"),
        said_of("CORRECT", unit_id=unit_id, variable="place", quote="القاهرة"),
        said_of("CORRECT", unit_id=unit_id, variable="nothing"),
        said_of("CORRECT", unit_id="no id", variable="place"),
        said_of("CORRECT", extraction_id=new_id()),
        said_of("", extraction_id=extraction_id),
        said_of("CORRECT", extraction_id=of_unread, quote="counted 300"),
        said_of("CORRECT", extraction_id=of_unread),
        said_of("CORRECT", unit_id=unit_id, variable="place", quote="القاهرة"),
    )
    assert [bool(item.error) for item in reply.items] == [
        *(False, True, False, False, True, True, True, True, True, False, False),
    ]
    assert (reply.kept, reply.refused) == (5, 6)
    assert [len(recast) for recast in review.recasts] == [1, 1, 1], "once for each document"
    assert "injured: 'many' is not a number" in reply.items[1].error
    assert "being read again" in reply.items[8].error
    assert reply.items[2].feedback.evidence.quote == "counted 300"
    assert reply.items[10].feedback.id == reply.items[3].feedback.id
    assert len(await review.rows(feedback)) == 4
    standing = await review.feedback_list(standing=True, document_id=first)
    assert [one.id for one in standing.items] == [reply.items[2].feedback.id], "the later item of one cell stands"


async def test_a_batch_is_of_one_project(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    other = Reviewed(review.db, review.codebook, who=review.who)
    reply = await other.batch(said_of("CORRECT", extraction_id=extraction_id))
    assert (reply.kept, reply.refused) == (0, 1)
    with pytest.raises(NotFound):
        await review.batch(said_of("CORRECT", extraction_id=extraction_id), project_id=new_id())
    for wrong in ({"items": []}, {"items": [said_of("CORRECT")], "accept": {"variables": ["place"]}}):
        with pytest.raises(InvalidInput, match="either items or accept"):
            await review.batch(**wrong)


async def test_lists_are_filtered_and_paged_newest_first(review: Reviewed) -> None:
    given = []
    for value in (250, 260, 270, 280):
        document_id, unit_id, extraction_id = await review.coded(TEXT, INJURED, value)
        given.append(await review.give(extraction_id, "INCORRECT", value=300))
    placed = await review.extracted(unit_id, document_id, PLACE, "Malmö")
    ben = review.colleague()
    other = await review.give(placed, "CORRECT", ben)
    newest_first = [other.id, *(one.id for one in reversed(given))]

    async def ids(**wanted: Any) -> list[str]:
        return [one.id for one in (await review.feedback_list(**wanted)).items]

    assert await ids() == newest_first
    assert await ids(variable="place") == await ids(author=ben.user_id) == await ids(verdict="CORRECT") == [other.id]
    assert await ids(document_id=document_id) == [other.id, given[3].id]
    assert sorted(await ids(split="DEV") + await ids(split="TEST")) == sorted(newest_first)
    await review.undo(given[0].id)
    assert given[0].id in await ids() and given[0].id not in await ids(standing=True)
    first = await review.feedback_list(page_size=2)
    second = await review.feedback_list(page_size=2, page_token=first.next_page_token)
    last = await review.feedback_list(page_size=2, page_token=second.next_page_token)
    assert [one.id for page in (first, second, last) for one in page.items] == newest_first
    assert last.next_page_token == ""
    for wrong in ({"variable": "nothing"}, {"split": "TRAIN"}):
        with pytest.raises(InvalidInput):
            await review.feedback_list(**wrong)


async def test_what_is_said_of_a_cell_is_listed_for_every_extraction_of_it(review: Reviewed) -> None:
    document_id, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    later = await review.extraction(await review.job(), unit_id, document_id, INJURED, 300)
    given = await review.give(extraction_id, "CORRECT")
    for of in (extraction_id, later):
        assert [one.id for one in (await review.of_cell(of)).items] == [given.id]
    assert (await review.of_cell(later, page_size=1)).next_page_token
    with pytest.raises(ExtractionNotFound):
        await review.of_cell(new_id())


async def test_another_tenant_sees_and_changes_nothing(review: Reviewed) -> None:
    _, unit_id, extraction_id = await review.coded(TEXT, INJURED, 250)
    given = await review.give(extraction_id, "CORRECT")
    stranger = identity.Identity(new_id(), new_id(), identity.Role.OWNER, "test")
    with pytest.raises(CellNotFound):
        await review.give(extraction_id, "INCORRECT", stranger)
    with pytest.raises(FeedbackNotFound):
        await review.undo(given.id, stranger)
    with pytest.raises(NotFound):
        await review.of_cell(extraction_id, stranger)
    assert (await review.feedback_list(who=stranger)).items == []
    reply = await review.batch(said_of("INCORRECT", unit_id=unit_id, variable="injured"), who=stranger)
    assert reply.kept == 0
    reply = await review.batch(accept={"variables": ["injured"]}, who=stranger)
    assert reply.kept == 0
    (row,) = await review.rows(feedback)
    assert (row.verdict, row.undone_at) == ("CORRECT", None)


async def test_feedback_without_a_person_is_refused(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    with pytest.raises(Forbidden):
        await review.give(extraction_id, "CORRECT", identity.worker_identity(review.who.workspace_id, "test"))


async def test_a_viewer_reads_feedback_and_gives_none(review: Reviewed) -> None:
    _, _, extraction_id = await review.coded(TEXT, INJURED, 250)
    await review.give(extraction_id, "CORRECT")
    key = identity.TokenKey("k" * 32)
    viewer = identity.Identity(review.who.workspace_id, new_id(), identity.Role.VIEWER, "test")

    def register(server: Any) -> None:
        stubs.add_ReviewServiceServicer_to_server(review.reviews, server)

    async with (
        serving("extractor", "127.0.0.1:0", key, register, []) as port,
        PeerChannel("extractor", f"127.0.0.1:{port}", key) as channel,
    ):
        stub: Any = stubs.ReviewServiceStub(channel)
        with identity.acting_as(viewer):
            listed = await stub.ListFeedback(pb.ListFeedbackRequest(project_id=str(review.id)))
            for refused in (
                stub.GiveFeedback(pb.GiveFeedbackRequest(extraction_id=str(extraction_id))),
                stub.GiveFeedbackBatch(pb.GiveFeedbackBatchRequest(project_id=str(review.id))),
                stub.UndoFeedback(pb.UndoFeedbackRequest(feedback_id=listed.items[0].id)),
            ):
                with pytest.raises(Forbidden):
                    await refused
    assert len(await review.rows(feedback)) == 1
    assert [row.state for row in await review.rows(units)] == ["PRESENT"]
