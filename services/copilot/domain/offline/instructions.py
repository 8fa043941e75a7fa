"""Better instructions without a model: a rule for each case that the documents show and the instructions leave open."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter

import regex

from coderai.codebook.types import spec
from coderai.codebook.variable import IfMultipleValues, Variable, VariableType
from coderai.engines.offline.words import find_words, telling
from coderai.language.amounts import find_amounts
from coderai.language.negation import denies
from coderai.services.copilot.domain.offline.answering import answers
from coderai.services.copilot.domain.offline.corpus import read_corpus
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.ideas import Claim, InstructionsIdea

_SAYS_ENOUGH = 4
"""Words that say something, from which on instructions need no sentence of what is asked."""
_MOST_QUOTES = 5


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a document says for the variable."""

    document: str
    quote: str
    value: object
    several: bool
    """Whether the document states other values as well."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """What to say where documents show a case that instructions do not speak of."""

    types: frozenset[VariableType]
    shows: Callable[[_Seen, Variable], bool]
    spoken_of: regex.Pattern[str]
    text: str
    why: str


_SOURCES = regex.compile(r"(?i)according to|\bsaid\b|\bsay\b|laut |según|selon|speaks? of|put (?:it|the|them)")
_CORRECTED = regex.compile(r"(?i)first (?:said|spoken|reported)|correct|revis|not,? as|had said|zunächst|al principio")
_VAGUE = regex.compile(
    r"(?i)\b(?:dozens|hundreds|thousands|several|a handful|many|decenas|cientos|miles|dutzende|hunderte)\b"
)
_ALL = frozenset(VariableType)
_COUNTED = frozenset({VariableType.NUMBER})
_RULES = (
    _Rule(
        _COUNTED,
        lambda seen, _: any(amount.value is None and not amount.vague for amount in find_amounts(seen.quote)),
        regex.compile(r"(?i)range|lower|higher|both ends|between"),
        "Of a range, code both ends.",
        "a range",
    ),
    _Rule(
        _COUNTED,
        lambda seen, _: seen.several and bool(_SOURCES.search(seen.quote)),
        regex.compile(r"(?i)sources?|lowest|highest|differ"),
        "If sources give different numbers, code the lowest.",
        "different numbers by different sources",
    ),
    _Rule(
        _COUNTED,
        lambda seen, _: seen.value == 0 or denies(seen.quote),
        regex.compile(r"(?i)\b0\b|none|nobody|zero|nought"),
        "0 only if the document says that there were none.",
        "that there were none",
    ),
    _Rule(
        _COUNTED,
        lambda seen, _: bool(_VAGUE.search(seen.quote)),
        regex.compile(r"(?i)dozens|hundreds|vague|expression without|in words"),
        "An expression without a number (“dozens”, “many”) is not a number.",
        "expressions without a number",
    ),
    _Rule(
        _COUNTED,
        lambda seen, _: bool(_CORRECTED.search(seen.quote)),
        regex.compile(r"(?i)correct"),
        "If the document corrects an earlier number, code the corrected one.",
        "a number that is corrected",
    ),
    _Rule(
        frozenset({VariableType.DATE}),
        lambda seen, _: seen.several,
        regex.compile(r"(?i)not (?:the date|that) of the (?:document|report|publication)|recall|earlier"),
        "Not the date of the document itself, nor that of something earlier or later that it mentions.",
        "several dates",
    ),
    _Rule(
        frozenset({VariableType.BOOLEAN}),
        lambda seen, _: seen.value is False or denies(seen.quote),
        regex.compile(r"(?i)false|denie|deny"),
        "False only if the document denies it; not stated if it says nothing.",
        "that it is denied",
    ),
    _Rule(
        _ALL - {VariableType.NUMBER, VariableType.DATE, VariableType.BOOLEAN},
        lambda seen, variable: seen.several and variable.if_multiple_values is IfMultipleValues.FIRST,
        regex.compile(r"(?i)several|first|more than one|main"),
        "If the document states several, code the one that it names first.",
        "several values",
    ),
)


def instructions(question: Question) -> InstructionsIdea | None:
    """The variable's instructions with what they leave open; None where the documents show nothing that they do.

    What the hint says is added in its own words.
    """
    variable = question.variable
    assert variable is not None
    seen = list(_seen(question, variable))
    rules = [(rule, shown) for rule in _RULES if (shown := _shown(rule, seen, variable))]
    begins = _beginning(variable, question)
    wish = " ".join(question.hint.split())
    if not rules and not wish and begins == variable.instructions.strip():
        return None
    wished = [wish if wish.endswith((".", "!", "?", "。")) else f"{wish}."] if wish else []
    text = " ".join([begins, *wished, *(rule.text for rule, _ in rules)])
    shown = [one for _, several in rules for one in several] or seen
    if not shown:
        return None
    claims = tuple(dict.fromkeys(Claim(one.quote, one.document) for one in shown))[:_MOST_QUOTES]
    return InstructionsIdea(text, _reason(rules, shown, question, wish), claims)


def _seen(question: Question, variable: Variable) -> Iterator[_Seen]:
    """What the documents answer, at most 20 values of each; what stands near the best one counts too."""
    several = replace(variable, if_multiple_values=IfMultipleValues.ALL, max_values=20)
    for document, found in groupby(answers(question, several), key=itemgetter(0)):
        stated = [answer for _, answer in found]
        values = {str(one.value) for one in stated}
        for one in stated:
            value = spec(variable).read(variable, one.value, "") if one.value is not None else None
            yield _Seen(document, one.quote, value, len(values) > 1)


def _shown(rule: _Rule, seen: Sequence[_Seen], variable: Variable) -> list[_Seen]:
    if variable.type not in rule.types or rule.spoken_of.search(variable.instructions):
        return []
    return [one for one in seen if rule.shows(one, variable)]


def _beginning(variable: Variable, question: Question) -> str:
    """The instructions as they are; where they say hardly anything, a sentence of what is asked before them."""
    text, row = variable.instructions.strip(), question.project.row
    if len(telling(find_words(text))) >= _SAYS_ENOUGH:
        return text
    named = (variable.display_name or variable.name.replace("_", " ")).strip()
    asks = {
        VariableType.NUMBER: f"{named}: the number that the document gives for {row}, alone, without its unit.",
        VariableType.DATE: f"{named}, for {row}, as precisely as the document states it.",
        VariableType.BOOLEAN: f"Whether it is so of {row}: {named}. True only if the document says so.",
        VariableType.CATEGORY: f"{named}, for {row}: the value listed that fits what the document says best.",
        VariableType.TEXT: f"{named}, for {row}, in the document's own words.",
    }[variable.type]
    return f"{text.rstrip('.')}. {asks}" if text else asks


def _reason(
    rules: Sequence[tuple[_Rule, Sequence[_Seen]]], shown: Sequence[_Seen], question: Question, wish: str
) -> str:
    places = {one.document: one.quote for one in reversed(shown)}
    told = read_corpus(question.documents).seen_in(dict(reversed(places.items())))
    if not rules:
        return f"{'You asked for it.' if wish else 'The instructions say hardly more than the name.'} {told}"
    cases = ", ".join(dict.fromkeys(rule.why for rule, _ in rules))
    return f"Documents show cases that the instructions leave open: {cases}. {told}"
