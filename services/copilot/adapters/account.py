"""Has the extractor, which keeps the ledger, set tokens aside for the co-pilot's questions and book what they took."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import structlog

from coderai.extractor.v1.extractor_service_pb2 import ReserveTokensRequest, SettleTokensRequest
from coderai.extractor.v1.extractor_service_pb2_grpc import ExtractorServiceStub
from coderai.kit.errors import CoderAIError
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.model_replies import Usage

log = structlog.get_logger()


class ProjectAccount:
    """kit.model_replies.Account of one question about a project."""

    def __init__(self, channel: PeerChannel, project_id: UUID, model: str) -> None:
        self._stub: Any = ExtractorServiceStub(channel)
        self._project_id = str(project_id)
        self._model = model
        self._reservations: list[str] = []

    async def before(self, tokens: int) -> None:
        """Raises what the extractor raises: the project or its workspace may spend no more, or it is away."""
        request = ReserveTokensRequest(project_id=self._project_id, tokens=tokens)
        self._reservations.append((await self._stub.ReserveTokens(request)).reservation_id)

    async def waits(self, problem: str, seconds: float) -> None:
        """Nobody watches: the caller waits for the answer."""

    async def after(self, tokens: int, used: Usage) -> None:
        """Books it; where that fails, what was set aside counts for a while, and the log says what was not booked."""
        request = SettleTokensRequest(
            reservation_id=self._reservations.pop(),
            project_id=self._project_id,
            model=self._model,
            calls=used.calls,
            tokens_in=used.tokens_in,
            tokens_out=used.tokens_out,
            tokens_cached=used.tokens_cached,
        )
        try:
            await self._stub.SettleTokens(request)
        except CoderAIError as error:
            log.error("usage_not_booked", project_id=self._project_id, error=error, tokens_in=used.tokens_in)
