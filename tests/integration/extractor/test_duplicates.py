"""Documents that repeat others: coded like all others, unless the user leaves them out, and then told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.wire import to_plain
from coderai.services.extractor.domain.jobs.job import JobKind
from tests.integration.extractor.conftest import Extractor


@pytest.fixture
def mixed(extractor: Extractor) -> Extractor:
    """d0 d1 d4 and, as they repeat others, d2 d3."""
    extractor.world.add(2)
    extractor.world.add_repeats(2)
    extractor.world.add(1)
    return extractor


async def coded(extractor: Extractor, **fields: Any) -> tuple[list[str], dict[str, Any]]:
    """The documents of a job started over gRPC, and its first event; the job is cancelled."""
    request = pb.StartJobRequest(project_id=str(extractor.project_id), skip_sample=True, **fields)
    with identity.acting_as(extractor.who):
        job = (await extractor.servicer.StartJob(request, None)).job
        await extractor.servicer.CancelJob(pb.CancelJobRequest(job_id=job.id), None)
        tasks = (await extractor.servicer.ListTasks(pb.ListTasksRequest(job_id=job.id), None)).items
    first = (await extractor.events(UUID(job.id), after=0))[0].event
    assert job.documents_total == len(tasks)
    return [task.document_name for task in tasks], to_plain(first)


async def test_all_documents_are_coded_unless_the_user_says_otherwise(mixed: Extractor) -> None:
    names, started = await coded(mixed, kind=pb.JOB_KIND_FULL)
    assert names == ["d0", "d1", "d2", "d3", "d4"]
    assert started["message"].startswith("FULL job over 5 documents; no sample")
    assert "duplicates_left_out" not in started["metadata"]


async def test_those_that_repeat_others_are_left_out_and_the_log_says_how_many(mixed: Extractor) -> None:
    names, started = await coded(mixed, kind=pb.JOB_KIND_FULL, leave_out_duplicates=True)
    assert names == ["d0", "d1", "d4"]
    assert started["message"].startswith("FULL job over 3 documents; 2 that repeat another are left out")
    assert started["metadata"]["duplicates_left_out"] == 2


async def test_a_sample_takes_the_next_instead(mixed: Extractor) -> None:
    names, _ = await coded(mixed, kind=pb.JOB_KIND_SAMPLE, sample_size=3, leave_out_duplicates=True)
    assert names == ["d0", "d1", "d4"]


async def test_a_document_that_is_chosen_is_coded_though_it_repeats_another(mixed: Extractor) -> None:
    chosen = [str(head.id) for head in mixed.world.heads_[1:3]]
    names, started = await coded(mixed, kind=pb.JOB_KIND_FULL, document_ids=chosen, leave_out_duplicates=True)
    assert names == ["d1", "d2"]
    assert "duplicates_left_out" not in started["metadata"]


async def test_a_document_that_could_not_be_read_stays_in(mixed: Extractor) -> None:
    mixed.world.add(1, "FAILED", "the PDF is encrypted")
    names, _ = await coded(mixed, kind=pb.JOB_KIND_FULL, leave_out_duplicates=True)
    assert names == ["d0", "d1", "d4", "d5"]


async def test_an_estimate_leaves_out_the_same_and_says_so(mixed: Extractor) -> None:
    request = pb.EstimateJobRequest(project_id=str(mixed.project_id), kind=pb.JOB_KIND_FULL)
    with identity.acting_as(mixed.who):
        every = await mixed.servicer.EstimateJob(request, None)
        request.leave_out_duplicates = True
        fewer = await mixed.servicer.EstimateJob(request, None)
    assert (every.documents, fewer.documents) == (5, 3)
    assert fewer.calls < every.calls
    assert "Documents that repeat another are left out: 2 of the project's." in fewer.notes


async def test_a_job_is_complete_without_those_left_out(mixed: Extractor) -> None:
    job_id = await mixed.start(JobKind.FULL, leave_out_duplicates=True)
    async with mixed.working():
        await mixed.events(job_id)
    job = await mixed.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 3, 0)
