"""A template: what defines a dataset's columns and rows, kept under a name, and how it fits into a project."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from typing import Any

from coderai.codebook.columns import columns_beside
from coderai.codebook.conditions import renamed
from coderai.codebook.context import FIELDS, Context
from coderai.codebook.definition import define, definition
from coderai.codebook.plain import read, write
from coderai.codebook.project_yaml import PROMPT_KEYS
from coderai.codebook.prompt import generate
from coderai.codebook.prompt_version import NO_PROMPT, PromptOrigin, PromptVersion
from coderai.codebook.schema import Schema
from coderai.codebook.variable import Variable
from coderai.services.projects.domain.problems import TemplateNamesTaken


class IfNameTaken(StrEnum):
    """What becomes of a template's variable whose name the project has already."""

    REFUSE = "REFUSE"
    SKIP = "SKIP"
    RENAME = "RENAME"


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
    """Its variables have no ids, and a prompt only where a person wrote or chose it."""
    accuracy: Accuracy | None = None
    """Of one that ships."""

    def clashes(self, taken: Collection[str]) -> list[str]:
        """The names of its variables that are taken."""
        return [variable.name for variable in self.schema.variables if variable.name in taken]

    def fitted(self, present: Sequence[Variable], if_taken: IfNameTaken) -> tuple[Variable, ...]:
        """Its variables as a project with these ones can take them; conditions follow a variable's new name.

        Raises:
            TemplateNamesTaken: names are, and nobody has said what becomes of them.
        """
        taken = {variable.name for variable in present}
        clashes, variables = self.clashes(taken), self.schema.variables
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
        others = taken.union(*((one.name, *columns_beside(one)) for one in (*present, *variables)))
        names = {name: _free(name, others) for name in clashes}
        return tuple(renamed(replace(v, name=names.get(v.name, v.name)), names) for v in variables)

    def context_for(self, own: Context) -> Context:
        """A project's context with the template's where the project says nothing of its own."""
        theirs = self.schema.context
        return Context(**{name: getattr(own if self._is_said(name, own) else theirs, name) for name in FIELDS})

    def sets_unit(self, own: Context) -> bool:
        """Whether the project's unit would become the template's."""
        return self.context_for(own).unit != own.unit

    @staticmethod
    def _is_said(name: str, own: Context) -> bool:
        return bool(getattr(own, name) != getattr(Context(), name))


def schema_of(context: Context, variables: Iterable[Variable], own: Mapping[str, PromptVersion]) -> Schema:
    """A schema as templates have it; `own`: the prompts that a person wrote or chose, by the variable's id."""
    with_prompts = ((variable, own.get(variable.id)) for variable in variables)
    return Schema(context, tuple(_kept(one, position, prompt) for position, (one, prompt) in enumerate(with_prompts)))


def define_schema(plain: Mapping[str, Any]) -> Schema:
    """One that a person wrote: fields of POST projects, and `variables`, perhaps with a `prompt`; takes up to 5 s.

    Raises:
        ProjectInvalid, VariableInvalid, PromptInvalid
    """
    asked = plain.get("variables", ())
    variables = [define(str(position), "", one, position) for position, one in enumerate(asked)]
    prompts = zip(variables, asked, strict=True)
    own = {variable.id: _written(variable, one["prompt"]) for variable, one in prompts if one.get("prompt")}
    return schema_of(Context().changed(plain), variables, own)


def read_schema(plain: Mapping[str, Any]) -> Schema:
    """One as `write_schema` gave it; what was valid when it was saved is not checked again."""
    variables = tuple(_read(one, position) for position, one in enumerate(plain["variables"]))
    return Schema(read(Context, plain), variables)


def write_schema(schema: Schema) -> dict[str, Any]:
    """Plain JSON, as a project file has it."""
    return {**write(schema.context), "variables": [_plain(variable) for variable in schema.variables]}


def _kept(variable: Variable, position: int, prompt: PromptVersion | None) -> Variable:
    own = replace(prompt, id="", version=0, origin=PromptOrigin.EDITED) if prompt else NO_PROMPT
    return replace(variable, id="", project_id="", position=position, active_prompt=own)


def _written(variable: Variable, plain: Mapping[str, Any]) -> PromptVersion:
    """A person's prompt; temperature and limit are those of a generated one where they are not given."""
    given = {name: value for name, value in plain.items() if name in PROMPT_KEYS and value is not None}
    return replace(generate(variable), **{"text": "", **given}).check()


def _plain(variable: Variable) -> dict[str, Any]:
    prompt = write(variable.active_prompt)
    own = {"prompt": {name: prompt[name] for name in PROMPT_KEYS}} if variable.active_prompt.text else {}
    return {**definition(variable), **own}


def _read(plain: Mapping[str, Any], position: int) -> Variable:
    own = {"active_prompt": {**plain["prompt"], "origin": PromptOrigin.EDITED}} if "prompt" in plain else {}
    return read(Variable, {**plain, **own, "id": "", "position": position})


def _free(name: str, taken: set[str]) -> str:
    """A name like this one that is not taken, which it is from then on."""
    free = next(other for number in count(2) if (other := f"{name[:58]}_{number}") not in taken)
    taken.add(free)
    return free
