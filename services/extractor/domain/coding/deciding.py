"""Post-processing: a model's answers become candidates with checked evidence, and those one extraction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from coderai.codebook.coercion import coerce
from coderai.codebook.ranges import is_range, is_vague, shown
from coderai.codebook.reply import Answer
from coderai.codebook.validation import violations
from coderai.codebook.variable import IfMultipleValues, IfUncertain, IfUnsupported, Variable, VariableType
from coderai.engines.calls import Passage
from coderai.language.negation import denies
from coderai.services.extractor.domain.coding.confidence import confidence, contested, rated, repeated
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import (
    Candidate,
    Evidence,
    Extraction,
    Flag,
    Match,
    MissingReason,
    Origin,
    Status,
    Support,
)
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.coding.support import Supported, check

REFUSED = (Support.CONTRADICTED, Support.UNGROUNDED)
"""What is no value of the document's, unless the variable keeps it with a flag."""
CONTENDER_MARGIN = 0.15
"""Values of which the model is this much less sure than of the best are alternatives, not further values."""
TIE_MARGIN = 0.05
"""Of values that contend for a place that only one can have, those of which it is this much less sure lose it."""
ONE_VALUE = (IfMultipleValues.FIRST, IfMultipleValues.LAST, IfMultipleValues.FLAG)
JOINER = "; "


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
    flags = {flag for flag, holds in ((Flag.INVALID, coerced.problem), (Flag.CATEGORY_MAPPED, coerced.mapped)) if holds}
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


def decide(
    variable: Variable,
    candidates: Iterable[Candidate],
    failed: str = "",
    absent: MissingReason = MissingReason.NOT_STATED,
    *,
    unread: str = "",
    answered: bool = False,
) -> Extraction:
    """The extraction that a unit's candidates for one variable give, in whichever order they come.

    `failed` says for which parts of the document the model gave no usable answer, if there are any, `answered` whether
    it gave one for others, and `unread` which pages have no text: what is not found may stand there. `absent` is what
    it means otherwise that there is no candidate: NOT_STATED or NOT_FOUND.
    """
    everything = sorted(candidates, key=_order)
    usable = [c for c in everything if _usable(variable, c)]
    if not usable:
        return _missing(variable, merge_same(everything), failed, absent, unread=unread, answered=answered)
    from_end = variable.if_multiple_values is IfMultipleValues.LAST
    values = _repeated(usable[::-1] if from_end else usable)
    if variable.type is VariableType.BOOLEAN or not variable.keeps_several:
        values = list(contested(values))
    extraction = _choose(variable, _contenders(variable, values))
    kept = _repeated(everything)
    if len(kept) > 1:
        extraction = replace(extraction, candidates=tuple(sorted(kept, key=_order)))
    if extraction.missing_reason is None:
        extraction = _weigh(variable, extraction)
    return _finish(variable, _with(extraction, Flag.INCOMPLETE, failed) if failed else extraction)


def _usable(variable: Variable, one: Candidate) -> bool:
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
        known = best.get(_what(one))
        if known is None or _strength(one) > _strength(known):
            best[_what(one)] = one
    return list(best.values())


