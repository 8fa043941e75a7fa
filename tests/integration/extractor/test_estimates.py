"""An estimate says before a job what it will take, from the prompts themselves and from what a sample really took."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from coderai.codebook.codebook import Verify
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import InvalidInput
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.projects.v1.codebook_pb2 import VERIFY_NONE
from coderai.services.extractor.adapters.engines import Engines
from coderai.services.extractor.domain.coding.document import Span
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.domain.jobs.pricing import Prices
from coderai.services.extractor.usecases.choosing import NoDocuments
from coderai.services.extractor.usecases.estimates import Estimate
from tests.integration.extractor.conftest import Extractor
from tests.support.codebooks import asked, findings
from tests.support.models import listed
from tests.support.openai_answers import document_of, messages_of, requested_schema
from tests.support.openai_server import OpenAIServer

SENTENCE = "About 350 dock workers marched to the harbour on Tuesday, and the town was quiet again by the evening. "


async def estimate(extractor: Extractor, kind: JobKind = JobKind.FULL, **fields: Any) -> Estimate:
    with identity.acting_as(extractor.who):
        return await extractor.estimates.job(extractor.who, extractor.wanted(kind, **fields))


@asynccontextmanager
async def asking(extractor: Extractor, server: OpenAIServer) -> AsyncIterator[None]:
    """Workers that ask the server's model."""
    models = ChatModels(LLMSettings(), listed(server.base_url))
    extractor.open_engine = Engines(models).open
    async with extractor.working():
        yield
    await models.close()


async def run(extractor: Extractor, kind: JobKind = JobKind.FULL, **fields: Any) -> pb.Job:
    job_id = await extractor.start(kind, **fields)
    await extractor.events(job_id)
    return await extractor.job(job_id)


def usual(body: dict[str, Any]) -> dict[str, Any]:
    """Every variable stated once, with a quote of usual length; the judge finds everything right."""
    schema = requested_schema(body) or {}
    if "verdicts" in schema["properties"]:
        claims = re.findall(r'^{"claim": (\d+)', "\n".join(messages_of(body)), re.MULTILINE)
        return {"verdicts": [{"claim": int(number), "states": True} for number in claims]}
    quote = document_of(body)[:100]
    if "entities" in schema["properties"]:
        return {"entities": [{"name": f"march {n}", "quote": quote} for n in range(6)], "more": False}
    # Cut within a word: code cannot tell that the quote states it.
    answer = [{"value": quote[:20], "quote": quote, "confidence": 0.9}]
    return findings(dict.fromkeys(asked(body), answer))


def stated(body: dict[str, Any]) -> dict[str, Any]:
    """As usual, with values that code finds in their quotes."""
    found = usual(body)
    for finding in found.get("findings", ()):
        finding["value"] = "350 dock workers"
    return found


async def test_an_estimate_is_near_what_the_job_then_takes(extractor: Extractor) -> None:
    extractor.world.plain["verify"] = "NONE"
    extractor.world.add_texts(SENTENCE * 30, SENTENCE * 90, SENTENCE * 10, SENTENCE * 60)
    foreseen = await estimate(extractor)
    async with OpenAIServer(usual) as server, asking(extractor, server):
        job = await run(extractor)
    assert (foreseen.documents, foreseen.calls) == (4, server.stats.requests)
    assert (foreseen.judge_calls, foreseen.judge_tokens_in, foreseen.judge_tokens_out) == (0, 0, 0)
    assert foreseen.tokens_in == pytest.approx(job.tokens_in, rel=0.3)
    assert foreseen.tokens_out == pytest.approx(job.tokens_out, rel=0.5)
    assert foreseen.cost == pytest.approx((foreseen.tokens_in * 1.0 + foreseen.tokens_out * 10.0) / 1e6)
    assert (foreseen.currency, foreseen.tokens_left) == ("USD", None)
    assert any("tokens per word" in note for note in foreseen.notes)


async def test_the_time_is_foreseen_by_the_pace_of_the_models_newest_job(extractor: Extractor) -> None:
    extractor.world.add_texts(*[SENTENCE * 30] * 8)
    before = await estimate(extractor)
    async with OpenAIServer(usual, latency=0.2) as server, asking(extractor, server):
        await run(extractor, JobKind.SAMPLE, sample_size=2)
        after = await estimate(extractor)
    assert before.seconds is None
    assert after.seconds is not None and after.seconds > 4 * 0.2


