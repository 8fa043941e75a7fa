"""What comes back from a model: checked content, cut-off text, usage, and the repair of what does not fit."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from coderai.kit.llm import ChatModels, ChatRequest, ReplySchema
from coderai.kit.llm.room import MOST_RAISES, THINKING
from coderai.kit.model_replies import Finish, ModelKeyInvalid, ModelReplyInvalid, ModelUnusable
from coderai.kit.tokens import estimate_tokens
from tests.support.models import ANSWER, MODEL, PURSE, SCHEMA
from tests.support.openai_faults import ErrorReply, Spoil
from tests.support.openai_server import OpenAIServer

Open = Callable[..., ChatModels]


async def test_the_reply_is_the_object_that_the_schema_describes(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    reply = await (await open_models().open(MODEL, PURSE)).ask(request_)
    assert (reply.content, reply.finish, json.loads(reply.text)) == (ANSWER, Finish.COMPLETE, ANSWER)
    [received] = server.requests
    assert received.headers["authorization"] == "Bearer sk-test-0123456789"
    assert [message["role"] for message in received.body["messages"]] == ["system", "user"]
    assert received.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA},
    }
    assert (received.body["temperature"], received.body["max_completion_tokens"]) == (0.1, 500)


async def test_without_a_schema_the_reply_is_text(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.answer = lambda _: "Dear colleague ..."
    reply = await (await open_models().open(MODEL, PURSE)).ask(replace(request_, schema=None))
    assert (reply.text, reply.content) == ("Dear colleague ...", {})
    assert "response_format" not in server.requests[0].body


@pytest.mark.parametrize("model", ["openai:gpt-5-mini", "openai:o3", "openai:gpt-5-pro"])
async def test_models_that_take_no_temperature_get_none(
    model: str, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    assert (await (await open_models().open(model, PURSE)).ask(request_)).content == ANSWER
    assert [received.body.get("temperature") for received in server.requests] == [None]


async def test_a_model_that_turns_out_to_take_no_temperature_is_asked_without(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    refusal = ErrorReply(400, "Unsupported value: 'temperature' does not support 0.1.", "invalid_request_error")
    server.faults.when(lambda asked: "temperature" in asked.body, refusal)
    model = await open_models().open("openai:some-later-model", PURSE)
    assert [(await model.ask(request_)).content for _ in range(2)] == [ANSWER, ANSWER]
    assert ["temperature" in received.body for received in server.requests] == [True, False, False]


async def test_a_model_known_to_have_no_json_schemas_gets_a_function_to_call(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    assert (await (await open_models().open("openai:gpt-4", PURSE)).ask(request_)).content == ANSWER
    [received] = server.requests
    assert [tool["function"]["name"] for tool in received.body["tools"]] == ["answer"]
    assert (received.body["temperature"], received.body["max_completion_tokens"]) == (0.1, 500)


@pytest.mark.filterwarnings("ignore:This model does not support OpenAI's structured output:UserWarning")
async def test_a_server_that_refuses_json_schemas_gets_a_function_to_call(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    message = "'response_format' of type 'json_schema' is not supported with this model"
    server.faults.when(lambda asked: "response_format" in asked.body, ErrorReply(400, message, "invalid_request_error"))
    model = await open_models().open("openai:local-model", PURSE)
    assert [(await model.ask(request_)).content for _ in range(2)] == [ANSWER, ANSWER]
    assert ["tools" in received.body for received in server.requests] == [False, True, True]


@pytest.mark.parametrize("model", [MODEL, "openai:gpt-4", "openai:gpt-5-pro"])
async def test_a_reply_at_the_token_limit_is_cut_off_and_never_whole(
    model: str, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.always(Spoil.CUT_OFF)
    opened = await open_models().open(model, PURSE)
    reply = await opened.ask(request_)
    assert (reply.finish, reply.content) == (Finish.CUT_OFF, {})
    assert json.dumps(ANSWER).startswith(reply.text)
    tried = reply.usage.calls
    assert tried == 1 + MOST_RAISES
    assert (await opened.ask(request_)).usage.calls == 1, "more room is not tried again where it did not help"


def limits(server: OpenAIServer) -> list[int]:
    """The limits of the replies asked for, in order."""
    return [r.body.get("max_completion_tokens") or r.body["max_output_tokens"] for r in server.requests]


@pytest.mark.parametrize("model", [MODEL, "openai:gpt-4", "openai:local-model"])
async def test_a_reply_that_is_cut_off_is_asked_for_again_with_twice_the_room(
    model: str, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.answer = lambda _: {"city": "Nairobi" * 100, "injured": 17}
    reply = await (await open_models().open(model, PURSE)).ask(replace(request_, max_tokens=50))
    assert (reply.finish, reply.content["injured"]) == (Finish.COMPLETE, 17)
    assert limits(server) == [50, 100, 200]
    assert reply.usage.tokens_out == server.stats.completion_tokens


@pytest.mark.parametrize("model", ["openai:o3-mini", "openai:gpt-5-mini", "openai:gpt-5-pro", "openai:qwen3-32b"])
async def test_models_that_think_have_room_for_it(
    model: str, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.thinking = 1000
    reply = await (await open_models().open(model, PURSE)).ask(request_)
    assert (reply.content, reply.usage.calls) == (ANSWER, 1)
    assert limits(server) == [500 + THINKING]
    assert reply.usage.tokens_out == server.stats.completion_tokens > 1000


async def test_a_model_that_turns_out_to_think_has_room_for_it_from_then_on(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.thinking = 1000
    model = await open_models().open("openai:some-later-model", PURSE)
    assert [(await model.ask(request_)).content for _ in range(3)] == [ANSWER] * 3
    assert limits(server) == [500] + [500 + THINKING] * 3


async def test_a_limit_beyond_the_models_own_is_lowered_to_that(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    message = "max_tokens is too large: 17384. This model supports at most 4096 completion tokens."
    refusal = ErrorReply(400, message, "invalid_request_error")
    server.faults.when(lambda asked: asked.body["max_completion_tokens"] > 4096, refusal)
    model = await open_models().open("openai:magistral", PURSE)
    assert [(await model.ask(request_)).content for _ in range(2)] == [ANSWER] * 2
    assert limits(server) == [500 + THINKING, 4096, 4096]


async def test_how_hard_to_think_is_said_where_a_model_takes_it(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    models, low = open_models(), replace(request_, reasoning_effort="low")
    for name, said in ((low, "low"), (request_, None)):
        await (await models.open("openai:gpt-5-mini", PURSE)).ask(name)
        assert server.requests[-1].body.get("reasoning_effort") == said
    message = "Unrecognized request argument supplied: reasoning_effort"
    server.faults.when(
        lambda asked: "reasoning_effort" in asked.body, ErrorReply(400, message, "invalid_request_error")
    )
    model = await models.open("openai:local-model", PURSE)
    assert [(await model.ask(low)).content for _ in range(2)] == [ANSWER] * 2
    assert ["reasoning_effort" in received.body for received in server.requests[-3:]] == [True, False, False]


@pytest.mark.parametrize("fault", [Spoil.BROKEN_JSON, Spoil.WRONG_SCHEMA, Spoil.EMPTY, Spoil.REFUSAL])
@pytest.mark.parametrize("model", [MODEL, "openai:gpt-4", "openai:gpt-5-pro"])
async def test_a_reply_that_does_not_fit_is_repaired_once(
    fault: Spoil, model: str, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.at(0, fault=fault)
    reply = await (await open_models().open(model, PURSE)).ask(request_)
    assert (reply.content, reply.usage.calls) == (ANSWER, 2)
    stats = server.stats
    assert (reply.usage.tokens_in, reply.usage.tokens_out) == (stats.prompt_tokens, stats.completion_tokens)


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ('{"city": "Nairobi", "injured": "many"}', 'injured: "many" is not of types'),
        ('{"city": "Nairobi"}', '"injured" is a required property'),
        ('{"city": "Nairobi", "injured": 17', "not valid JSON"),
        ('["Nairobi", 17]', "not a JSON object"),
        ('{"city": "\\ud800", "injured": 17}', "not valid JSON"),
    ],
)
async def test_the_repair_request_quotes_the_error_and_the_reply(
    said: str, quoted: str, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    replies = iter([said, json.dumps(ANSWER)])
    server.answer = lambda _: next(replies)
    assert (await (await open_models().open(MODEL, PURSE)).ask(request_)).content == ANSWER
    first, second = (received.body["messages"] for received in server.requests)
    assert second[: len(first)] == first
    assert second[-2] == {"role": "assistant", "content": said}
    assert quoted in second[-1]["content"]


async def test_a_reply_that_cannot_be_repaired_says_what_can_be_salvaged_and_what_it_cost(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.answer = lambda _: {"city": "Nairobi", "injured": "many"}
    with pytest.raises(ModelReplyInvalid, match="injured") as raised:
        await (await open_models().open(MODEL, PURSE)).ask(request_)
    assert raised.value.content == {"city": "Nairobi", "injured": "many"}
    assert json.loads(raised.value.text) == raised.value.content
    stats = server.stats
    usage = raised.value.usage
    assert (usage.calls, stats.requests) == (2, 2)
    assert (usage.tokens_in, usage.tokens_out) == (stats.prompt_tokens, stats.completion_tokens)


async def test_a_refusal_twice_is_an_invalid_reply(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.faults.always(Spoil.REFUSAL)
    with pytest.raises(ModelReplyInvalid, match="refusal: I'm sorry"):
        await (await open_models().open(MODEL, PURSE)).ask(request_)


async def test_a_fence_round_the_json_costs_no_repair(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.answer = lambda _: f"```json\n{json.dumps(ANSWER)}\n```"
    reply = await (await open_models().open(MODEL, PURSE)).ask(request_)
    assert (reply.content, reply.usage.calls) == (ANSWER, 1)


async def test_tokens_from_the_prefix_cache_are_told_apart(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    long = replace(request_.messages[0], content="You read documents. " * 400)
    request = replace(request_, messages=(long, request_.messages[1]))
    model = await open_models().open(MODEL, PURSE)
    first, second = [await model.ask(request), await model.ask(request)]
    assert (first.usage.tokens_cached, second.usage.tokens_cached) == (0, server.stats.cached_tokens)
    assert second.usage.tokens_cached > 1000


async def test_tokens_are_estimated_when_the_server_counts_none(
    open_models: Open, server: OpenAIServer, request_: ChatRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.support.openai_replies._chat_usage", lambda _: None)
    reply = await (await open_models().open(MODEL, PURSE)).ask(request_)
    sent = sum(estimate_tokens(message.content) for message in request_.messages)
    assert (reply.usage.tokens_in, reply.usage.tokens_out) == (sent, estimate_tokens(reply.text))


async def test_two_schemas_at_once_share_the_connections(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    other = ReplySchema("other", {**SCHEMA, "description": "Where it was, and how many were hurt."})
    models = open_models()
    first, second = await models.open(MODEL, PURSE), await models.open("openai:gpt-4.1", PURSE)
    server.latency = 0.02
    for _ in range(3):
        await asyncio.gather(*(model.ask(replace(request_, schema=s)) for model in (first, second)
                               for s in (request_.schema, other)))  # fmt: skip
    names = [received.body["response_format"]["json_schema"]["name"] for received in server.requests]
    assert (names.count("answer"), names.count("other")) == (6, 6)
    assert server.stats.max_in_flight == 4
    assert len(server._connections) == 4


async def test_a_local_server_needs_no_key(
    open_models: Open, request_: ChatRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert (await (await open_models(key="").open(MODEL, PURSE)).ask(request_)).content == ANSWER


async def test_without_a_key_and_a_server_it_says_which_variable_to_set(
    open_models: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ModelKeyInvalid, match="OPENAI_API_KEY"):
        await open_models(key="", base_url="").open(MODEL, PURSE)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("gpt-4.1-mini", "not among the models"),
        ("openai:", "not among the models"),
        ("langsmith:gpt-4.1-mini", "not among the models"),
        ("anthropic:claude-haiku-4-5", "pip install langchain-anthropic"),
    ],
)
async def test_a_name_that_cannot_be_opened_says_what_to_do(name: str, advice: str, open_models: Open) -> None:
    with pytest.raises(ModelUnusable, match=advice):
        await open_models().open(name, PURSE)


def test_opening_nothing_does_not_import_langchain() -> None:
    """The offline engine's processes must not pay the seconds that this import takes."""
    code = "import sys, kit.llm; sys.exit(any(name.startswith(('langchain', 'openai')) for name in sys.modules))"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=240)


def test_langchain_s_tracing_sends_no_prompt_to_a_further_company() -> None:
    code = "import coderai.kit.llm.provider, langsmith.utils, sys; sys.exit(langsmith.utils.tracing_is_enabled())"
    tracing = dict.fromkeys(("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2", "LANGCHAIN_TRACING"), "true")
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**os.environ, **tracing, "LANGSMITH_API_KEY": "x"}, timeout=240
    )
