"""What has changed in a project file since the last run, and how the project is made to follow it.

Only what the file says otherwise than before is changed: what people have changed of the project meanwhile stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError
from coderai.client.models import Variable
from coderai.client.project_spec import OF_THE_COMMAND, ProjectSpec


def plain_spec(spec: ProjectSpec) -> dict[str, Any]:
    """What a project file says of the project, as JSON; what it leaves at its default is left out."""
    return spec.model_dump(mode="json", exclude_defaults=True, exclude=set(OF_THE_COMMAND))


@dataclass(frozen=True, slots=True)
class SpecChanges:
    """What a project file says otherwise than it did."""

    project: Mapping[str, Any]
    """Fields of the project; None for one that is back at its default."""
    added: Mapping[str, Mapping[str, Any]]
    """By their names, variables with their fields."""
    changed: Mapping[str, Mapping[str, Any]]
    """By their names, fields of variables."""
    removed: tuple[str, ...]
    order: tuple[str, ...]
    """The names of all variables of the file, if it has them in another order than before; else empty."""

    @classmethod
    def between(cls, before: Mapping[str, Any], now: Mapping[str, Any]) -> SpecChanges:
        """The changes from one plain_spec to another."""
        old, new = _by_name(before), _by_name(now)
        stay, come = [name for name in new if name in old], [name for name in new if name not in old]
        is_moved = list(new) != [*(name for name in old if name in new), *come]
        return cls(
            project=_differences(before, now, without="variables"),
            added={name: fields for name, fields in new.items() if name not in old},
            changed={name: fields for name in stay if (fields := _differences(old[name], new[name]))},
            removed=tuple(name for name in old if name not in new),
            order=tuple(new) if is_moved else (),
        )

    def __bool__(self) -> bool:
        return bool(self.project or self.added or self.changed or self.removed or self.order)

    def told(self) -> Iterator[str]:
        """A line for each thing that is another."""
        if self.project:
            yield f"the project's {', '.join(self.project)}"
        for name, fields in self.changed.items():
            yield f"{name}: {', '.join(fields)}"
        for name in self.added:
            yield f"{name} is new"
        for name in self.removed:
            yield f"{name} is gone, and its column with it"
        if self.order and not self.added:
            yield "the order of the columns"


def follow_changes(api: CoderAI, project_id: str, changes: SpecChanges) -> list[str]:
    """Makes a project follow the file; returns the names of changed variables that the project does not have any more.

    Doing it again does nothing more, so that what was broken off is done again.

    Raises:
        ApiError: the API refuses what the file says; a note names the variable.
    """
    _change_project(api, project_id, changes.project)
    there = {variable.name: variable for variable in api.variables(project_id)}
    for name, fields in changes.added.items():
        if name in there:
            _change_variable(api, there[name], {key: value for key, value in fields.items() if key != "name"})
        else:
            there[name] = add_variable(api, project_id, fields)
    for name, fields in changes.changed.items():
        if name in there:
            _change_variable(api, there[name], fields)
    for name in reversed(changes.removed):
        if name in there:
            with _about(name):
                api.delete_variable(there.pop(name).id)
    if changes.order:
        api.reorder_variables(project_id, _ordered(there, changes.order))
    return [name for name in changes.changed if name not in there]


def add_variable(api: CoderAI, project_id: str, fields: Mapping[str, Any]) -> Variable:
    """Adds a variable as a project file has it, with its own words for the prompt.

    Raises:
        ApiError: the API refuses it; a note names the variable.
    """
    own, prompt = _apart(fields)
    with _about(fields["name"]):
        made = api.create_variable(project_id, **own)
        if prompt:
            api.write_prompt(made.id, **prompt)
    return made


def _change_variable(api: CoderAI, variable: Variable, fields: Mapping[str, Any]) -> None:
    own, prompt = _apart(fields)
    with _about(variable.name):
        if own:
            api.update_variable(variable.id, **own)
        if "prompt" in fields:
            api.write_prompt(variable.id, **prompt)  # without any it is generated anew


def _apart(fields: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields of a variable, and those of its prompt."""
    return {name: value for name, value in fields.items() if name != "prompt"}, dict(fields.get("prompt") or {})


def _change_project(api: CoderAI, project_id: str, fields: Mapping[str, Any]) -> None:
    if fields.get("unit"):
        # What it does not name stays as it is, unless all of it is put back first.
        api.update_project(project_id, unit=None)
    if fields:
        api.update_project(project_id, **fields)


def _ordered(there: Mapping[str, Variable], order: tuple[str, ...]) -> list[str]:
    """The ids of all variables; those that the file does not know come last."""
    known = [name for name in order if name in there]
    return [there[name].id for name in (*known, *(name for name in there if name not in order))]


def _by_name(spec: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {fields["name"]: fields for fields in spec.get("variables", ())}


def _differences(before: Mapping[str, Any], now: Mapping[str, Any], without: str = "") -> dict[str, Any]:
    """The fields that differ, as they are now."""
    fields = [name for name in {**before, **now} if name != without]
    return {name: now.get(name) for name in fields if before.get(name) != now.get(name)}


@contextmanager
def _about(name: str) -> Iterator[None]:
    """Has a refusal of the API say of which variable it is."""
    try:
        yield
    except ApiError as error:
        error.add_note(f"that is what the API says of the variable {name!r}")
        raise
