"""The projects and ingest services, as the use cases see them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from coderai.codebook.plain import read, write
from coderai.codebook.variable import Variable
from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.ingest.v1.ingest_service_pb2_grpc import IngestServiceStub
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1.codebook_pb2 import ROWS_PER_DOCUMENT_MULTIPLE
from coderai.projects.v1.projects_service_pb2 import (
    GetProjectRequest,
    GetVariableRequest,
    ListVariablesRequest,
    RefineVariableRequest,
)
from coderai.projects.v1.projects_service_pb2_grpc import ProjectsServiceStub
from coderai.services.copilot.domain.question import Document, Existing, Project
from coderai.services.copilot.domain.refining.refinement import Option, Refinement


class ProjectsPeer:
    """usecases.ports.Projects."""

    def __init__(self, channel: PeerChannel) -> None:
        self._stub: Any = ProjectsServiceStub(channel)

    async def project(self, project_id: UUID) -> Project:
        found = (await self._stub.GetProject(GetProjectRequest(project_id=str(project_id)))).project
        return Project(
            name=found.name,
            model=found.model,
            description=found.description,
            domain=found.domain,
            language=found.language,
            document_type=found.document_type,
            row_is=found.unit.row_is,
            multiple=found.unit.rows_per_document == ROWS_PER_DOCUMENT_MULTIPLE,
        )

    async def variables(self, project_id: UUID) -> list[Existing]:
        reply = await self._stub.ListVariables(ListVariablesRequest(project_id=str(project_id)))
        return [Existing(v.name, v.display_name, v.instructions) for v in reply.items]

    async def variable(self, variable_id: UUID) -> Variable:
        reply = await self._stub.GetVariable(GetVariableRequest(variable_id=str(variable_id)))
        return read(Variable, to_plain(reply.variable))

    async def refine(self, refinement: Refinement, option: Option) -> UUID:
        plain = {
            "variable_id": refinement.variable_id,
            "text": option.text,
            "golden_examples": list(map(write, option.golden_examples)),
            "categories": list(map(write, option.categories)),
            "refinement_id": refinement.id,
            "based_on_prompt_id": refinement.based_on_prompt_id,
        }
        reply = await self._stub.RefineVariable(from_plain(RefineVariableRequest, plain))
        return UUID(reply.variable.active_prompt.id)


class IngestPeer:
    """usecases.ports.Documents."""

    def __init__(self, channel: PeerChannel) -> None:
        self._stub: Any = IngestServiceStub(channel)

    async def ready(self, project_id: UUID) -> AsyncIterator[UUID]:
        request = ingest.StreamDocumentHeadsRequest(project_id=str(project_id))
        async for response in self._stub.StreamDocumentHeads(request):
            for head in response.items:
                if head.status == ingest.DOCUMENT_STATUS_READY:
                    yield UUID(head.document_id)

    async def beginning(self, document_id: UUID, characters: int) -> Document:
        reply = await self._stub.GetDocumentText(ingest.GetDocumentTextRequest(document_id=str(document_id)))
        return Document(reply.name, reply.text[:characters])

    async def text(self, document_id: str) -> str:
        reply = await self._stub.GetDocumentText(ingest.GetDocumentTextRequest(document_id=document_id))
        return str(reply.text)
