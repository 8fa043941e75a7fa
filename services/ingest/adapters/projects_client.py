"""Asks the projects service whether a project exists, and what it says of its documents."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from coderai.kit.grpc_channel import PeerChannel
from coderai.language.locales import language_code
from coderai.projects.v1.projects_service_pb2 import GetProjectRequest
from coderai.projects.v1.projects_service_pb2_grpc import ProjectsServiceStub
from coderai.services.ingest.domain.document import Project


class ProjectsClient:
    """usecases.ports.Projects over gRPC."""

    def __init__(self, channel: PeerChannel) -> None:
        self._stub: Any = ProjectsServiceStub(channel)

    async def must_exist(self, project_id: UUID) -> None:
        await self._stub.GetProject(GetProjectRequest(project_id=str(project_id)))

    async def project(self, project_id: UUID) -> Project:
        response = await self._stub.GetProject(GetProjectRequest(project_id=str(project_id)))
        return Project(response.project.model, language_code(response.project.language))
