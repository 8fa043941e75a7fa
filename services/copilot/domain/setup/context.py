"""The default of the step CONTEXT: what a person has said stands, the rest is what the documents tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coderai.language.locales import language_name
from coderai.services.copilot.domain.describing.description import Description
from coderai.services.copilot.domain.proposal import SourceQuote

FIELDS = ("language", "domain", "document_type")
"""Of coderai.projects.v1.ProjectContext, those that the documents may tell."""
_NAMES = {"domain": "domain", "document_type": "document type"}
_MOST_LANGUAGES = 4


@dataclass(frozen=True, slots=True)
class Corpus:
    """All of a project's documents together."""

    ready: int = 0
    """Those that can be read."""
    languages: Mapping[str, int] | None = None
    """How many are in which language (ISO 639-1), "" where none was detected."""
    suggested_language: str = ""
    """In English; "Mixed" where they have several, empty where none was detected."""


@dataclass(frozen=True, slots=True)
class ContextDefault:
    """What is proposed for the context, and why."""

    context: Mapping[str, Any]
    """Plain fields of ProjectContext: all that would stand once it is accepted."""
    new: Mapping[str, Any]
    """Those of them that the project does not say yet."""
    reasons: tuple[str, ...]
    quotes: tuple[SourceQuote, ...]


def context_default(project: Mapping[str, Any], corpus: Corpus, description: Description) -> ContextDefault:
    """The context of a project (plain, as coderai.projects.v1.Project) with what its documents tell."""
    told = {"domain": description.domain, "document_type": description.document_type}
    values = {"language": corpus.suggested_language, **{name: one.value for name, one in told.items() if one}}
    new = {name: value for name, value in values.items() if value and not project[name]}
    reasons = [_about_language(project["language"], corpus)]
    for name, one in told.items():
        if project[name]:
            reasons.append(f"The {_NAMES[name]} is what the project says: {project[name]}.")
        elif one is None:
            reasons.append(f"Nothing in the sample tells the {_NAMES[name]}: say it yourself, or leave it empty.")
        elif one.reason not in reasons:
            reasons.append(one.reason)
    quotes = dict.fromkeys(q for name, one in told.items() if one and name in new for q in one.quotes)
    context = {name: new.get(name) or project[name] for name in FIELDS}
    return ContextDefault(context, new, (*reasons, *description.left_out), tuple(quotes))


def _about_language(said: str, corpus: Corpus) -> str:
    told = {code: many for code, many in (corpus.languages or {}).items() if code}
    most = sorted(told.items(), key=lambda one: -one[1])[:_MOST_LANGUAGES]
    shares = ", ".join(f"{many:,} in {language_name(code)}" for code, many in most)
    others = corpus.ready - sum(many for _, many in most)
    shares += f", {others:,} in others or in none that could be told" if shares and others > 0 else ""
    seen = f"of {corpus.ready:,} documents, {shares}" if shares else "no document tells its language"
    if not said:
        return f"{seen[:1].upper()}{seen[1:]}."
    return f"The language is what the project says, {said}; {seen}."
