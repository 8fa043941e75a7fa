"""Trials of a changed variable: asked beside the dataset, which stays as it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from google.protobuf.json_format import ParseDict

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import InvalidInput, NotFound
from coderai.kit.ids import new_id
from coderai.projects.v1 import codebook_pb2
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.usecases.choosing import UnknownDocuments
from coderai.services.extractor.usecases.jobs import JobActive, SampleFirst
from tests.integration.extractor.conftest import Extractor
from tests.integration.extractor.dataset import cells, document, units_of
from tests.integration.extractor.events import TEXT, asking


def changed(extractor: Extractor, of: str, **rest: Any) -> codebook_pb2.Variable:
    """A variable of the project with another prompt."""
    [plain] = [one for one in extractor.world.plain["variables"] if one["name"] == of]
    prompt = {"id": str(new_id()), "version": 4, "text": f"{of}, in other words", "max_tokens": 99}
    plain = {**plain, "type": f"VARIABLE_TYPE_{plain['type']}", "active_prompt": prompt, "depends_on": [], **rest}
    return ParseDict(plain, codebook_pb2.Variable())


def trial(extractor: Extractor, variable: codebook_pb2.Variable, documents: list[UUID]) -> dict[str, Any]:
    ids = [str(document_id) for document_id in documents]
    return {"project_id": str(extractor.project_id), "variable": variable, "document_ids": ids}


async def started(extractor: Extractor, name: str, *documents: UUID) -> pb.Job:
    request = pb.StartTrialRequest(**trial(extractor, changed(extractor, name), list(documents)))
    with identity.acting_as(extractor.who):
        return (await extractor.servicer.StartTrial(request, None)).job


async def listed(extractor: Extractor, job_id: str = "") -> list[pb.Extraction]:
    request = pb.ListExtractionsRequest(project_id=str(extractor.project_id), job_id=job_id, page_size=200)
    with identity.acting_as(extractor.who):
        return list((await extractor.servicer.ListExtractions(request, None)).items)


async def dataset(extractor: Extractor) -> list[Any]:
    ids = [head.id for head in extractor.world.heads_]
    return [(await document(extractor, i), await units_of(extractor, i), await cells(extractor, i)) for i in ids]


async def test_a_trial_asks_its_variable_alone_and_leaves_the_dataset_as_it_is(extractor: Extractor) -> None:
    model = asking(extractor, "kind", "town", texts=(TEXT, TEXT))
    first, _ = extractor.world.heads_
    async with extractor.working():
        full = await extractor.start()
        await extractor.events(full)
        before, codings = await dataset(extractor), await listed(extractor, str(full))
        model.forget()
        model.answers["kind"] = "Monday"
        job = await started(extractor, "kind", first.id)
        await extractor.events(UUID(job.id))
    assert (model.identified, len(model.asked)) == (0, 3)
    assert set(model.prompts) == {"kind, in other words"}
    assert await dataset(extractor) == before
    assert await listed(extractor, str(full)) == codings
    tried = await listed(extractor, job.id)
    rows = await units_of(extractor, first.id)
    assert [(e.variable, e.unit_id, e.prompt_version) for e in tried] == [("kind", str(row.id), 4) for row in rows]
    assert (job.kind, list(job.variables), job.documents_total) == (pb.JOB_KIND_TRIAL, ["kind"], 1)
    with identity.acting_as(extractor.who):
        request = pb.ListJobsRequest(project_id=str(extractor.project_id))
        jobs = (await extractor.servicer.ListJobs(request, None)).items
    assert [one.kind for one in jobs] == [pb.JOB_KIND_TRIAL, pb.JOB_KIND_FULL]


async def test_a_trial_of_what_the_dataset_does_not_have_writes_no_units(extractor: Extractor) -> None:
    asking(extractor, "kind")
    [head] = extractor.world.heads_
    async with extractor.working():
        job = await started(extractor, "kind", head.id)
        await extractor.events(UUID(job.id))
    assert [(e.entity_index, e.unit_id) for e in await listed(extractor, job.id)] == [(1, ""), (2, ""), (3, "")]
    assert await dataset(extractor) == [(None, [], {})]
    assert await listed(extractor) == [], "a trial is never the job that a list of extractions is of"
    with pytest.raises(SampleFirst):
        await extractor.start(skip_sample=False)


async def test_a_trial_whose_documents_fail_leaves_the_dataset_as_it_is(extractor: Extractor) -> None:
    asking(extractor, "kind", multiple=False)
    extractor.world.add(1, "FAILED", "it is empty")
    good, bad = extractor.world.heads_
    async with extractor.working():
        await extractor.events(await extractor.start(document_ids=[good.id]))
        before = await dataset(extractor)
        extractor.world.gone.add(good.name)
        job = await started(extractor, "kind", good.id, bad.id)
        await extractor.events(UUID(job.id))
    assert (await extractor.job(UUID(job.id))).documents_failed == 2
    assert await dataset(extractor) == before


async def test_a_trial_is_a_job_like_any_other_while_it_is_active(extractor: Extractor) -> None:
    asking(extractor, "kind")
    job = await started(extractor, "kind", extractor.world.heads_[0].id)
    with pytest.raises(JobActive):
        await extractor.start()
    with pytest.raises(JobActive):
        await started(extractor, "kind", extractor.world.heads_[0].id)
    with identity.acting_as(extractor.who):
        await extractor.servicer.CancelJob(pb.CancelJobRequest(job_id=job.id), None)


async def test_an_estimate_of_a_trial_counts_its_variable_alone(extractor: Extractor) -> None:
    model = asking(extractor, "kind", "town", texts=(TEXT, TEXT))
    first, _ = extractor.world.heads_
    async with extractor.working():
        await extractor.events(await extractor.start(JobKind.FULL))
        wanted = trial(extractor, changed(extractor, "kind"), [first.id])
        with identity.acting_as(extractor.who):
            answer = await extractor.servicer.EstimateTrial(pb.EstimateTrialRequest(**wanted), None)
        model.forget()
        await extractor.events(UUID((await started(extractor, "kind", first.id)).id))
    assert (answer.estimate.documents, answer.estimate.calls) == (1, len(model.asked))


def nonsense(extractor: Extractor) -> Iterator[tuple[type[Exception], dict[str, Any]]]:
    document_id = extractor.world.heads_[0].id
    yield InvalidInput, trial(extractor, changed(extractor, "kind"), [])
    yield InvalidInput, trial(extractor, changed(extractor, "kind", id=str(new_id())), [document_id])
    yield InvalidInput, trial(extractor, changed(extractor, "kind", active_prompt={"id": str(new_id())}), [document_id])
    yield InvalidInput, trial(extractor, changed(extractor, "kind", name=""), [document_id])
    yield NotFound, trial(extractor, changed(extractor, "kind", active_prompt={"text": "?"}), [document_id])
    yield NotFound, trial(extractor, codebook_pb2.Variable(), [document_id])
    yield UnknownDocuments, trial(extractor, changed(extractor, "kind"), [new_id()])


async def test_a_trial_that_makes_no_sense_is_refused(extractor: Extractor) -> None:
    asking(extractor, "kind")
    with identity.acting_as(extractor.who):
        for error, wanted in nonsense(extractor):
            with pytest.raises(error):
                await extractor.servicer.StartTrial(pb.StartTrialRequest(**wanted), None)
            with pytest.raises(error):
                await extractor.servicer.EstimateTrial(pb.EstimateTrialRequest(**wanted), None)
