"""What a dataset's columns are called, and which names they take from variables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coderai.codebook.problems import ColumnNameTaken
from coderai.codebook.types import spec
from coderai.codebook.variable import IfMultipleValues, Variable, VariableType

OF_ROW = (
    *("document", "document_id", "entity_index", "entity", "entity_page", "entity_start", "entity_end", "flagged"),
)
"""Of the row itself; entity_... where a document gives several rows."""
OF_CELL = (
    *("confidence", "quote", "page", "prompt_version", "missing", "status", "flags", "support", "origin", "model"),
    *("verdict", "reviewer", "weight"),
)
"""Beside a variable x they are called x_confidence, x_quote ..."""
ENDS = ("low", "high")
"""Beside a number or date, likewise, as x_low and x_high: the two ends of what the text states."""
DAY = "date"
"""Beside a DATE, as x_date: the date where it is a full one, as x itself may be partial."""


def beside(column: str, detail: str) -> str:
    """What the column is called that tells something of the values in another: `beside("day", "low")` is day_low."""
    return f"{column}_{detail}"


def numbered(variable: str, number: int) -> str:
    """What the column of one of several values is called, from 1."""
    return f"{variable}_{number}"


def check_columns(variables: Sequence[Variable], before: Sequence[Variable] = ()) -> None:
    """Refuses variables that are called as a column of the dataset is.

    `before`: the variables as they were, of which those that collide already are let be.

    Raises:
        ColumnNameTaken: names the variables concerned.
    """
    known = set(_collisions(before))
    for message in _collisions(variables):
        if message not in known:
            raise ColumnNameTaken(message, fields={"name": message})


def _collisions(variables: Sequence[Variable]) -> Iterator[str]:
    """What is wrong with the names, a sentence for each collision."""
    names = {variable.name for variable in variables}
    for name in OF_ROW:
        if name in names:
            yield f"a variable cannot be called {name}: every dataset has a column of that name; rename the variable"
    for variable in variables:
        for name in columns_beside(variable):
            if name in names:
                yield (
                    f"the variables {variable.name} and {name} cannot be in one project: a dataset has a column {name}"
                    f" beside {variable.name}; rename one of them"
                )


def columns_beside(variable: Variable) -> Iterator[str]:
    """The names of all columns that a dataset may have of a variable, but for the variable's own."""
    yield from (beside(variable.name, detail) for detail in OF_CELL)
    values = [variable.name]
    if variable.if_multiple_values is IfMultipleValues.ALL:
        values = [numbered(variable.name, number) for number in range(1, variable.max_values + 1)]
        yield from values
    details = (*(ENDS if spec(variable).ordered else ()), *((DAY,) if variable.type is VariableType.DATE else ()))
    yield from (beside(value, detail) for value in values for detail in details)
