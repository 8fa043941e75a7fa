"""A model's limit per minute holds over all replicas together, at about one query a second in each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest

from coderai.kit.db import Database
from coderai.kit.llm import ChatMessage, ChatModels, ChatRequest, LLMSettings
from coderai.kit.model_replies import ModelPaused
from coderai.kit.models import ModelList, ModelTerms
from coderai.kit.tokens import estimate_tokens
from coderai.services.extractor.adapters import rate_limit
from coderai.services.extractor.adapters.rate_limit import SharedRateLimit
from tests.support.models import PURSE
from tests.support.openai_server import OpenAIServer
from tests.support.stack import ServiceDatabases

REPLICAS, EACH = 3, 30
A_SECOND = 40
"""Requests; as a limit per minute it is 60 times that."""
SLICE = KEPT_FOR = 0.25
REQUEST = ChatRequest((ChatMessage("user", "How many?"),))
TOKENS = estimate_tokens("How many?")


class CountedDatabase(Database):
    """Counts the transactions."""

    transactions = 0

    def session(self, workspace_id: UUID, kind: Any) -> AbstractAsyncContextManager[Any]:
        self.transactions += 1
        return super().session(workspace_id, kind)


@dataclass(frozen=True)
class Replica:
    """What one process has of its own: connections to the database and to the model."""

    db: CountedDatabase
    models: ChatModels


@asynccontextmanager
async def replica(dsn: str, server: OpenAIServer, limits: ModelList) -> AsyncIterator[Replica]:
    db = CountedDatabase(dsn, "extractor")
    models = ChatModels(LLMSettings(), limits, SharedRateLimit(db, limits))
    try:
        yield Replica(db, models)
    finally:
        await models.close()
        await db.close()


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        ("openai:by-requests", ModelTerms(requests_per_minute=60 * A_SECOND)),
        ("openai:by-tokens", ModelTerms(requests_per_minute=10**6, tokens_per_minute=60 * A_SECOND * TOKENS)),
    ],
)
async def test_replicas_together_keep_to_the_limit(
    service_dsns: ServiceDatabases, monkeypatch: pytest.MonkeyPatch, model: str, limit: ModelTerms
) -> None:
    monkeypatch.setattr(rate_limit, "SLICE", SLICE)
    monkeypatch.setattr(rate_limit, "KEPT_FOR", KEPT_FOR)
    dsn = service_dsns["extractor"].application
    async with OpenAIServer(lambda _: "17") as server, AsyncExitStack() as stack:
        replicas = [
            await stack.enter_async_context(
                replica(dsn, server, ModelList({model: limit}, {"OPENAI_BASE_URL": server.base_url}))
            )
            for _ in range(REPLICAS)
        ]
        chats = [await one.models.open(model, PURSE) for one in replicas]
        await asyncio.gather(*(chat.ask(REQUEST) for chat in chats for _ in range(EACH)))
        times = [received.arrived.timestamp() for received in server.requests]
    assert len(times) == REPLICAS * EACH
    for first, last in combinations(range(len(times)), 2):
        seconds = times[last] - times[first]
        assert last - first <= A_SECOND * (seconds + SLICE + KEPT_FOR) + 1
    # A lease holds for a slice of the model's time, which is at least as much of everyone's.
    leases = sum(one.db.transactions for one in replicas)
    assert leases <= (times[-1] - times[0]) / SLICE + 2 * REPLICAS


async def test_a_process_that_dies_takes_what_it_has_leased_with_it(
    service_dsns: ServiceDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    db = Database(service_dsns["extractor"].application, "extractor")
    limits = ModelList({"openai:dying": ModelTerms(requests_per_minute=60)})
    dying = asyncio.create_task(SharedRateLimit(db, limits).before("openai:dying", 1))
    await dying
    killed = [asyncio.create_task(SharedRateLimit(db, limits).before("openai:dying", 1)) for _ in range(3)]
    await asyncio.sleep(0.2)
    for task in killed:
        task.cancel()
    monkeypatch.setattr(rate_limit, "LONGEST_WAIT", 1.0)
    with pytest.raises(ModelPaused, match="fills its limit") as raised:
        await SharedRateLimit(db, limits).before("openai:dying", 1)
    assert raised.value.retry_after
    await db.close()


async def test_models_without_a_limit_do_not_wait(service_dsns: ServiceDatabases) -> None:
    db = CountedDatabase(service_dsns["extractor"].application, "extractor")
    for _ in range(100):
        await SharedRateLimit(
            db, ModelList({"openai:other": ModelTerms(requests_per_minute=1), "openai:*": ModelTerms()})
        ).before("openai:free", 10**9)
    assert db.transactions == 0
    await db.close()
