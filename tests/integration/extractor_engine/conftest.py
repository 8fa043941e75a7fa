"""A local server that speaks the OpenAI protocol, and the engine that asks it."""

from collections.abc import AsyncIterator

import pytest

from coderai.kit.llm import ChatModels, LLMSettings
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from tests.support.models import MODEL, PURSE, listed
from tests.support.openai_server import OpenAIServer


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer() as started:
        yield started


@pytest.fixture
async def engine(server: OpenAIServer) -> AsyncIterator[LangChainEngine]:
    settings = LLMSettings(llm_retry_base_seconds=0.001)
    models = ChatModels(settings, listed(server.base_url))
    yield LangChainEngine(await models.open(MODEL, PURSE))
    await models.close()
