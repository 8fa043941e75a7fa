"""From a drawn sample to how good a column is: what people judge, and what the model says now."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from coderai.codebook.reply import Answer
from coderai.engines.calls import Call, Reply
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.extractor.v1 import quality_service_pb2 as quality_pb
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Session
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_tables import units
from coderai.services.extractor.adapters.gold import GoldStore
from coderai.services.extractor.adapters.measuring import QualityStore
from coderai.services.extractor.adapters.reviewing import SampleStore
from coderai.services.extractor.entrypoints.quality_service import QualityServicer
from coderai.services.extractor.entrypoints.review_service import ReviewServicer
from coderai.services.extractor.usecases.accepting import Accepting
from coderai.services.extractor.usecases.feedback import Reviews
from coderai.services.extractor.usecases.gold import Gold
from coderai.services.extractor.usecases.quality import Measuring
from coderai.services.extractor.usecases.reviewing import Sampling
from tests.integration.extractor.conftest import USAGE, Extractor
from tests.support.packed_rows import unpacked

CORRECT, INCORRECT = extractor_pb.VERDICT_CORRECT, extractor_pb.VERDICT_INCORRECT
UNIFORM = pb.SAMPLE_DESIGN_UNIFORM


def review(extractor: Extractor) -> ReviewServicer:
    now = extractor.now
    return ReviewServicer(
        open_store=extractor.open_store,
        projects=extractor.world,
        reviews=Reviews(extractor.open_store, extractor.world, extractor.world, new_id, now),
        accepting=Accepting(extractor.open_store, extractor.world, new_id, now),
        sampling=Sampling(partial(extractor.db.session, kind=SampleStore), extractor.world, new_id),
    )


async def quality(extractor: Extractor, *names: str) -> quality_pb.GetQualityResponse:
    gold = Gold(partial(extractor.db.session, kind=GoldStore), extractor.world, extractor.world)
    measuring = Measuring(partial(extractor.db.session, kind=QualityStore), extractor.world)
    servicer = QualityServicer(partial(extractor.db.session, kind=Session), gold, measuring)
    request = quality_pb.GetQualityRequest(project_id=str(extractor.project_id), variables=names)
    with identity.acting_as(extractor.who):
        return await servicer.GetQuality(request, None)


async def draw(extractor: Extractor, size: int, **fields: Any) -> str:
    request = pb.DrawReviewSampleRequest(project_id=str(extractor.project_id), size=size, **fields)
    with identity.acting_as(extractor.who):
        return (await review(extractor).DrawReviewSample(request, None)).sample.id


async def queue(extractor: Extractor, **fields: Any) -> pb.GetReviewQueueResponse:
    wanted = {"project_id": str(extractor.project_id), "queue": pb.REVIEW_QUEUE_MEASURE, **fields}
    with identity.acting_as(extractor.who):
        return await review(extractor).GetReviewQueue(pb.GetReviewQueueRequest(**wanted), None)


async def say(
    extractor: Extractor, item: pb.ReviewItem, verdict: int, right: str = "", by: UUID | None = None, **fields: Any
) -> str:
    request = pb.GiveFeedbackRequest(
        extraction_id=item.extraction.id, verdict=verdict, sample_id=item.sample_id, **fields
    )  # type: ignore[arg-type]
    if right:
        request.corrected_value.string_value = right
    who = extractor.who if by is None else identity.Identity(extractor.who.workspace_id, by, identity.Role.EDITOR, "x")
    with identity.acting_as(who):
        return (await review(extractor).GiveFeedback(request, None)).feedback.id


async def weights(extractor: Extractor) -> list[tuple[str, int, float]]:
    """Variable, verdict and weight of each cell that has a weight."""
    request = extractor_pb.StreamRowsRequest(project_id=str(extractor.project_id), weights=True)
    with identity.acting_as(extractor.who):
        _, *parts = [part async for part in extractor.servicer.StreamRows(request, None)]
    documents = [document for part in parts for document in unpacked(part.page)]
    cells = [{(e.entity_index, e.variable): e.verdict for e in document.extractions} for document in documents]
    return [
        (one.variable, verdicts[one.entity_index, one.variable], one.weight)
        for document, verdicts in zip(documents, cells, strict=True)
        for one in document.weights
    ]


class Answers:
    """An engine that answers what a test says, by variable, of every document."""

    def __init__(self, extractor: Extractor, **words: str) -> None:
        self.words: Mapping[str, str] = words
        extractor.world.ask = self.ask  # type: ignore[method-assign]

    async def ask(self, call: Call) -> Reply:
        found = {v.name: (Answer(w, w, 0.9),) if (w := self.words[v.name]) else () for v in call.variables}
        return Reply(found, usage=USAGE)


async def code(extractor: Extractor) -> None:
    async with extractor.working():
        await extractor.events(await extractor.start())


@pytest.fixture
async def answers(extractor: Extractor) -> Answers:
    """Six documents, coded: the first variable is "Kyiv" in all, the second "Odesa"."""
    extractor.world.add_texts(*(f"d{n}: Kyiv and Odesa, not Lviv." for n in range(6)))
    answers = Answers(extractor, first="Kyiv", second="Odesa")
    await code(extractor)
    return answers


async def test_a_sample_is_judged_blind_and_measures_its_column(extractor: Extractor, answers: Answers) -> None:
    sample_id = await draw(extractor, 6, design=UNIFORM, variables=["first"], blind=True)
    found = await queue(extractor)
    assert (found.total, len(found.items)) == (6, 6)
    blind = found.items[0].extraction
    assert (found.items[0].sample_id, blind.variable, blind.document_name[:1]) == (sample_id, "first", "d")
    hidden = (
        "value",
        "confidence",
        "evidence",
        "flags",
        "missing_reason",
        "raw_value",
        "candidates",
        "status",
        "support",
    )
    told = {descriptor.name for descriptor, _ in blind.ListFields()}
    assert not told & {*hidden, "explanation", "model_confidence", "origin", "verdict", "model_value", "prompt_version"}
    await say(extractor, found.items[0], CORRECT)
    await say(extractor, found.items[1], CORRECT)
    await say(extractor, found.items[2], INCORRECT, "Lviv")
    left = await queue(extractor, sample_id=sample_id)
    assert [item.extraction.id for item in left.items] == [item.extraction.id for item in found.items[3:]]
    seen = (await queue(extractor, judged=True)).items[2]
    assert (seen.extraction.value.string_value, seen.feedback.corrected_value.string_value) == ("Kyiv", "Lviv")
    items = (await quality(extractor)).items
    first, second = items
    assert (first.cells, first.judged, first.not_covered) == (6, 3, 0)
    assert first.accuracy.value == pytest.approx(2 / 3)
    assert (first.accuracy.cells, first.accuracy.method) == (3, "WILSON")
    assert first.accuracy.low < 2 / 3 < first.accuracy.high
    assert first.accuracy.more_cells == 3, "there are no more"
    assert first.false_values.value == pytest.approx(1 / 3)
    assert not first.HasField("missed_values")
    (agreement,) = first.agreement
    assert (agreement.between, agreement.cells, agreement.percent.value) == ("MODEL", 3, first.accuracy.value)
    assert [(one.cells, one.accuracy.value) for one in first.calibration] == [(3, pytest.approx(2 / 3))]
    assert first.expected_calibration_error == pytest.approx(abs(first.calibration[0].mean_confidence - 2 / 3))
    assert (second.cells, second.judged, second.HasField("accuracy")) == (6, 0, False)


async def test_weights_say_how_many_cells_each_judged_one_stands_for(extractor: Extractor, answers: Answers) -> None:
    assert await weights(extractor) == []
    await draw(extractor, 4, design=UNIFORM, variables=["first"])
    drawn = (await queue(extractor)).items
    for item in drawn[:2]:
        await say(extractor, item, CORRECT)
    assert await weights(extractor) == [("first", CORRECT, 3.0), ("first", CORRECT, 3.0)]
    await say(extractor, drawn[2], INCORRECT, "Lviv")
    for item in (await queue(extractor, queue=pb.REVIEW_QUEUE_REPAIR)).items:
        await say(extractor, item, INCORRECT, "Lviv")
    assert [weight for _, _, weight in await weights(extractor)] == [2.0, 2.0, 2.0], "repair measures nothing"


async def test_weights_of_several_samples_give_the_estimate(extractor: Extractor, answers: Answers) -> None:
    for seed, size in enumerate((2, 5), start=1):
        sample_id = await draw(extractor, size, seed=seed)
        for number, item in enumerate((await queue(extractor, sample_id=sample_id)).items):
            right = "Lviv" if number % 3 == 0 else ""
            await say(extractor, item, INCORRECT if right else CORRECT, right)
    found = await weights(extractor)
    for variable in (await quality(extractor)).items:
        of_variable = [(verdict == CORRECT, weight) for name, verdict, weight in found if name == variable.variable]
        total = sum(weight for _, weight in of_variable)
        assert total == pytest.approx(6), "of all cells of the variable"
        assert sum(w for right, w in of_variable if right) / total == pytest.approx(variable.accuracy.value)


async def test_verdicts_of_the_repair_queue_do_not_enter(extractor: Extractor, answers: Answers) -> None:
    await draw(extractor, 2, design=UNIFORM, variables=["first"])
    drawn = (await queue(extractor)).items
    for item in drawn:
        await say(extractor, item, CORRECT)
    before = await quality(extractor)
    repair = list((await queue(extractor, queue=pb.REVIEW_QUEUE_REPAIR)).items)
    assert len(repair) == 10, "those judged in the sample are not shown again"
    for item in repair:
        await say(extractor, item, INCORRECT, "Lviv")
    after = await quality(extractor)
    assert after == before
    assert after.items[0].accuracy.value == 1.0


async def test_what_is_judged_is_what_the_model_says_not_the_correction(extractor: Extractor, answers: Answers) -> None:
    await draw(extractor, 6, design=UNIFORM, variables=["first"])
    for item in (await queue(extractor)).items:
        await say(extractor, item, INCORRECT, "Lviv")
    shown = await quality(extractor, "first")
    assert (shown.items[0].accuracy.value, shown.items[0].accuracy.high) == (0.0, 0.0)


async def test_feedback_that_is_taken_back_takes_its_cell_out(extractor: Extractor, answers: Answers) -> None:
    await draw(extractor, 2, design=UNIFORM, variables=["first"])
    one, other = (await queue(extractor)).items
    await say(extractor, one, CORRECT)
    wrong = await say(extractor, other, INCORRECT, "Lviv")
    assert (await quality(extractor)).items[0].accuracy.value == 0.5
    with identity.acting_as(extractor.who):
        await review(extractor).UndoFeedback(pb.UndoFeedbackRequest(feedback_id=wrong), None)
    after = (await quality(extractor)).items[0]
    assert (after.judged, after.accuracy.value) == (1, 1.0)
    assert [item.extraction.id for item in (await queue(extractor)).items] == [other.extraction.id]


async def test_after_a_rerun_the_new_answers_are_held_against_what_is_known(
    extractor: Extractor, answers: Answers
) -> None:
    await draw(extractor, 6, design=UNIFORM, variables=["first"])
    *corrected, bare, right = (await queue(extractor)).items
    for item in corrected:
        await say(extractor, item, INCORRECT, "Lviv")
    await say(extractor, bare, INCORRECT)
    await say(extractor, right, CORRECT)
    before = await quality(extractor)
    assert (before.items[0].judged, before.items[0].accuracy.value) == (6, pytest.approx(1 / 6))
    assert any("of 1 wrong cell nobody says what is right" in note for note in before.notes)
    answers.words = {"first": "Lviv", "second": "Odesa"}
    await code(extractor)
    after = await quality(extractor)
    assert (after.items[0].judged, after.items[0].accuracy.value) == (5, pytest.approx(4 / 5))
    assert any("1 cell that people said to be wrong, without what is right, is left out" in n for n in after.notes)
    (again,) = (await queue(extractor)).items
    assert again.extraction.document_id == bare.extraction.document_id, "it is to be judged again"
    assert again.extraction.value.string_value == "Lviv"


async def test_missed_values_are_of_cells_without_one(extractor: Extractor, answers: Answers) -> None:
    answers.words = {"first": "", "second": "Odesa"}
    await code(extractor)
    await draw(extractor, 6, design=UNIFORM, variables=["first"])
    missed, *fine = (await queue(extractor)).items
    await say(extractor, missed, INCORRECT, "Lviv")
    for item in fine:
        await say(extractor, item, CORRECT)
    (found,) = (await quality(extractor, "first")).items
    assert found.missed_values.value == pytest.approx(1 / 6)
    assert not found.HasField("false_values")
    assert not found.calibration


async def test_two_samples_count_together_and_later_cells_are_not_covered(
    extractor: Extractor, answers: Answers
) -> None:
    first = await draw(extractor, 4, design=UNIFORM, variables=["first"])
    for item in (await queue(extractor)).items:
        await say(extractor, item, CORRECT)
    second = await draw(extractor, 6, variables=["first"])
    assert (await queue(extractor)).items[0].sample_id == second
    assert (await queue(extractor, sample_id=first)).total == 0
    for item in (await queue(extractor)).items:
        await say(extractor, item, INCORRECT, "Lviv")
    extractor.world.add_texts("d6: Kyiv and Odesa.")
    await code(extractor)
    found = await quality(extractor, "first")
    assert (found.items[0].judged, found.items[0].cells, found.items[0].not_covered) == (10, 7, 1)
    assert "judged in 1 stratified sample and 1 uniform sample" in found.notes[0]
    assert any("a cell drawn twice counts twice" in note for note in found.notes)
    assert any("1 cell came after the newest sample" in note for note in found.notes)


async def test_a_unit_that_is_no_row_any_more_leaves_the_sample(extractor: Extractor, answers: Answers) -> None:
    await draw(extractor, 6, design=UNIFORM, variables=["first"])
    one, *rest = (await queue(extractor)).items
    await say(extractor, one, INCORRECT, "Lviv")
    await say(extractor, rest[0], CORRECT)
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        removed = update(units).where(units.c.id == UUID(one.extraction.unit_id)).values(state="REMOVED")
        await session.execute(removed)
        await session.commit()
    found = await quality(extractor, "first")
    assert (found.items[0].cells, found.items[0].judged, found.items[0].accuracy.value) == (5, 1, 1.0)
    assert any("1 drawn cell is no longer in the dataset" in note for note in found.notes)
    assert (await queue(extractor)).total == 4


async def test_agreement_among_people_is_of_all_cells_that_two_have_judged(
    extractor: Extractor, answers: Answers
) -> None:
    repair = (await queue(extractor, queue=pb.REVIEW_QUEUE_REPAIR, variable="first")).items
    people = new_id(), new_id()
    for number, item in enumerate(repair):
        await say(extractor, item, CORRECT, by=people[0])
        await say(extractor, item, CORRECT if number else INCORRECT, "" if number else "Lviv", by=people[1])
    await say(extractor, repair[0], INCORRECT, "Lviv", is_final=True)
    found = await quality(extractor)
    (agreement,) = found.items[0].agreement
    assert (agreement.between, agreement.cells, agreement.level) == ("PEOPLE", 6, "nominal")
    assert agreement.percent.value == pytest.approx(5 / 6)
    assert agreement.HasField("krippendorff_alpha")
    assert found.notes == ["no sample has been drawn yet: nothing can be estimated; draw one, and judge its cells"]


async def test_people_who_differ_in_a_sample_are_told_of(extractor: Extractor, answers: Answers) -> None:
    await draw(extractor, 3, design=UNIFORM, variables=["first"])
    one, *_ = (await queue(extractor)).items
    await say(extractor, one, CORRECT, by=new_id())
    assert (await queue(extractor)).total == 3, "each reviewer has all cells to judge"
    await say(extractor, one, INCORRECT, "Lviv")
    found = await quality(extractor, "first")
    assert (found.items[0].judged, found.items[0].accuracy.value) == (1, 0.0)
    assert any("on 1 judged cell people differ" in note for note in found.notes)


async def test_a_queue_needs_a_sample(extractor: Extractor, answers: Answers) -> None:
    for fields in ({}, {"sample_id": str(new_id())}):
        with pytest.raises(NotFound):
            await queue(extractor, **fields)


async def test_pages_of_the_queue_follow_the_order_of_the_draw(extractor: Extractor, answers: Answers) -> None:
    await draw(extractor, 5, variables=["first"])
    whole = [item.extraction.id for item in (await queue(extractor)).items]
    page = await queue(extractor, page_size=3)
    rest = await queue(extractor, page_size=3, page_token=page.next_page_token)
    assert [item.extraction.id for item in (*page.items, *rest.items)] == whole
    assert (len(whole), page.total, rest.next_page_token) == (5, 5, "")


async def test_no_other_workspace_sees_the_sample(extractor: Extractor, answers: Answers) -> None:
    sample_id = await draw(extractor, 5)
    extractor.who = identity.Identity(new_id(), new_id(), identity.Role.EDITOR, "other")
    with pytest.raises(NotFound):
        await queue(extractor, sample_id=sample_id)
    assert [one.cells for one in (await quality(extractor)).items] == [0, 0]
