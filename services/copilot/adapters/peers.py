"""The projects and ingest services, as the use cases see them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

from coderai.codebook.context import Context
from coderai.codebook.plain import read, write
from coderai.codebook.schema import Change, Schema
from coderai.codebook.variable import Variable
from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.ingest.v1.ingest_service_pb2_grpc import IngestServiceStub
from coderai.kit.errors import InvalidInput
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.sizes import check_sizes
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1.codebook_pb2 import ROWS_PER_DOCUMENT_MULTIPLE
from coderai.projects.v1.codebook_pb2 import Variable as VariableMessage
from coderai.projects.v1.projects_service_pb2 import (
    ChangeSchemaRequest,
    GetProjectRequest,
    GetVariableRequest,
    ListVariablesRequest,
    RefineVariableRequest,
)
from coderai.projects.v1.projects_service_pb2_grpc import ProjectsServiceStub
from coderai.projects.v1.schema_change_pb2 import SchemaChange
from coderai.services.copilot.domain.proposal import Proposal
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.refining.feedback import Text
from coderai.services.copilot.domain.refining.refinement import Option, Refinement
from coderai.services.copilot.domain.sampling import Head


class ChangeUnreadable(InvalidInput):
    """The change has fields that there are not, or values of another kind than they take."""


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

    async def schema(self, project_id: UUID) -> Schema:
        project, variables = await asyncio.gather(
            self._stub.GetProject(GetProjectRequest(project_id=str(project_id))),
            self._stub.ListVariables(ListVariablesRequest(project_id=str(project_id))),
        )
        context = read(Context, to_plain(project.project))
        return Schema(context, tuple(read(Variable, to_plain(variable)) for variable in variables.items))

    def read_changes(self, changes: Sequence[Change]) -> list[Change]:
        messages = [_change(change) for change in changes]
        check_sizes(ChangeSchemaRequest(changes=messages))
        return [read(Change, to_plain(message)) for message in messages]

    async def change(self, proposal: Proposal) -> list[VariableMessage]:
        plain = {
            "project_id": proposal.project_id,
            "change_id": proposal.id,
            "changes": [_change(change) for change in proposal.changes],
            "names": [{"variable_id": id, "name": name} for id, name in proposal.names.items()],
        }
        reply = await self._stub.ChangeSchema(from_plain(ChangeSchemaRequest, plain))
        return list(reply.variables)

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


def _change(change: Change) -> SchemaChange:
    """Raises ChangeUnreadable."""
    try:
        return from_plain(SchemaChange, write(change))
    except KeyError as error:
        raise ChangeUnreadable(f"there is no field or choice {error}") from None
    except (AttributeError, OverflowError, TypeError, ValueError):
        raise ChangeUnreadable() from None
