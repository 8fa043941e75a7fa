"""The service's RPCs: each opens a tenant session, calls a use case or a query, and answers with its message."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any
from uuid import UUID

from coderai.codebook.plain import read, write
from coderai.codebook.schema import Change
from coderai.kit import identity
from coderai.kit.ids import new_id, parse_id
from coderai.kit.models import ModelList
from coderai.kit.paging import read_page
from coderai.kit.wire import from_plain, to_plain
from coderai.projects.v1 import projects_service_pb2 as pb
from coderai.projects.v1 import projects_service_pb2_grpc
from coderai.projects.v1.codebook_pb2 import Codebook
from coderai.services.projects.adapters.store import ProjectsStore
from coderai.services.projects.entrypoints.masks import masked
from coderai.services.projects.queries import projects as queries
from coderai.services.projects.usecases import codebooks, projects, prompts, variables
from coderai.services.projects.usecases.changing import apply_changes
from coderai.services.projects.usecases.refining import refine_variable

OpenStore = Callable[[UUID], AbstractAsyncContextManager[ProjectsStore]]


class ProjectsServicer(projects_service_pb2_grpc.ProjectsServiceServicer):
    """coderai.projects.v1.ProjectsService."""

    def __init__(self, open_store: OpenStore, models: ModelList) -> None:
        """`models`: those that projects may name."""
        self._open_store = open_store
        self._models = models

    def _store(self) -> AbstractAsyncContextManager[ProjectsStore]:
        return self._open_store(identity.current().workspace_id)

    async def _project(self, project_id: UUID) -> pb.Project:
        """A project as the caller has seen it. Raises ProjectNotFound."""
        async with self._store() as store:
            return await queries.get_project(store, project_id, identity.current().user_id)

    async def CreateProject(self, request: pb.CreateProjectRequest, context: Any) -> pb.CreateProjectResponse:
        project_id = new_id()
        async with self._store() as store:
            await projects.create_project(store, self._models, project_id, to_plain(request))
        async with self._store() as store:
            return pb.CreateProjectResponse(
                project=await queries.get_project(store, project_id, identity.current().user_id)
            )

    async def ListProjects(self, request: pb.ListProjectsRequest, context: Any) -> pb.ListProjectsResponse:
        async with self._store() as store:
            page = read_page(request.page_size, request.page_token)
            return await queries.list_projects(store, page, identity.current().user_id)

    async def GetProject(self, request: pb.GetProjectRequest, context: Any) -> pb.GetProjectResponse:
        return pb.GetProjectResponse(project=await self._project(parse_id(request.project_id, "project")))

    async def UpdateProject(self, request: pb.UpdateProjectRequest, context: Any) -> pb.UpdateProjectResponse:
        project_id = parse_id(request.project_id, "project")
        async with self._store() as store:
            plain = masked(request, request.update_mask)
            await projects.update_project(store, self._models, project_id, plain, request.expected_etags)
        async with self._store() as store:
            return pb.UpdateProjectResponse(
                project=await queries.get_project(store, project_id, identity.current().user_id)
            )

    async def DeleteProject(self, request: pb.DeleteProjectRequest, context: Any) -> pb.DeleteProjectResponse:
        async with self._store() as store:
            project_id = parse_id(request.project_id, "project")
            await projects.delete_project(store, project_id, request.expected_etags)
        return pb.DeleteProjectResponse()

    async def CreateVariable(self, request: pb.CreateVariableRequest, context: Any) -> pb.CreateVariableResponse:
        project_id, variable_id = parse_id(request.project_id, "project"), new_id()
        async with self._store() as store:
            await variables.create_variable(
                store, identity.current(), project_id, variable_id, to_plain(request.variable)
            )
        async with self._store() as store:
            return pb.CreateVariableResponse(variable=await queries.get_variable(store, variable_id))

    async def ListVariables(self, request: pb.ListVariablesRequest, context: Any) -> pb.ListVariablesResponse:
        async with self._store() as store:
            found = await queries.list_variables(store, parse_id(request.project_id, "project"))
            return pb.ListVariablesResponse(items=found)

    async def GetVariable(self, request: pb.GetVariableRequest, context: Any) -> pb.GetVariableResponse:
        async with self._store() as store:
            variable = await queries.get_variable(store, parse_id(request.variable_id, "variable"))
            return pb.GetVariableResponse(variable=variable)

    async def UpdateVariable(self, request: pb.UpdateVariableRequest, context: Any) -> pb.UpdateVariableResponse:
        variable_id = parse_id(request.variable_id, "variable")
        async with self._store() as store:
            plain = masked(request.variable, request.update_mask)
            await variables.update_variable(store, identity.current(), variable_id, plain, request.expected_etags)
        async with self._store() as store:
            return pb.UpdateVariableResponse(variable=await queries.get_variable(store, variable_id))

    async def DeleteVariable(self, request: pb.DeleteVariableRequest, context: Any) -> pb.DeleteVariableResponse:
        async with self._store() as store:
            variable_id = parse_id(request.variable_id, "variable")
            await variables.delete_variable(store, variable_id, request.expected_etags)
        return pb.DeleteVariableResponse()

    async def ReorderVariables(self, request: pb.ReorderVariablesRequest, context: Any) -> pb.ReorderVariablesResponse:
        project_id = parse_id(request.project_id, "project")
        order = [parse_id(variable_id, "variable") for variable_id in request.variable_ids]
        async with self._store() as store:
            await variables.reorder_variables(store, project_id, order)
        async with self._store() as store:
            return pb.ReorderVariablesResponse(items=await queries.list_variables(store, project_id))

    async def DuplicateVariable(
        self, request: pb.DuplicateVariableRequest, context: Any
    ) -> pb.DuplicateVariableResponse:
        variable_id, copy_id = parse_id(request.variable_id, "variable"), new_id()
        async with self._store() as store:
            await variables.duplicate_variable(store, identity.current(), variable_id, copy_id, request.name)
        async with self._store() as store:
            return pb.DuplicateVariableResponse(variable=await queries.get_variable(store, copy_id))

    async def ListPrompts(self, request: pb.ListPromptsRequest, context: Any) -> pb.ListPromptsResponse:
        async with self._store() as store:
            found = await queries.list_prompts(store, parse_id(request.variable_id, "variable"))
            return pb.ListPromptsResponse(items=found)

    async def GeneratePrompt(self, request: pb.GeneratePromptRequest, context: Any) -> pb.GeneratePromptResponse:
        async with self._store() as store:
            version_id = await prompts.write_prompt(
                store,
                identity.current(),
                parse_id(request.variable_id, "variable"),
                text=request.text,
                temperature=request.temperature if request.HasField("temperature") else None,
                max_tokens=request.max_tokens if request.HasField("max_tokens") else None,
            )
        async with self._store() as store:
            return pb.GeneratePromptResponse(prompt=await queries.get_prompt(store, version_id))

    async def RefineVariable(self, request: pb.RefineVariableRequest, context: Any) -> pb.RefineVariableResponse:
        variable_id = parse_id(request.variable_id, "variable")
        refinement_id = parse_id(request.refinement_id, "refinement")
        async with self._store() as store:
            await refine_variable(store, identity.current(), variable_id, refinement_id, to_plain(request))
        async with self._store() as store:
            return pb.RefineVariableResponse(variable=await queries.get_variable(store, variable_id))

    async def ChangeSchema(self, request: pb.ChangeSchemaRequest, context: Any) -> pb.ChangeSchemaResponse:
        project_id, change_id = parse_id(request.project_id, "project"), parse_id(request.change_id, "change")
        steps = [read(Change, to_plain(step)) for step in request.changes]
        names = {one.variable_id: one.name for one in request.names}
        async with self._store() as store:
            touched = await apply_changes(store, identity.current(), project_id, change_id, steps, names)
        async with self._store() as store:
            return pb.ChangeSchemaResponse(
                variables=await queries.some_variables(store, touched),
                project=await queries.get_project(store, project_id, identity.current().user_id),
            )

    async def DiffPrompts(self, request: pb.DiffPromptsRequest, context: Any) -> pb.DiffPromptsResponse:
        against = parse_id(request.against_id, "prompt") if request.against_id else None
        async with self._store() as store:
            return await queries.diff_prompts(store, parse_id(request.prompt_id, "prompt"), against)

    async def ActivatePrompt(self, request: pb.ActivatePromptRequest, context: Any) -> pb.ActivatePromptResponse:
        prompt_id = parse_id(request.prompt_id, "prompt")
        async with self._store() as store:
            await prompts.activate_prompt(store, prompt_id)
        async with self._store() as store:
            return pb.ActivatePromptResponse(prompt=await queries.get_prompt(store, prompt_id))

    async def FreezeCodebook(self, request: pb.FreezeCodebookRequest, context: Any) -> pb.FreezeCodebookResponse:
        async with self._store() as store:
            project_id = parse_id(request.project_id, "project")
            frozen = await codebooks.freeze_codebook(store, identity.current(), project_id)
        return pb.FreezeCodebookResponse(codebook=from_plain(Codebook, write(frozen)))
