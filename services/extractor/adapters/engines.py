"""Opens the engine for a model's name."""

from __future__ import annotations

from coderai.engines.calls import Call, Engine, Reply
from coderai.engines.offline.engine import OfflineEngine
from coderai.kit import llm, tracing
from coderai.kit.model_replies import Account
from coderai.kit.models import OFFLINE
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine


class Engines:
    """The engines of a worker, by model; what they share with others of the same model is kept by kit.llm."""

    def __init__(self, models: llm.ChatModels) -> None:
        self._models = models
        self._offline = OfflineEngine()

    async def open(self, model: str, account: Account) -> Engine:
        """The engine for "offline" or provider:name, at the cost of `account`.

        Raises:
            ModelUnusable: the operator does not allow it, its provider's package is missing, or there is no key.
        """
        if model == OFFLINE:
            return _Traced(self._offline)
        return _Traced(LangChainEngine(await self._models.open(model, account)))


class _Traced:
    """An engine with a span for each call: which question it was, of how many variables, about which passage."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def ask(self, call: Call) -> Reply:
        with tracing.step(f"ask {call.kind}") as span:
            if span.is_recording():
                span.set_attribute("coderai.call.variables", len(call.variables))
                span.set_attribute("coderai.call.start", call.passage.start)
                span.set_attribute("coderai.call.end", call.passage.end)
            reply = await self._engine.ask(call)
            span.set_attribute("coderai.reply.finish", reply.finish)
            return reply
