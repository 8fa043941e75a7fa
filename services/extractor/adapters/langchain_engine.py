"""The engine that asks language models, through LangChain."""

from __future__ import annotations

import json
from functools import lru_cache

from coderai.engines.calls import Call, CallKind, Reply
from coderai.engines.prompting import max_tokens, messages, read_cut_off, read_reply, reply_schema, temperature
from coderai.kit import llm
from coderai.kit.model_replies import ContextTooLong, Finish, ModelReplyInvalid

_SCHEMAS_KEPT = 256


class LangChainEngine:
    """An `Engine` over one model."""

    def __init__(self, model: llm.ChatModel) -> None:
        self._model = model

    async def ask(self, call: Call) -> Reply:
        """Asks the model once; a reply that does not fit is repaired once, and then gives what fits of it.

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
        return Reply(read.answers, read.entities, read.more, read.verdicts, read.same, reply.usage)


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
    )


@lru_cache(_SCHEMAS_KEPT)
def _compiled(schema: str) -> llm.ReplySchema:
    """One compiled schema for all calls that ask the same, which is what kit.llm keeps its models by."""
    return llm.ReplySchema("answers", json.loads(schema))
