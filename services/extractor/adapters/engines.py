"""Opens the engine for a model's name, each once per process; what is wrong with it is told in the port's words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coderai.engines.calls import Call, Engine, Reply
from coderai.engines.offline.engine import OfflineEngine
from coderai.kit import llm
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.jobs.pricing import OFFLINE
from coderai.services.extractor.usecases.ports import ModelAway, ModelRefusal, ModelUnusable


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
            with _told():
                self._open[model] = _Told(LangChainEngine(await self._models.open(model)))
        return self._open[model]


class _Told:
    """An engine whose faults are those of the port."""

    def __init__(self, engine: LangChainEngine) -> None:
        self._engine = engine

    async def ask(self, call: Call) -> Reply:
        with _told():
            return await self._engine.ask(call)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (llm.ModelKeyInvalid, llm.ModelNameInvalid, llm.ModelNotServed) as error:
        advice = "mend that on the extractor's workers, or use another model (offline needs none)"
        raise ModelUnusable(f"{error.message}: {advice}", error.usage) from None
    except llm.ModelUnavailable as error:
        raise ModelAway(error.message, error.usage, error.retry_after) from None
    except llm.ModelRefusedRequest as error:
        raise ModelRefusal(error.message, error.usage) from None