async def test_the_judge_is_in_the_estimate_and_told_apart_as_the_receipts_tell_it(extractor: Extractor) -> None:
    extractor.world.plain["verify"] = "ALL"
    extractor.world.add_texts(*[SENTENCE * 30] * 4)
    foreseen = await estimate(extractor)
    async with OpenAIServer(stated) as server, asking(extractor, server):
        job = await run(extractor)
    assert (foreseen.calls, foreseen.judge_calls) == (8, 4) == (server.stats.requests, 4)
    with identity.acting_as(extractor.who):
        tasks = (await extractor.servicer.ListTasks(pb.ListTasksRequest(job_id=job.id), None)).items
    receipts = [task.receipt for task in tasks]
    assert [(receipt.calls, receipt.judge_calls) for receipt in receipts] == [(2, 1)] * 4
    assert foreseen.judge_tokens_in == pytest.approx(sum(r.judge_tokens_in for r in receipts), rel=0.3)
    assert foreseen.judge_tokens_out == pytest.approx(sum(r.judge_tokens_out for r in receipts), rel=0.5)
    assert all(0 < receipt.judge_tokens_in < receipt.tokens_in for receipt in receipts)
    (note,) = [note for note in foreseen.notes if "check whether quotes state" in note]
    assert note.startswith("In it are about 4 calls")
    assert "is assumed" in note


async def test_what_code_finds_stated_costs_no_judge_when_only_doubtful_quotes_are_judged(extractor: Extractor) -> None:
    extractor.world.add_texts(*[SENTENCE * 30] * 10)
    foreseen = await estimate(extractor)
    assert (foreseen.calls, foreseen.judge_calls) == (12, 2)
    async with OpenAIServer(stated) as server, asking(extractor, server):
        await run(extractor)
        assert server.stats.requests == 10
    shown = await estimate(extractor)
    assert (shown.calls, shown.judge_calls) == (10, 0)


async def test_after_a_sample_the_estimate_is_what_the_sample_took(extractor: Extractor) -> None:
    extractor.world.plain["unit"] = {
        "row_is": "one march",
        "rows_per_document": "MULTIPLE",
        "entity_identification_pattern": "Each march.",
    }
    extractor.world.add_texts(*[SENTENCE * 40] * 12)
    before = await estimate(extractor)
    assert any("It is assumed that a document has 4 entities" in note for note in before.notes)
    async with OpenAIServer(usual) as server, asking(extractor, server):
        await run(extractor, JobKind.SAMPLE, sample_size=3)
        foreseen = await estimate(extractor)
        server.reset()
        job = await run(extractor)
    # Of each document one that lists, one for each of six marches, and one that judges their quotes.
    assert foreseen.calls == server.stats.requests == 12 * 8
    assert foreseen.judge_calls == 12
    assert foreseen.tokens_in == pytest.approx(job.tokens_in, rel=0.05)
    assert foreseen.tokens_out == pytest.approx(job.tokens_out, rel=0.05)
    assert foreseen.cost == pytest.approx(job.cost, rel=0.3)
    (note,) = [note for note in foreseen.notes if "SAMPLE" in note]
    assert "over 3 of its documents with 6.0 entities each" in note
    (judge,) = [note for note in foreseen.notes if "check whether quotes state" in note]
    assert "is assumed" not in judge


async def test_what_a_sample_without_the_judge_took_says_nothing_of_the_judge(extractor: Extractor) -> None:
    extractor.world.plain["verify"] = "NONE"
    extractor.world.add_texts(*[SENTENCE * 40] * 6)
    async with OpenAIServer(stated) as server, asking(extractor, server):
        await run(extractor, JobKind.SAMPLE, sample_size=3)
        extractor.world.plain["verify"] = "ALL"
        foreseen = await estimate(extractor)
        server.reset()
        await run(extractor)
    assert (foreseen.calls, foreseen.judge_calls) == (server.stats.requests, 6) == (12, 6)


async def test_an_estimate_follows_what_the_job_would_be_told(extractor: Extractor) -> None:
    extractor.world.plain["model"] = "openai:gpt-5-mini"
    extractor.world.add_texts(*[SENTENCE * 40] * 6)
    assert (await estimate(extractor, verify=Verify.NONE)).judge_calls == 0
    every = await estimate(extractor, verify=Verify.ALL)
    high = await estimate(extractor, verify=Verify.NONE, reasoning_effort="high")
    assert every.judge_calls == 6
    assert (every.thinking_tokens, high.thinking_tokens) == (1024 * every.calls, 4096 * high.calls)
    with pytest.raises(InvalidInput):
        await estimate(extractor, reasoning_effort="utmost")


async def test_a_model_that_thinks_is_foreseen_to_think_and_the_estimate_says_so(extractor: Extractor) -> None:
    extractor.world.add_texts(*[SENTENCE * 40] * 6)
    plain = await estimate(extractor)
    assert plain.thinking_tokens == 0
    assert any("openai:test is not known to think" in note for note in plain.notes)
    extractor.world.plain |= {"model": "openai:gpt-5-mini", "verify": "NONE", "reasoning_effort": "low"}
    foreseen = await estimate(extractor)
    (note,) = [note for note in foreseen.notes if "to think" in note]
    assert "think 512 tokens in each call (reasoning effort: low)" in note
    async with OpenAIServer(stated) as server, asking(extractor, server):
        server.thinking = 700
        await run(extractor, JobKind.SAMPLE, sample_size=3)
        shown = await estimate(extractor)
        job = await run(extractor)
    assert (shown.calls, shown.thinking_tokens) == (6, 0)
    assert 6 * 700 < job.tokens_out == pytest.approx(shown.tokens_out, rel=0.05)
    assert not any("to think" in note for note in shown.notes)


