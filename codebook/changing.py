"""Does the steps of a change to a project's schema: all of them, validated together, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from coderai.codebook.conditions import renamed
from coderai.codebook.definition import changed, define
from coderai.codebook.ground import check_ground, with_examples_of_now
from coderai.codebook.problems import GroundChanged, VariableInUse, VariableNameTaken
from coderai.codebook.schema import Action, Change, Schema
from coderai.codebook.together import check_together
from coderai.codebook.variable import Variable


@dataclass(frozen=True, slots=True)
class Changed:
    """A schema after a change."""

    schema: Schema
    touched: tuple[str, ...]
    """Ids of the variables that steps created or changed, in the order of the steps."""


def change_schema(
    schema: Schema, steps: Sequence[Change], names: Mapping[str, str], new_id: Callable[[], str], project_id: str = ""
) -> Changed:
    """The schema with all steps done. May take 100 ms: not for the event loop.

    `names`: what the variables were called, by their ids, when the change was proposed. Conditions on variables that
    were renamed since, or that a step renames, follow them. Golden examples that a step adds come after those of now.

    Raises:
        GroundChanged: what a step was proposed for has changed since.
        VariableNameTaken, VariableInUse, TooManyVariables
        VariableInvalid, ColumnNameTaken, ProjectInvalid, CodebookTooLarge: it would not be valid.
    """
    steps = [with_examples_of_now(step, schema) for step in steps]
    renames = _renames(schema, steps, names)
    check_ground(schema, steps, renames)
    working = _Working(schema, renames, new_id, project_id)
    for step in steps:
        working.do(step)
    after = working.followed(schema)
    _check_names(after)
    _check_removed(schema, after)
    check_together(after, schema.variables)
    kept = {variable.id for variable in after}
    touched = tuple(id for id in dict.fromkeys(working.touched) if id in kept)
    return Changed(Schema(working.context, tuple(after)), touched)


class _Working:
    """A schema in the middle of a change."""

    def __init__(self, schema: Schema, renames: Mapping[str, str], new_id: Callable[[], str], project_id: str) -> None:
        self.context = schema.context
        self.touched: list[str] = []
        self._conditioned = set[str]()
        self._variables = {variable.id: variable for variable in schema.variables}
        self._next = max((variable.position for variable in schema.variables), default=-1) + 1
        self._renames, self._new_id, self._project_id = renames, new_id, project_id

    def do(self, step: Change) -> None:
        """Raises VariableInvalid, ProjectInvalid; GroundChanged where an earlier step removed the variable."""
        match step.action:
            case Action.CREATE_VARIABLE:
                self._put(define(self._new_id(), self._project_id, step.wanted, self._next), step)
                self._next += 1
            case Action.UPDATE_VARIABLE:
                before = self._variables.get(step.variable_id)
                if before is None:
                    raise GroundChanged(f"the variable {step.variable} is removed by an earlier step")
                self._put(changed(before, step.wanted), step)
            case Action.REMOVE_VARIABLE:
                self._variables.pop(step.variable_id, None)
            case Action.UPDATE_CONTEXT:
                self.context = self.context.changed(step.wanted)

    def _put(self, variable: Variable, step: Change) -> None:
        self._variables[variable.id] = renamed(variable, self._renames)
        self.touched.append(variable.id)
        if "depends_on" in step.wanted:
            self._conditioned.add(variable.id)

    def followed(self, before: Schema) -> list[Variable]:
        """The variables, with conditions following those that steps renamed.

        What a step itself says of conditions is in the names as they will be, or as they were where nothing has the
        name any more.
        """
        was, found = before.names, list(self._variables.values())
        new_names = {was[one.id]: one.name for one in found if one.id in was}
        taken = {one.name for one in found}
        given = {name: new for name, new in new_names.items() if name not in taken}
        return [renamed(one, given if one.id in self._conditioned else new_names) for one in found]


def _renames(schema: Schema, steps: Iterable[Change], names: Mapping[str, str]) -> dict[str, str]:
    """New names by the old ones of variables that were renamed since; a name that a step creates is the new one's."""
    created = {step.variable for step in steps if step.action is Action.CREATE_VARIABLE}
    now = schema.names
    return {name: now[id] for id, name in names.items() if id in now and now[id] != name and name not in created}


def _check_names(variables: Iterable[Variable]) -> None:
    seen = set[str]()
    for variable in variables:
        if variable.name in seen:
            message = f"the project has a variable {variable.name!r} already"
            raise VariableNameTaken(message, fields={"name": message})
        seen.add(variable.name)


def _check_removed(before: Schema, after: Sequence[Variable]) -> None:
    """Refuses a removal that leaves conditions on what is gone, in words that name both. Raises VariableInUse."""
    gone = {variable.name for variable in before.variables} - {variable.name for variable in after}
    for name in sorted(gone):
        dependents = [v.name for v in after if any(c.variable == name for c in v.depends_on)]
        if dependents:
            raise VariableInUse(f"{', '.join(dependents)} depend on {name}: change their depends_on first")
