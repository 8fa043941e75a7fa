"""The RPCs of DatasetService."""

from __future__ import annotations

from typing import Any

from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.extractor.v1 import dataset_service_pb2_grpc


class DatasetServicer(dataset_service_pb2_grpc.DatasetServiceServicer):
    """coderai.extractor.v1.DatasetService."""

    async def ListDatasetRows(self, request: pb.ListDatasetRowsRequest, context: Any) -> pb.ListDatasetRowsResponse:
        raise NotImplementedError

    async def GetDatasetFacets(self, request: pb.GetDatasetFacetsRequest, context: Any) -> pb.GetDatasetFacetsResponse:
        raise NotImplementedError

    async def GetStaleness(self, request: pb.GetStalenessRequest, context: Any) -> pb.GetStalenessResponse:
        raise NotImplementedError

    async def RenewDataset(self, request: pb.RenewDatasetRequest, context: Any) -> pb.RenewDatasetResponse:
        raise NotImplementedError

    async def EstimateRenewal(self, request: pb.EstimateRenewalRequest, context: Any) -> pb.EstimateRenewalResponse:
        raise NotImplementedError

    async def ListUnits(self, request: pb.ListUnitsRequest, context: Any) -> pb.ListUnitsResponse:
        raise NotImplementedError

    async def AddUnit(self, request: pb.AddUnitRequest, context: Any) -> pb.AddUnitResponse:
        raise NotImplementedError

    async def RemoveUnit(self, request: pb.RemoveUnitRequest, context: Any) -> pb.RemoveUnitResponse:
        raise NotImplementedError

    async def MergeUnits(self, request: pb.MergeUnitsRequest, context: Any) -> pb.MergeUnitsResponse:
        raise NotImplementedError

    async def SplitUnit(self, request: pb.SplitUnitRequest, context: Any) -> pb.SplitUnitResponse:
        raise NotImplementedError

    async def ListUnitChanges(self, request: pb.ListUnitChangesRequest, context: Any) -> pb.ListUnitChangesResponse:
        raise NotImplementedError

    async def UndoUnitChange(self, request: pb.UndoUnitChangeRequest, context: Any) -> pb.UndoUnitChangeResponse:
        raise NotImplementedError
