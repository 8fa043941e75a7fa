"""A job that leaves out what is current asks what the dataset does not have, and nothing twice."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from coderai.extractor.v1 import dataset_service_pb2 as dataset_pb
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Session
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.usecases.choosing import NothingStale
from coderai.services.extractor.usecases.estimates import Estimate
from tests.integration.extractor.conftest import Extractor
from tests.integration.extractor.dataset import cells, say
from tests.integration.extractor.events import TEXT, Model, asking
from tests.integration.extractor.test_renewals import outdate, reword, servicer


async def run(extractor: Extractor, kind: JobKind = JobKind.FULL, **fields: Any) -> list[Any]:
    """Runs a job over what is not current; its events."""
    return await extractor.events(await extractor.start(kind, leave_out_current=True, **fields), after=0)


async def foreseen(extractor: Extractor, **fields: Any) -> Estimate:
    with identity.acting_as(extractor.who):
        wanted = extractor.wanted(leave_out_current=True, **fields)
        return await extractor.estimates.job(extractor.who, wanted)


async def sampled(extractor: Extractor, texts: int, *, multiple: bool = True) -> Model:
    """Codes a sample of the first two of some documents."""
    model = asking(extractor, "kind", "town", "size", texts=(TEXT,) * texts, multiple=multiple)
    await extractor.events(await extractor.start(JobKind.SAMPLE, sample_size=2, first_documents=True))
    model.forget()
    return model


async def test_a_full_job_does_not_ask_again_what_the_sample_has(extractor: Extractor) -> None:
    async with extractor.working():
        model = await sampled(extractor, 5)
        before = [await cells(extractor, head.id) for head in extractor.world.heads_[:2]]
        estimate = await foreseen(extractor)
        events = await run(extractor)
        with pytest.raises(NothingStale):
            await run(extractor)
        with pytest.raises(NothingStale):
            await foreseen(extractor)
    assert (estimate.documents, events[-1].job.documents_total, model.identified) == (3, 3, 3)
    assert "Documents of which the dataset has all that would be asked are left out: 2." in estimate.notes
    assert events[0].event.message.startswith("FULL job over 3 documents; 2 of which the dataset has all")
    assert [await cells(extractor, head.id) for head in extractor.world.heads_[:2]] == before
    assert all([await cells(extractor, head.id) for head in extractor.world.heads_])


async def test_what_another_job_has_coded_by_the_time_of_the_start_is_not_asked_again(extractor: Extractor) -> None:
    model = asking(extractor, "kind", "town", texts=(TEXT, TEXT), multiple=False)
    first = await extractor.start()
    held = select(func.pg_advisory_xact_lock(func.hashtextextended(f"extractor jobs {extractor.project_id}", 0)))
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        await session.execute(held)
        second = asyncio.create_task(extractor.start(leave_out_current=True))
        async with extractor.working():
            await extractor.events(first)
        assert not second.done()
    with pytest.raises(NothingStale):
        await second
    assert len(model.asked) == 4


async def test_stale_cells_are_asked_with_what_depends_on_them_beside_new_documents(extractor: Extractor) -> None:
    async with extractor.working():
        model = await sampled(extractor, 2, multiple=False)
        await outdate(extractor, extractor.world.heads_[0].id, "size", 0)
        extractor.world.add_texts(TEXT)
        events = await run(extractor)
        assert sorted(name for _, names in model.asked for name in names) == ["kind", "size", "size", "town"]
    assert events[-1].job.documents_total == 2


async def test_a_sample_is_asked_again_only_what_has_changed(extractor: Extractor) -> None:
    async with extractor.working():
        model = await sampled(extractor, 3, multiple=False)
        chosen = [head.id for head in extractor.world.heads_[:2]]
        with pytest.raises(NothingStale):
            await run(extractor, JobKind.SAMPLE, document_ids=chosen)
        reword(extractor, "size")
        events = await run(extractor, JobKind.SAMPLE, document_ids=chosen)
    assert [names for _, names in model.asked] == [["size"]] * 2
    assert list(events[-1].job.variables) == ["size"]


async def test_another_model_is_asked_everything_and_looks_for_the_rows_itself(extractor: Extractor) -> None:
    async with extractor.working():
        model = await sampled(extractor, 2)
        extractor.world.plain = extractor.world.plain | {"model": "openai:another", "hash": "a" * 64}
        events = await run(extractor)
    assert (model.identified, events[-1].job.documents_total, list(events[-1].job.variables)) == (2, 2, [])


async def test_documents_in_which_nothing_was_found_are_not_looked_at_again(extractor: Extractor) -> None:
    async with extractor.working():
        model = asking(extractor, "kind", "town", texts=(TEXT, TEXT))
        model.names = {}
        await extractor.events(await extractor.start())
        model.forget()
        with pytest.raises(NothingStale):
            await run(extractor)
        extractor.world.plain = extractor.world.plain | {"model": "openai:another", "hash": "a" * 64}
        await run(extractor)
    assert model.identified == 2


async def test_what_cannot_be_read_stands_in_the_dataset_once_and_is_no_reason_for_a_job(extractor: Extractor) -> None:
    async with extractor.working():
        await sampled(extractor, 2, multiple=False)
        extractor.world.add(1, "FAILED", "it is encrypted")
        first = await run(extractor)
        with pytest.raises(NothingStale):
            await run(extractor)
        extractor.world.add_texts(TEXT)
        second = await run(extractor)
    assert [(events[-1].job.documents_total, events[-1].job.documents_failed) for events in (first, second)] == [
        (1, 1),
        (2, 1),
    ]


async def test_named_variables_alone_are_looked_at(extractor: Extractor) -> None:
    async with extractor.working():
        model = await sampled(extractor, 2, multiple=False)
        reword(extractor, "kind")
        reword(extractor, "size")
        await run(extractor, variables=["size"])
    assert [names for _, names in model.asked] == [["size"]] * 2


async def test_what_people_have_corrected_stays(extractor: Extractor) -> None:
    async with extractor.working():
        await sampled(extractor, 2, multiple=False)
        first = extractor.world.heads_[0]
        await say(extractor, first.id, "size", correction="ninety")
        reword(extractor, "size")
        await run(extractor)
        found = await cells(extractor, first.id)
    assert found[0, "size"].value == "ninety"


async def test_the_time_is_foreseen_by_the_pace_of_an_earlier_job_of_the_model(extractor: Extractor) -> None:
    async with extractor.working():
        asking(extractor, "kind", "town", texts=(TEXT,) * 4, multiple=False)
        extractor.world.plain = extractor.world.plain | {"model": "offline"}
        before = await foreseen(extractor)
        await extractor.events(await extractor.start(JobKind.SAMPLE, sample_size=2))
        after = await foreseen(extractor)
    assert before.seconds is None
    assert after.seconds is not None and after.seconds > 0


async def test_the_datasets_statistics_are_of_all_jobs_and_of_what_people_say(extractor: Extractor) -> None:
    extractor.world.unread_pages = (2,)
    async with extractor.working():
        await sampled(extractor, 3, multiple=False)
        await run(extractor)
    first = extractor.world.heads_[0]
    before = await statistics(extractor)
    await say(extractor, first.id, "size", correction="ninety")
    after = await statistics(extractor)
    assert [(one.variable, one.units) for one in before.items] == [("kind", 3), ("town", 3), ("size", 3)]
    assert after.items[2].answered == 3
    assert [page.document_id for page in before.unread_pages] == [str(head.id) for head in extractor.world.heads_]
    new = {**extractor.world.plain["variables"][0], "name": "new", "id": str(UUID(int=5))}
    extractor.world.plain["variables"].append(new)
    assert [(one.units, one.answered) for one in (await statistics(extractor)).items][3] == (3, 0)
    extractor.who = replace(extractor.who, workspace_id=UUID(int=7))
    assert all(one.units == 0 for one in (await statistics(extractor)).items)


async def statistics(extractor: Extractor) -> dataset_pb.GetDatasetStatisticsResponse:
    request = dataset_pb.GetDatasetStatisticsRequest(project_id=str(extractor.project_id))
    with identity.acting_as(extractor.who):
        return await servicer(extractor).GetDatasetStatistics(request, None)


async def test_both_rpcs_take_the_wish(extractor: Extractor) -> None:
    async with extractor.working():
        await sampled(extractor, 3, multiple=False)
        wish = {"project_id": str(extractor.project_id), "kind": pb.JOB_KIND_FULL, "leave_out_current": True}
        with identity.acting_as(extractor.who):
            estimate = await extractor.servicer.EstimateJob(pb.EstimateJobRequest(**wish), None)
            started = await extractor.servicer.StartJob(pb.StartJobRequest(**wish), None)
        await extractor.events(UUID(started.job.id))
    assert (estimate.documents, started.job.documents_total) == (1, 1)
