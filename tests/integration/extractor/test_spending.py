"""What models may cost: the workspace's budget, the operator's caps, and the co-pilot's questions, counted together."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import new_id
from coderai.kit.model_replies import ModelNotAllowed, Usage
from coderai.kit.models import ModelList, ModelTerms
from coderai.services.extractor.domain.jobs.spending import BudgetUsedUp, Caps
from tests.integration.extractor.conftest import MODEL, USAGE, Extractor

A_CALL = USAGE.tokens_in + USAGE.tokens_out


async def run(extractor: Extractor, documents: int) -> None:
    extractor.world.add(documents)
    async with extractor.working():
        await extractor.events(await extractor.start())


async def usage(extractor: Extractor) -> pb.GetModelUsageResponse:
    with identity.acting_as(extractor.who):
        return await extractor.servicer.GetModelUsage(pb.GetModelUsageRequest(), None)


async def test_what_jobs_and_the_copilot_use_is_told_by_project_purpose_and_model(extractor: Extractor) -> None:
    await run(extractor, 3)
    held = await extractor.spending.reserve(extractor.who, extractor.project_id, 5_000)
    asked = Usage(1, 400, 50)
    for _ in range(2):  # its answer may be lost
        await extractor.spending.settle(extractor.who, held, extractor.project_id, MODEL, asked)
    told = await usage(extractor)
    lines = {(one.purpose, one.model): (one.calls, one.tokens_in, one.tokens_out) for one in told.items}
    assert lines == {
        (pb.MODEL_PURPOSE_EXTRACTION, MODEL): (3, 3 * USAGE.tokens_in, 3 * USAGE.tokens_out),
        (pb.MODEL_PURPOSE_COPILOT, MODEL): (1, 400, 50),
    }
    assert told.tokens_of_day == told.tokens_of_month == 3 * A_CALL + 450
    assert told.dollars_of_day == pytest.approx((300 + 400 + (30 + 50) * 10) / 1e6)


async def test_a_project_s_budget_holds_for_the_copilot_too(extractor: Extractor) -> None:
    extractor.world.token_budget_ = 1_000
    await extractor.spending.reserve(extractor.who, extractor.project_id, 700)
    with pytest.raises(BudgetUsedUp, match="700 of the project's 1,000 tokens are used"):
        await extractor.spending.reserve(extractor.who, extractor.project_id, 400)
    await extractor.spending.reserve(extractor.who, new_id(), 400)


async def test_a_workspace_s_budget_holds_over_its_projects_and_stops_jobs(extractor: Extractor) -> None:
    await run(extractor, 2)
    await extractor.spending.set_workspace_budget(extractor.who, 2 * A_CALL)
    with pytest.raises(BudgetUsedUp, match="the workspace's 220 tokens are used: an owner can raise"):
        await extractor.start()
    with pytest.raises(BudgetUsedUp):
        await extractor.spending.reserve(extractor.who, new_id(), 1)
    other = identity.Identity(new_id(), new_id(), identity.Role.EDITOR, "test")
    await extractor.spending.reserve(other, new_id(), 10**6)
    await extractor.spending.set_workspace_budget(extractor.who, 0)
    await extractor.start()


async def test_a_budget_that_is_used_up_in_the_middle_pauses_the_job(extractor: Extractor) -> None:
    extractor.world.add(12)
    await extractor.spending.set_workspace_budget(extractor.who, 4 * A_CALL)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
        assert "the workspace's" in (await extractor.job(job_id)).status_reason
        await extractor.spending.set_workspace_budget(extractor.who, 0)
        await extractor.resume(job_id)
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 12, 0)


@pytest.mark.parametrize(
    ("caps", "words"),
    [(Caps(tokens_a_day=2 * A_CALL), "cap for a workspace and day of 220"), (Caps(0, 0.0004), r"\$0\.00 of \$0\.00")],
)
async def test_the_operator_s_caps_end_with_the_day(extractor: Extractor, caps: Caps, words: str) -> None:
    await run(extractor, 2)
    extractor.caps = caps
    with pytest.raises(BudgetUsedUp, match=words):
        await extractor.start()
    extractor.now = lambda: datetime.now(UTC) + timedelta(days=1)
    await extractor.start()


async def test_what_was_spent_on_a_deleted_project_stays_spent(extractor: Extractor) -> None:
    await run(extractor, 2)
    async with extractor.open_store(extractor.who.workspace_id) as store:
        await store.remove_project(extractor.project_id)
        await store.commit()
    assert (await usage(extractor)).tokens_of_day == 2 * A_CALL


async def test_reservations_at_the_same_moment_see_each_other(extractor: Extractor) -> None:
    await extractor.spending.set_workspace_budget(extractor.who, 1_000)
    asked = [extractor.spending.reserve(extractor.who, new_id(), 300) for _ in range(10)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, BudgetUsedUp) for one in outcomes) == 7


async def test_what_nobody_settles_is_free_again_after_a_while(extractor: Extractor) -> None:
    await extractor.spending.set_workspace_budget(extractor.who, 1_000)
    await extractor.spending.reserve(extractor.who, extractor.project_id, 1_000)
    extractor.now = lambda: datetime.now(UTC) + timedelta(minutes=16)
    await extractor.spending.reserve(extractor.who, extractor.project_id, 1_000)


async def test_a_budget_below_nothing_is_refused(extractor: Extractor) -> None:
    with pytest.raises(InvalidInput):
        await extractor.spending.set_workspace_budget(extractor.who, -1)


async def test_a_job_of_a_model_that_is_not_listed_any_more_does_not_start(extractor: Extractor) -> None:
    extractor.world.add(1)
    extractor.models = ModelList({"openai:other": ModelTerms()})
    with pytest.raises(ModelNotAllowed, match="openai:other"):
        await extractor.start()
