"""The LangChain side: makes chat models, binds schemas to them and reads their messages. Importing it takes seconds."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from typing import Any, cast

import httpx2
import openai
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import UsageMetadata, add_ai_message_chunks
from langchain_core.runnables import Runnable
from langchain_openai.chat_models.base import BaseChatOpenAI

from coderai.kit.cancellation import raise_if_cancelled
from coderai.kit.llm import faults
from coderai.kit.llm.asking import Heard
from coderai.kit.llm.exchange import ChatRequest
from coderai.kit.llm.room import MOST_OUT, is_thinking
from coderai.kit.llm.schema import ReplySchema
from coderai.kit.llm.settings import LLMSettings
from coderai.kit.llm.token_logprobs import token_spans
from coderai.kit.model_replies import Finish, ModelKeyInvalid, ModelNameInvalid, ModelUnavailable, TokenSpan, Usage
from coderai.kit.models import ModelList

_CONNECT_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 30.0
_KEPT = 256
"""LangChain models kept, one for each temperature and token limit, and as many with a schema bound to them."""
_LONGEST_TOKEN = 64
"""Characters; a streamed reply that is longer than its limit of such tokens is not heard to its end."""
_NO_KEY = "no-key"
_OPENAI = "https://api.openai.com/v1"
_TRACING = ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING", "LANGCHAIN_TRACING_V2")
"""Where set, LangChain sends every prompt to a further company; see https://docs.langchain.com/langsmith."""
_MOST_OUT = re.compile(r"at most (\d+) (?:completion|output)? ?tokens")
"""As OpenAI and others refuse a limit that is beyond the model's own."""
_CUT_OFF = {"length", "max_tokens", "max_output_tokens"}

Chunks = AsyncGenerator[AIMessageChunk]


for _variable in _TRACING:
    os.environ.pop(_variable, None)


@dataclass(frozen=True, slots=True)
class Message:
    """What came back from the model."""

    text: str
    finish: Finish
    refusal: str = ""
    tokens_in: int | None = None
    """None when the server counts no tokens."""
    tokens_cached: int = 0
    tokens_out: int | None = None
    tokens: tuple[TokenSpan, ...] = ()
    """With their log-probabilities, where these were asked for and given."""


@dataclass(frozen=True, slots=True)
class _Accepts:
    """What a model takes; learnt from LangChain's profile of it and from its refusals."""

    temperature: bool = True
    json_schema: bool = True
    """Else the schema goes as a function to call."""
    effort: bool = True
    """How hard to think can be said."""
    logprobs: bool = False
    """The log-probabilities of the tokens can be asked for."""
    stream_usage: bool = True
    """A streamed reply can end with its count of tokens."""
    most_out: int = MOST_OUT
    """Tokens of a reply."""

    def without_refused(self, error: Exception) -> _Accepts | None:
        """What is left after a refusal, when that was about one of these."""
        words = faults.words_of(error).lower()
        if self.logprobs and "logprob" in words:  # OpenAI says this with 403, others with 400 or 500
            return replace(self, logprobs=False)
        if getattr(error, "status_code", None) not in (400, 404, 422):
            return None
        if self.stream_usage and "stream_options" in words:
            return replace(self, stream_usage=False)
        if self.temperature and "temperature" in words:
            return replace(self, temperature=False)
        if self.effort and "reasoning" in words:
            return replace(self, effort=False)
        most = _MOST_OUT.search(words)
        if most and int(most[1]) < self.most_out:
            return replace(self, most_out=int(most[1]))
        is_about_format = "response_format" in words or "json_schema" in words
        if self.json_schema and is_about_format and "invalid schema" not in words:
            return replace(self, json_schema=False)
        return None


class OpenAIConnections:
    """The HTTP connections that all models of provider openai share; their own limits bound it."""

    def __init__(self, settings: LLMSettings) -> None:
        limits = httpx2.Limits(keepalive_expiry=_KEEP_ALIVE_SECONDS)
        seconds = settings.llm_timeout_seconds
        trust = httpx2.create_ssl_context()
        self._client = openai.DefaultAsyncHttpxClient(limits=limits, verify=trust)
        # LangChain makes a synchronous client for each model that has none; this one is never used.
        self._sync_client = openai.DefaultHttpxClient(verify=trust)
        self._arguments: dict[str, Any] = {
            "http_async_client": self._client,
            "http_client": self._sync_client,
            "timeout": httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
            "stream_chunk_timeout": seconds,
        }

    @property
    def arguments(self) -> dict[str, Any]:
        """What ChatOpenAI is made with."""
        return self._arguments

    async def close(self) -> None:
        """Closes the connections."""
        await self._client.aclose()
        self._sync_client.close()


