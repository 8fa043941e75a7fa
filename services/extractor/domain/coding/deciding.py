"""Which of a cell's candidates stand: if_multiple_values, if_uncertain, and what different passages contradict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from coderai.codebook.ranges import is_range, shown
from coderai.codebook.validation import violations
from coderai.codebook.variable import IfMultipleValues, IfUncertain, Variable, VariableType
from coderai.language.negation import denies
from coderai.services.extractor.domain.coding.candidates import is_usable, merge_same, says, text_order
from coderai.services.extractor.domain.coding.confidence import confidence, contested, repeated
from coderai.services.extractor.domain.coding.extraction import (
    Candidate,
    Extraction,
    Flag,
    MissingReason,
    Support,
)
from coderai.services.extractor.domain.coding.flags import finished, flagged, ordered, support_flags
from coderai.services.extractor.domain.coding.missing import defaulted, missing

CONTENDER_MARGIN = 0.15
"""Values of which the model is this much less sure than of the best are alternatives, not further values."""
TIE_MARGIN = 0.05
"""Of values that contend for a place that only one can have, those of which it is this much less sure lose it."""
ONE_VALUE = (IfMultipleValues.FIRST, IfMultipleValues.LAST, IfMultipleValues.FLAG)
JOINER = "; "


def decide(
    variable: Variable,
    candidates: Iterable[Candidate],
    failed: str = "",
    absent: MissingReason = MissingReason.NOT_STATED,
    *,
    unread: str = "",
    unsure: str = "",
    answered: bool = False,
) -> Extraction:
    """The extraction that a unit's candidates for one variable give, in whichever order they come.

    `failed` says for which parts of the document the model gave no usable answer, if there are any, `answered` whether
    it gave one for others, `unread` which pages have no text: what is not found may stand there; and `unsure` of which
    text recognition is unsure. `absent` is what it means otherwise that there is no candidate: NOT_STATED or NOT_FOUND.
    """
    everything = sorted(candidates, key=text_order)
    usable = [c for c in everything if is_usable(variable, c)]
    if not usable:
        gaps = {"unread": unread, "unsure": unsure}
        return missing(variable, merge_same(everything), failed, absent, **gaps, answered=answered)
    from_end = variable.if_multiple_values is IfMultipleValues.LAST
    values = _repeated(usable[::-1] if from_end else usable)
    if variable.type is VariableType.BOOLEAN or not variable.keeps_several:
        values = list(contested(values))
    extraction = _choose(variable, _contenders(variable, values))
    kept = _repeated(everything)
    if len(kept) > 1:
        extraction = replace(extraction, candidates=tuple(sorted(kept, key=text_order)))
    if extraction.missing_reason is None:
        extraction = _weigh(variable, extraction)
    return finished(variable, flagged(extraction, Flag.INCOMPLETE, failed) if failed else extraction)


def keeps_one(variable: Variable) -> bool:
    """Whether different values for a variable contradict each other."""
    return variable.type is VariableType.BOOLEAN or variable.if_multiple_values in ONE_VALUE


def _repeated(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate per value, as `merge_same` has them, each with whether the document states it in several places."""
    return [repeated(one, [c for c in candidates if says(c) == says(one)]) for one in merge_same(candidates)]


