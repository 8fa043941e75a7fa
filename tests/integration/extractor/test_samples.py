"""Samples and what a job says of them: drawn at random, repeatable, and no substitute for what they did not try."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import new_id
from coderai.kit.model_replies import ModelReplyInvalid
from coderai.kit.wire import to_plain
from coderai.projects.v1 import codebook_pb2
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.usecases.jobs import SampleFirst
from tests.integration.extractor.conftest import Extractor, codebook


async def started(extractor: Extractor, **fields: Any) -> tuple[pb.Job, list[str], dict[str, Any]]:
    """A job that was started over gRPC and cancelled, its documents' names, and its first event."""
    with identity.acting_as(extractor.who):
        request = pb.StartJobRequest(project_id=str(extractor.project_id), **fields)
        job = (await extractor.servicer.StartJob(request, None)).job
        await extractor.servicer.CancelJob(pb.CancelJobRequest(job_id=job.id), None)
        tasks = (await extractor.servicer.ListTasks(pb.ListTasksRequest(job_id=job.id), None)).items
    first = (await extractor.events(UUID(job.id), after=0))[0].event
    return job, [task.document_name for task in tasks], to_plain(first)


async def test_a_sample_is_drawn_and_its_seed_draws_it_again(extractor: Extractor) -> None:
    extractor.world.add(40)
    first, names, event = await started(extractor, kind=pb.JOB_KIND_SAMPLE, sample_size=8)
    assert len(names) == 8 and names != [f"d{n}" for n in range(8)]
    assert event["metadata"]["sample_seed"] == first.sample_seed
    again, same, _ = await started(extractor, kind=pb.JOB_KIND_SAMPLE, sample_size=8, sample_seed=first.sample_seed)
    assert (again.sample_seed, same) == (first.sample_seed, names)
    _, others, _ = await started(extractor, kind=pb.JOB_KIND_SAMPLE, sample_size=8, sample_seed=first.sample_seed ^ 1)
    assert others != names


async def test_a_seed_draws_the_same_documents_of_a_corpus_that_is_uploaded_anew(extractor: Extractor) -> None:
    extractor.world.add(40)
    wanted = {"kind": pb.JOB_KIND_SAMPLE, "sample_size": 8, "sample_seed": 7}
    _, names, _ = await started(extractor, **wanted)
    extractor.world.heads_ = [replace(head, id=new_id()) for head in reversed(extractor.world.heads_)]
    _, again, _ = await started(extractor, **wanted)
    assert sorted(again) == sorted(names)
    extractor.world.heads_ = [replace(head, name="same.txt") for head in extractor.world.heads_]
    assert len((await started(extractor, **wanted))[1]) == 8


async def test_the_first_documents_are_a_sample_on_request_and_have_no_seed(extractor: Extractor) -> None:
    extractor.world.add(40)
    job, names, _ = await started(extractor, kind=pb.JOB_KIND_SAMPLE, sample_size=3, first_documents=True)
    assert names == ["d0", "d1", "d2"]
    assert not job.HasField("sample_seed")
    job, _, _ = await started(extractor, kind=pb.JOB_KIND_FULL, skip_sample=True)
    assert not job.HasField("sample_seed")


async def test_a_full_job_names_the_variables_that_no_sample_has_tried(extractor: Extractor) -> None:
    extractor.world.add(3)
    async with extractor.working():
        await extractor.events(await extractor.start(JobKind.SAMPLE, skip_sample=False))
    _, _, event = await started(extractor, kind=pb.JOB_KIND_FULL)
    assert (event["level"], event["message"]) == ("INFO", "FULL job over 3 documents")
    extractor.world.plain["variables"] += codebook("third")["variables"]
    _, _, event = await started(extractor, kind=pb.JOB_KIND_FULL)
    assert (event["level"], event["metadata"]) == ("WARNING", {"untried_variables": ["third"]})
    assert event["message"].endswith("no sample has tried third")


