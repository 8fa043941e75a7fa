"""Shows what a change does to a project, as a unified diff of its project file."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

import yaml

from coderai.codebook.context import Context
from coderai.codebook.definition import definition
from coderai.codebook.plain import write
from coderai.codebook.schema import Schema
from coderai.codebook.variable import Variable, VariableType

_CONTEXT = write(Context())
_VARIABLE = {**definition(Variable("", "", VariableType.TEXT)), "type": ""}


def difference(before: Schema, after: Schema) -> str:
    """What changes in the project file, which tells what is not as it is by default; empty when nothing does."""
    lines = difflib.unified_diff(_lines(before), _lines(after), "project.yaml", "project.yaml, proposed", lineterm="")
    return "\n".join(lines)


def _lines(schema: Schema) -> list[str]:
    variables = [_told(definition(variable), _VARIABLE) for variable in schema.variables]
    plain = {**_told(write(schema.context), _CONTEXT), **({"variables": variables} if variables else {})}
    return yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100).splitlines() if plain else []


def _told(plain: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from the defaults, as plain JSON."""
    return {name: json.loads(json.dumps(value)) for name, value in plain.items() if value != defaults[name]}
