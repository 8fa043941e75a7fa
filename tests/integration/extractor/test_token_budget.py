"""A project's token budget: what its jobs use together stays within it, whoever works at the same time or dies."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from coderai.codebook.codebook import read_codebook
from coderai.engines.calls import Passage
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.model_replies import Usage
from coderai.services.extractor.domain.coding.planning import extract_calls
from coderai.services.extractor.domain.jobs.spending import BudgetUsedUp
from tests.integration.extractor.conftest import Extractor, Stall, call_tokens

AT_ONCE = 4
"""Documents that the two workers of these tests code at a time."""


def a_call(extractor: Extractor) -> int:
    """What is reserved for the one call that a document of the world takes."""
    codebook = read_codebook(extractor.world.plain)
    (call,) = extract_calls(codebook, [Passage("d0 says first is one and second is two.")], codebook.variables)
    return call_tokens(call)


def set_budget(extractor: Extractor, tokens: int) -> None:
    extractor.world.plain["token_budget"] = extractor.world.token_budget_ = tokens


async def test_a_job_stops_at_its_budget_and_goes_on_when_that_is_raised(extractor: Extractor) -> None:
    extractor.world.add(12)
    extractor.world.usage = Usage(1, a_call(extractor) - 10, 10)
    set_budget(extractor, budget := 5 * a_call(extractor) + 20)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
        job = await extractor.job(job_id)
        assert f"of the project's {budget:,} tokens are used" in job.status_reason
        assert "raise its token budget" in job.status_reason and "resume" in job.status_reason
        set_budget(extractor, 0)
        await extractor.resume(job_id)
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 12, 0)


async def test_workers_at_the_same_time_reserve_before_they_call(extractor: Extractor) -> None:
    extractor.world.add(8)
    extractor.world.hold = asyncio.Event()
    set_budget(extractor, int(2.5 * a_call(extractor)))
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
        assert len(extractor.world.calls) == 2
        extractor.world.hold.set()
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_DOC_COMPLETED)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_failed) == (pb.JOB_STATUS_PAUSED, 0)
    assert len(extractor.world.calls) == 2


async def test_calls_that_take_more_than_expected_overdraw_by_one_each_at_most(extractor: Extractor) -> None:
    extractor.world.add(20)
    extractor.world.usage = Usage(1, 3 * a_call(extractor), 0)
    set_budget(extractor, budget := 10 * a_call(extractor))
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
    job = await extractor.job(job_id)
    assert budget - AT_ONCE * 3 * a_call(extractor) <= job.tokens_in <= budget + AT_ONCE * 3 * a_call(extractor)
    with pytest.raises(BudgetUsedUp):
        await extractor.resume(job_id)
    with identity.acting_as(extractor.who):
        await extractor.jobs.cancel(extractor.who, job_id)
    with pytest.raises(BudgetUsedUp, match="raise its token budget"):
        await extractor.start()


async def test_what_a_killed_worker_reserved_is_free_again_and_what_it_used_is_counted(extractor: Extractor) -> None:
    extractor.world.add(1)
    first, second = extractor.world.plain["variables"]
    second["depends_on"] = [{"variable": first["name"], "operator": "IS_PRESENT"}]
    extractor.world.usage = Usage(1, 300, 30)
    set_budget(extractor, a_call(extractor) + 3 * 330)
    job_id = await extractor.start()
    (task_id,) = await extractor.queued(job_id)
    extractor.world.stalls = Stall(2)
    killed = asyncio.create_task(extractor.run(task_id))
    async with asyncio.timeout(20):
        await extractor.world.stalls.reached.wait()
    killed.cancel()
    with suppress(asyncio.CancelledError):
        await killed
    extractor.world.stalls = None
    await extractor.run(task_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed) == (pb.JOB_STATUS_COMPLETE, 1)
    assert (job.tokens_in, job.tokens_out) == (900, 90)


async def test_earlier_jobs_count_and_the_offline_engine_does_not(extractor: Extractor) -> None:
    extractor.world.add(2)
    async with extractor.working():
        await extractor.events(await extractor.start())
        set_budget(extractor, 220)
        with pytest.raises(BudgetUsedUp, match="220 of the project's 220 tokens"):
            await extractor.start()
        extractor.world.plain["model"] = "offline"
        offline = await extractor.start()
        await extractor.events(offline)
    assert (await extractor.job(offline)).documents_processed == 2
