"""Makes a run's project, or finds that of an earlier run and has it follow its project file."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError, ClientError
from coderai.client.models import Project
from coderai.client.project_spec import ProjectSpec
from coderai.client.run_state import Remembered, RunMemory
from coderai.client.screen import Screen, counted
from coderai.client.spec_changes import SpecChanges, add_variable, follow_changes, plain_spec
from coderai.client.wanted import OFFLINE


class ModelSilent(ClientError):
    """The project's model does not answer; nothing was uploaded."""


@dataclass(frozen=True, slots=True)
class Made:
    """The project of a run."""

    project: Project
    is_new: bool
    is_changed: bool = False
    """Whether it was made to follow its file."""


@dataclass(frozen=True, slots=True)
class Making:
    """The part of a run that is about its project."""

    api: CoderAI
    screen: Screen
    memory: RunMemory

    def project(self, spec: ProjectSpec) -> Made:
        """The project of this run, as its file has it.

        Raises:
            ModelSilent: the model does not answer; a new project is deleted again.
            ApiError: the API refuses what the file says; a note names the variable. Nothing is left of a new project.
        """
        with self.memory.state.alone():
            known = self._known(self.memory.recall())
            if known is None:
                return Made(self._make(spec), is_new=True)
            project, run = known
            self.screen.done(f"going on with the project {project.name!r} (id {project.id})")
            return self._follow(project, run, spec)

    def _known(self, run: Remembered | None) -> tuple[Project, Remembered] | None:
        if run is None:
            return None
        try:
            return self.api.project(run.project_id), run
        except ApiError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            self.screen.note("the project of the earlier run is gone: making it anew")
            return None

    def _make(self, spec: ProjectSpec) -> Project:
        project = self.api.create_project(**spec.request())
        try:
            for variable in spec.variables:
                add_variable(self.api, project.id, variable.model_dump(mode="json", exclude_unset=True))
            check_model(self.api, project, self.screen)
        except (ApiError, ModelSilent):
            self.api.delete_project(project.id)
            raise
        columns = counted(len(spec.variables), "variable")
        self.screen.done(f"made the project {project.name!r} with {columns} (id {project.id})")
        self.memory.forget()
        self.memory.note(project_id=project.id, spec=plain_spec(spec))
        return project

    def _follow(self, project: Project, run: Remembered, spec: ProjectSpec) -> Made:
        changes = SpecChanges.between(run.spec, plain_spec(spec))
        if not changes:
            return Made(project, is_new=False)
        self.screen.note("the project file has changed, and the project with it:")
        for line in changes.told():
            self.screen.detail(line)
        for name in follow_changes(self.api, project.id, changes):
            self.screen.warn(f"the project has no variable {name!r} any more: what the file says of it is left out")
        project = self.api.project(project.id)
        if "model" in changes.project:
            check_model(self.api, project, self.screen)
        self.memory.note(spec=plain_spec(spec))
        return Made(project, is_new=False, is_changed=True)


def check_model(api: CoderAI, project: Project, screen: Screen) -> None:
    """Sees whether the project's model answers, before anything is uploaded for it.

    Raises:
        ModelSilent: the model is not reachable, its key refused ...
        ApiError: the budget is used up.
    """
    if project.model == OFFLINE:
        return
    checked = api.check_model(project.id)
    if checked.problem:
        raise ModelSilent(checked.problem)
    screen.detail(f"{project.model} answers, within {checked.seconds:.1f} s")
