"""What all variables of a project must satisfy together: their number, their conditions on each other, their size."""

from __future__ import annotations

import json
from collections.abc import Sequence

from coderai.codebook.conditions import check_dependencies
from coderai.codebook.definition import definition
from coderai.codebook.problems import CodebookTooLarge, TooManyVariables
from coderai.codebook.variable import Variable

MOST_VARIABLES = 200
MOST_BYTES = 4 * 2**20
"""Of all definitions of a project as JSON: each job keeps a copy of them, and each call to a model a part."""


def check_together(variables: Sequence[Variable]) -> None:
    """All variables of a project as they would be. Not for the event loop.

    Raises:
        TooManyVariables, VariableInvalid, CodebookTooLarge
    """
    if len(variables) > MOST_VARIABLES:
        raise TooManyVariables()
    check_dependencies(variables)
    if sum(len(json.dumps(definition(variable))) for variable in variables) > MOST_BYTES:
        raise CodebookTooLarge()
