"""A project's schema, its context and its variables, and the steps that change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coderai.codebook.context import Context
from coderai.codebook.variable import Variable


@dataclass(frozen=True, slots=True)
class Schema:
    """What a project codes."""

    context: Context
    variables: tuple[Variable, ...] = ()
    """In the order of the columns, each with its active prompt."""

    @property
    def names(self) -> dict[str, str]:
        """The variables' names by their ids."""
        return {variable.id: variable.name for variable in self.variables}


class Action(StrEnum):
    """What one step of a change does."""

    CREATE_VARIABLE = "CREATE_VARIABLE"
    UPDATE_VARIABLE = "UPDATE_VARIABLE"
    REMOVE_VARIABLE = "REMOVE_VARIABLE"
    UPDATE_CONTEXT = "UPDATE_CONTEXT"


@dataclass(frozen=True, slots=True)
class Change:
    """One step, as coderai.projects.v1.SchemaChange has it; variables and contexts are plain JSON of these messages."""

    action: Action
    variable_id: str = ""
    variable: str = ""
    """The variable's name when the change was proposed; of CREATE the name that it will have."""
    fields: tuple[str, ...] = ()
    variable_before: Mapping[str, Any] | None = None
    variable_after: Mapping[str, Any] | None = None
    context_before: Mapping[str, Any] | None = None
    context_after: Mapping[str, Any] | None = None

    @property
    def wanted(self) -> dict[str, Any]:
        """The fields that change, as they would be; of CREATE the whole definition. None stands for a default."""
        after = self.variable_after or self.context_after or {}
        return {name: after.get(name) for name in self.fields or after}
