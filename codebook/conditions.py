"""Which variables are asked at all: depends_on, checked when it is defined and evaluated in the order of dependency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from coderai.codebook.problems import VariableInvalid
from coderai.codebook.types import ORDERED, spec
from coderai.codebook.variable import Condition, Operator, Variable


def check_dependencies(variables: Sequence[Variable]) -> None:
    """Refuses conditions on unknown variables, on values that the other variable cannot have, and in circles.

    Raises:
        VariableInvalid: names the variables concerned.
    """
    by_name = {variable.name: variable for variable in variables}
    for variable in variables:
        for condition in variable.depends_on:
            other = by_name.get(condition.variable)
            if other is None:
                raise _refused(
                    f"{variable.name} depends on {condition.variable!r}, which is no variable of this project"
                )
            wrong = _never_holds(condition, other)
            if wrong:
                raise _refused(f"{variable.name} depends on {other.name}: {wrong}")
    graph = {variable.name: [c.variable for c in variable.depends_on] for variable in variables}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = " -> ".join(reversed(error.args[1]))
        raise _refused(f"these variables depend on each other in a circle: {circle}") from None


def _refused(message: str) -> VariableInvalid:
    return VariableInvalid(message, fields={"depends_on": message})


def _never_holds(condition: Condition, other: Variable) -> str:
    """Why a condition can never be met as it is written; empty when it can."""
    kind = spec(other)
    if condition.operator is Operator.IS_PRESENT:
        return ""
    if condition.operator in (Operator.GREATER, Operator.LESS) and not kind.ordered:
        return f"{condition.operator} is for {ORDERED}, and it is a {other.type}"
    given = condition.value if isinstance(condition.value, list | tuple) else [condition.value]
    unfit = [value for value in given if not kind.is_value(other, value)]
    return f"{unfit[0]!r} is not {kind.described}" if unfit else ""


def renamed(variable: Variable, names: Mapping[str, str]) -> Variable:
    """The variable with its conditions on the new names of variables, given by their old ones."""
    conditions = tuple(replace(one, variable=names.get(one.variable, one.variable)) for one in variable.depends_on)
    return replace(variable, depends_on=conditions)


def rounds(variables: Sequence[Variable]) -> list[tuple[Variable, ...]]:
    """The variables in rounds: of these, each depends only on those of earlier rounds.

    A codebook is checked for circles when it is saved; should one come here all the same, its variables come last.
    """
    left, result = list(variables), list[tuple[Variable, ...]]()
    while left:
        open_ones = {v.name for v in left}
        ready = [v for v in left if not any(c.variable in open_ones for c in v.depends_on)] or left
        result.append(tuple(ready))
        open_ones -= {v.name for v in ready}
        left = [v for v in left if v.name in open_ones]
    return result


def with_dependents(variables: Sequence[Variable], names: Collection[str]) -> tuple[str, ...]:
    """These names and those of all variables that depend on them, by way of others too, in the order of `variables`."""
    found = set(names)
    for several in rounds(variables):
        found |= {v.name for v in several if any(c.variable in found for c in v.depends_on)}
    return tuple(v.name for v in variables if v.name in found)


def is_met(variable: Variable, values: Mapping[str, Any]) -> bool:
    """Whether all of a variable's conditions hold; `values` has None for what is missing."""
    return all(_holds(condition, values.get(condition.variable)) for condition in variable.depends_on)


def _holds(condition: Condition, value: Any) -> bool:
    """Whether one value, or any of several, satisfies a condition; a missing one satisfies none."""
    if value is None:
        return False
    values = value if isinstance(value, list) else [value]
    wanted = condition.value
    match condition.operator:
        case Operator.IS_PRESENT:
            return True
        case Operator.EQUALS:
            return any(_same(v, wanted) for v in values)
        case Operator.NOT_EQUALS:
            return not any(_same(v, wanted) for v in values)
        case Operator.IN:
            return any(_same(v, w) for v in values for w in wanted or ())
        case Operator.GREATER:
            return any(_less(wanted, v) for v in values)
        case Operator.LESS:
            return any(_less(v, wanted) for v in values)


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, str) and isinstance(right, str):
        return left.casefold() == right.casefold()
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _less(left: Any, right: Any) -> bool:
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    texts = isinstance(left, str) and isinstance(right, str)
    return bool(left < right) if numbers or texts else False
