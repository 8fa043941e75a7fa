"""The RPCs of DatasetService."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.extractor.v1 import dataset_service_pb2_grpc
from coderai.extractor.v1.extractor_service_pb2 import EstimateJobResponse
from coderai.kit import identity
from coderai.kit.ids import parse_id
from coderai.kit.wire import from_plain
from coderai.services.extractor import queries
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.reads.staleness import staleness
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.ports import Projects
from coderai.services.extractor.usecases.renewals import Renewal, Renewals

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]


class DatasetServicer(dataset_service_pb2_grpc.DatasetServiceServicer):
    """coderai.extractor.v1.DatasetService."""

    def __init__(self, *, open_store: OpenStore, projects: Projects, renewals: Renewals) -> None:
        self._open_store = open_store
        self._projects = projects
        self._renewals = renewals

    def _store(self) -> AbstractAsyncContextManager[ExtractorStore]:
        return self._open_store(identity.current().workspace_id)

    async def ListDatasetRows(self, request: pb.ListDatasetRowsRequest, context: Any) -> pb.ListDatasetRowsResponse:
        raise NotImplementedError

    async def GetDatasetFacets(self, request: pb.GetDatasetFacetsRequest, context: Any) -> pb.GetDatasetFacetsResponse:
        raise NotImplementedError

    async def GetStaleness(self, request: pb.GetStalenessRequest, context: Any) -> pb.GetStalenessResponse:
        project_id = parse_id(request.project_id, "project")
        codebook = await codebook_now(self._projects, project_id)
        async with self._store() as store:
            return await staleness(store, project_id, codebook, other_model=request.other_model)

    async def RenewDataset(self, request: pb.RenewDatasetRequest, context: Any) -> pb.RenewDatasetResponse:
        job_id = await self._renewals.start(identity.current(), _renewal(request))
        async with self._store() as store:
            job, _ = await queries.get_job(store, job_id)
        return pb.RenewDatasetResponse(job=job)

    async def EstimateRenewal(self, request: pb.EstimateRenewalRequest, context: Any) -> pb.EstimateRenewalResponse:
        estimate = await self._renewals.estimate(identity.current(), _renewal(request))
        return pb.EstimateRenewalResponse(estimate=from_plain(EstimateJobResponse, asdict(estimate)))

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


def _renewal(request: pb.RenewDatasetRequest | pb.EstimateRenewalRequest) -> Renewal:
    return Renewal(parse_id(request.project_id, "project"), list(request.variables), request.other_model)