def contradicting(body: dict[str, Any]) -> dict[str, Any]:
    """Each chunk states another number; the call that has to choose takes the last."""
    if "choices" in (requested_schema(body) or {})["properties"]:
        conflicts = re.findall(r'^{"conflict": (\d+)', "\n".join(messages_of(body)), re.MULTILINE)
        return {"choices": [{"conflict": int(number), "choice": 2} for number in conflicts]}
    (number,) = re.findall(r"^About (\d+)", document_of(body))
    answer = [{"value": int(number), "quote": f"About {number} dock workers marched", "confidence": 0.9}]
    return findings(dict.fromkeys(asked(body), answer))


async def test_conflicts_are_foreseen_and_after_a_sample_as_often_as_it_had_them(extractor: Extractor) -> None:
    extractor.world.plain |= {"chunk_long_documents": True, "verify": "NONE"}
    for plain in extractor.world.plain["variables"]:
        plain |= {"type": "NUMBER", "if_multiple_values": "FIRST"}
    first, second = SENTENCE * 20, SENTENCE.replace("350", "410") * 20
    extractor.world.add_texts(*[first + second] * 6)
    extractor.world.chunks = (Span(0, len(first)), Span(len(first), len(first + second)))
    extractor.world.heads_ = [replace(head, chunks=2) for head in extractor.world.heads_]
    before = await estimate(extractor)
    assert (before.deciding_calls, before.same_calls) == (1, 0)
    (note,) = [note for note in before.notes if "choose between values" in note]
    assert "is assumed" in note
    async with OpenAIServer(contradicting) as server, asking(extractor, server):
        await run(extractor, JobKind.SAMPLE, sample_size=3)
        foreseen = await estimate(extractor)
        server.reset()
        job = await run(extractor)
    assert foreseen.calls == server.stats.requests == 6 * 3
    assert foreseen.deciding_calls == 6
    assert foreseen.tokens_in == pytest.approx(job.tokens_in, rel=0.05)
    (note,) = [note for note in foreseen.notes if "choose between values" in note]
    assert "is assumed" not in note
    with identity.acting_as(extractor.who):
        tasks = (await extractor.servicer.ListTasks(pb.ListTasksRequest(job_id=job.id), None)).items
    assert [(task.receipt.deciding_calls, task.receipt.judge_calls) for task in tasks] == [(1, 0)] * 6
    assert all(0 < task.receipt.deciding_tokens_in < task.receipt.tokens_in for task in tasks)


async def test_an_estimate_says_when_the_budget_will_not_do_and_when_there_is_no_price(extractor: Extractor) -> None:
    extractor.world.add(10)
    needed = (whole := await estimate(extractor)).tokens_in + whole.tokens_out
    extractor.world.plain["token_budget"] = needed // 2
    extractor.prices = Prices({})
    foreseen = await estimate(extractor)
    assert (foreseen.tokens_left, foreseen.cost) == (needed // 2, None)
    assert any("would pause after about 4 documents" in note or "about 5 documents" in note for note in foreseen.notes)
    assert any("price table does not have openai:test" in note for note in foreseen.notes)


async def test_offline_costs_nothing_and_what_cannot_be_read_is_not_counted(extractor: Extractor) -> None:
    with pytest.raises(NoDocuments):
        await estimate(extractor)
    extractor.world.add(2, "FAILED", "broken")
    extractor.world.add(30)
    assert (await estimate(extractor)).documents == 30
    assert (await estimate(extractor, JobKind.SAMPLE)).documents == 10
    extractor.world.plain["model"] = "offline"
    foreseen = await estimate(extractor)
    assert (foreseen.documents, foreseen.calls, foreseen.tokens_in, foreseen.cost) == (30, 0, 0, 0.0)


async def test_an_estimate_goes_over_the_wire(extractor: Extractor) -> None:
    extractor.world.add(3)
    request = pb.EstimateJobRequest(project_id=str(extractor.project_id), kind=pb.JOB_KIND_FULL)
    unchecked = pb.EstimateJobRequest(project_id=request.project_id, kind=request.kind, verify=VERIFY_NONE)
    with identity.acting_as(extractor.who):
        response = await extractor.servicer.EstimateJob(request, None)
        assert (await extractor.servicer.EstimateJob(unchecked, None)).judge_calls == 0
    assert (response.documents, response.calls, response.model) == (3, 4, "openai:test")
    assert response.judge_calls == 1
    assert response.judge_tokens_in > 0 < response.judge_tokens_out
    assert response.HasField("cost") and not response.HasField("tokens_left")
    assert all(response.notes)
