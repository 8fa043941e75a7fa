"""Where a model cannot be used or is away, no document fails for it: the job waits, and says what to do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from sqlalchemy import select

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.db import Session
from coderai.kit.errors import Unavailable
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.kit.model_replies import ModelKeyInvalid, ModelUnavailable, Usage
from coderai.kit.models import Price
from coderai.services.extractor.adapters.engines import Engines
from coderai.services.extractor.adapters.tables import tasks
from coderai.services.extractor.domain.jobs.job import TaskStatus
from coderai.services.extractor.domain.jobs.pricing import Prices
from tests.integration.extractor.conftest import MODEL, Extractor, Stall, codebook
from tests.support.models import listed
from tests.support.openai_faults import Asked, ErrorReply, unauthorized
from tests.support.openai_server import OpenAIServer

ALL_FAIL = 8
"""More often than a message is delivered, a document's own attempts included."""


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as started:
        yield started


@pytest.fixture
async def asks(extractor: Extractor) -> AsyncIterator[Callable[..., None]]:
    """Has the extractor's workers ask real models, by the settings given."""
    opened: list[ChatModels] = []

    def make(base_url: str = "", key: str = "", **settings: Any) -> None:
        opened.append(ChatModels(LLMSettings(**{"llm_retry_base_seconds": 0.001, **settings}), listed(base_url, key)))
        extractor.open_engine = Engines(opened[-1]).open

    yield make
    for models in opened:
        await models.close()


async def test_a_job_is_coded_by_a_model_and_tells_what_it_cost(
    extractor: Extractor, server: OpenAIServer, asks: Callable[..., None]
) -> None:
    asks(base_url=server.base_url)
    # The same text again comes from the provider's prefix cache.
    extractor.world.add_texts(*["About 350 dock workers marched to the harbour on Tuesday. " * 90] * 6)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    job, stats = await extractor.job(job_id), server.stats
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 6, 0)
    assert (job.tokens_in, job.tokens_out) == (stats.prompt_tokens, stats.completion_tokens)
    assert job.tokens_cached == stats.cached_tokens > 0
    dear, cheap = stats.prompt_tokens - stats.cached_tokens, stats.cached_tokens
    assert job.cost == pytest.approx((dear * 1.0 + cheap * 0.1 + stats.completion_tokens * 10.0) / 1e6)


async def test_a_job_without_a_key_waits_for_one(
    extractor: Extractor, server: OpenAIServer, asks: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    asks()
    extractor.world.add(12)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
        job = await extractor.job(job_id)
        assert (job.status, job.documents_processed) == (pb.JOB_STATUS_PAUSED, 0)
        assert "OPENAI_API_KEY" in job.status_reason and "offline" in job.status_reason
        asks(base_url=server.base_url, key="sk-right")
        await extractor.resume(job_id)
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 12, 0)
    assert {to.status for to in await extractor.rows(job_id)} == {pb.TASK_STATUS_DONE}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (unauthorized(), "OPENAI_API_KEY"),
        (ErrorReply(404, "The model `test` does not exist.", "invalid_request_error", "model_not_found"), "not exist"),
        (ErrorReply(429, "You exceeded your current quota.", "insufficient_quota", "insufficient_quota"), "quota"),
    ],
)
async def test_a_model_that_refuses_whatever_it_is_asked_pauses_the_job_at_once(
    extractor: Extractor, server: OpenAIServer, asks: Callable[..., None], fault: ErrorReply, words: str
) -> None:
    asks(base_url=server.base_url)
    server.faults.always(fault)
    extractor.world.add(12)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
        job = await extractor.job(job_id)
        assert words in job.status_reason and "resume" in job.status_reason
        server.faults.clear()
        await extractor.resume(job_id)
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.documents_processed, job.documents_failed) == (12, 0)


async def test_a_document_that_a_model_refuses_fails_alone(
    extractor: Extractor, server: OpenAIServer, asks: Callable[..., None]
) -> None:
    def is_second(asked: Asked) -> bool:
        return "d1 says" in asked.body["messages"][-1]["content"]

    asks(base_url=server.base_url)
    server.faults.when(is_second, ErrorReply(400, "This violates our content policy.", "invalid_request_error"))
    extractor.world.add(4)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    rows = await extractor.rows(job_id)
    assert [row.status == pb.TASK_STATUS_FAILED for row in rows] == [False, True, False, False]
    assert "content policy" in rows[1].error


@pytest.mark.parametrize("fault", [ModelUnavailable("the model is away"), Unavailable("ingest is away")])
async def test_an_outage_pauses_the_job_at_last_and_no_document_fails(extractor: Extractor, fault: Exception) -> None:
    extractor.world.add(6)
    extractor.world.faults = {f"d{n}": [fault] * ALL_FAIL for n in range(6)}
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
        job = await extractor.job(job_id)
        assert "is away" in job.status_reason and "Resume" in job.status_reason
        extractor.world.faults = {}
        await extractor.resume(job_id)
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 6, 0)