def conflict(variable: Variable, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The values of equal support that different passages state for a variable that keeps one; none without conflict.

    Several values of one passage are no conflict: whoever read it saw them all, and in the order of the text.
    """
    if not keeps_one(variable):
        return []
    usable = [c for c in sorted(candidates, key=text_order) if is_usable(variable, c)]
    contenders = _contenders(variable, merge_same(usable)) if usable else []
    return contenders if len({c.passage for c in contenders}) > 1 else []


def _contenders(variable: Variable, usable: Sequence[Candidate]) -> list[Candidate]:
    """The values that count: those of the best support, about as sure as the best of them.

    A "yes" that a quote states outweighs a "no" that rests on nothing more than the lack of it in other parts.
    """
    preferred = [c for c in usable if c.preferred]
    if preferred:
        return preferred
    sure = [c for c in usable if c.support in (Support.STATED, Support.JUDGED)]
    strong = sure or [c for c in usable if c.support is Support.UNCHECKED] or list(usable)
    if variable.type is VariableType.BOOLEAN and not sure:
        affirmed = [c for c in strong if c.value is True]
        strong = affirmed if affirmed and all(_lacks_words(c) for c in strong if c.value is False) else strong
    least = max(c.model_confidence for c in strong) - CONTENDER_MARGIN
    return [c for c in strong if c.model_confidence >= least]


def _lacks_words(one: Candidate) -> bool:
    """Whether nothing in its quote denies anything: such a "no" says that it found nothing."""
    return not denies(one.evidence.quote)


def _choose(variable: Variable, contenders: list[Candidate]) -> Extraction:
    """Applies if_multiple_values to the values that count; the first of them comes first from the end that counts."""
    if len(contenders) > 1 and variable.type is VariableType.BOOLEAN:
        missing = Extraction(variable, missing_reason=MissingReason.AMBIGUOUS, flags=(Flag.AMBIGUOUS,))
        return replace(missing, explanation="the document states both true and false")
    if variable.keeps_several and len(contenders) > 1:
        return _several(variable, contenders)
    surest = max(c.model_confidence for c in contenders) - TIE_MARGIN
    chosen = next(c for c in contenders if c.model_confidence >= surest)
    flags: set[Flag] = set()
    if len(contenders) > 1 and variable.if_multiple_values is IfMultipleValues.FLAG:
        flags.add(Flag.MULTIPLE_VALUES)
    if len({c.passage for c in contenders}) > 1:
        flags.add(Flag.AMBIGUOUS)
    return _of(variable, chosen.value, [chosen], flags)


def _several(variable: Variable, contenders: Sequence[Candidate]) -> Extraction:
    """All values up to max_values, with a flag where that leaves some out: those are kept as candidates."""
    kept, more = contenders[: variable.max_values], len(contenders) - variable.max_values
    values = [c.value for c in kept]
    joined = (
        JOINER.join(shown(v) if is_range(v) else str(v) for v in values)
        if variable.if_multiple_values is IfMultipleValues.CONCATENATE
        else values
    )
    extraction = _of(variable, joined, kept)
    why = f"the document states {more} more: max_values is {variable.max_values}"
    return flagged(extraction, Flag.MULTIPLE_VALUES, why) if more > 0 else extraction


def _of(variable: Variable, value: Any, chosen: Sequence[Candidate], flags: Iterable[Flag] = ()) -> Extraction:
    first = chosen[0]
    weakest = max((c.support for c in chosen), key=list(Support).index)
    extraction = Extraction(
        variable,
        value=value,
        confidence=min(map(confidence, chosen)),
        evidence=first.evidence,
        flags=ordered({*flags, *support_flags(weakest), *(flag for c in chosen for flag in c.flags)}),
        explanation=first.explanation,
        raw_value=first.raw if len(chosen) == 1 else [c.raw for c in chosen],
        support=weakest,
        model_confidence=min(c.model_confidence for c in chosen),
        chosen=tuple(chosen),
    )
    broken = [message for c in chosen for message in violations(variable, c.value)]
    return flagged(extraction, Flag.INVALID, "; ".join(broken)) if broken else extraction


def _weigh(variable: Variable, extraction: Extraction) -> Extraction:
    """Applies if_uncertain to a value whose confidence is below the threshold."""
    if extraction.confidence >= variable.confidence_threshold or variable.if_uncertain is IfUncertain.KEEP:
        return extraction
    if variable.if_uncertain is IfUncertain.FLAG:
        return replace(extraction, flags=ordered({*extraction.flags, Flag.LOW_CONFIDENCE}))
    below = replace(extraction, value=None, missing_reason=MissingReason.BELOW_THRESHOLD)
    if variable.if_uncertain is IfUncertain.USE_DEFAULT and variable.default_value is not None:
        return defaulted(variable, below)
    return below
