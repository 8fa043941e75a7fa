"""The RPCs of the template service: each calls a use case or a query, and answers with its message."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from coderai.kit import identity
from coderai.kit.ids import new_id, parse_id
from coderai.kit.paging import read_page
from coderai.kit.wire import to_plain
from coderai.projects.v1 import template_service_pb2 as pb
from coderai.projects.v1 import template_service_pb2_grpc
from coderai.services.projects.adapters.template_store import TemplatesStore
from coderai.services.projects.domain.problems import TemplateSourceUnclear
from coderai.services.projects.domain.template import IfNameTaken, Template
from coderai.services.projects.entrypoints.schema_yaml import read_schema_yaml
from coderai.services.projects.queries import projects as project_queries
from coderai.services.projects.queries import templates as queries
from coderai.services.projects.usecases import templates
from coderai.services.projects.usecases.templates import Shipped

OpenTemplates = Callable[[UUID], AbstractAsyncContextManager[TemplatesStore]]


class TemplateServicer(template_service_pb2_grpc.TemplateServiceServicer):
    """coderai.projects.v1.TemplateService."""

    def __init__(self, open_store: OpenTemplates, shipped: Shipped) -> None:
        self._open_store = open_store
        self._shipped = shipped

    def _store(self) -> AbstractAsyncContextManager[TemplatesStore]:
        return self._open_store(identity.current().workspace_id)

    async def CreateTemplate(self, request: pb.CreateTemplateRequest, context: Any) -> pb.CreateTemplateResponse:
        if bool(request.project_id) == bool(request.yaml):
            raise TemplateSourceUnclear()
        template_id, name = str(new_id()), request.name.strip()
        if request.yaml:
            plain = await asyncio.to_thread(read_schema_yaml, request.yaml)
            name, schema = name or plain.get("name", "").strip(), await templates.schema_of_yaml(plain)
        async with self._store() as store:
            if not request.yaml:
                schema = await templates.schema_of_project(store, parse_id(request.project_id, "project"))
            template = Template(template_id, name, request.description or schema.context.description, schema)
            await templates.save_template(store, self._shipped, identity.current(), template)
        return pb.CreateTemplateResponse(template=await self._template(template_id))

    async def ListTemplates(self, request: pb.ListTemplatesRequest, context: Any) -> pb.ListTemplatesResponse:
        async with self._store() as store:
            page = read_page(request.page_size, request.page_token)
            return await queries.list_templates(store, page, self._shipped)

    async def GetTemplate(self, request: pb.GetTemplateRequest, context: Any) -> pb.GetTemplateResponse:
        return pb.GetTemplateResponse(template=await self._template(request.template_id))

    async def DeleteTemplate(self, request: pb.DeleteTemplateRequest, context: Any) -> pb.DeleteTemplateResponse:
        async with self._store() as store:
            await templates.delete_template(store, self._shipped, request.template_id)
        return pb.DeleteTemplateResponse()

    async def PreviewTemplate(self, request: pb.PreviewTemplateRequest, context: Any) -> pb.PreviewTemplateResponse:
        async with self._store() as store:
            template = await templates.find_template(store, self._shipped, request.template_id)
            return await queries.preview_template(store, parse_id(request.project_id, "project"), template)

    async def ApplyTemplate(self, request: pb.ApplyTemplateRequest, context: Any) -> pb.ApplyTemplateResponse:
        project_id = parse_id(request.project_id, "project")
        if_taken = IfNameTaken(to_plain(request)["if_name_taken"] or IfNameTaken.REFUSE)
        async with self._store() as store:
            template = await templates.find_template(store, self._shipped, request.template_id)
            ids = [new_id() for _ in template.schema.variables]
            await templates.apply_template(store, identity.current(), project_id, template, if_taken, ids)
        async with self._store() as store:
            return pb.ApplyTemplateResponse(
                project=await project_queries.get_project(store, project_id, identity.current().user_id),
                variables=await project_queries.list_variables(store, project_id),
            )

    async def _template(self, template_id: str) -> pb.Template:
        async with self._store() as store:
            return await queries.get_template(store, template_id, self._shipped)
