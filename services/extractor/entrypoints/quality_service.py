"""The RPCs of QualityService."""

from __future__ import annotations

from typing import Any

from coderai.extractor.v1 import quality_service_pb2 as pb
from coderai.extractor.v1 import quality_service_pb2_grpc


class QualityServicer(quality_service_pb2_grpc.QualityServiceServicer):
    """coderai.extractor.v1.QualityService."""

    async def GetQuality(self, request: pb.GetQualityRequest, context: Any) -> pb.GetQualityResponse:
        raise NotImplementedError

    async def ImportGold(self, request: pb.ImportGoldRequest, context: Any) -> pb.ImportGoldResponse:
        raise NotImplementedError

    async def ListGold(self, request: pb.ListGoldRequest, context: Any) -> pb.ListGoldResponse:
        raise NotImplementedError

    async def ScoreAgainstGold(self, request: pb.ScoreAgainstGoldRequest, context: Any) -> pb.ScoreAgainstGoldResponse:
        raise NotImplementedError

    async def CompareTrial(self, request: pb.CompareTrialRequest, context: Any) -> pb.CompareTrialResponse:
        raise NotImplementedError
