"""What people's judgements say of a project's dataset: the extractor's estimates of quality, as the export's values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from coderai.codebook.plain import read
from coderai.extractor.v1.quality_service_pb2 import GetQualityRequest
from coderai.extractor.v1.quality_service_pb2_grpc import QualityServiceStub
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.wire import to_plain
from coderai.services.export.domain.measured import Measured, Report


class QualityClient:
    """usecases.ports.Reports over the extractor's QualityService."""

    def __init__(self, channel: PeerChannel) -> None:
        self._stub: Any = QualityServiceStub(channel)

    async def report(self, project_id: UUID) -> Report:
        reply = await self._stub.GetQuality(GetQualityRequest(project_id=str(project_id)))
        found = map(to_plain, reply.items)
        return Report({one["variable"]: read_measured(one) for one in found}, tuple(reply.notes))


def read_measured(plain: Mapping[str, Any]) -> Measured:
    """What is estimated of a variable, from the plain form of the message."""
    bins = [{**one, "low": one["from"], "high": one["to"]} for one in plain["calibration"]]
    return read(Measured, {**plain, "calibration": bins})
