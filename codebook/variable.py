"""A variable: one column to extract, as a researcher defines it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coderai.codebook.prompt_version import NO_PROMPT, PromptVersion


class VariableType(StrEnum):
    """What values are coerced to; codebook.types says what each type means."""

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
    """What becomes of several values that one unit states."""

    FIRST = "FIRST"
    LAST = "LAST"
    ALL = "ALL"
    CONCATENATE = "CONCATENATE"
    FLAG = "FLAG"


class Reading(StrEnum):
    """How a value comes from the text."""

    STATED = "STATED"
    """Copied out: the quote has the value itself, or its words."""
    INFERRED = "INFERRED"
    """Decided by a reader, as a category or yes/no that the quote means without saying so."""


class IfUnsupported(StrEnum):
    """What becomes of a value that its quote does not state, or whose quote the document does not have."""

    WITHHOLD = "WITHHOLD"
    FLAG = "FLAG"


class IfRange(StrEnum):
    """Which number or date a dataset's column has where the text states two ends."""

    LOW = "LOW"
    HIGH = "HIGH"
    MIDDLE = "MIDDLE"
    EMPTY = "EMPTY"


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
    """What a coerced value must satisfy; min and max are numbers, or ISO 8601 dates for DATE."""

    min: float | str | None = None
    max: float | str | None = None
    pattern: str = ""
    allowed_values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """The variable is asked only when the named variable's value satisfies this."""

    variable: str = ""
    operator: Operator = Operator.IS_PRESENT
    value: Any = None


@dataclass(frozen=True, slots=True)
class GoldenExample:
    """A worked example for the model: in `text` the value is `value`; None says that it states none."""

    text: str = ""
    value: Any = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Variable:
    """One column to extract; the fields are those of coderai.projects.v1.Variable."""

    id: str
    name: str
    type: VariableType
    active_prompt: PromptVersion = NO_PROMPT
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
    reading: Reading | None = None
    """None: as its type has it (codebook.types)."""
    if_unsupported: IfUnsupported = IfUnsupported.WITHHOLD
    if_range: IfRange = IfRange.EMPTY
    project_id: str = ""
    position: int = 0

    @property
    def keeps_several(self) -> bool:
        """Whether a cell may hold several of its values."""
        return self.if_multiple_values in (IfMultipleValues.ALL, IfMultipleValues.CONCATENATE)


NOT_DEFINED = frozenset({"id", "project_id", "position", "active_prompt"})
"""Fields of a variable that are not part of its definition: a researcher changes them in other ways, or never."""
