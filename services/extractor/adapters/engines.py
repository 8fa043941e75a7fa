"""Opens the engine for a model's name."""

from __future__ import annotations

from coderai.engines.calls import Engine
from coderai.engines.offline.engine import OfflineEngine
from coderai.kit import llm
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
            return self._offline
        return LangChainEngine(await self._models.open(model, account))