@pytest.mark.parametrize(
    ("changed", "is_tried"),
    [
        ({"active_prompt": {"id": str(new_id()), "version": 4, "text": "another", "max_tokens": 99}}, False),
        ({"type": "NUMBER"}, False),
        ({"categories": [{"value": "one"}]}, False),
        ({"depends_on": [{"variable": "first", "operator": "IS_PRESENT"}]}, False),
        ({"confidence_threshold": 0.2, "if_unsupported": "FLAG"}, True),
    ],
)
async def test_a_variable_that_is_asked_otherwise_since_the_sample_is_not_tried(
    extractor: Extractor, changed: dict[str, Any], is_tried: bool
) -> None:
    extractor.world.add(1)
    async with extractor.working():
        await extractor.events(await extractor.start(JobKind.SAMPLE, skip_sample=False))
    extractor.world.plain["variables"][1] |= changed
    _, _, event = await started(extractor, kind=pb.JOB_KIND_FULL)
    assert event["metadata"] == ({} if is_tried else {"untried_variables": ["second"]})


async def test_a_sample_with_another_model_or_unit_has_tried_nothing(extractor: Extractor) -> None:
    extractor.world.add(1)
    async with extractor.working():
        await extractor.events(await extractor.start(JobKind.SAMPLE, skip_sample=False))
    for changed in ({"model": "openai:other"}, {"unit": {"row_is": "one protest"}}):
        as_it_was, extractor.world.plain = extractor.world.plain, {**extractor.world.plain, **changed}
        _, _, event = await started(extractor, kind=pb.JOB_KIND_FULL)
        assert event["metadata"] == {"untried_variables": ["first", "second"]}
        extractor.world.plain = as_it_was


@pytest.mark.parametrize("documents", [1, 2])
async def test_a_sample_in_which_nothing_was_answered_is_no_sample(extractor: Extractor, documents: int) -> None:
    """One document failed, and of the second the model's reply held nothing: the job is complete all the same."""
    extractor.world.add(documents)
    extractor.world.faults["d0"] = [ModelReplyInvalid("no JSON")] * 2
    extractor.world.silent.add("d1")
    async with extractor.working():
        job_id = await extractor.start(JobKind.SAMPLE, skip_sample=False)
        await extractor.events(job_id)
    assert (await extractor.job(job_id)).status == (pb.JOB_STATUS_FAILED if documents == 1 else pb.JOB_STATUS_COMPLETE)
    with pytest.raises(SampleFirst):
        await started(extractor, kind=pb.JOB_KIND_FULL)


async def test_a_sample_that_found_no_entity_is_one(extractor: Extractor) -> None:
    extractor.world.add(1)
    extractor.world.plain["unit"] = {"row_is": "one", "rows_per_document": "MULTIPLE"}
    async with extractor.working():
        await extractor.events(await extractor.start(JobKind.SAMPLE, skip_sample=False))
    _, _, event = await started(extractor, kind=pb.JOB_KIND_FULL)
    assert event["metadata"] == {"untried_variables": ["first", "second"]}


async def test_a_job_has_settings_of_its_own_in_place_of_the_projects(extractor: Extractor) -> None:
    extractor.world.add(1)
    extractor.world.plain |= {"verify": "DOUBTFUL", "reasoning_effort": "high"}
    plain, _, _ = await started(extractor, kind=pb.JOB_KIND_FULL, skip_sample=True)
    other, _, _ = await started(
        extractor, kind=pb.JOB_KIND_FULL, skip_sample=True, verify=codebook_pb2.VERIFY_ALL, reasoning_effort="low"
    )
    async with extractor.db.session(extractor.who.workspace_id, ExtractorStore) as store:
        snapshots = [await store.snapshot(UUID(job.id)) for job in (plain, other)]
    assert [(s["verify"], s["reasoning_effort"]) for s in snapshots] == [("DOUBTFUL", "high"), ("ALL", "low")]
    assert plain.codebook_hash == other.codebook_hash


@pytest.mark.parametrize(
    ("field", "value"), [("sample_size", 0), ("sample_seed", -1), ("reasoning_effort", "enormous")]
)
async def test_what_makes_no_sense_is_refused(extractor: Extractor, field: str, value: Any) -> None:
    extractor.world.add(1)
    with pytest.raises(InvalidInput) as refused:
        await started(extractor, kind=pb.JOB_KIND_SAMPLE, **{field: value})
    assert list(refused.value.fields) == [field]
