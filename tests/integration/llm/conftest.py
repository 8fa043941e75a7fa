"""A local server that speaks the OpenAI protocol, and models that ask it, with short waits."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from coderai.kit.llm import ChatMessage, ChatModels, ChatRequest, LLMSettings, ReplySchema
from tests.support.models import ANSWER, SCHEMA, Clock, listed
from tests.support.openai_server import OpenAIServer


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(lambda _: ANSWER) as started:
        yield started


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def open_models(server: OpenAIServer, clock: Clock) -> AsyncIterator[Callable[..., ChatModels]]:
    """Makes ChatModels whose settings point at the server."""
    opened: list[ChatModels] = []

    def make(rate_limit: Any = None, **settings: Any) -> ChatModels:
        url, key = settings.pop("base_url", server.base_url), settings.pop("key", "sk-test-0123456789")
        wanted: dict[str, Any] = {"llm_retry_base_seconds": 0.001} | settings
        models = ChatModels(LLMSettings(**wanted), listed(url, key), rate_limit, clock)
        opened.append(models)
        return models

    yield make
    for models in opened:
        await models.close()


@pytest.fixture
def request_() -> ChatRequest:
    """A question whose right answer is ANSWER."""
    messages = (
        ChatMessage("system", "You read documents."),
        ChatMessage("user", "<document>In Nairobi 17 were hurt.</document> Where, and how many?"),
    )
    return ChatRequest(messages, ReplySchema("answer", SCHEMA), temperature=0.1, max_tokens=500)
