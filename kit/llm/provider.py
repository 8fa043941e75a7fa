"""The LangChain side: makes chat models, binds schemas to them and reads their messages. Importing it takes seconds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import itemgetter
from typing import Any

import httpx2
import openai
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable
from langchain_openai.chat_models.base import BaseChatOpenAI

from kit.llm.errors import ModelKeyInvalid, ModelNameInvalid
from kit.llm.exchange import ChatRequest, Finish
from kit.llm.faults import key_advice, words_of
from kit.llm.schema import ReplySchema
from kit.llm.settings import LLMSettings

_CONNECT_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 30.0
_KEPT = 32
"""LangChain models kept, each for one schema, temperature and token limit."""
_NO_KEY = "no-key"
_CUT_OFF = {"length", "max_tokens", "max_output_tokens"}


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


@dataclass(frozen=True, slots=True)
class _Accepts:
    """What a model takes; learnt from LangChain's profile of it and from its refusals."""

    temperature: bool = True
    json_schema: bool = True
    """Else the schema goes as a function to call."""

    def without_refused(self, error: Exception) -> _Accepts | None:
        """What is left after a refusal, when that was about one of these."""
        if getattr(error, "status_code", None) not in (400, 404, 422):
            return None
        words = words_of(error).lower()
        if self.temperature and "temperature" in words:
            return replace(self, temperature=False)
        is_about_format = "response_format" in words or "json_schema" in words
        if self.json_schema and is_about_format and "invalid schema" not in words:
            return replace(self, json_schema=False)
        return None


class OpenAIConnections:
    """The HTTP connections that all models of provider openai share; their own limits bound it."""

    def __init__(self, settings: LLMSettings) -> None:
        limits = httpx2.Limits(keepalive_expiry=_KEEP_ALIVE_SECONDS)
        seconds = settings.llm_timeout_seconds
        self._client = openai.DefaultAsyncHttpxClient(limits=limits)
        # LangChain insists on a synchronous client too; one that is never used is shared as well.
        self._sync_client = openai.DefaultHttpxClient()
        self._arguments: dict[str, Any] = {
            "http_async_client": self._client,
            "http_client": self._sync_client,
            "timeout": httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)),
        }
        if settings.openai_base_url:
            self._arguments["base_url"] = settings.openai_base_url
        if key := settings.openai_api_key.get_secret_value() or (settings.openai_base_url and _NO_KEY):
            self._arguments["api_key"] = key

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

    def __init__(self, name: str, settings: LLMSettings, connections: OpenAIConnections) -> None:
        """Makes sure that the model can be made.

        Raises:
            ModelNameInvalid: the name is not provider:model, or the provider's package is not installed.
            ModelKeyInvalid: the provider's package finds no key.
        """
        self._name = name
        self._provider, _, self._model = name.partition(":")
        if not self._provider or not self._model:
            raise ModelNameInvalid(f"{name!r} is no model: it is named provider:model, as in openai:gpt-5-mini")
        self._arguments: dict[str, Any] = {"timeout": settings.llm_timeout_seconds, "max_retries": 0}
        if self._provider == "openai":
            self._arguments |= connections.arguments
        self._runnable = lru_cache(_KEPT)(self._make_runnable)
        profile = self._make_model(None, None).profile or {}
        self._accepts = _Accepts(
            temperature=profile.get("temperature") is not False,
            json_schema=profile.get("structured_output") is not False,
        )

    async def send(self, request: ChatRequest) -> Message:
        """Sends one request, again without what the model turns out not to take (a temperature, a JSON schema).

        Raises:
            Exception: whatever LangChain and the provider's SDK raise; `kit.llm.faults` reads it.
        """
        accepts = self._accepts
        temperature = request.temperature if accepts.temperature else None
        runnable = self._runnable(request.schema, temperature, request.max_tokens, accepts.json_schema)
        try:
            reply = await runnable.ainvoke([(message.role, message.content) for message in request.messages])
        except Exception as error:
            left = accepts.without_refused(error)
            if left is None:
                raise
            self._accepts = left
        else:
            return _read(reply)
        return await self.send(request)

    def _make_runnable(
        self, schema: ReplySchema | None, temperature: float | None, max_tokens: int, json_schema: bool
    ) -> Runnable[Any, AIMessage]:
        model = self._make_model(temperature, max_tokens)
        if schema is None:
            return model
        is_openai = isinstance(model, BaseChatOpenAI)
        if json_schema and is_openai and not model.use_responses_api:
            # with_structured_output sends the same; by this way the SDK neither walks through the schema for each
            # call nor parses the reply into pydantic models: half of a call's processor time.
            strict = {"name": schema.name, "strict": True, "schema": schema.schema}
            return model.bind(extra_body={"response_format": {"type": "json_schema", "json_schema": strict}})
        method: dict[str, Any] = {} if json_schema else {"method": "function_calling"}
        described = {"title": schema.name, "description": "The answer.", **schema.schema}
        if is_openai:
            method["strict"] = True
        structured = model.with_structured_output(described, include_raw=True, **method)
        return structured | itemgetter("raw")

    def _make_model(self, temperature: float | None, max_tokens: int | None) -> BaseChatModel:
        # The constructor knows what to leave out for which model, a call's arguments go out as they are.
        wanted = {"temperature": temperature, "max_tokens": max_tokens}
        given = {key: value for key, value in wanted.items() if value is not None}
        try:
            return init_chat_model(self._model, model_provider=self._provider, **self._arguments, **given)
        except ImportError as error:
            raise ModelNameInvalid(f"{self._name}: {error}") from None
        except Exception as error:
            if str(error).startswith("Unsupported provider"):
                raise ModelNameInvalid(f"{self._name}: LangChain knows no provider {self._provider!r}") from None
            raise ModelKeyInvalid(f"{key_advice(self._name)} ({type(error).__name__})") from None


def _read(message: AIMessage) -> Message:
    usage = message.usage_metadata
    cached = (
        sum(
            count
            for key, count in (usage.get("input_token_details") or {}).items()
            if key.endswith("cache_read") and isinstance(count, int)
        )
        if usage
        else 0
    )
    return Message(
        text=_text(message),
        finish=Finish.CUT_OFF if _is_cut_off(message.response_metadata) else Finish.COMPLETE,
        refusal=str(message.additional_kwargs.get("refusal") or ""),
        tokens_in=usage["input_tokens"] if usage else None,
        tokens_cached=cached,
        tokens_out=usage["output_tokens"] if usage else None,
    )


def _text(message: AIMessage) -> str:
    """The reply as JSON text, whether it came as content or as the arguments of a function call."""
    if message.tool_calls:
        return json.dumps(message.tool_calls[0]["args"], ensure_ascii=False)
    if message.invalid_tool_calls:
        return message.invalid_tool_calls[0]["args"] or ""
    return str(message.text)


def _is_cut_off(metadata: Mapping[str, Any]) -> bool:
    """Whether the reply ended at the token limit; each provider has its own word for it."""
    reasons = [metadata.get(key) for key in ("finish_reason", "stop_reason", "stopReason", "done_reason")]
    reasons.append((metadata.get("incomplete_details") or {}).get("reason"))
    return any(str(reason).lower() in _CUT_OFF for reason in reasons)
