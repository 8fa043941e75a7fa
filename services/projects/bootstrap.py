"""Builds the projects service's concrete things and wires them; the only place that does."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

from grpc.aio import Server

from coderai.kit.audit_service import AUDIT_SERVICE, add_audit
from coderai.kit.grpc_server import serving
from coderai.kit.process import running, until_stopped
from coderai.projects.v1 import (
    personal_service_pb2,
    personal_service_pb2_grpc,
    projects_service_pb2,
    projects_service_pb2_grpc,
    template_service_pb2,
    template_service_pb2_grpc,
)
from coderai.services.projects.adapters.personal_store import PersonalsStore
from coderai.services.projects.adapters.shipped import read_shipped
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.adapters.template_store import TemplatesStore
from coderai.services.projects.entrypoints import consumer
from coderai.services.projects.entrypoints.grpc_service import ProjectsServicer
from coderai.services.projects.entrypoints.personal_service import PersonalServicer
from coderai.services.projects.entrypoints.template_service import TemplateServicer
from coderai.services.projects.settings import ProjectsSettings

SERVICE = "projects"
_FILES = (projects_service_pb2, template_service_pb2, personal_service_pb2)
_OWN = [service.full_name for file in _FILES for service in file.DESCRIPTOR.services_by_name.values()]
_NAMES = [*_OWN, AUDIT_SERVICE]


async def serve() -> None:
    """Serves gRPC and hears events until stopped."""
    settings = ProjectsSettings.from_env(SERVICE)
    async with running(SERVICE, settings) as process:
        open_store = partial(process.db.session, kind=ProjectsStore)
        servicer = ProjectsServicer(open_store, settings.model_list())
        templates = TemplateServicer(partial(process.db.session, kind=TemplatesStore), read_shipped())
        personal = PersonalServicer(partial(process.db.session, kind=PersonalsStore), partial(datetime.now, UTC))

        def register(server: Server) -> None:
            projects_service_pb2_grpc.add_ProjectsServiceServicer_to_server(servicer, server)
            template_service_pb2_grpc.add_TemplateServiceServicer_to_server(templates, server)
            personal_service_pb2_grpc.add_PersonalServiceServicer_to_server(personal, server)
            add_audit(server, process.db)

        async with serving(SERVICE, settings.listen, process.key, register, _NAMES, settings.grpc_reflection):
            await until_stopped(partial(process.bus.consume, consumer.job_changed(open_store)))
