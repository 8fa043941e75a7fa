"""The words of one variable's prompt, generated from its definition."""

from __future__ import annotations

import json
from collections.abc import Sequence

from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.types import spec
from coderai.codebook.variable import Category, GoldenExample, Variable, VariableType

MAX_TOKENS = 1024
"""Limit of one variable's part of a reply, unless a person sets another."""
_WITHOUT_TYPE = (VariableType.TEXT, VariableType.CATEGORY)
"""A text is what is copied out anyhow; categories are listed."""


def generate(variable: Variable) -> PromptVersion:
    """The prompt that a variable's definition gives, not yet numbered."""
    return PromptVersion(
        text="\n".join(_lines(variable)), temperature=spec(variable).temperature, max_tokens=MAX_TOKENS
    )


def _lines(variable: Variable) -> list[str]:
    """What tells this variable from the others; what holds for all stands once in the rules of every call."""
    instructions = variable.instructions.strip()
    parts = [_heading(variable, named=not instructions and not variable.categories), instructions]
    lines = [": ".join(part for part in parts if part), *choice_lines(variable.categories)]
    lines += map(example_line, variable.golden_examples)
    return [line for line in lines if line]


def example_line(example: GoldenExample) -> str:
    """How a prompt shows a golden example."""
    shown = json.dumps({"quote": example.text, "value": example.value}, ensure_ascii=False)
    return f"Example: {shown}{f' ({example.note})' if example.note else ''}"


def choice_lines(categories: Sequence[Category]) -> list[str]:
    """How a prompt shows the categories in one line when none is described, else each in a line of its own."""
    if any(c.description or "|" in c.value for c in categories):
        described = [f"- {c.value}: {c.description}" if c.description else f"- {c.value}" for c in categories]
        return ["Exactly one of:", *described]
    return [f"Exactly one of: {' | '.join(c.value for c in categories)}"] if categories else []


def _heading(variable: Variable, *, named: bool) -> str:
    """The display name and the type, each where it says something: every call names the variable itself too."""
    repeats = variable.display_name.casefold() == variable.name.replace("_", " ").casefold()
    name = variable.display_name if named or not repeats else ""
    kind = "" if variable.type in _WITHOUT_TYPE else f"({spec(variable).asked_as})"
    return f"{name} {kind}".strip()
