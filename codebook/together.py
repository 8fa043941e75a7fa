"""What all variables of a project must satisfy together: their number, names, size and conditions on each other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from coderai.codebook.columns import check_columns
from coderai.codebook.conditions import check_dependencies
from coderai.codebook.problems import CodebookTooLarge, TooManyVariables
from coderai.codebook.variable import NOT_DEFINED, Variable

MOST_VARIABLES = 200
MOST_BYTES = 4 * 2**20
"""Of all definitions of a project as JSON: each job keeps a copy of them, and each call to a model a part."""
_DEFINED = [field.name for field in fields(Variable) if field.name not in NOT_DEFINED]


def check_together(variables: Sequence[Variable], before: Sequence[Variable] = ()) -> None:
    """All variables of a project as they would be, and `before` as they are. Not for the event loop.

    Raises:
        TooManyVariables, VariableInvalid, CodebookTooLarge
        ColumnNameTaken: names collide that did not before.
    """
    if len(variables) > MOST_VARIABLES:
        raise TooManyVariables()
    check_columns(variables, before)
    check_dependencies(variables)
    if _size(variables) > MOST_BYTES:
        raise CodebookTooLarge()


def _size(variables: Sequence[Variable]) -> int:
    """Bytes of all definitions as JSON; five times as fast as by way of plain values, for which every change waits."""
    return len(json.dumps([{name: getattr(one, name) for name in _DEFINED} for one in variables], default=_shallow))


def _shallow(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}
