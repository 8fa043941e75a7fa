"""The frozen codebook that a job runs under, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    response_schema: Mapping[str, Any] = field(default_factory=dict)
    """JSON Schema of this variable's part of a reply."""


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


def read_codebook(plain: Mapping[str, Any]) -> Codebook:
    """A codebook from the plain form of coderai.projects.v1.Codebook (kit.wire.to_plain)."""
    unit = plain.get("unit", {})
    multiple = unit.get("rows_per_document") == "MULTIPLE"
    return Codebook(
        hash=plain["hash"],
        variables=tuple(_variable(v) for v in plain["variables"]),
        unit=Unit(unit.get("row_is", ""), unit.get("entity_identification_pattern", "") if multiple else ""),
        project_name=plain.get("project_name", ""),
        project_description=plain.get("project_description", ""),
        domain=plain.get("domain", ""),
        language=plain.get("language", ""),
        document_type=plain.get("document_type", ""),
        ask_per_variable=plain.get("ask_per_variable", False),
    )


def _variable(plain: Mapping[str, Any]) -> Variable:
    prompt = plain["active_prompt"]
    rules = plain.get("validation_rules", {})
    return Variable(
        id=plain["id"],
        name=plain["name"],
        type=VariableType(plain["type"]),
        prompt=Prompt(
            id=prompt["id"],
            version=prompt["version"],
            text=prompt["text"],
            temperature=prompt["temperature"],
            max_tokens=prompt["max_tokens"],
            response_schema=prompt.get("response_schema", {}),
        ),
        display_name=plain.get("display_name", ""),
        instructions=plain.get("instructions", ""),
        categories=tuple(Category(c["value"], c.get("description", "")) for c in plain.get("categories", ())),
        confidence_threshold=plain.get("confidence_threshold", 0.7),
        if_uncertain=IfUncertain(plain.get("if_uncertain") or IfUncertain.FLAG),
        if_multiple_values=IfMultipleValues(plain.get("if_multiple_values") or IfMultipleValues.FIRST),
        max_values=plain.get("max_values", 5),
        default_value=plain.get("default_value"),
        required=plain.get("required", False),
        rules=ValidationRules(
            rules.get("min"), rules.get("max"), rules.get("pattern", ""), tuple(rules.get("allowed_values", ()))
        ),
        depends_on=tuple(
            Condition(c["variable"], Operator(c["operator"]), c.get("value")) for c in plain.get("depends_on", ())
        ),
        examples=tuple(
            GoldenExample(e["text"], e.get("value"), e.get("note", "")) for e in plain.get("golden_examples", ())
        ),
    )
