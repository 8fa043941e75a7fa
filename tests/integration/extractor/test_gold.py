"""Known answers: taken from a CSV or from review, and the dataset, a job or a trial held against them."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from coderai.extractor.v1 import extractor_service_pb2
from coderai.extractor.v1 import quality_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Session
from coderai.kit.errors import InvalidInput, NotFound
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.gold import GoldStore
from coderai.services.extractor.adapters.measuring import QualityStore
from coderai.services.extractor.adapters.tables import extractions, jobs
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.entrypoints.quality_service import QualityServicer
from coderai.services.extractor.usecases.gold import Gold, GoldAmbiguous, NoGold, NotATrial
from coderai.services.extractor.usecases.quality import Measuring
from tests.integration.extractor.conftest import Extractor
from tests.integration.extractor.dataset import say


def servicer(extractor: Extractor) -> QualityServicer:
    gold = Gold(partial(extractor.db.session, kind=GoldStore), extractor.world, extractor.world)
    measuring = Measuring(partial(extractor.db.session, kind=QualityStore), extractor.world)
    return QualityServicer(partial(extractor.db.session, kind=Session), gold, measuring)


async def take(extractor: Extractor, **fields: Any) -> pb.ImportGoldResponse:
    with identity.acting_as(extractor.who):
        request = pb.ImportGoldRequest(project_id=str(extractor.project_id), **fields)
        return await servicer(extractor).ImportGold(request, None)


async def score(extractor: Extractor, split: int = pb.GOLD_SPLIT_DEV, job_id: str = "") -> pb.ScoreAgainstGoldResponse:
    with identity.acting_as(extractor.who):
        request = pb.ScoreAgainstGoldRequest(project_id=str(extractor.project_id), split=split, job_id=job_id)  # type: ignore[arg-type]
        return await servicer(extractor).ScoreAgainstGold(request, None)


async def listed(extractor: Extractor, **fields: Any) -> pb.ListGoldResponse:
    with identity.acting_as(extractor.who):
        request = pb.ListGoldRequest(project_id=str(extractor.project_id), **fields)
        return await servicer(extractor).ListGold(request, None)


async def coded(extractor: Extractor, count: int) -> UUID:
    """So many documents, coded: of each, first is "one" and second is "two"."""
    extractor.world.add(count)
    async with extractor.working():
        job_id = await extractor.start()
        await extractor.events(job_id)
    return job_id


async def test_the_dataset_is_held_against_a_csv(extractor: Extractor) -> None:
    job_id = await coded(extractor, 3)
    csv = "document,first,second\nd0,One,two|zwei\nd1,three,\nd2,,two\nd9,one,two\n"
    taken = await take(extractor, csv=csv, split=pb.GOLD_SPLIT_DEV)
    assert (taken.cells, taken.documents) == (6, 3)
    assert [(p.line, p.column, p.problem) for p in taken.problems] == [(5, "document", "no document has this name")]
    scored = await score(extractor)
    counts = {one.variable: (one.right, one.wrong, one.missed, one.invented) for one in scored.items}
    assert counts == {"first": (1, 1, 0, 1), "second": (2, 0, 0, 1)}
    assert (scored.items[1].accuracy.cells, scored.items[1].accuracy.method) == (3, "WILSON")
    assert scored.items[1].accuracy.low < 2 / 3 < scored.items[1].accuracy.high
    assert "not the accuracy of the dataset" in scored.notes[0]
    of_job = await score(extractor, job_id=str(job_id))
    assert {one.variable: one.right for one in of_job.items} == {"first": 1, "second": 2}


async def test_what_a_person_corrected_makes_the_model_no_better(extractor: Extractor) -> None:
    await coded(extractor, 1)
    await take(extractor, csv="document,first\nd0,three\n", split=pb.GOLD_SPLIT_DEV)
    await say(extractor, extractor.world.heads_[0].id, "first", correction="three")
    assert (await score(extractor)).items[0].wrong == 1


async def test_taking_a_csv_again_replaces_what_it_gave(extractor: Extractor) -> None:
    await coded(extractor, 1)
    for value in ("three", "one"):
        await take(extractor, csv=f"document,first\nd0,{value}\n")
    gold = await listed(extractor)
    assert [(cell.variable, cell.values[0].string_value) for cell in gold.items] == [("first", "one")]


async def test_a_document_keeps_its_part_for_good(extractor: Extractor) -> None:
    await coded(extractor, 2)
    await take(extractor, csv="document,first\nd0,one\n", split=pb.GOLD_SPLIT_TEST)
    await take(extractor, csv="document,first\nd0,one\nd1,one\n", split=pb.GOLD_SPLIT_DEV)
    gold = await listed(extractor)
    assert (gold.dev_documents, gold.test_documents) == (1, 1)
    assert [cell.document_name for cell in (await listed(extractor, split=pb.GOLD_SPLIT_TEST)).items] == ["d0"]


async def test_gold_may_come_before_any_job_and_each_look_at_test_is_counted(extractor: Extractor) -> None:
    extractor.world.add(1)
    await take(extractor, csv="document,first\nd0,one\n", split=pb.GOLD_SPLIT_TEST)
    before = await score(extractor, pb.GOLD_SPLIT_TEST)
    assert (before.items[0].missed, before.units_not_found, before.looks_at_test) == (1, 1, 1)
    async with extractor.working():
        await extractor.events(await extractor.start())
    after = await score(extractor, pb.GOLD_SPLIT_TEST)
    assert (after.items[0].right, after.units_not_found, after.looks_at_test) == (1, 0, 2)
    assert "TEST was looked at 2 times" in after.notes[1]
    with pytest.raises(NoGold):
        await score(extractor, pb.GOLD_SPLIT_DEV)


async def test_gold_from_review_is_what_people_agree_on(extractor: Extractor) -> None:
    await coded(extractor, 3)
    agreed, alone, differing = (head.id for head in extractor.world.heads_)
    for author, last in ((new_id(), "four"), (new_id(), "five")):
        await say(extractor, agreed, "first", correction="three", author=author)
        await say(extractor, differing, "first", correction=last, author=author)
    await say(extractor, alone, "second", correction="zwei")
    taken = await take(extractor, from_review=True, split=pb.GOLD_SPLIT_DEV)
    assert (taken.cells, taken.documents) == (1, 1)
    (cell,) = (await listed(extractor)).items
    assert (cell.document_name, cell.values[0].string_value, cell.source) == ("d0", "three", "AGREED")


async def test_a_trial_is_compared_on_known_cells_of_dev_documents(extractor: Extractor) -> None:
    extractor.world.add(4)
    trial = await tried(extractor, {"d0": "one", "d1": "three", "d2": "zero", "d3": "three"})
    await coded(extractor, 0)
    csv = "document,first\nd0,ONE!\nd1,three\nd2,one\nd3,four\n"
    await take(extractor, csv=csv, split=pb.GOLD_SPLIT_DEV)
    # What people say counts before what was imported.
    await say(extractor, extractor.world.heads_[3].id, "first", correction="three")
    with identity.acting_as(extractor.who):
        shown = await servicer(extractor).CompareTrial(pb.CompareTrialRequest(job_id=str(trial)), None)
    assert (shown.fixed, shown.broken, shown.still_right, shown.still_wrong) == (2, 1, 1, 0)
    assert (shown.p_value, shown.status) == (1.0, extractor_service_pb2.JOB_STATUS_COMPLETE)
    assert shown.more_cells > 0
    outcomes = [
        (pb.TrialOutcome.Name(cell.outcome).removeprefix("TRIAL_OUTCOME_"), cell.document_name) for cell in shown.cells
    ]
    assert outcomes == [("FIXED", "d1"), ("FIXED", "d3"), ("BROKEN", "d2"), ("STILL_RIGHT", "d0")]
    assert (shown.cells[2].before.string_value, shown.cells[2].after.string_value) == ("one", "zero")


async def tried(extractor: Extractor, values: dict[str, str]) -> UUID:
    """A trial of `first` that gave these values by document, before any other job; returns its job."""
    job_id = await extractor.start(JobKind.SAMPLE, sample_size=len(values))
    async with extractor.working():
        await extractor.events(job_id)
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        e = extractions.c
        await session.execute(update(jobs).where(jobs.c.id == job_id).values(kind="TRIAL", variables=["first"]))
        for name, value in values.items():
            await session.execute(
                update(extractions)
                .where(e.job_id == job_id, e.document_name == name, e.variable == "first")
                .values(value=value)
            )
        await session.commit()
    return job_id


async def test_only_trials_are_compared(extractor: Extractor) -> None:
    job_id = await coded(extractor, 1)
    with identity.acting_as(extractor.who), pytest.raises(NotATrial):
        await servicer(extractor).CompareTrial(pb.CompareTrialRequest(job_id=str(job_id)), None)


async def test_what_makes_no_sense_is_refused(extractor: Extractor) -> None:
    await coded(extractor, 1)
    with pytest.raises(GoldAmbiguous):
        await take(extractor)
    with pytest.raises(GoldAmbiguous):
        await take(extractor, csv="document,first\nd0,one\n", from_review=True)
    with pytest.raises(InvalidInput, match="split"):
        await score(extractor, pb.GOLD_SPLIT_UNSPECIFIED)
    await take(extractor, csv="document,first\nd0,one\n", split=pb.GOLD_SPLIT_DEV)
    with pytest.raises(NotFound):
        await score(extractor, job_id=str(new_id()))


async def test_another_workspace_sees_no_gold(extractor: Extractor) -> None:
    await coded(extractor, 1)
    await take(extractor, csv="document,first\nd0,one\n", split=pb.GOLD_SPLIT_DEV)
    extractor.who = identity.Identity(new_id(), new_id(), identity.Role.EDITOR, "other")
    assert not (await listed(extractor)).items
    with pytest.raises(NoGold):
        await score(extractor)