class Provider:
    """One named model, ready to be sent requests; it neither retries nor limits."""

    def __init__(self, name: str, models: ModelList, settings: LLMSettings, connections: OpenAIConnections) -> None:
        """Makes sure that the model can be made: with the key and address of the operator's list, and no other.

        Raises:
            ModelNotAllowed: the operator has not listed it.
            ModelNameInvalid: the provider's package is not installed.
            ModelKeyInvalid: there is no key.
        """
        base_url, key = models.base_url(name), models.key(name).get_secret_value()
        self._name = name
        self._key_name = models.key_name(name)
        self._provider, _, self._model = name.partition(":")
        self._arguments: dict[str, Any] = {"timeout": settings.llm_timeout_seconds, "max_retries": 0}
        if self._provider == "openai":
            self._arguments |= connections.arguments
            # Else LangChain would take an address from the environment, and send the key there.
            base_url = base_url or _OPENAI
        if not key and self._key_name and base_url in ("", _OPENAI):
            raise ModelKeyInvalid(faults.no_key(name, self._key_name))
        if base_url:
            self._arguments["base_url"] = base_url
        if key or base_url:
            self._arguments["api_key"] = key or _NO_KEY
        self._model_for = lru_cache(_KEPT)(self._make_model)
        self._runnable_for = lru_cache(_KEPT)(self._make_runnable)
        model = self._make_model(None, None, "", logprobs=False)
        profile = model.profile or {}
        self._speaks_openai = _speaks_openai(model)
        self.thinks: bool = profile.get("reasoning_output", is_thinking(self._model))
        """Whether it thinks before it answers, which counts against the limit of its replies."""
        self._accepts = _Accepts(
            temperature=profile.get("temperature") is not False,
            json_schema=profile.get("structured_output") is not False,
            effort="reasoning_effort" in type(model).model_fields,
            logprobs=settings.llm_logprobs and not self.thinks and self._speaks_openai,
            most_out=profile.get("max_output_tokens") or MOST_OUT,
        )

    @property
    def most_out(self) -> int:
        """Tokens that a reply may take at most."""
        return self._accepts.most_out

    async def send(self, request: ChatRequest) -> Message:
        """Sends one request, again without what the model turns out not to take (a temperature, so large a limit).

        Raises:
            ModelError: its `usage` says whether the request reached the model.
        """
        accepts = self._accepts
        try:
            reply = await self._runnable(request, accepts, streamed=False).ainvoke(_turns(request))
        except Exception as error:  # noqa: BLE001 - each provider's SDK raises its own
            self._learn(error, accepts)
        else:
            return _read(reply)
        return await self.send(request)

    async def stream(self, request: ChatRequest, heard: Heard) -> Message:
        """As `send`, with `heard` told each part of the reply's text as it comes.

        Raises:
            ModelError: as `send`, or the reply broke off.
        """
        accepts, chunks = self._accepts, list[AIMessageChunk]()
        left = request.max_tokens * _LONGEST_TOKEN
        runnable = self._runnable(request, accepts, streamed=True)
        counted: dict[str, Any] = {"stream_usage": accepts.stream_usage} if self._speaks_openai else {}
        try:
            async with aclosing(cast(Chunks, runnable.astream(_turns(request), **counted))) as coming:
                async for chunk in coming:
                    raise_if_cancelled()
                    chunks.append(chunk)
                    if part := _part(chunk):
                        heard(part)
                        left -= len(part)
                    if left < 0:  # the server knows no limit
                        return replace(
                            _read(add_ai_message_chunks(*chunks)), text=_text_of(chunks), finish=Finish.CUT_OFF
                        )
        except Exception as error:  # noqa: BLE001 - each provider's SDK raises its own
            self._learn(error, accepts)
        else:
            return self._joined(chunks)
        return await self.stream(request, heard)

    def _runnable(self, request: ChatRequest, accepts: _Accepts, *, streamed: bool) -> Runnable[Any, AIMessage]:
        temperature = request.temperature if accepts.temperature else None
        effort = request.reasoning_effort if accepts.effort else ""
        limit = min(request.max_tokens, accepts.most_out)
        logprobs = request.logprobs and accepts.logprobs and not streamed
        return self._runnable_for(
            request.schema, temperature, limit, effort, accepts.json_schema, logprobs, streamed=streamed
        )

    def _learn(self, error: Exception, accepts: _Accepts) -> None:
        """Learns from a refusal what the model does not take; raises the named error when it is about nothing else."""
        left = accepts.without_refused(error)
        if left is None:
            # `from None`: the cause's text may hold a key.
            raise faults.named(error, self._name, self._key_name) from None
        self._accepts = left

    def _joined(self, chunks: Sequence[AIMessageChunk]) -> Message:
        """The reply of which these are all chunks. Raises ModelUnavailable: the server ended it without a word why."""
        message = _read(add_ai_message_chunks(*chunks)) if chunks else Message("", Finish.COMPLETE)
        if self._speaks_openai and not any(chunk.response_metadata.get("finish_reason") for chunk in chunks):
            error = ModelUnavailable(f"{self._name} ended the connection within its reply")
            error.usage = Usage(calls=1)
            raise error
        return replace(message, text=_text_of(chunks))

    def _make_runnable(
        self,
        schema: ReplySchema | None,
        temperature: float | None,
        max_tokens: int,
        effort: str,
        json_schema: bool,
        logprobs: bool,
        *,
        streamed: bool,
    ) -> Runnable[Any, AIMessage]:
        model = self._model_for(temperature, max_tokens, effort, logprobs)
        if schema is None:
            return model
        if json_schema and isinstance(model, BaseChatOpenAI) and not model.use_responses_api:
            # with_structured_output sends the same; by this way the SDK neither walks through the schema for each
            # call nor parses the reply into pydantic models: half of a call's processor time.
            strict = {"name": schema.name, "strict": True, "schema": schema.schema}
            return model.bind(extra_body={"response_format": {"type": "json_schema", "json_schema": strict}})
        strictly: dict[str, Any] = {"strict": True} if isinstance(model, BaseChatOpenAI) else {}
        described = {"title": schema.name, "description": "The answer.", **schema.schema}
        if streamed:
            # with_structured_output passes nothing on before it has the whole reply.
            return model.bind_tools([described], tool_choice="any", **strictly)
        method: dict[str, Any] = strictly if json_schema else {"method": "function_calling", **strictly}
        structured: Runnable[Any, Any] = model.with_structured_output(described, include_raw=True, **method)
        return structured | itemgetter("raw")

    def _make_model(
        self, temperature: float | None, max_tokens: int | None, effort: str, logprobs: bool
    ) -> BaseChatModel:
        # The constructor knows what to leave out for which model, a call's arguments go out as they are.
        wanted = self._arguments | {"temperature": temperature, "max_tokens": max_tokens}
        wanted |= {"reasoning_effort": effort or None, "logprobs": logprobs or None}
        given: dict[str, Any] = {key: value for key, value in wanted.items() if value is not None}
        try:
            return init_chat_model(self._model, model_provider=self._provider, configurable_fields=None, **given)
        except ImportError as error:
            raise ModelNameInvalid(f"{self._name}: {error}") from None
        except Exception as error:  # noqa: BLE001 - each provider's package has its own word for an absent key
            raise ModelKeyInvalid(f"{faults.no_key(self._name, self._key_name)} ({type(error).__name__})") from None


