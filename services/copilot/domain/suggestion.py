"""A suggested variable, and the rules that every suggestion satisfies, whichever engine made it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from itertools import count

from coderai.codebook.variable import Category, VariableType
from coderai.services.copilot.domain.question import Question

_NAME_LENGTH = 63
_TEXT_LENGTH = 2_000
_MOST_CATEGORIES = 50


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A variable to consider."""

    name: str
    display_name: str
    type: VariableType
    instructions: str
    reason: str
    """Why, with what was seen in which documents."""
    categories: tuple[Category, ...] = ()


def variable_name(text: str) -> str:
    """The text as a column's name, [a-z][a-z0-9_]{0,62}; empty when it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if words[:1].isdigit():
        words = f"n_{words}"
    return words[:_NAME_LENGTH].rstrip("_")


def fit(suggestions: Iterable[Suggestion], question: Question) -> list[Suggestion]:
    """Those that can be added to the project as they stand: valid, no name twice or taken, as many as asked for."""
    taken = {variable.name for variable in question.variables}
    shown = {variable.display_name.casefold() for variable in question.variables if variable.display_name}
    kept: list[Suggestion] = []
    for suggestion in suggestions:
        named = _valid(suggestion, taken)
        if named.name not in taken and named.display_name.casefold() not in shown and len(kept) < question.limit:
            taken.add(named.name)
            shown.add(named.display_name.casefold())
            kept.append(named)
    return kept


def _valid(suggestion: Suggestion, taken: Container[str]) -> Suggestion:
    title = suggestion.display_name.strip() or suggestion.name.replace("_", " ")
    display = " ".join(title.split())[:200]
    name = variable_name(suggestion.name) or variable_name(display) or _numbered(taken)
    categories = _distinct(suggestion.categories) if suggestion.type is VariableType.CATEGORY else ()
    type = VariableType.TEXT if suggestion.type is VariableType.CATEGORY and len(categories) < 2 else suggestion.type
    return replace(
        suggestion,
        name=name,
        display_name=display[:1].upper() + display[1:] if display else name,
        type=type,
        instructions=suggestion.instructions.strip()[:_TEXT_LENGTH],
        reason=suggestion.reason.strip()[:_TEXT_LENGTH],
        categories=categories if type is VariableType.CATEGORY else (),
    )


def _numbered(taken: Container[str]) -> str:
    """A name for what has none in Latin letters."""
    return next(name for name in map("variable_{}".format, count(1)) if name not in taken)


def _distinct(categories: Iterable[Category]) -> tuple[Category, ...]:
    by_value: dict[str, Category] = {}
    for category in categories:
        value = category.value.strip()
        if value:
            by_value.setdefault(value.casefold(), Category(value, category.description.strip()))
    return tuple(by_value.values())[:_MOST_CATEGORIES]
