"""Makes and changes a variable's definition, and says per field what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from typing import Any

from coderai.codebook.names import name_problem, title_of
from coderai.codebook.pattern import PatternInvalid, compile_pattern
from coderai.codebook.plain import read_fields, write
from coderai.codebook.problems import Problems, VariableInvalid
from coderai.codebook.types import ORDERED, spec
from coderai.codebook.variable import NOT_DEFINED, Operator, Variable, VariableType

_DEFAULTS = {
    field.name: "" if field.default is MISSING else field.default
    for field in fields(Variable)
    if field.name not in NOT_DEFINED
}


def define(id: str, project_id: str, plain: Mapping[str, Any], position: int) -> Variable:
    """A new variable from plain fields; absent and empty ones take their defaults. May take 30 ms, as `changed` may.

    Raises:
        VariableInvalid: says per field what is wrong.
    """
    if not plain.get("type"):
        raise _without_type()
    blank = Variable(id, "", VariableType.TEXT, project_id=project_id, position=position)
    return changed(blank, {name: value for name, value in plain.items() if value not in ("", None)})


def changed(variable: Variable, plain: Mapping[str, Any]) -> Variable:
    """The variable with the fields in `plain` in place of its own; None stands for a field's default.

    Raises:
        VariableInvalid: says per field what is wrong.
    """
    if "type" in plain and not plain["type"]:
        raise _without_type()
    wanted = {name: value for name, value in plain.items() if name in _DEFAULTS}
    try:
        values: dict[str, Any] = {name: _DEFAULTS[name] for name in wanted} | read_fields(Variable, wanted)
        after = replace(variable, **values)
    except ValueError as error:
        raise VariableInvalid(f"the variable {variable.name!r} cannot be saved: {error}") from None
    if not after.display_name:
        after = replace(after, display_name=title_of(after.name))
    after = _default_read(after)
    _check(after)
    return after


def definition(variable: Variable) -> dict[str, Any]:
    """What a researcher defines of a variable, as plain JSON."""
    return {name: value for name, value in write(variable).items() if name not in NOT_DEFINED}


def _without_type() -> VariableInvalid:
    return VariableInvalid("the variable needs a type", fields={"type": f"must be one of {', '.join(VariableType)}"})


def _default_read(variable: Variable) -> Variable:
    """The variable with its default as a value of its type, where it can be read as one ("12" for a NUMBER)."""
    if variable.default_value is None:
        return variable
    value = spec(variable).read(variable, variable.default_value, "")
    return variable if value is None else replace(variable, default_value=value)


def _check(variable: Variable) -> None:
    problems = Problems()
    named = name_problem(variable.name)
    problems.unless(not named, "name", named)
    problems.unless(0 <= variable.confidence_threshold <= 1, "confidence_threshold", "must be between 0 and 1")
    problems.unless(1 <= variable.max_values <= 20, "max_values", "must be 1 to 20")
    _check_categories(variable, problems)
    _check_rules(variable, problems)
    _check_values(variable, problems)
    for number, condition in enumerate(variable.depends_on):
        field = f"depends_on[{number}]"
        problems.unless(bool(condition.variable), f"{field}.variable", "must name a variable")
        if condition.operator is Operator.IN:
            problems.unless(isinstance(condition.value, list | tuple), f"{field}.value", "must be a list for IN")
    problems.raise_as(VariableInvalid, f"the variable {variable.name!r}")


def _check_categories(variable: Variable, problems: Problems) -> None:
    values = [category.value for category in variable.categories]
    if variable.type is VariableType.CATEGORY:
        problems.unless(bool(values), "categories", "needs at least one value for a CATEGORY")
    else:
        problems.unless(not values, "categories", f"is for CATEGORY variables, not {variable.type}")
    problems.unless(all(v.strip() for v in values), "categories", "has an empty value")
    problems.unless(len({v.casefold() for v in values}) == len(values), "categories", "has a value twice")


def _check_rules(variable: Variable, problems: Problems) -> None:
    rules, kind = variable.validation_rules, spec(variable)
    for bound in ("min", "max"):
        value = getattr(rules, bound)
        if value is None:
            continue
        field = f"validation_rules.{bound}"
        problems.unless(kind.ordered, field, f"is for {ORDERED}")
        if kind.ordered:
            problems.unless(kind.is_value(variable, value), field, f"must be {kind.described}")
    if not problems.by_field and rules.min is not None and rules.max is not None:
        problems.unless(rules.min <= rules.max, "validation_rules.min", "is greater than max")  # type: ignore[operator]
    for number, value in enumerate(rules.allowed_values):
        fits = kind.is_value(variable, value)
        problems.unless(fits, f"validation_rules.allowed_values[{number}]", f"must be {kind.described}")
    try:
        compile_pattern(rules.pattern)
    except PatternInvalid as error:
        problems.unless(False, "validation_rules.pattern", str(error))


def _check_values(variable: Variable, problems: Problems) -> None:
    """The values that a researcher gives must be values of the type."""
    kind = spec(variable)
    if variable.default_value is not None:
        problems.unless(kind.is_value(variable, variable.default_value), "default_value", f"must be {kind.described}")
    for number, example in enumerate(variable.golden_examples):
        several = isinstance(example.value, list | tuple)
        given = example.value if several else [example.value]
        field = f"golden_examples[{number}].value"
        problems.unless(not several or variable.keeps_several, field, "must be one value: the variable keeps one")
        fits = all(value is None or kind.read(variable, value, "") is not None for value in given)
        problems.unless(fits, field, f"must be {kind.described}, or null where the text states none")