def _speaks_openai(model: BaseChatModel) -> bool:
    """Whether it speaks the chat completions of the OpenAI protocol; responses give what this reads in another form."""
    return isinstance(model, BaseChatOpenAI) and not model.use_responses_api


def _turns(request: ChatRequest) -> list[tuple[str, str]]:
    return [(message.role, message.content) for message in request.messages]


def _part(chunk: AIMessageChunk) -> str:
    """What a chunk adds to the reply's text, whether that comes as content or as the arguments of a function call."""
    return str(chunk.text) + "".join(call["args"] or "" for call in chunk.tool_call_chunks)


def _text_of(chunks: Iterable[AIMessageChunk]) -> str:
    """The chunks' parts as one text: two may have brought half of a pair of surrogates each; a lone one is no text."""
    return "".join(map(_part, chunks)).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read(message: AIMessage) -> Message:
    usage, text = message.usage_metadata, _text(message)
    return Message(
        text=text,
        finish=Finish.CUT_OFF if _is_cut_off(message.response_metadata) else Finish.COMPLETE,
        refusal=str(message.additional_kwargs.get("refusal") or ""),
        tokens_in=usage["input_tokens"] if usage else None,
        tokens_cached=_tokens_cached(usage) if usage else 0,
        tokens_out=usage["output_tokens"] if usage else None,
        tokens=token_spans(text, (message.response_metadata.get("logprobs") or {}).get("content")),
    )


def _tokens_cached(usage: UsageMetadata) -> int:
    """Tokens read from the prefix cache; some service tiers count them under a name of their own."""
    details: Mapping[str, Any] = usage.get("input_token_details") or {}
    return sum(count or 0 for key, count in details.items() if key.endswith("cache_read"))


def _text(message: AIMessage) -> str:
    """The reply as text, whether it came as content or as the arguments of a function call."""
    if message.tool_calls:
        text = json.dumps(message.tool_calls[0]["args"], ensure_ascii=False)
    elif message.invalid_tool_calls:
        text = message.invalid_tool_calls[0]["args"] or ""
    else:
        text = str(message.text)
    # A lone half of a surrogate pair is no text: nothing after this could store or send it.
    return text.encode("utf-8", "replace").decode()


def _is_cut_off(metadata: Mapping[str, Any]) -> bool:
    """Whether the reply ended at the token limit; each provider has its own word for it."""
    reasons = [metadata.get(key) for key in ("finish_reason", "stop_reason", "stopReason", "done_reason")]
    reasons.append((metadata.get("incomplete_details") or {}).get("reason"))
    return any(str(reason).lower() in _CUT_OFF for reason in reasons)