def _repeated(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate per value, as `merge_same` has them, each with whether the document states it in several places."""
    return [repeated(one, [c for c in candidates if _what(c) == _what(one)]) for one in merge_same(candidates)]


def conflict(variable: Variable, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The values of equal support that different passages state for a variable that keeps one; none without conflict.

    Several values of one passage are no conflict: whoever read it saw them all, and in the order of the text.
    """
    if variable.type is not VariableType.BOOLEAN and variable.if_multiple_values not in ONE_VALUE:
        return []
    usable = [c for c in sorted(candidates, key=_order) if _usable(variable, c)]
    contenders = _contenders(variable, merge_same(usable)) if usable else []
    return contenders if len({c.passage for c in contenders}) > 1 else []


def not_applicable(variable: Variable) -> Extraction:
    """The extraction of a variable whose conditions do not hold; it was not asked."""
    return Extraction(variable, missing_reason=MissingReason.NOT_APPLICABLE, explanation=_conditions(variable))


def unreadable(variable: Variable, reason: MissingReason, error: str) -> Extraction:
    """The extraction of a document that failed as a whole."""
    return Extraction(variable, status=Status.FAILED, missing_reason=reason, explanation=error)


def _order(one: Candidate) -> tuple[Any, ...]:
    """Sorts candidates as the text has them; the rest only makes sure that their order never depends on chance."""
    said = (repr(one.value), repr(one.raw), one.evidence.quote, one.explanation)
    return (one.position, one.passage, one.evidence.end or 0, -one.confidence, -one.model_confidence, said)


def _what(one: Candidate) -> tuple[type, Any]:
    """Equal for candidates that say the same; those that could not be coerced are what they were given as."""
    said = str(one.raw) if one.value is None else one.value
    kind = float if isinstance(said, int | float) and not isinstance(said, bool) else type(said)
    if isinstance(said, Mapping):
        return kind, tuple(sorted(said.items()))
    return kind, said.casefold() if isinstance(said, str) else said


def _strength(one: Candidate) -> tuple[bool, int, int, float]:
    supports, matches = list(Support)[::-1], list(Match)[::-1]
    return (one.preferred, supports.index(one.support), matches.index(one.evidence.match), one.confidence)


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


def _from_example(variable: Variable, quote: str) -> bool:
    examples = Document("", "", "\n".join(example.text for example in variable.golden_examples))
    return bool(examples.text) and QuoteFinder(examples).find(quote).match is not Match.NONE


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
    return _with(extraction, Flag.MULTIPLE_VALUES, why) if more > 0 else extraction


def _of(variable: Variable, value: Any, chosen: Sequence[Candidate], flags: Iterable[Flag] = ()) -> Extraction:
    first = chosen[0]
    weakest = max((c.support for c in chosen), key=list(Support).index)
    extraction = Extraction(
        variable,
        value=value,
        confidence=min(map(confidence, chosen)),
        evidence=first.evidence,
        flags=_ordered({*flags, *_support_flags(weakest), *(flag for c in chosen for flag in c.flags)}),
        explanation=first.explanation,
        raw_value=first.raw if len(chosen) == 1 else [c.raw for c in chosen],
        support=weakest,
        model_confidence=min(c.model_confidence for c in chosen),
        chosen=tuple(chosen),
    )
    broken = [message for c in chosen for message in violations(variable, c.value)]
    return _with(extraction, Flag.INVALID, "; ".join(broken)) if broken else extraction


def _support_flags(support: Support) -> Iterable[Flag]:
    flags = {
        Support.UNCHECKED: Flag.UNCHECKED,
        Support.CONTRADICTED: Flag.UNSUPPORTED,
        Support.UNGROUNDED: Flag.UNGROUNDED,
    }
    return [flags[support]] if support in flags else []


def _missing(
    variable: Variable,
    candidates: Sequence[Candidate],
    failed: str,
    absent: MissingReason,
    *,
    unread: str,
    answered: bool,
) -> Extraction:
    """No usable value: not stated or found, or stated in a way that could not be used, or not answered at all."""
    flags = {flag for c in candidates for flag in c.flags}
    withheld = [c for c in candidates if c.value is not None]
    unusable = [c for c in candidates if Flag.INVALID in c.flags]
    gaps = "; ".join(part for part in (failed, unread) if part)
    incomplete = MissingReason.INCOMPLETE if gaps else absent
    reason = _reason(withheld, MissingReason.MODEL_FAILED if unusable or (failed and not answered) else incomplete)
    explanation = gaps or next((c.explanation for c in unusable), "")
    best = max(withheld, key=_strength) if withheld else None
    extraction = Extraction(
        variable,
        missing_reason=reason,
        flags=_ordered(flags | {flag for c in withheld for flag in _support_flags(c.support) if c.support in REFUSED}),
        explanation=explanation,
        raw_value=candidates[0].raw if candidates else None,
        candidates=tuple(candidates),
        support=best.support if best else None,
    )
    if gaps and reason is not MissingReason.MODEL_FAILED:
        extraction = replace(extraction, flags=_ordered({*extraction.flags, Flag.INCOMPLETE}))
    if reason is absent and variable.default_value is not None:
        extraction = _default(variable, extraction)
    return _finish(variable, extraction)


def _reason(withheld: Sequence[Candidate], absent: MissingReason) -> MissingReason:
    if any(is_vague(c.value) and c.support not in REFUSED for c in withheld):
        return MissingReason.VAGUE
    if any(c.support is Support.CONTRADICTED for c in withheld):
        return MissingReason.UNSUPPORTED
    if withheld:
        return MissingReason.UNGROUNDED
    return absent


def _weigh(variable: Variable, extraction: Extraction) -> Extraction:
    """Applies if_uncertain to a value whose confidence is below the threshold."""
    if extraction.confidence >= variable.confidence_threshold or variable.if_uncertain is IfUncertain.KEEP:
        return extraction
    if variable.if_uncertain is IfUncertain.FLAG:
        return replace(extraction, flags=_ordered({*extraction.flags, Flag.LOW_CONFIDENCE}))
    below = replace(extraction, value=None, missing_reason=MissingReason.BELOW_THRESHOLD)
    if variable.if_uncertain is IfUncertain.USE_DEFAULT and variable.default_value is not None:
        return _default(variable, below)
    return below


def _default(variable: Variable, extraction: Extraction) -> Extraction:
    """Notes that the default stands in; the cell stays missing with its reason: a default is no finding."""
    return replace(
        extraction,
        value=variable.default_value,
        origin=Origin.DEFAULTED,
        flags=_ordered({*extraction.flags, Flag.DEFAULT_USED}),
        evidence=None,
        confidence=0.0,
        support=None,
    )


def _with(extraction: Extraction, flag: Flag, why: str) -> Extraction:
    explanation = "; ".join(part for part in (why, extraction.explanation) if part)
    return replace(extraction, flags=_ordered({*extraction.flags, flag}), explanation=explanation)


def _finish(variable: Variable, extraction: Extraction) -> Extraction:
    flags = set(extraction.flags)
    if variable.required and extraction.value is None:
        flags.add(Flag.REQUIRED_MISSING)
    status = Status.FLAGGED if flags else Status.EXTRACTED
    if extraction.missing_reason is MissingReason.MODEL_FAILED:
        status = Status.FAILED
    evidence: Evidence | None = extraction.evidence if extraction.value is not None else None
    return replace(extraction, flags=_ordered(flags), status=status, evidence=evidence)


def _ordered(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    return tuple(sorted(flags, key=list(Flag).index))


def _conditions(variable: Variable) -> str:
    return "asked only if " + " and ".join(
        f"{c.variable} {c.operator.lower().replace('_', ' ')} {'' if c.value is None else c.value}".strip()
        for c in variable.depends_on
    )
