"""Replies that come part by part: heard as they come, checked when they are whole, booked as far as they came."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from coderai.kit.llm import ChatModels, ChatRequest
from coderai.kit.model_replies import (
    ContextTooLong,
    Finish,
    ModelBrokeOff,
    ModelError,
    ModelReplyInvalid,
    ModelThrottled,
    ModelUnavailable,
)
from coderai.kit.tokens import estimate_tokens
from tests.support.models import ANSWER, MODEL, Purse
from tests.support.openai_faults import BreakOff, ErrorReply, Spoil, rate_limited, server_error
from tests.support.openai_replies import CHARS_PER_CHUNK
from tests.support.openai_server import OpenAIServer

Open = Callable[..., ChatModels]
LONG = {"city": "Nairobi " * 20, "injured": 17}
BROKEN = list(BreakOff)


@pytest.fixture
def purse() -> Purse:
    return Purse()


@pytest.fixture
def heard() -> list[str]:
    return []


async def test_parts_are_heard_and_the_whole_is_checked(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.answer = lambda _: LONG
    reply = await (await open_models().open(MODEL, purse)).stream(request_, heard.append)
    assert (reply.content, reply.finish, "".join(heard)) == (LONG, Finish.COMPLETE, json.dumps(LONG))
    assert max(map(len, heard)) <= CHARS_PER_CHUNK < len(reply.text)
    assert server.requests[0].body["response_format"]["json_schema"]["strict"]
    assert (purse.used.calls, purse.used.tokens_in) == (1, server.stats.prompt_tokens)
    assert purse.used.tokens_out == server.stats.completion_tokens


async def test_each_part_is_heard_while_others_are_still_to_come(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    go_on, came = asyncio.Event(), asyncio.Event()

    async def pace(_: int, number: int) -> None:
        if number == 3:
            await go_on.wait()

    def hear(part: str) -> None:
        heard.append(part)
        if len("".join(heard)) == 2 * CHARS_PER_CHUNK:
            came.set()

    server.answer, server.pace = lambda _: LONG, pace
    asking = asyncio.create_task((await open_models().open(MODEL, purse)).stream(request_, hear))
    await asyncio.wait_for(came.wait(), 20)
    assert not asking.done()
    go_on.set()
    assert (await asking).content == LONG


async def test_a_server_that_counts_no_tokens_is_counted_for(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.answer, server.counts_streams = lambda _: LONG, False
    await (await open_models().open(MODEL, purse)).stream(request_, heard.append)
    assert purse.used.tokens_in == sum(estimate_tokens(message.content) for message in request_.messages)
    assert purse.used.tokens_out == estimate_tokens(json.dumps(LONG))


async def test_a_server_that_knows_no_stream_options_is_asked_without(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    refusal = ErrorReply(400, "Unrecognized request argument supplied: stream_options", "invalid_request_error")
    server.faults.when(lambda asked: "stream_options" in asked.body, refusal)
    model = await open_models().open(MODEL, purse)
    for _ in range(2):
        assert (await model.stream(request_, heard.append)).content == ANSWER
    assert ["stream_options" in one.body for one in server.requests] == [True, False, False]


@pytest.mark.parametrize("model", ["openai:gpt-4", "openai:gpt-5-mini"])
async def test_models_without_schemas_or_temperatures_stream_too(
    model: str, open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.answer = lambda _: LONG
    reply = await (await open_models().open(model, purse)).stream(request_, heard.append)
    assert (reply.content, "".join(heard)) == (LONG, json.dumps(LONG))
    assert len(heard) > 2


async def test_faults_before_the_first_part_are_retried(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.faults.at(0, fault=rate_limited())
    server.faults.at(1, fault=server_error())
    assert (await (await open_models().open(MODEL, purse)).stream(request_, heard.append)).content == ANSWER
    assert (purse.used.calls, "".join(heard)) == (3, json.dumps(ANSWER))


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_reply_that_breaks_off_is_not_asked_for_again_and_what_came_is_booked(
    fault: BreakOff, open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.answer = lambda _: LONG
    server.faults.always(fault)
    with pytest.raises(ModelBrokeOff, match="broke off") as caught:
        await (await open_models(llm_timeout_seconds=1.0).open(MODEL, purse)).stream(request_, heard.append)
    assert server.stats.requests == 1
    assert json.dumps(LONG).startswith("".join(heard)) and heard
    assert purse.used == caught.value.usage
    assert (purse.used.calls, purse.used.tokens_out) == (1, estimate_tokens("".join(heard)))
    assert purse.used.tokens_in > 0


async def test_a_caller_who_leaves_pays_for_what_came(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    came = asyncio.Event()

    async def pace(_: int, number: int) -> None:
        if number == 3:
            await asyncio.Event().wait()

    def hear(part: str) -> None:
        heard.append(part)
        came.set()

    server.answer, server.pace = lambda _: LONG, pace
    model = await open_models().open(MODEL, purse)
    asking = asyncio.create_task(model.stream(request_, hear))
    await asyncio.wait_for(came.wait(), 20)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert (purse.used.calls, purse.used.tokens_out) == (1, estimate_tokens("".join(heard)))
    server.pace = None
    assert (await model.stream(request_, heard.append)).content == LONG


@pytest.mark.parametrize("spoil", [Spoil.BROKEN_JSON, Spoil.WRONG_SCHEMA])
async def test_a_misfit_that_was_heard_is_not_repaired(
    spoil: Spoil, open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.faults.always(spoil)
    with pytest.raises(ModelReplyInvalid) as caught:
        await (await open_models().open(MODEL, purse)).stream(request_, heard.append)
    assert (server.stats.requests, caught.value.text) == (1, "".join(heard))


async def test_an_empty_reply_is_asked_for_again(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.faults.at(0, fault=Spoil.REFUSAL)
    assert (await (await open_models().open(MODEL, purse)).stream(request_, heard.append)).content == ANSWER
    assert server.stats.requests == 2


async def test_a_reply_that_is_cut_off_is_taken_as_it_is(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.answer = lambda _: {"city": "Nairobi " * 200, "injured": 17}
    small = replace(request_, max_tokens=50)
    reply = await (await open_models().open(MODEL, purse)).stream(small, heard.append)
    assert (reply.finish, reply.text, reply.content) == (Finish.CUT_OFF, "".join(heard), {})
    assert server.stats.requests == 1


async def test_thoughts_that_leave_no_room_get_more(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.thinking = 600
    assert (await (await open_models().open(MODEL, purse)).stream(request_, heard.append)).content == ANSWER
    assert server.stats.requests == 2


REFUSED: list[tuple[ErrorReply, type[ModelError]]] = [
    (rate_limited(3600), ModelThrottled),
    (ErrorReply(400, "maximum context length is 8 tokens", "invalid_request_error"), ContextTooLong),
    (server_error(503), ModelUnavailable),
]


@pytest.mark.parametrize(("fault", "kind"), REFUSED, ids=str)
async def test_what_is_refused_is_named_as_ever(
    fault: ErrorReply,
    kind: type[ModelError],
    open_models: Open,
    server: OpenAIServer,
    request_: ChatRequest,
    purse: Purse,
    heard: list[str],
) -> None:
    server.faults.always(fault)
    with pytest.raises(kind):
        await (await open_models().open(MODEL, purse)).stream(request_, heard.append)
    assert not heard


async def test_a_server_that_knows_no_limit_is_not_heard_to_its_end(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, purse: Purse, heard: list[str]
) -> None:
    server.answer, server.keeps_limits = lambda _: {"city": "Nairobi " * 10_000, "injured": 17}, False
    reply = await (await open_models().open(MODEL, purse)).stream(replace(request_, max_tokens=50), heard.append)
    assert (reply.finish, reply.text) == (Finish.CUT_OFF, "".join(heard))
    assert len(reply.text) < 10_000 and purse.used.tokens_out >= estimate_tokens(reply.text)
