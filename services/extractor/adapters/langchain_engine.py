"""The engine that asks language models, through LangChain."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from coderai.codebook.reply import Answer
from coderai.engines.calls import Call, CallKind, Reply
from coderai.engines.prompting import (
    complaint,
    max_tokens,
    messages,
    read_cut_off,
    read_reply,
    reply_schema,
    temperature,
    to_ask_again,
    with_probabilities,
)
from coderai.kit import llm
from coderai.kit.model_replies import NOTHING_USED, ContextTooLong, Finish, ModelError, ModelReplyInvalid, Usage
from coderai.services.extractor.domain.jobs.estimating import usual_reply

_SCHEMAS_KEPT = 256
Answers = Mapping[str, tuple[Answer, ...]]


class LangChainEngine:
    """An `Engine` over one model."""

    def __init__(self, model: llm.ChatModel) -> None:
        self._model = model

    async def ask(self, call: Call) -> Reply:
        """Asks the model once; a reply that does not fit is repaired once, and then gives what fits of it.

        The one repair request also asks again for quotes that the passage does not have, and for variables left out.

        Raises:
            ModelReplyInvalid: nothing of the reply can be used.
            ModelUnavailable, ModelUnusable, ModelRefusedRequest: as `kit.llm.ChatModel.ask` says.
        """
        try:
            reply = await self._model.ask(_request(call))
        except ContextTooLong as error:
            return Reply(usage=error.usage, finish=Finish.TOO_LONG, problem=error.message)
        except ModelReplyInvalid as error:
            return _what_fits(call, error)
        if reply.finish is Finish.CUT_OFF:
            entities = read_cut_off(reply.text) if call.kind is CallKind.IDENTIFY else ()
            return Reply(entities=entities, usage=reply.usage, finish=Finish.CUT_OFF)
        read = read_reply(call, reply.content)
        answers, usage = with_probabilities(read.answers, reply.text, reply.tokens), reply.usage
        if call.kind is CallKind.EXTRACT and not reply.repaired:
            again, further = await self._ask_again(call, read.answers, reply.text)
            answers, usage = {**answers, **again}, usage + further
        return replace(read, answers=answers, usage=usage)

    async def _ask_again(self, call: Call, answers: Answers, said: str) -> tuple[Answers, Usage]:
        """The answers to what has to be asked again, in one call, and its cost; what fails leaves all as it was."""
        misquoted, left_out = to_ask_again(call, answers)
        if not misquoted and not left_out:
            return {}, NOTHING_USED
        request = _request(call)
        turns = (llm.ChatMessage("assistant", said), llm.ChatMessage("user", complaint(misquoted, left_out)))
        try:
            reply = await self._model.ask(replace(request, messages=(*request.messages, *turns), repairs=False))
        except ModelError as error:
            return {}, error.usage
        read = with_probabilities(read_reply(call, reply.content).answers, reply.text, reply.tokens)
        return {name: read[name] for name in [*misquoted, *left_out] if name in read}, reply.usage


def _what_fits(call: Call, error: ModelReplyInvalid) -> Reply:
    """The variables that an unfit reply answers all the same; a list of entities is whole or worth nothing."""
    read = read_reply(call, error.content)
    if not read.answers:
        raise error
    return Reply(read.answers, usage=error.usage, problem=error.message)


def _request(call: Call) -> llm.ChatRequest:
    return llm.ChatRequest(
        messages=tuple(llm.ChatMessage(message.role, message.content) for message in messages(call)),
        schema=_compiled(json.dumps(reply_schema(call))),
        temperature=temperature(call),
        max_tokens=max_tokens(call),
        usual_reply=usual_reply(call),
        reasoning_effort=call.codebook.reasoning_effort,
        logprobs=call.kind is CallKind.EXTRACT,
    )


@lru_cache(_SCHEMAS_KEPT)
def _compiled(schema: str) -> llm.ReplySchema:
    """One compiled schema for all calls that ask the same, which is what kit.llm keeps its models by."""
    return llm.ReplySchema("answers", json.loads(schema))
