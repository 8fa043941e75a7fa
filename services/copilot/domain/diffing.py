"""Shows what a change does to a project, as unified diffs of the parts of its project file."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from coderai.codebook.definition import definition
from coderai.codebook.plain import write
from coderai.codebook.project_yaml import to_yaml
from coderai.codebook.schema import Schema
from coderai.codebook.variable import Variable

_NOTHING = "/dev/null"


def difference(before: Schema, after: Schema) -> str:
    """A part for the project and for each variable that changes, headed by its name; empty when nothing changes."""
    earlier = {variable.id: variable for variable in before.variables}
    later = {variable.id: variable for variable in after.variables}
    parts = list[str]()
    if before.context != after.context:
        parts.append(_part("project", "project", _context_lines(before), _context_lines(after)))
    for id in dict.fromkeys((*earlier, *later)):
        one, other = earlier.get(id), later.get(id)
        if one != other:
            parts.append(_part(_name(one), _name(other), _lines(one), _lines(other)))
    return "\n".join(part for part in parts if part)


def _part(of: str, to: str, before: Sequence[str], after: Sequence[str]) -> str:
    proposed = to if to == _NOTHING else f"{to} (proposed)"
    return "\n".join(difflib.unified_diff(before, after, of, proposed, lineterm=""))


def _name(variable: Variable | None) -> str:
    return variable.name if variable else _NOTHING


def _context_lines(schema: Schema) -> list[str]:
    return to_yaml(write(schema.context)).splitlines()


def _lines(variable: Variable | None) -> list[str]:
    return to_yaml({"variables": [definition(variable)]}).splitlines()[1:] if variable else []
