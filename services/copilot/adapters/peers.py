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
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.refining.feedback import Text
from coderai.services.copilot.domain.refining.refinement import Option, Refinement
from coderai.services.copilot.domain.sampling import Head


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
            entity_pattern=found.unit.entity_identification_pattern,
        )

    async def variables(self, project_id: UUID) -> list[Variable]:
        reply = await self._stub.ListVariables(ListVariablesRequest(project_id=str(project_id)))
        return [read(Variable, to_plain(variable)) for variable in reply.items]

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

    async def heads(self, project_id: UUID) -> AsyncIterator[Head]:
        request = ingest.StreamDocumentHeadsRequest(project_id=str(project_id))
        async for response in self._stub.StreamDocumentHeads(request):
            for head in response.items:
                if head.status == ingest.DOCUMENT_STATUS_READY:
                    repeats = bool(head.duplicate_of)
                    yield Head(head.document_id, head.name, head.word_count, head.language, repeats)

    async def text(self, document_id: str) -> Text:
        reply = await self._stub.GetDocumentText(ingest.GetDocumentTextRequest(document_id=document_id))
        return Text(reply.text, reply.language, tuple(page.start for page in reply.pages) or (0,))
