"""Prompt versions: the instruction text that a variable's definition gives, and the shape of its answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from coderai.services.projects.domain.problems import Problems, PromptInvalid
from coderai.services.projects.domain.project import Project, Unit
from coderai.services.projects.domain.variable import IfMultipleValues, Variable, VariableType

MAX_TOKENS = 1024
QUOTE_LENGTH = 200
TEMPERATURE = {
    VariableType.BOOLEAN: 0.1,
    VariableType.CATEGORY: 0.1,
    VariableType.DATE: 0.15,
    VariableType.NUMBER: 0.15,
    VariableType.TEXT: 0.2,
}


class PromptOrigin(StrEnum):
    """Where a prompt version came from."""

    GENERATED = "GENERATED"
    EDITED = "EDITED"
    REFINED = "REFINED"


@dataclass(frozen=True, slots=True)
class PromptText:
    """What a prompt version says, apart from its number and its author."""

    text: str
    temperature: float
    max_tokens: int
    response_schema: dict[str, Any]
    origin: PromptOrigin

    def check(self) -> PromptText:
        """Itself, once its limits are checked.

        Raises:
            PromptInvalid: says per field what is wrong.
        """
        problems = Problems()
        problems.unless(0 < len(self.text.strip()) <= 20_000, "text", "must have 1 to 20,000 characters")
        problems.unless(0 <= self.temperature <= 2, "temperature", "must be between 0 and 2")
        problems.unless(16 <= self.max_tokens <= 32_768, "max_tokens", "must be 16 to 32,768")
        problems.raise_as(PromptInvalid, "the prompt")
        return self


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """A numbered prompt of one variable; exactly one is active."""

    id: UUID
    variable_id: UUID
    version: int
    prompt: PromptText
    author: UUID | None
    active: bool


def generate(project: Project, variable: Variable) -> PromptText:
    """The prompt that a variable's definition and its project's context give."""
    return PromptText(
        text="\n".join(_lines(project, variable)),
        temperature=TEMPERATURE[variable.type],
        max_tokens=MAX_TOKENS,
        response_schema=response_schema(variable),
        origin=PromptOrigin.GENERATED,
    )


def _lines(project: Project, variable: Variable) -> list[str]:
    """What tells this variable from the others; what holds for all stands once in the rules of every call."""
    unit = f" of {project.unit.row_is}" if project.unit.row_is and project.unit != Unit() else ""
    lines = [f"{variable.display_name}{unit} ({_FORM[variable.type]}){_most(variable)}"]
    if variable.instructions:
        lines.append(variable.instructions.strip())
    if variable.categories:
        lines.append("Exactly one of:")
        lines += [f"- {c.value}: {c.description}" if c.description else f"- {c.value}" for c in variable.categories]
    for example in variable.golden_examples:
        text, value = (json.dumps(part, ensure_ascii=False) for part in (example.text, example.value))
        note = f" ({example.note})" if example.note else ""
        lines.append(f"Example, not from this document: in the text {text} the value is {value}{note}.")
    return lines


def _most(variable: Variable) -> str:
    several = variable.if_multiple_values in (IfMultipleValues.ALL, IfMultipleValues.CONCATENATE)
    return f", {variable.max_values} values at most" if several else ""


_FORM = {
    VariableType.TEXT: "text",
    VariableType.NUMBER: "number",
    VariableType.DATE: "date",
    VariableType.CATEGORY: "category",
    VariableType.BOOLEAN: "true or false",
}
_VALUE: dict[VariableType, dict[str, Any]] = {
    VariableType.TEXT: {"type": "string"},
    VariableType.NUMBER: {"type": ["number", "string"]},
    VariableType.DATE: {"type": "string"},
    VariableType.BOOLEAN: {"type": "boolean"},
}


def response_schema(variable: Variable) -> dict[str, Any]:
    """The strict JSON Schema of a variable's part of the reply: null, or a list of values with their evidence."""
    value = (
        {"type": "string", "enum": [c.value for c in variable.categories]}
        if variable.type is VariableType.CATEGORY
        else _VALUE[variable.type]
    )
    properties = {
        "value": value,
        "quote": {"type": "string", "description": f"verbatim from the document, {QUOTE_LENGTH} characters at most"},
        "confidence": {"type": "number", "description": "0 to 1"},
        "explanation": {"type": "string", "description": "one short sentence"},
    }
    item = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return {"type": ["array", "null"], "items": item}
