"""The words of one variable's prompt, generated from its definition and the unit of observation."""

from __future__ import annotations

import json

from coderai.codebook.codebook import ONE_DOCUMENT, Unit
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.types import spec
from coderai.codebook.variable import Variable

MAX_TOKENS = 1024
"""Limit of one variable's part of a reply, unless a person sets another."""


def generate(unit: Unit, variable: Variable) -> PromptVersion:
    """The prompt that a variable's definition gives, not yet numbered."""
    return PromptVersion(
        text="\n".join(_lines(unit, variable)), temperature=spec(variable).temperature, max_tokens=MAX_TOKENS
    )


def _lines(unit: Unit, variable: Variable) -> list[str]:
    """What tells this variable from the others; what holds for all stands once in the rules of every call."""
    of_unit = f" of {unit.row_is}" if unit.row_is and unit != ONE_DOCUMENT else ""
    most = f", {variable.max_values} values at most" if variable.keeps_several else ""
    lines = [f"{variable.display_name}{of_unit} ({spec(variable).asked_as}){most}"]
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
