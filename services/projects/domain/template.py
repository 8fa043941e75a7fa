"""A template: what defines a dataset's columns and rows, kept under a name, and how it fits into a project."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import Any, Self
from uuid import UUID

from coderai.codebook.codebook import ONE_DOCUMENT, Unit
from coderai.codebook.definition import define, definition
from coderai.codebook.plain import read, write
from coderai.codebook.prompt import generate
from coderai.codebook.prompt_version import NO_PROMPT, PromptOrigin, PromptVersion
from coderai.codebook.variable import Variable
from coderai.services.projects.domain.problems import TemplateNamesTaken
from coderai.services.projects.domain.project import Project

CONTEXT = ("description", "domain", "language", "document_type")
"""What a schema says of the documents, under the names that a project has for it."""
_PROMPT = ("text", "temperature", "max_tokens")


class IfNameTaken(StrEnum):
    """What becomes of a template's variable whose name the project has already."""

    REFUSE = "REFUSE"
    SKIP = "SKIP"
    RENAME = "RENAME"


@dataclass(frozen=True, slots=True)
class Schema:
    """A project without its documents, jobs and settings."""

    variables: tuple[Variable, ...]
    """In the order of the columns; the active prompt of one that a person wrote or chose, else NO_PROMPT."""
    description: str = ""
    domain: str = ""
    language: str = ""
    document_type: str = ""
    unit: Unit = ONE_DOCUMENT

    @classmethod
    def of(cls, project: Project, variables: Iterable[Variable], own: Mapping[str, PromptVersion]) -> Self:
        """A project's; `own`: the prompts that a person wrote or chose, by the variable's id."""
        with_prompts = ((variable, own.get(variable.id)) for variable in variables)
        kept = tuple(_kept(variable, n, prompt) for n, (variable, prompt) in enumerate(with_prompts))
        return cls(kept, **{name: getattr(project, name) for name in CONTEXT}, unit=project.unit)

    @classmethod
    def defined(cls, plain: Mapping[str, Any]) -> Self:
        """One that a person wrote: fields of POST projects, and `variables`, perhaps with a `prompt`; takes up to 5 s.

        Raises:
            ProjectInvalid, VariableInvalid, PromptInvalid
        """
        context = {name: plain[name] for name in (*CONTEXT, "unit") if name in plain}
        project = Project.define(UUID(int=0), {"name": "its schema alone", **context})
        asked = plain.get("variables", ())
        variables = [define(str(n), "", one, n) for n, one in enumerate(asked)]
        prompts = zip(variables, asked, strict=True)
        own = {variable.id: _written(variable, one["prompt"]) for variable, one in prompts if one.get("prompt")}
        return cls.of(project, variables, own)

    @classmethod
    def read(cls, plain: Mapping[str, Any]) -> Self:
        """One as `write` gave it; what was valid when it was saved is not checked again."""
        variables = tuple(_read(one, position) for position, one in enumerate(plain["variables"]))
        return cls(variables, **{name: plain[name] for name in CONTEXT}, unit=read(Unit, plain["unit"]))

    def write(self) -> dict[str, Any]:
        """Plain JSON, as a project file has it."""
        context = {name: getattr(self, name) for name in CONTEXT}
        return {**context, "unit": write(self.unit), "variables": [_plain(variable) for variable in self.variables]}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What a template reaches on the documents that ship with it."""

    model: str
    right: int
    compared: int
    """Cells."""


@dataclass(frozen=True, slots=True)
class Template:
    """A schema under a name."""

    id: str
    """Of one that ships its name in lower case, else a UUID."""
    name: str
    description: str
    schema: Schema
    accuracy: Accuracy | None = None
    """Of one that ships."""

    def clashes(self, taken: Collection[str]) -> list[str]:
        """The names of its variables that are taken."""
        return [variable.name for variable in self.schema.variables if variable.name in taken]

    def fitted(self, taken: Collection[str], if_taken: IfNameTaken) -> tuple[Variable, ...]:
        """Its variables as a project with these names can take them; conditions follow a variable's new name.

        Raises:
            TemplateNamesTaken: names are, and nobody has said what becomes of them.
        """
        clashes = self.clashes(taken)
        variables = self.schema.variables
        if not clashes:
            return variables
        if if_taken is IfNameTaken.REFUSE:
            raise TemplateNamesTaken(
                f"the project has variables of these names already: {', '.join(clashes)};"
                " say whether the template's are left out (SKIP) or get other names (RENAME)",
                fields={"if_name_taken": f"{', '.join(clashes)}: taken"},
            )
        if if_taken is IfNameTaken.SKIP:
            return tuple(variable for variable in variables if variable.name not in clashes)
        others = {*taken, *(variable.name for variable in variables)}
        names = {name: _free(name, others) for name in clashes}
        return tuple(_renamed(variable, names) for variable in variables)

    def context_for(self, project: Project) -> Project:
        """The project with the template's unit and context where it says nothing of its own."""
        empty: dict[str, Any] = {name: getattr(self.schema, name) for name in CONTEXT if not getattr(project, name)}
        return replace(project, **empty, unit=self.schema.unit if self.sets_unit(project) else project.unit)

    def sets_unit(self, project: Project) -> bool:
        """Whether the project's unit would become the template's."""
        return project.unit == ONE_DOCUMENT and self.schema.unit != ONE_DOCUMENT


def _kept(variable: Variable, position: int, prompt: PromptVersion | None) -> Variable:
    own = replace(prompt, id="", version=0, origin=PromptOrigin.EDITED) if prompt else NO_PROMPT
    return replace(variable, id="", project_id="", position=position, active_prompt=own)


def _written(variable: Variable, plain: Mapping[str, Any]) -> PromptVersion:
    """A person's prompt; temperature and limit are those of a generated one where they are not given."""
    given = {name: value for name, value in plain.items() if name in _PROMPT and value is not None}
    return replace(generate(variable), text="", **given).check()


def _plain(variable: Variable) -> dict[str, Any]:
    prompt = write(variable.active_prompt)
    own = {"prompt": {name: prompt[name] for name in _PROMPT}} if variable.active_prompt.text else {}
    return {**definition(variable), **own}


def _read(plain: Mapping[str, Any], position: int) -> Variable:
    own = {"active_prompt": {**plain["prompt"], "origin": PromptOrigin.EDITED}} if "prompt" in plain else {}
    return read(Variable, {**plain, **own, "id": "", "position": position})


def _free(name: str, taken: set[str]) -> str:
    """A name like this one that is not taken, which it is from then on."""
    free = next(other for number in count(2) if (other := f"{name[:58]}_{number}") not in taken)
    taken.add(free)
    return free


def _renamed(variable: Variable, names: Mapping[str, str]) -> Variable:
    conditions = tuple(replace(c, variable=names.get(c.variable, c.variable)) for c in variable.depends_on)
    name = names.get(variable.name, variable.name)
    return replace(variable, name=name, depends_on=conditions)
