"""The test model's server keeps to the OpenAI protocol, as the real clients see it, and fails as it is told."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.exceptions import ContextOverflowError
from langchain_openai import ChatOpenAI
from openai.types.chat import ChatCompletion
from pydantic import SecretStr

from tests.support.openai_answers import answer_by_schema
from tests.support.openai_faults import (
    Asked,
    Break,
    ErrorReply,
    FaultScript,
    Spoil,
    rate_limited,
    server_error,
    unauthorized,
)
from tests.support.openai_server import OpenAIServer, lognormal

ROOT = Path(__file__).parents[3]
DOCUMENT = "The march began at noon. About 450 people took part. Police said that two persons were injured."
SCHEMA: dict[str, Any] = {
    "title": "reply",
    "type": "object",
    "properties": {
        "injured": {
            "type": "object",
            "properties": {
                "value": {"type": "number"},
                "quote": {"type": "string"},
                "confidence": {"type": "number"},
            },
            "required": ["value", "quote", "confidence"],
            "additionalProperties": False,
        },
        "form": {"type": "string", "enum": ["march", "strike"]},
    },
    "required": ["injured", "form"],
    "additionalProperties": False,
}
RESPONSE_FORMAT: Any = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA}}
PROMPT: Any = [{"role": "user", "content": f"<document>\n{DOCUMENT}\n</document>\nWhat does it state?"}]


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as running:
        yield running


@pytest.fixture
async def client(server: OpenAIServer) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=server.base_url, api_key="a-key", max_retries=0) as opened:
        yield opened


def chain_model(server: OpenAIServer, **options: Any) -> ChatOpenAI:
    named = {"model": "gpt-4.1-mini"} | options
    return ChatOpenAI(base_url=server.base_url, api_key=SecretStr("a-key"), max_retries=0, **named)


async def ask(client: openai.AsyncOpenAI, **options: Any) -> ChatCompletion:
    reply: ChatCompletion = await client.chat.completions.create(
        **({"model": "gpt-4.1-mini", "messages": PROMPT, "response_format": RESPONSE_FORMAT} | options)
    )
    return reply


@pytest.mark.parametrize("options", [{}, {"use_responses_api": True}], ids=["chat completions", "responses"])
@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
async def test_langchain_gets_the_structured_output_it_asks_for(
    server: OpenAIServer, method: Any, options: dict[str, Any]
) -> None:
    chain = chain_model(server, **options).with_structured_output(SCHEMA, method=method, strict=True, include_raw=True)
    reply: Any = await chain.ainvoke(PROMPT)

    assert reply["parsing_error"] is None
    assert reply["parsed"]["injured"]["quote"] in DOCUMENT
    assert reply["parsed"]["form"] in ("march", "strike")
    usage = reply["raw"].usage_metadata
    assert usage["input_tokens"] >= len(DOCUMENT) / 4
    assert usage["output_tokens"] > 0
    assert server.stats.prompt_tokens == usage["input_tokens"]


async def test_the_same_request_gets_the_same_answer(client: openai.AsyncOpenAI) -> None:
    first, second = [(await ask(client)).choices[0].message.content for _ in range(2)]
    assert first == second


async def test_a_test_gives_its_own_answer() -> None:
    async with (
        OpenAIServer(answer=lambda body: {"echo": body["messages"][0]["content"]}) as server,
        openai.AsyncOpenAI(base_url=server.base_url, api_key="a-key") as client,
    ):
        content = (await ask(client)).choices[0].message.content
    assert json.loads(content or "") == {"echo": PROMPT[0]["content"]}


async def test_an_answer_that_raises_fails_the_test() -> None:
    def answer(_: dict[str, Any]) -> str:
        raise KeyError("no such document")

    with pytest.raises(ExceptionGroup, match="could not answer"):
        async with (
            OpenAIServer(answer=answer) as server,
            openai.AsyncOpenAI(base_url=server.base_url, api_key="a-key", max_retries=0) as client,
        ):
            with pytest.raises(openai.InternalServerError, match="no such document"):
                await ask(client)


async def test_a_stream_brings_the_whole_answer_and_its_usage(client: openai.AsyncOpenAI) -> None:
    whole = (await ask(client)).choices[0].message.content
    stream: Any = await ask(client, stream=True, stream_options={"include_usage": True})
    chunks = [chunk async for chunk in stream]

    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == whole
    assert chunks[-1].usage.completion_tokens > 0


async def test_models_are_listed(client: openai.AsyncOpenAI) -> None:
    assert "gpt-5-mini" in [model.id async for model in client.models.list()]


async def test_tools_are_called_until_their_result_is_there(client: openai.AsyncOpenAI) -> None:
    tools = [{"type": "function", "function": {"name": "look_up", "parameters": SCHEMA}}]
    message = (await ask(client, tools=tools, response_format=openai.omit)).choices[0].message
    assert message.tool_calls
    assert message.tool_calls[0].type == "function"
    assert message.tool_calls[0].function.name == "look_up"

    result = {"role": "tool", "tool_call_id": message.tool_calls[0].id, "content": "found"}
    messages = [*PROMPT, message.model_dump(exclude_none=True), result]
    message = (await ask(client, tools=tools, messages=messages, response_format=openai.omit)).choices[0].message
    assert not message.tool_calls
    assert message.content


async def test_a_long_prefix_that_was_sent_before_is_cached(client: openai.AsyncOpenAI) -> None:
    text = "".join(f"Sentence {number} of the document. " for number in range(300))
    messages = [[{"role": "user", "content": text}, {"role": "user", "content": question}] for question in "ab"]
    first, second = [(await ask(client, messages=asked)).usage for asked in messages]

    assert first
    assert first.prompt_tokens_details
    assert first.prompt_tokens_details.cached_tokens == 0
    assert second
    assert second.prompt_tokens_details
    cached = second.prompt_tokens_details.cached_tokens or 0
    assert cached % 128 == 0
    assert len(text) / 4 - 128 <= cached <= second.prompt_tokens


async def test_a_prefix_under_1024_tokens_or_another_schema_is_not_cached(client: openai.AsyncOpenAI) -> None:
    long = [{"role": "user", "content": DOCUMENT * 60}]
    for options in ({}, {}, {"messages": long}, {"messages": long, "response_format": {"type": "text"}}):
        usage = (await ask(client, **options)).usage
        assert usage
        assert usage.prompt_tokens_details
        assert usage.prompt_tokens_details.cached_tokens == 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (rate_limited(), openai.RateLimitError),
        (server_error(500), openai.InternalServerError),
        (server_error(502), openai.InternalServerError),
        (server_error(503), openai.InternalServerError),
        (unauthorized(), openai.AuthenticationError),
    ],
    ids=lambda value: str(getattr(value, "status", "")),
)
async def test_an_error_arrives_as_the_client_names_it(
    server: OpenAIServer, client: openai.AsyncOpenAI, fault: ErrorReply, error: type[openai.APIStatusError]
) -> None:
    server.faults.at(0, fault=fault)
    with pytest.raises(error) as raised:
        await ask(client)
    assert raised.value.code == fault.code
    assert "retry-after" not in raised.value.response.headers

    assert (await ask(client)).choices, "the fault was for the first request only"


async def test_retry_after_is_given_in_seconds_or_as_a_date(server: OpenAIServer, client: openai.AsyncOpenAI) -> None:
    before = datetime.now(UTC)
    server.faults.at(0, fault=rate_limited(7))
    server.faults.at(1, fault=rate_limited(7, as_date=True))
    waits = []
    for _ in range(2):
        with pytest.raises(openai.RateLimitError) as raised:
            await ask(client)
        waits.append(raised.value.response.headers["retry-after"])

    assert waits[0] == "7"
    assert (parsedate_to_datetime(waits[1]) - before).total_seconds() >= 7


async def test_a_reset_connection_and_silence_are_what_the_client_meets(
    server: OpenAIServer, client: openai.AsyncOpenAI
) -> None:
    server.faults.at(0, fault=Break.RESET)
    server.faults.at(1, fault=Break.NEVER_ANSWER)
    with pytest.raises(openai.APIConnectionError) as raised:
        await ask(client)
    assert not isinstance(raised.value, openai.APITimeoutError)
    with pytest.raises(openai.APITimeoutError):
        await ask(client, timeout=0.2)
    assert (await ask(client)).choices


@pytest.mark.parametrize("spoil", [Spoil.BROKEN_JSON, Spoil.EMPTY])
async def test_a_reply_that_is_no_json(server: OpenAIServer, client: openai.AsyncOpenAI, spoil: Spoil) -> None:
    server.faults.always(spoil)
    choice = (await ask(client)).choices[0]
    assert choice.finish_reason == "stop"
    with pytest.raises(json.JSONDecodeError):
        json.loads(choice.message.content or "")


async def test_a_reply_that_breaks_the_schema(server: OpenAIServer, client: openai.AsyncOpenAI) -> None:
    server.faults.always(Spoil.WRONG_SCHEMA)
    reply = json.loads((await ask(client)).choices[0].message.content or "")
    assert not set(reply) & set(SCHEMA["properties"])


async def test_a_reply_cut_off(server: OpenAIServer, client: openai.AsyncOpenAI) -> None:
    server.faults.always(Spoil.CUT_OFF)
    assert (await ask(client)).choices[0].finish_reason == "length"
    chain = chain_model(server).with_structured_output(SCHEMA, method="json_schema", strict=True)
    with pytest.raises(openai.LengthFinishReasonError):
        await chain.ainvoke(PROMPT)


async def test_a_reply_over_the_requests_token_limit_is_cut_off(client: openai.AsyncOpenAI) -> None:
    reply = await ask(client, max_completion_tokens=5)
    assert reply.choices[0].finish_reason == "length"
    assert reply.usage
    assert reply.usage.completion_tokens == 5


async def test_a_refusal(server: OpenAIServer, client: openai.AsyncOpenAI) -> None:
    server.faults.always(Spoil.REFUSAL)
    message = (await ask(client)).choices[0].message
    assert message.refusal
    assert message.content is None
    model = chain_model(server, use_responses_api=True)
    assert (await model.ainvoke(PROMPT)).content_blocks[0]["type"] == "refusal"


@pytest.mark.parametrize("model", ["gpt-4.1-mini", "gpt-5-mini"])
async def test_too_long_a_prompt_is_refused_with_its_code(model: str) -> None:
    async with OpenAIServer(context_limit=500) as server:
        chain = chain_model(server, model=model)
        with pytest.raises(openai.BadRequestError, match="1250 tokens") as raised:
            await chain.ainvoke("long " * 1000)
        assert raised.value.code == "context_length_exceeded"
        # Of the older wording LangChain's error class does not tell, only the code does.
        assert isinstance(raised.value, ContextOverflowError) == (model == "gpt-5-mini")
        assert (await chain.ainvoke("short")).content
        assert server.stats.answered == 1


async def test_only_the_right_key_is_accepted(client: openai.AsyncOpenAI) -> None:
    async with OpenAIServer(api_key="another-key") as server:
        with pytest.raises(openai.AuthenticationError):
            await ask(client.with_options(base_url=server.base_url))
        await ask(client.with_options(base_url=server.base_url, api_key="another-key"))


async def test_a_schema_that_openai_would_refuse_is_refused(client: openai.AsyncOpenAI) -> None:
    for change in ({"required": ["form"]}, {"additionalProperties": True}, {"type": "array", "items": SCHEMA}):
        schema = {"name": "reply", "strict": True, "schema": SCHEMA | change}
        with pytest.raises(openai.BadRequestError, match="Invalid schema"):
            await ask(client, response_format={"type": "json_schema", "json_schema": schema})


async def test_a_reasoning_model_takes_no_temperature(client: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="temperature"):
        await ask(client, model="gpt-5-mini", temperature=0.1)
    await ask(client, model="gpt-5-mini")
    await ask(client, temperature=0.1)


async def test_requests_are_kept_as_they_arrived(server: OpenAIServer, client: openai.AsyncOpenAI) -> None:
    await ask(client, seed=7)
    await ask(client, seed=8)
    assert [(received.index, received.body["seed"]) for received in server.requests] == [(0, 7), (1, 8)]
    assert server.requests[0].headers["authorization"] == "Bearer a-key"
    assert server.requests[0].arrived <= server.requests[1].arrived
    server.reset()
    assert not server.requests


async def test_requests_in_flight_are_counted_and_let_go(server: OpenAIServer, client: openai.AsyncOpenAI) -> None:
    server.faults.always(Break.NEVER_ANSWER)
    waiting = [asyncio.create_task(ask(client)) for _ in range(5)]
    async with asyncio.timeout(10):
        await server.until(lambda stats: stats.in_flight == 5)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await server.until(lambda stats: stats.in_flight == 0)
    assert server.stats.max_in_flight == 5


async def test_the_server_stops_while_requests_wait(client: openai.AsyncOpenAI) -> None:
    async with OpenAIServer() as server:
        server.faults.always(Break.NEVER_ANSWER)
        waiting = asyncio.create_task(ask(client.with_options(base_url=server.base_url)))
        async with asyncio.timeout(10):
            await server.until(lambda stats: stats.in_flight == 1)
    with pytest.raises(openai.APIConnectionError):
        await waiting


def test_a_script_at_a_rate_depends_on_seed_and_index_alone() -> None:
    def hits(seed: int, indexes: list[int]) -> set[int]:
        script = FaultScript()
        script.at_rate(0.3, Break.RESET, seed=seed)
        return {index for index in indexes if script.fault_for(Asked(index, {}, {}))}

    forward = list(range(1000))
    assert hits(1, forward) == hits(1, forward[::-1])
    assert hits(1, forward) != hits(2, forward)
    assert 250 < len(hits(1, forward)) < 350


def test_a_script_by_predicate_may_apply_a_few_times() -> None:
    script = FaultScript()
    script.when(lambda asked: "bad" in asked.body["text"], server_error(), times=2)
    texts = ["good", "bad", "bad one", "bad again"]
    met = [script.fault_for(Asked(index, {"text": text}, {})) is not None for index, text in enumerate(texts)]
    assert met == [False, True, True, False]


def test_latencies_are_spread_round_their_median() -> None:
    latency = lognormal(1.0, 0.5, seed=3)
    drawn = sorted(latency(index) for index in range(1001))
    assert drawn[0] > 0
    assert 0.9 < drawn[500] < 1.1
    assert latency(5) == lognormal(1.0, 0.5, seed=3)(5)


LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "maxLength": 5},
        {"type": "boolean"},
        {"type": "integer", "minimum": 3, "maximum": 9},
        {"type": ["number", "null"]},
        {"enum": ["a", "b"]},
        {"type": ["string", "null"], "enum": ["a", None]},
        {"anyOf": [{"type": "boolean"}, {"type": "null"}]},
        {"$ref": "#/$defs/leaf"},
    ]
)


def containers(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    objects = st.dictionaries(st.sampled_from("pqrs"), parts, min_size=1).map(
        lambda properties: {"type": "object", "properties": properties}
    )
    lists = parts.flatmap(
        lambda part: st.sampled_from([{"type": "array", "items": part}, {"type": ["array", "null"], "items": part}])
    )
    return objects | lists


SCHEMAS = st.dictionaries(st.sampled_from("xyz"), st.recursive(LEAVES, containers, max_leaves=6), min_size=1)


def allows(schema: dict[str, Any], value: Any) -> bool:
    if "$ref" in schema:
        return isinstance(value, str)
    if "anyOf" in schema:
        return any(allows(option, value) for option in schema["anyOf"])
    if "enum" in schema and value not in schema["enum"]:
        return False
    types = {
        "string": isinstance(value, str) and len(value) <= schema.get("maxLength", 200),
        "boolean": isinstance(value, bool),
        "integer": isinstance(value, int) and schema.get("minimum", 0) <= value <= schema.get("maximum", 9**9),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "null": value is None,
        "array": isinstance(value, list) and all(allows(schema["items"], item) for item in value),
        "object": isinstance(value, dict)
        and value.keys() == schema.get("properties", {}).keys()
        and all(allows(part, value[name]) for name, part in schema.get("properties", {}).items()),
    }
    wanted = schema.get("type", [])
    return not wanted or any(types[name] for name in ([wanted] if isinstance(wanted, str) else wanted))


@given(properties=SCHEMAS, document=st.text(max_size=300))
def test_every_schema_is_answered_as_it_allows(properties: dict[str, Any], document: str) -> None:
    schema = {"type": "object", "properties": properties, "$defs": {"leaf": {"type": "string"}}}
    response_format = {"type": "json_schema", "json_schema": {"name": "reply", "schema": schema}}
    body = {"messages": [{"role": "user", "content": document}], "response_format": response_format}
    assert allows(schema, answer_by_schema(body))


@pytest.mark.parametrize("end", ["end of input", "signal"])
def test_as_a_process_it_prints_its_url_and_ends_when_told(end: str) -> None:
    command = [sys.executable, "-m", "tests.support.openai_server", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        base_url = json.loads(process.stdout.readline())["base_url"]
        reply = httpx.post(f"{base_url}/chat/completions", json={"model": "gpt-4.1-mini", "messages": PROMPT})
        assert reply.json()["choices"][0]["message"]["content"]
        assert httpx.get(base_url.removesuffix("/v1") + "/stats").json()["answered"] == 1
        if end == "signal":
            process.send_signal(signal.SIGTERM)
        else:
            process.stdin.close()
        assert process.wait(timeout=10) == 0
