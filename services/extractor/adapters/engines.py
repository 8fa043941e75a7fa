"""Opens the engine for a model's name, each once per process."""

from __future__ import annotations

from services.extractor.domain.calls import Engine
from services.extractor.domain.offline.engine import OfflineEngine

OFFLINE = "offline"


class Engines:
    """The engines of a worker, by model."""

    def __init__(self) -> None:
        self._open: dict[str, Engine] = {OFFLINE: OfflineEngine()}

    def open(self, model: str) -> Engine:
        """The engine for "offline" or provider:name."""
        return self._open[model]