async def test_a_model_that_is_not_reachable_is_told_in_the_job_s_log_before_anything_is_given_up(
    extractor: Extractor, server: OpenAIServer, asks: Callable[..., None]
) -> None:
    asks(base_url=server.base_url, llm_retry_base_seconds=0.02)
    await server.__aexit__(None)
    extractor.world.add(6)
    job_id = await extractor.start()
    async with extractor.working():
        told = await extractor.until(job_id, pb.JOB_EVENT_TYPE_MODEL_WAITING)
        job = await extractor.job(job_id)
    assert (job.status, job.documents_failed) == (pb.JOB_STATUS_PROCESSING, 0)
    assert told.level == pb.LOG_LEVEL_WARNING
    assert "not reachable: connection refused; trying again in" in told.message


async def test_a_straggler_does_not_pause_again_what_a_person_has_resumed(extractor: Extractor) -> None:
    extractor.world.add(2)
    extractor.world.faults = {"d0": [ModelKeyInvalid("no key")], "d1": [ModelKeyInvalid("no key")]}
    job_id = await extractor.start()
    early, late = await extractor.queued(job_id)
    extractor.world.stalls = stall = Stall(1)
    straggler = asyncio.create_task(extractor.run(late))
    async with asyncio.timeout(20):
        await stall.reached.wait()
        await extractor.run(early)
        assert (await extractor.job(job_id)).status == pb.JOB_STATUS_PAUSED
        await extractor.resume(job_id)
        stall.released.set()
        await straggler
    assert (await extractor.job(job_id)).status == pb.JOB_STATUS_PROCESSING
    async with extractor.working():
        await extractor.events(job_id)
    assert (await extractor.job(job_id)).documents_failed == 0


def away(used: Usage) -> ModelUnavailable:
    """A model that cannot be reached, after attempts that cost something."""
    error = ModelUnavailable("away")
    error.usage = used
    return error


async def test_what_failed_attempts_took_is_counted_too(extractor: Extractor) -> None:
    extractor.world.add(1)
    extractor.world.faults = {"d0": [away(Usage(2, 30, 4)), away(Usage(1, 5, 0))]}
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.tokens_in, job.tokens_out) == (135, 14)
    assert job.cost == pytest.approx(135 / 1e6 + 14 * 10 / 1e6)


async def test_a_model_without_a_price_has_no_cost(extractor: Extractor) -> None:
    extractor.prices = Prices({f"{MODEL}-larger": Price(1.0, 1.0)})
    extractor.world.add(2)
    job_id = await extractor.start()
    assert not (await extractor.job(job_id)).HasField("cost")
    async with extractor.working():
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.tokens_in, job.HasField("cost")) == (200, False)


async def test_a_model_that_thinks_a_thousand_tokens_codes_twelve_documents_in_twelve_calls(
    extractor: Extractor, server: OpenAIServer, asks: Callable[..., None]
) -> None:
    server.thinking = 1000
    asks(base_url=server.base_url)
    extractor.world.plain = codebook("first") | {"model": "openai:gpt-5-mini", "verify": "NONE"}
    extractor.world.add_texts(*["About 350 dock workers marched to the harbour on Tuesday."] * 12)
    job_id = await extractor.start()
    async with extractor.working():
        await extractor.events(job_id)
    job = await extractor.job(job_id)
    assert (job.status, job.documents_processed, job.documents_failed) == (pb.JOB_STATUS_COMPLETE, 12, 0)
    assert server.stats.requests == 12


async def test_a_model_that_never_ends_costs_a_few_calls_a_document_which_its_receipt_shows(
    extractor: Extractor, server: OpenAIServer, asks: Callable[..., None]
) -> None:
    server.thinking = 10**9
    asks(base_url=server.base_url)
    extractor.world.plain = codebook("first", "second")
    extractor.world.add(12)
    job_id = await extractor.start()
    async with extractor.working(workers=1):
        await extractor.until(job_id, pb.JOB_EVENT_TYPE_JOB_PAUSED)
    wanted = select(tasks.c.error, tasks.c.receipt).where(tasks.c.job_id == job_id, tasks.c.status == TaskStatus.FAILED)
    async with extractor.db.session(extractor.who.workspace_id, Session) as session:
        failed = (await session.execute(wanted)).all()
    assert failed and "token limit" in failed[0].error
    assert all(0 < one.receipt["calls"] <= 6 and one.receipt["tokens_out"] > 0 for one in failed)
    assert failed[0].receipt["unanswered"] == {"first": "MODEL_FAILED", "second": "MODEL_FAILED"}
    # Each document is tried twice (0008), with a few calls each time.
    assert server.stats.requests <= 12 * 2 * 6
