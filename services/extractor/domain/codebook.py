"""The frozen codebook that a job runs under, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class VariableType(StrEnum):
    """What a variable's values are coerced to."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    DATE = "DATE"
    CATEGORY = "CATEGORY"
    BOOLEAN = "BOOLEAN"


class IfUncertain(StrEnum):
    """What becomes of a value whose confidence is below the variable's threshold."""

    FLAG = "FLAG"
    SKIP = "SKIP"
    USE_DEFAULT = "USE_DEFAULT"
    KEEP = "KEEP"


class IfMultipleValues(StrEnum):
    """What becomes of several values that one unit states."""

    FIRST = "FIRST"
    LAST = "LAST"
    ALL = "ALL"
    CONCATENATE = "CONCATENATE"
    FLAG = "FLAG"


class Operator(StrEnum):
    """How a condition compares another variable's value."""

    EQUALS = "EQUALS"
    NOT_EQUALS = "NOT_EQUALS"
    IN = "IN"
    GREATER = "GREATER"
    LESS = "LESS"
    IS_PRESENT = "IS_PRESENT"


@dataclass(frozen=True, slots=True)
class Category:
    """One value that a CATEGORY variable may take."""

    value: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ValidationRules:
    """What a coerced value must satisfy; min and max are numbers, or ISO 8601 dates for DATE."""

    min: float | str | None = None
    max: float | str | None = None
    pattern: str = ""
    allowed_values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """The variable is asked only when the named variable's value satisfies this."""

    variable: str
    operator: Operator
    value: Any = None


@dataclass(frozen=True, slots=True)
class GoldenExample:
    """A worked example for the model: in `text` the value is `value`."""

    text: str
    value: Any
    note: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The active prompt version of a variable."""

    id: str
    version: int
    text: str
    temperature: float
    max_tokens: int


@dataclass(frozen=True, slots=True)
class Variable:
    """One column to extract."""

    id: str
    name: str
    type: VariableType
    prompt: Prompt
    display_name: str = ""
    instructions: str = ""
    categories: tuple[Category, ...] = ()
    confidence_threshold: float = 0.7
    if_uncertain: IfUncertain = IfUncertain.FLAG
    if_multiple_values: IfMultipleValues = IfMultipleValues.FIRST
    max_values: int = 5
    default_value: Any = None
    required: bool = False
    rules: ValidationRules = ValidationRules()
    depends_on: tuple[Condition, ...] = ()
    examples: tuple[GoldenExample, ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """What one row stands for; `entity_pattern` is empty when a document gives one row."""

    row_is: str = ""
    entity_pattern: str = ""

    @property
    def multiple(self) -> bool:
        """Whether a document gives several rows."""
        return bool(self.entity_pattern)


@dataclass(frozen=True, slots=True)
class Codebook:
    """A project's context, unit and variables (in the order of the columns), frozen under `hash`."""

    hash: str
    variables: tuple[Variable, ...]
    unit: Unit = Unit()
    project_name: str = ""
    project_description: str = ""
    domain: str = ""
    language: str = ""
    document_type: str = ""
    ask_per_variable: bool = False
