"""A model's answers become candidates with checked evidence, one for each value that parts of a document state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.coercion import coerce
from coderai.codebook.ranges import is_vague
from coderai.codebook.reply import Answer
from coderai.codebook.variable import IfUnsupported, Variable
from coderai.engines.calls import Passage
from coderai.services.extractor.domain.coding.confidence import rated
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Candidate, Flag, Match, Support
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.coding.support import Supported, check

REFUSED = (Support.CONTRADICTED, Support.UNGROUNDED)
"""What is no value of the document's, unless the variable keeps it with a flag."""


def candidate(
    variable: Variable, answer: Answer, passage: Passage, document: Document, finder: QuoteFinder
) -> Candidate | None:
    """Coerces one answer's value and checks its evidence; None when the answer says that nothing is stated."""
    if answer.value is None or answer.value == "":
        return None
    coerced = coerce(variable, answer.value, document.language)
    place = Span(passage.start, passage.end)
    found = (
        Supported(None, finder.find(answer.quote, place), Support.UNCHECKED)
        if coerced.value is None
        else check(variable, coerced.value, answer.quote, place, document, finder)
    )
    held = {
        Flag.INVALID: coerced.problem,
        Flag.CATEGORY_MAPPED: coerced.mapped,
        Flag.UNSURE_PAGE: found.evidence.recognition is not None,
    }
    flags = {flag for flag, holds in held.items() if holds}
    value = found.value
    if found.support is Support.UNGROUNDED and _from_example(variable, answer.quote):
        value = None
        flags.add(Flag.EXAMPLE_LEAKED)
    one = Candidate(
        value=value,
        confidence=0.0,
        evidence=found.evidence,
        raw=answer.value,
        explanation="; ".join(part for part in (answer.explanation, coerced.problem) if part),
        flags=frozenset(flags),
        passage=passage.start,
        support=found.support,
        model_confidence=answer.confidence,
        probability=answer.probability,
    )
    return rated(one)


def is_usable(variable: Variable, one: Candidate) -> bool:
    """Whether a candidate's value may stand in the dataset: not refused, or kept by the variable's wish."""
    if one.value is None or is_vague(one.value):
        return False
    return one.support not in REFUSED or variable.if_unsupported is IfUnsupported.FLAG


def merge_same(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate per value, in the order in which the values first come: the best grounded and most confident.

    Overlapping chunks state the same thing twice, and documents repeat themselves.
    """
    best: dict[Any, Candidate] = {}
    for one in candidates:
        known = best.get(says(one))
        if known is None or strength(one) > strength(known):
            best[says(one)] = one
    return list(best.values())


def text_order(one: Candidate) -> tuple[Any, ...]:
    """Sorts candidates as the text has them; the rest only makes sure that their order never depends on chance."""
    said = (repr(one.value), repr(one.raw), one.evidence.quote, one.explanation)
    return (one.position, one.passage, one.evidence.end or 0, -one.confidence, -one.model_confidence, said)


def strength(one: Candidate) -> tuple[bool, int, bool, int, float]:
    supports, matches = list(Support)[::-1], list(Match)[::-1]
    is_read = one.evidence.recognition is None
    return (one.preferred, supports.index(one.support), is_read, matches.index(one.evidence.match), one.confidence)


def says(one: Candidate) -> tuple[type, Any]:
    """Equal for candidates that say the same; those that could not be coerced are what they were given as."""
    said = str(one.raw) if one.value is None else one.value
    kind = float if isinstance(said, int | float) and not isinstance(said, bool) else type(said)
    if isinstance(said, Mapping):
        return kind, tuple(sorted(said.items()))
    return kind, said.casefold() if isinstance(said, str) else said


def _from_example(variable: Variable, quote: str) -> bool:
    examples = Document("", "", "\n".join(example.text for example in variable.golden_examples))
    return bool(examples.text) and QuoteFinder(examples).find(quote).match is not Match.NONE
