"""How far a project is, as ingest and the extractor know it: documents, the latest job's findings, stale cells."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from coderai.codebook.plain import read
from coderai.extractor.v1 import extractor_service_pb2 as extractor_pb
from coderai.extractor.v1.dataset_service_pb2 import GetStalenessRequest
from coderai.extractor.v1.dataset_service_pb2_grpc import DatasetServiceStub
from coderai.extractor.v1.extractor_service_pb2_grpc import ExtractorServiceStub
from coderai.ingest.v1.ingest_service_pb2 import ListDocumentsRequest
from coderai.ingest.v1.ingest_service_pb2_grpc import IngestServiceStub
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.wire import to_plain
from coderai.services.copilot.domain.conversing.talk import LatestJob, Stale, Statistics

_JOBS = 20
"""Newest jobs among which the latest sample or full run is looked for: trials come between."""


class ProgressPeer:
    """usecases.conversing.ports.Progress."""

    def __init__(self, ingest: PeerChannel, extractor: PeerChannel) -> None:
        self._ingest: Any = IngestServiceStub(ingest)
        self._extractor: Any = ExtractorServiceStub(extractor)
        self._dataset: Any = DatasetServiceStub(extractor)

    async def readable(self, project_id: UUID) -> int:
        reply = await self._ingest.ListDocuments(ListDocumentsRequest(project_id=str(project_id), page_size=1))
        return int(reply.counts.get("READY", 0))

    async def latest_job(self, project_id: UUID) -> LatestJob | None:
        request = extractor_pb.ListJobsRequest(project_id=str(project_id), page_size=_JOBS)
        jobs = (await self._extractor.ListJobs(request)).items
        job = next((one for one in jobs if one.kind != extractor_pb.JOB_KIND_TRIAL), None)
        if job is None:
            return None
        found = await self._extractor.GetJobStatistics(extractor_pb.GetJobStatisticsRequest(job_id=job.id))
        statistics = tuple(read(Statistics, to_plain(one)) for one in found.items)
        plain = to_plain(job)
        return LatestJob(plain["kind"], plain["status"], job.documents_total, job.documents_failed, statistics)

    async def stale(self, project_id: UUID) -> list[Stale]:
        reply = await self._dataset.GetStaleness(GetStalenessRequest(project_id=str(project_id)))
        return [read(Stale, to_plain(one)) for one in reply.items]
