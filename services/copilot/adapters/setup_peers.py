"""The projects, ingest and extractor services, as the guided setup sees them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from google.protobuf.field_mask_pb2 import FieldMask

from coderai.codebook.plain import read
from coderai.codebook.variable import Variable
from coderai.extractor.v1.extractor_service_pb2 import JOB_KIND_SAMPLE, EstimateJobRequest
from coderai.extractor.v1.extractor_service_pb2_grpc import ExtractorServiceStub
from coderai.ingest.v1.ingest_service_pb2 import ListDocumentsRequest
from coderai.ingest.v1.ingest_service_pb2_grpc import IngestServiceStub
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1.projects_service_pb2 import GetProjectRequest, ListVariablesRequest, UpdateProjectRequest
from coderai.projects.v1.projects_service_pb2_grpc import ProjectsServiceStub
from coderai.services.copilot.domain.setup.context import Corpus
from coderai.services.copilot.usecases.setup.ports import Standing


class SetupPeers:
    """usecases.setup.ports.SetupPeers."""

    def __init__(self, projects: PeerChannel, ingest: PeerChannel, extractor: PeerChannel) -> None:
        self._projects: Any = ProjectsServiceStub(projects)
        self._ingest: Any = IngestServiceStub(ingest)
        self._extractor: Any = ExtractorServiceStub(extractor)

    async def standing(self, project_id: UUID) -> Standing:
        id_ = str(project_id)
        project, variables, corpus = await asyncio.gather(
            self._projects.GetProject(GetProjectRequest(project_id=id_)),
            self._projects.ListVariables(ListVariablesRequest(project_id=id_)),
            self._ingest.ListDocuments(ListDocumentsRequest(project_id=id_, page_size=1)),
        )
        known = tuple(read(Variable, to_plain(variable)) for variable in variables.items)
        ready = corpus.counts.get("READY", 0)
        return Standing(
            to_plain(project.project), known, Corpus(ready, dict(corpus.languages), corpus.suggested_language)
        )

    async def change(self, project_id: UUID, fields: Mapping[str, Any]) -> None:
        request = from_plain(UpdateProjectRequest, {"project_id": project_id, **fields})
        request.update_mask.CopyFrom(FieldMask(paths=list(fields)))
        await self._projects.UpdateProject(request)

    async def estimate(self, project_id: UUID, sample_size: int) -> Mapping[str, Any]:
        request = EstimateJobRequest(project_id=str(project_id), kind=JOB_KIND_SAMPLE, sample_size=sample_size)
        return to_plain(await self._extractor.EstimateJob(request))
