"""Log-probabilities of a reply's tokens: asked for where they are wanted and given, and never to anyone's harm."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from coderai.kit.llm import ChatModels, ChatRequest
from tests.support.models import ANSWER, MODEL, PURSE
from tests.support.openai_faults import ErrorReply
from tests.support.openai_server import OpenAIServer

Open = Callable[..., ChatModels]


def by_byte(text: str) -> Sequence[tuple[bytes, float]]:
    return [(bytes([byte]), -0.25) for byte in text.encode()]


async def test_they_come_with_the_characters_that_each_token_writes(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.tokens, server.answer = by_byte, lambda _: ANSWER | {"city": "Zürich 東京"}
    reply = await (await open_models().open(MODEL, PURSE)).ask(replace(request_, logprobs=True))
    assert server.requests[0].body["logprobs"] is True
    assert len(reply.tokens) == len(reply.text.encode()) > len(reply.text)
    assert {span.logprob for span in reply.tokens} == {-0.25}
    assert {(span.start, span.end) for span in reply.tokens} == {(at, at + 1) for at in range(len(reply.text))}


async def test_they_are_not_asked_for_where_nobody_wants_them(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.tokens = by_byte
    assert (await (await open_models().open(MODEL, PURSE)).ask(request_)).tokens == ()
    switched_off = await open_models(llm_logprobs=False).open(MODEL, PURSE)
    thinking = await open_models().open("openai:gpt-5-mini", PURSE)
    for model in (switched_off, thinking):
        assert (await model.ask(replace(request_, logprobs=True))).tokens == ()
    assert ["logprobs" in received.body for received in server.requests] == [False, False, False]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "You are not allowed to request logprobs from this model"),
        (400, "Unsupported parameter: 'logprobs' is not supported with this model."),
        (500, "logprobs are not implemented"),
    ],
)
async def test_a_model_that_refuses_is_asked_without_from_then_on(
    status: int, words: str, open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    server.tokens = by_byte
    server.faults.when(lambda asked: "logprobs" in asked.body, ErrorReply(status, words, "invalid_request_error"))
    model = await open_models().open(MODEL, PURSE)
    replies = [await model.ask(replace(request_, logprobs=True)) for _ in range(2)]
    assert [(reply.content, reply.tokens) for reply in replies] == [(ANSWER, ()), (ANSWER, ())]
    assert ["logprobs" in received.body for received in server.requests] == [True, False, False]


async def test_a_server_that_gives_none_or_others_than_the_reply_s_does_no_harm(
    open_models: Open, server: OpenAIServer, request_: ChatRequest
) -> None:
    model = await open_models().open(MODEL, PURSE)
    for tokens in (None, lambda _: by_byte("something else"), lambda _: []):
        server.tokens = tokens
        reply = await model.ask(replace(request_, logprobs=True))
        assert (reply.content, reply.tokens, json.loads(reply.text)) == (ANSWER, (), ANSWER)
