"""Asks the extractor how much it has extracted from documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from coderai.extractor.v1.extractor_service_pb2 import CountCodingsRequest
from coderai.extractor.v1.extractor_service_pb2_grpc import ExtractorServiceStub
from coderai.kit.errors import TimedOut, Unavailable
from coderai.kit.grpc_channel import PeerChannel
from coderai.services.ingest.usecases.ports import Codings

_AT_A_TIME = 10_000
"""Documents of one request."""
_WITHIN = 10.0
"""Seconds that one request may take; who asks waits for it."""


class ExtractorClient:
    """usecases.ports.CodingsOf over gRPC."""

    def __init__(self, channel: PeerChannel) -> None:
        self._stub: Any = ExtractorServiceStub(channel)

    async def __call__(self, project_id: UUID, document_ids: Sequence[UUID]) -> Codings:
        found = Codings()
        for start in range(0, len(document_ids), _AT_A_TIME):
            named = [str(document_id) for document_id in document_ids[start : start + _AT_A_TIME]]
            found = _both(found, await self._count(CountCodingsRequest(project_id=str(project_id), document_ids=named)))
        return found

    async def _count(self, request: CountCodingsRequest) -> Codings:
        try:
            reply = await self._stub.CountCodings(request, timeout=_WITHIN)
        except (Unavailable, TimedOut) as error:
            raise Unavailable(
                "it cannot be learnt now what was extracted from the document, so that nothing is changed: try again"
            ) from error
        return Codings(reply.documents, reply.extractions, reply.corrections, frozenset(reply.job_ids))


def _both(some: Codings, others: Codings) -> Codings:
    """What was extracted from some documents and from others."""
    return Codings(
        some.documents + others.documents,
        some.extractions + others.extractions,
        some.corrections + others.corrections,
        some.job_ids | others.job_ids,
    )
