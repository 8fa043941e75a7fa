"""Opens the engine for a model's name, each once per process."""

from __future__ import annotations

from coderai.engines.calls import Engine
from coderai.engines.offline.engine import OfflineEngine
from coderai.kit import llm
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.jobs.pricing import OFFLINE


class Engines:
    """The engines of a worker, by model."""

    def __init__(self, models: llm.ChatModels) -> None:
        self._models = models
        self._open: dict[str, Engine] = {OFFLINE: OfflineEngine()}

    async def open(self, model: str) -> Engine:
        """The engine for "offline" or provider:name.

        Raises:
            ModelUnusable: LangChain knows no such model here, or there is no key for it.
        """
        if model not in self._open:
            self._open[model] = LangChainEngine(await self._models.open(model))
        return self._open[model]
