"""A variable: one column to extract, with the rules that its definition must satisfy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from coderai.services.projects.domain.problems import Problems, VariableInvalid

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class VariableType(StrEnum):
    """What values are coerced to."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    CATEGORY = "CATEGORY"
    BOOLEAN = "BOOLEAN"


class IfUncertain(StrEnum):
    """What becomes of a value whose confidence is below the threshold."""

    FLAG = "FLAG"
    SKIP = "SKIP"
    USE_DEFAULT = "USE_DEFAULT"
    KEEP = "KEEP"


class IfMultipleValues(StrEnum):
    """What becomes of several values that a unit states."""

    FIRST = "FIRST"
    LAST = "LAST"
    ALL = "ALL"
    CONCATENATE = "CONCATENATE"
    FLAG = "FLAG"


class Operator(StrEnum):
    """How a condition compares."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT_EQUALS"
    IN = "IN"
    GREATER = "GREATER"
    LESS = "LESS"
    IS_PRESENT = "IS_PRESENT"


@dataclass(frozen=True, slots=True)
class Category:
    """One value that a CATEGORY variable may take."""

    value: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ValidationRules:
    """What a coerced value must satisfy."""

    min: float | str | None = None
    max: float | str | None = None
    pattern: str = ""
    allowed_values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on another variable's value."""

    variable: str = ""
    operator: Operator = Operator.IS_PRESENT
    value: Any = None


@dataclass(frozen=True, slots=True)
class GoldenExample:
    """In this text the value is this."""

    text: str = ""
    value: Any = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """One column to extract."""

    id: UUID
    project_id: UUID
    name: str
    type: VariableType
    display_name: str = ""
    instructions: str = ""
    categories: tuple[Category, ...] = ()
    confidence_threshold: float = 0.7
    if_uncertain: IfUncertain = IfUncertain.FLAG
    if_multiple_values: IfMultipleValues = IfMultipleValues.FIRST
    max_values: int = 5
    default_value: Any = None
    required: bool = False
    validation_rules: ValidationRules = ValidationRules()
    depends_on: tuple[Condition, ...] = ()
    golden_examples: tuple[GoldenExample, ...] = ()
    position: int = 0

    @classmethod
    def define(cls, id: UUID, project_id: UUID, plain: Mapping[str, Any], position: int) -> Self:
        """A new variable from plain fields; absent and empty ones take their defaults.

        Raises:
            VariableInvalid: says per field what is wrong.
        """
        if not plain.get("type"):
            raise VariableInvalid(
                "the variable needs a type", fields={"type": f"must be one of {', '.join(VariableType)}"}
            )
        blank = cls(id, project_id, name="", type=VariableType.TEXT, position=position)
        return blank.changed({name: value for name, value in plain.items() if value != ""})

    def changed(self, plain: Mapping[str, Any]) -> Self:
        """This variable with the fields in `plain` in place of its own; None stands for a field's default.

        Raises:
            VariableInvalid: says per field what is wrong.
        """
        values: dict[str, Any] = {
            name: _DEFAULTS.get(name) if value is None else _READ.get(name, _as_is)(value)
            for name, value in plain.items()
            if name in _EDITABLE
        }
        variable = replace(self, **values)
        if not variable.display_name:
            variable = replace(variable, display_name=variable.name.replace("_", " ").capitalize())
        variable._check()
        return variable

    def definition(self) -> dict[str, Any]:
        """The editable fields as plain JSON."""
        return {name: value for name, value in asdict(self).items() if name in _EDITABLE}

    def _check(self) -> None:
        problems = Problems()
        problems.unless(
            bool(NAME.fullmatch(self.name)),
            "name",
            "must begin with a-z and have only a-z, 0-9 and _, 63 characters at most",
        )
        problems.unless(0 <= self.confidence_threshold <= 1, "confidence_threshold", "must be between 0 and 1")
        problems.unless(1 <= self.max_values <= 20, "max_values", "must be 1 to 20")
        self._check_categories(problems)
        self._check_rules(problems)
        for number, condition in enumerate(self.depends_on):
            field = f"depends_on[{number}]"
            problems.unless(bool(condition.variable), f"{field}.variable", "must name a variable")
            if condition.operator is Operator.IN:
                problems.unless(isinstance(condition.value, list | tuple), f"{field}.value", "must be a list for IN")
        problems.raise_as(VariableInvalid, f"the variable {self.name!r}")

    def _check_categories(self, problems: Problems) -> None:
        values = [category.value for category in self.categories]
        if self.type is VariableType.CATEGORY:
            problems.unless(bool(values), "categories", "needs at least one value for a CATEGORY")
        else:
            problems.unless(not values, "categories", f"is for CATEGORY variables, not {self.type}")
        problems.unless(all(v.strip() for v in values), "categories", "has an empty value")
        problems.unless(len({v.casefold() for v in values}) == len(values), "categories", "has a value twice")
        if self.type is VariableType.CATEGORY and self.default_value is not None:
            problems.unless(self.default_value in values, "default_value", "must be one of the categories")

    def _check_rules(self, problems: Problems) -> None:
        rules = self.validation_rules
        for bound in ("min", "max"):
            value = getattr(rules, bound)
            if value is None:
                continue
            if self.type is VariableType.DATE:
                problems.unless(_is_date(value), f"validation_rules.{bound}", "must be a date such as 2021-03-05")
            else:
                fits = (
                    self.type is VariableType.NUMBER and isinstance(value, int | float) and not isinstance(value, bool)
                )
                problems.unless(fits, f"validation_rules.{bound}", "must be a number, and is for NUMBER and DATE")
        if not problems.by_field and rules.min is not None and rules.max is not None:
            problems.unless(rules.min <= rules.max, "validation_rules.min", "is greater than max")  # type: ignore[operator]
        try:
            re.compile(rules.pattern)
        except re.error as error:
            problems.unless(False, "validation_rules.pattern", f"is not a regular expression: {error}")


def _is_date(value: Any) -> bool:
    if not isinstance(value, str) or not _PARTIAL_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat((value + "-01-01")[:10])
    except ValueError:
        return False
    return True


def _rules(plain: Mapping[str, Any]) -> ValidationRules:
    return ValidationRules(**{**plain, "allowed_values": tuple(plain.get("allowed_values", ()))})


def _condition(plain: Mapping[str, Any]) -> Condition:
    return Condition(**{**plain, "operator": Operator(plain.get("operator") or Operator.IS_PRESENT)})


def _as_is(value: Any) -> Any:
    return value


_READ: Mapping[str, Any] = {
    "type": VariableType,
    "if_uncertain": lambda v: IfUncertain(v or IfUncertain.FLAG),
    "if_multiple_values": lambda v: IfMultipleValues(v or IfMultipleValues.FIRST),
    "categories": lambda v: tuple(Category(**c) for c in v),
    "validation_rules": _rules,
    "depends_on": lambda v: tuple(_condition(c) for c in v),
    "golden_examples": lambda v: tuple(GoldenExample(**e) for e in v),
}
_EDITABLE = {f.name for f in fields(Variable)} - {"id", "project_id", "position"}
_DEFAULTS = {f.name: f.default for f in fields(Variable) if f.default is not MISSING}
