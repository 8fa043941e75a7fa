"""A review of a project's variables: what code finds, and what an engine says that the documents bear out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from coderai.codebook.variable import Variable
from coderai.services.copilot.domain import drafting
from coderai.services.copilot.domain.proposal import Draft
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting import categories, instructions, units
from coderai.services.copilot.domain.suggesting.checking import (
    LONGEST,
    MOST_QUOTES,
    Refused,
    found,
    not_found,
    short,
)
from coderai.services.copilot.domain.suggesting.findings import Finding, FindingKind
from coderai.services.copilot.domain.suggesting.ideas import CategoriesIdea, FindingIdea
from coderai.services.copilot.domain.suggesting.schema_checks import schema_findings

MOST = 60
"""Findings of an engine that are looked at."""
_NEED_QUOTES = frozenset({FindingKind.CATEGORIES_NOT_EXHAUSTIVE, FindingKind.UNIT})
"""Kinds that speak of what documents say."""


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with the draft of what would mend it, if there is one."""

    finding: Finding
    draft: Draft | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a review may tell, the gravest first, and why the rest is left out."""

    findings: tuple[Found, ...]
    left_out: tuple[str, ...]


def checked(ideas: Iterable[FindingIdea], question: Question) -> Checked:
    """What code finds, then what the engine adds of other kinds or variables, with quotes that stand in the sample."""
    kept, left_out = list[Found](), list[str]()
    given = list(islice(ideas, MOST + 1))
    if len(given) > MOST:
        left_out.append(f"The answer had too many findings: the first {MOST} of them were looked at.")
    by_code = list(schema_findings(question))
    known = {_about(idea) for idea in by_code}
    for idea in (*by_code, *given[:MOST]):
        if idea.by_engine and _about(idea) in known:
            continue
        try:
            kept.append(_checked(idea, question, left_out))
            known.add(_about(idea))
        except Refused as refused:
            left_out.append(f"“{short(idea.finding.message)}” is left out: {refused}.")
    return Checked(tuple(sorted(kept, key=lambda one: one.finding.rank)), tuple(left_out))


def _about(idea: FindingIdea) -> tuple[FindingKind, frozenset[str]]:
    return idea.finding.kind, frozenset(idea.finding.variables)


def _checked(idea: FindingIdea, question: Question, left_out: list[str]) -> Found:
    by_name = {variable.name: variable for variable in question.variables}
    finding = idea.finding
    unknown = [name for name in finding.variables if name not in by_name]
    if unknown:
        raise Refused(f"the project has no variable {short(unknown[0])!r}")
    if not finding.message.strip():
        raise Refused("it does not say what is wrong")
    quotes = found(idea.claims, question.documents)
    if not quotes and (idea.claims or (finding.kind in _NEED_QUOTES and idea.by_engine)):
        raise Refused(not_found(idea.claims))
    told = replace(finding, message=short(finding.message, LONGEST), quotes=tuple(quotes[:MOST_QUOTES]))
    about = by_name.get(finding.variables[0]) if finding.variables else None
    try:
        return Found(told, _mend(idea, about, question))
    except Refused as refused:
        left_out.append(f"What would mend “{short(told.message)}” is left out: {refused}.")
        return Found(told)


def _mend(idea: FindingIdea, about: Variable | None, question: Question) -> Draft | None:
    """The draft of what would mend it; None where nothing is suggested. Raises Refused."""
    if idea.unit is not None:
        return units.draft(idea.unit, question)
    if about is None:
        return None
    if idea.instructions is not None:
        return instructions.draft(idea.instructions, about, question)
    if idea.categories:
        return categories.draft(CategoriesIdea(idea.categories, idea.finding.message), about, question).drafts[0]
    if idea.settings:
        return _settings(idea.settings, about, idea.finding.message)
    if idea.remove:
        return drafting.draft(f"Remove {about.name}", idea.finding.message, [drafting.removal(about)])
    return None


def _settings(settings: Mapping[str, Any], about: Variable, reason: str) -> Draft:
    named: Sequence[str] = [f"{name} {value}" for name, value in settings.items()]
    return drafting.draft(f"Set {', '.join(named)} of {about.name}", reason, [drafting.update(about, settings)])
