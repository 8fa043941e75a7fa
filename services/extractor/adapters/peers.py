"""The projects and ingest services, as the use cases see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.ingest.v1.ingest_service_pb2_grpc import IngestServiceStub
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.wire import enum_names, to_plain
from coderai.projects.v1.projects_service_pb2 import FreezeCodebookRequest, GetProjectRequest
from coderai.projects.v1.projects_service_pb2_grpc import ProjectsServiceStub
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.usecases.ports import DocumentHead

_STATUSES = enum_names(ingest.DocumentStatus.DESCRIPTOR)
_FORMATS = enum_names(ingest.DocumentFormat.DESCRIPTOR)


class ProjectsPeer:
    """usecases.ports.Projects."""

    def __init__(self, channel: PeerChannel) -> None:
        self._stub: Any = ProjectsServiceStub(channel)

    async def freeze(self, project_id: UUID) -> Mapping[str, Any]:
        reply = await self._stub.FreezeCodebook(FreezeCodebookRequest(project_id=str(project_id)))
        return to_plain(reply.codebook)

    async def must_exist(self, project_id: UUID) -> None:
        await self._stub.GetProject(GetProjectRequest(project_id=str(project_id)))

    async def token_budget(self, project_id: UUID) -> int:
        reply = await self._stub.GetProject(GetProjectRequest(project_id=str(project_id)))
        return int(reply.project.token_budget)


class IngestPeer:
    """usecases.ports.Documents."""

    def __init__(self, channel: PeerChannel) -> None:
        self._stub: Any = IngestServiceStub(channel)

    async def heads(self, project_id: UUID, document_ids: Sequence[UUID]) -> AsyncIterator[DocumentHead]:
        request = ingest.StreamDocumentHeadsRequest(
            project_id=str(project_id), document_ids=[str(document_id) for document_id in document_ids]
        )
        async for response in self._stub.StreamDocumentHeads(request):
            for head in response.items:
                yield DocumentHead(
                    id=UUID(head.document_id),
                    name=head.name,
                    status=_STATUSES[head.status],
                    error=head.error_message,
                    words=head.word_count,
                    chunks=head.chunk_count,
                    repeats=bool(head.duplicate_of),
                    format=_FORMATS[head.format],
                    language=head.language,
                )

    async def text(self, document_id: UUID) -> Document:
        reply = await self._stub.GetDocumentText(ingest.GetDocumentTextRequest(document_id=str(document_id)))
        return Document(
            id=reply.document_id,
            name=reply.name,
            text=reply.text,
            pages=[Span(page.start, page.end) for page in reply.pages],
            chunks=[Span(chunk.start, chunk.end) for chunk in reply.chunks],
            language=reply.language,
            unread_pages=tuple(reply.unread_pages),
            unsure_pages={page.number: page.confidence for page in reply.unsure_pages},
            text_version=reply.text_version,
        )
