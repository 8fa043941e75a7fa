"""What documents show of a schema: variables without answers, values without a category, rows that repeat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.offline.answering import unanswered
from coderai.services.copilot.domain.offline.categories import categories
from coderai.services.copilot.domain.offline.units import units
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.findings import Finding, FindingKind, Severity
from coderai.services.copilot.domain.suggesting.ideas import FindingIdea


def review(question: Question) -> Iterator[FindingIdea]:
    """Findings without a model, none of them by reading alone: each says what was looked for and where."""
    yield from _not_answered(question)
    yield from _not_exhaustive(question)
    yield from _unit(question)


def _not_answered(question: Question) -> Iterator[FindingIdea]:
    for name in unanswered(question):
        message = (
            f"The built-in engine finds no value of {name} in any of {len(question.documents)} documents: see whether"
            " they state it, and whether the name and the instructions use their words."
        )
        yield FindingIdea(Finding(FindingKind.NOT_ANSWERED, Severity.WARNING, (name,), message), by_engine=True)


def _not_exhaustive(question: Question) -> Iterator[FindingIdea]:
    """Categories whose variable has other values in fields of its name."""
    for variable in (one for one in question.variables if one.type is VariableType.CATEGORY):
        idea = categories(replace(question, variable=variable), in_own_words=False)
        own = {one.value.casefold() for one in variable.categories}
        new = [one for one in idea.categories if one.value.casefold() not in own and one.claims]
        if new:
            values = ", ".join(f"“{one.value}”" for one in new[:5])
            message = f"Documents have values of {variable.name} that no category takes: {values}."
            yield FindingIdea(
                Finding(FindingKind.CATEGORIES_NOT_EXHAUSTIVE, Severity.WARNING, (variable.name,), message),
                claims=tuple(claim for one in new for claim in one.claims[:1]),
                by_engine=True,
                categories=tuple(new),
            )


def _unit(question: Question) -> Iterator[FindingIdea]:
    """A document that gives one row though something repeats in it."""
    idea = next(units(question), None)
    if idea is not None and idea.multiple and not question.project.multiple:
        message = f"A document gives one row, and documents seem to hold several. {idea.reason}"
        finding = Finding(FindingKind.UNIT, Severity.WARNING, (), message)
        yield FindingIdea(finding, claims=idea.claims, by_engine=True, unit=idea)
