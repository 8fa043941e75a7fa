"""The RPCs of DatasetService."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.extractor.v1 import dataset_service_pb2_grpc
from coderai.kit import identity
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import parse_id
from coderai.kit.paging import read_page
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.domain.dataset.filters import named, read_filters, read_sort
from coderai.services.extractor.reads.dataset_rows import list_rows, next_token, read_part
from coderai.services.extractor.reads.facets import MOST_TOP, TOP, facets
from coderai.services.extractor.reads.staleness import staleness
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.ports import Projects

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]


class DatasetServicer(dataset_service_pb2_grpc.DatasetServiceServicer):
    """coderai.extractor.v1.DatasetService."""

    def __init__(self, *, open_store: OpenStore, projects: Projects) -> None:
        self._open_store = open_store
        self._projects = projects

    def _store(self) -> AbstractAsyncContextManager[ExtractorStore]:
        return self._open_store(identity.current().workspace_id)

    async def ListDatasetRows(self, request: pb.ListDatasetRowsRequest, context: Any) -> pb.ListDatasetRowsResponse:
        project_id = parse_id(request.project_id, "project")
        size = read_page(request.page_size, "").size
        codebook = await codebook_now(self._projects, project_id)
        filters, sort = read_filters(request.filter, codebook), read_sort(request.sort, codebook)
        part = read_part(size, request.offset, request.page_token, sort, request.sort)
        variables = named(request.variables, codebook)
        async with self._store() as store:
            found, place = await list_rows(store, project_id, codebook, filters, sort, part, variables)
        found.next_page_token = next_token(place, request.sort)
        return found

    async def GetDatasetFacets(self, request: pb.GetDatasetFacetsRequest, context: Any) -> pb.GetDatasetFacetsResponse:
        project_id = parse_id(request.project_id, "project")
        if not 0 <= request.top <= MOST_TOP:
            raise InvalidInput(f"top must be 1 to {MOST_TOP}", fields={"top": f"must be 1 to {MOST_TOP}"})
        codebook = await codebook_now(self._projects, project_id)
        filters, variables = read_filters(request.filter, codebook), named(request.variables, codebook)
        async with self._store() as store:
            return await facets(store, project_id, codebook, filters, variables, request.top or TOP)

    async def GetStaleness(self, request: pb.GetStalenessRequest, context: Any) -> pb.GetStalenessResponse:
        project_id = parse_id(request.project_id, "project")
        codebook = await codebook_now(self._projects, project_id)
        async with self._store() as store:
            return await staleness(store, project_id, codebook, other_model=request.other_model)

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
