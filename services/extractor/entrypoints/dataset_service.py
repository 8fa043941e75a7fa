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
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import parse_id
from coderai.kit.paging import read_page
from coderai.kit.wire import enum_names, from_plain
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.domain.dataset.filters import named, read_filters, read_sort
from coderai.services.extractor.domain.dataset.units import UnitState
from coderai.services.extractor.queries import jobs as job_queries
from coderai.services.extractor.queries import units
from coderai.services.extractor.queries.dataset_rows import list_rows, next_token, read_part
from coderai.services.extractor.queries.dataset_statistics import dataset_statistics
from coderai.services.extractor.queries.facets import MOST_TOP, TOP, facets
from coderai.services.extractor.queries.staleness import staleness
from coderai.services.extractor.usecases.codebooks import codebook_now
from coderai.services.extractor.usecases.ports import Projects
from coderai.services.extractor.usecases.renewals import Renewal, Renewals
from coderai.services.extractor.usecases.units import Named, Units

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ExtractorStore]]
_STATES = enum_names(pb.UnitState.DESCRIPTOR)


class DatasetServicer(dataset_service_pb2_grpc.DatasetServiceServicer):
    """coderai.extractor.v1.DatasetService."""

    def __init__(self, *, open_store: OpenStore, projects: Projects, renewals: Renewals, ledger: Units) -> None:
        self._open_store = open_store
        self._projects = projects
        self._renewals = renewals
        self._ledger = ledger

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

    async def GetDatasetStatistics(
        self, request: pb.GetDatasetStatisticsRequest, context: Any
    ) -> pb.GetDatasetStatisticsResponse:
        project_id = parse_id(request.project_id, "project")
        codebook = await codebook_now(self._projects, project_id)
        async with self._store() as store:
            return await dataset_statistics(store, project_id, codebook)

    async def GetStaleness(self, request: pb.GetStalenessRequest, context: Any) -> pb.GetStalenessResponse:
        project_id = parse_id(request.project_id, "project")
        codebook = await codebook_now(self._projects, project_id)
        async with self._store() as store:
            return await staleness(store, project_id, codebook, other_model=request.other_model)

    async def RenewDataset(self, request: pb.RenewDatasetRequest, context: Any) -> pb.RenewDatasetResponse:
        job_id = await self._renewals.start(identity.current(), _renewal(request))
        async with self._store() as store:
            job, _ = await job_queries.get_job(store, job_id)
        return pb.RenewDatasetResponse(job=job)

    async def EstimateRenewal(self, request: pb.EstimateRenewalRequest, context: Any) -> pb.EstimateRenewalResponse:
        estimate = await self._renewals.estimate(identity.current(), _renewal(request))
        return pb.EstimateRenewalResponse(estimate=from_plain(EstimateJobResponse, asdict(estimate)))

    async def ListUnits(self, request: pb.ListUnitsRequest, context: Any) -> pb.ListUnitsResponse:
        project_id = parse_id(request.project_id, "project")
        document_id = parse_id(request.document_id, "document") if request.document_id else None
        state = UnitState(_STATES.get(request.state) or UnitState.PRESENT)
        page = read_page(request.page_size, request.page_token)
        async with self._store() as store:
            found = await units.list_units(store, project_id, document_id, state, page)
        if not found.items:
            await self._projects.must_exist(project_id)
        return found

    async def AddUnit(self, request: pb.AddUnitRequest, context: Any) -> pb.AddUnitResponse:
        project_id, document_id = parse_id(request.project_id, "project"), parse_id(request.document_id, "document")
        named = Named(request.entity.text, request.entity.quote)
        change_id = await self._ledger.add(identity.current(), project_id, document_id, named, request.note)
        return pb.AddUnitResponse(change=await self._change(change_id))

    async def RemoveUnit(self, request: pb.RemoveUnitRequest, context: Any) -> pb.RemoveUnitResponse:
        unit_id = parse_id(request.unit_id, "unit")
        change_id = await self._ledger.remove(identity.current(), unit_id, request.note)
        return pb.RemoveUnitResponse(change=await self._change(change_id))

    async def MergeUnits(self, request: pb.MergeUnitsRequest, context: Any) -> pb.MergeUnitsResponse:
        unit_id, others = parse_id(request.unit_id, "unit"), [parse_id(one, "unit") for one in request.unit_ids]
        change_id = await self._ledger.merge(identity.current(), unit_id, others, request.note)
        return pb.MergeUnitsResponse(change=await self._change(change_id))

    async def SplitUnit(self, request: pb.SplitUnitRequest, context: Any) -> pb.SplitUnitResponse:
        unit_id, parts = parse_id(request.unit_id, "unit"), [Named(part.text, part.quote) for part in request.parts]
        change_id = await self._ledger.split(identity.current(), unit_id, parts, request.note)
        return pb.SplitUnitResponse(change=await self._change(change_id))

    async def ListUnitChanges(self, request: pb.ListUnitChangesRequest, context: Any) -> pb.ListUnitChangesResponse:
        project_id = parse_id(request.project_id, "project")
        document_id = parse_id(request.document_id, "document") if request.document_id else None
        page = read_page(request.page_size, request.page_token)
        async with self._store() as store:
            found = await units.list_changes(store, project_id, document_id, page)
        if not found.items:
            await self._projects.must_exist(project_id)
        return found

    async def UndoUnitChange(self, request: pb.UndoUnitChangeRequest, context: Any) -> pb.UndoUnitChangeResponse:
        change_id = await self._ledger.undo(identity.current(), parse_id(request.change_id, "change"))
        return pb.UndoUnitChangeResponse(change=await self._change(change_id))

    async def _change(self, change_id: UUID) -> pb.UnitChange:
        async with self._store() as store:
            return await units.get_change(store, change_id)


def _renewal(request: pb.RenewDatasetRequest | pb.EstimateRenewalRequest) -> Renewal:
    return Renewal(parse_id(request.project_id, "project"), list(request.variables), request.other_model)
