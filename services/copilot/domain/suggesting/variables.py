"""Which suggested variables can be added to a project as they stand, and why others cannot."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from itertools import count

from coderai.codebook.columns import check_columns
from coderai.codebook.names import column_name
from coderai.codebook.problems import ColumnNameTaken
from coderai.codebook.variable import Variable, VariableType
from coderai.services.copilot.domain import drafting
from coderai.services.copilot.domain.proposal import CategoryCount, Draft
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.checking import (
    LONGEST,
    MOST_CATEGORIES,
    MOST_QUOTES,
    Drafted,
    Refused,
    counted,
    found,
    not_found,
    short,
)
from coderai.services.copilot.domain.suggesting.ideas import VariableIdea

MOST_LOOKED_AT = 60
"""Suggested variables of one answer that are looked at."""
_TITLE_LENGTH = 200
_LONGEST_BEGINNING = 50
"""Code points of a name before a number."""


def drafted(ideas: Iterable[VariableIdea], question: Question) -> Drafted:
    """The variables that can be added, the best first, as many as asked for, each with quotes from the sample.

    Left out is what has the name or title of another one, what rests on quotes that no document has, and what rests on
    none though the researcher did not ask for it.
    """
    taken = {variable.name for variable in question.variables}
    titles = {variable.display_name.casefold() for variable in question.variables if variable.display_name}
    drafts, left_out = list[Draft](), list[str]()
    given = list(ideas)
    for at, idea in enumerate(given[:MOST_LOOKED_AT]):
        if len(drafts) == question.limit:
            left_out.append(f"{len(given) - at} more were suggested than the {question.limit} asked for.")
            break
        named = _named(idea, taken)
        try:
            _refuse_taken(named, taken, titles, question)
            drafts.append(_draft(named, question))
        except Refused as refused:
            left_out.append(f"“{short(named.display_name)}” is left out: {refused}.")
        else:
            taken.add(named.name)
            titles.add(named.display_name.casefold())
    if len(given) > MOST_LOOKED_AT and len(drafts) < question.limit:
        left_out.append(f"The answer had too many variables: the first {MOST_LOOKED_AT} of them were looked at.")
    if not given:
        left_out.append("Nothing is suggested beyond what the project has: say in words what you want to know.")
    return Drafted(tuple(drafts), tuple(left_out))


def _named(idea: VariableIdea, taken: Container[str]) -> VariableIdea:
    """The suggestion with a column's name and a title that begins with a capital."""
    title = idea.display_name.strip() or idea.name.replace("_", " ")
    display = " ".join(title.split())[:_TITLE_LENGTH]
    name = column_name(idea.name) or column_name(display)
    if not name or _says_less(idea.name):
        name = _numbered(name or "variable", taken)
    return replace(idea, name=name, display_name=display[:1].upper() + display[1:] if display else name)


def _says_less(given: str) -> bool:
    """Whether words in other letters than Latin are missing from the column's name."""
    return any(word.isalpha() and not column_name(word) for word in given.split())


def _numbered(name: str, taken: Container[str]) -> str:
    """A name of its own for what has none in Latin letters."""
    numbered = (column_name(f"{name[:_LONGEST_BEGINNING]} {number}") for number in count(1))
    return next(one for one in numbered if one not in taken)


def _refuse_taken(idea: VariableIdea, taken: Container[str], titles: Container[str], question: Question) -> None:
    if idea.name in {variable.name for variable in question.variables}:
        raise Refused(f"the project has a variable {idea.name}")
    if idea.name in taken:
        raise Refused(f"another suggestion is called {idea.name}")
    if idea.display_name.casefold() in titles:
        raise Refused("another variable has this title")
    try:
        check_columns([*question.variables, Variable("", idea.name, idea.type)], question.variables)
    except ColumnNameTaken as error:
        raise Refused(error.message) from None


def _draft(idea: VariableIdea, question: Question) -> Draft:
    """The proposal that adds it."""
    quotes = found(idea.claims, question.documents)
    is_asked_for = idea.wished and bool(question.hint.strip())
    if not quotes and (idea.claims or not is_asked_for):
        raise Refused(not_found(idea.claims))
    instructions = idea.instructions.strip()
    if not instructions or len(instructions) > LONGEST:
        raise Refused(f"its instructions have {len(instructions):,} characters: 1 to {LONGEST:,}")
    counts = _counts(idea, question)
    type = VariableType.TEXT if idea.type is VariableType.CATEGORY and not counts else idea.type
    plain = {"name": idea.name, "display_name": idea.display_name, "type": type.value, "instructions": instructions}
    if counts:
        described = {c.value.casefold().strip(): " ".join(c.description.split()) for c in reversed(idea.categories)}
        plain_categories = [
            {"value": one.value, "description": described.get(one.value.casefold(), "")[:LONGEST]} for one in counts
        ]
    after = {**plain, "categories": plain_categories} if counts else plain
    written = drafting.draft(
        f"Add “{short(idea.display_name)}” ({type})", _reason(idea), [drafting.creation(after)], quotes[:MOST_QUOTES]
    )
    return replace(written, counts=tuple(counts), sampled_documents=len(question.documents))


def _counts(idea: VariableIdea, question: Question) -> Sequence[CategoryCount]:
    """What was seen of each category; none where it is no CATEGORY, or has but one value."""
    if idea.type is not VariableType.CATEGORY:
        return ()
    if len(idea.categories) > MOST_CATEGORIES:
        raise Refused(f"it has {len(idea.categories):,} categories: {MOST_CATEGORIES} at most")
    counts = counted(idea.categories, question.documents)
    return counts if len(counts) > 1 else ()


def _reason(idea: VariableIdea) -> str:
    return short(idea.reason, LONGEST) or "It was suggested without a reason."
