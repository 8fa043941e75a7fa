"""Post-processing: a model's answers become candidates with checked evidence, and those one extraction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from services.extractor.domain.calls import Answer, Passage
from services.extractor.domain.codebook import IfMultipleValues, IfUncertain, Variable, VariableType
from services.extractor.domain.coercion import coerce
from services.extractor.domain.document import Document, Span
from services.extractor.domain.evidence import QuoteFinder
from services.extractor.domain.extraction import Candidate, Evidence, Extraction, Flag, Match, MissingReason, Status
from services.extractor.domain.validation import violations

UNGROUNDED_FACTOR = 0.5
"""What is left of a confidence whose quote is not in the document."""
CONTENDER_MARGIN = 0.15
"""Values this much less confident than the best are alternatives, not further values."""
JOINER = "; "


def candidate(
    variable: Variable, answer: Answer, passage: Passage, index: int, document: Document, finder: QuoteFinder
) -> Candidate | None:
    """Checks one answer's evidence and coerces its value; None when the answer says that nothing is stated."""
    if answer.value is None or answer.value == "":
        return None
    evidence = finder.find(answer.quote, Span(passage.start, passage.start + len(passage.text)))
    confidence = min(1.0, max(0.0, answer.confidence))
    coerced = coerce(variable, answer.value, document.language)
    value, flags = coerced.value, coerced.flags
    if evidence.match is Match.NONE:
        if _from_example(variable, answer.quote):
            value, flags = None, flags | {Flag.EXAMPLE_LEAKED}
        confidence, flags = confidence * UNGROUNDED_FACTOR, flags | {Flag.UNGROUNDED}
    explanation = "; ".join(part for part in (answer.explanation, coerced.problem) if part)
    return Candidate(value, confidence, evidence, answer.value, explanation, flags, index)


def decide(variable: Variable, candidates: Iterable[Candidate], failed: str = "") -> Extraction:
    """The extraction that a unit's candidates for one variable give.

    `failed` says why the model gave no usable answer for this variable, if it did not.
    """
    everything = sorted(candidates, key=lambda c: c.position)
    usable = merge_same([c for c in everything if c.value is not None])
    if not usable:
        return _missing(variable, everything, failed)
    best = max(usable, key=lambda c: (Flag.UNGROUNDED not in c.flags, c.confidence))
    contenders = [c for c in usable if c.confidence >= best.confidence - CONTENDER_MARGIN]
    extraction = _choose(variable, best, contenders)
    if len(usable) > 1:
        extraction = replace(extraction, candidates=tuple(usable))
    if extraction.missing_reason is None:
        extraction = _weigh(variable, _validate(variable, extraction))
    return _finish(variable, extraction)


def merge_same(candidates: Sequence[Candidate]) -> list[Candidate]:
    """One candidate per value, in the order of the text: the best grounded and most confident, flags of that one.

    Overlapping chunks state the same thing twice, and documents repeat themselves.
    """
    best: dict[Any, Candidate] = {}
    for one in candidates:
        key = one.value.casefold() if isinstance(one.value, str) else (type(one.value) is bool, one.value)
        known = best.get(key)
        if known is None or _strength(one) > _strength(known):
            best[key] = one
    return sorted(best.values(), key=lambda c: c.position)


def not_applicable(variable: Variable) -> Extraction:
    """The extraction of a variable whose conditions do not hold; it was not asked."""
    return Extraction(variable, missing_reason=MissingReason.NOT_APPLICABLE, explanation=_conditions(variable))


def unreadable(variable: Variable, reason: MissingReason, error: str) -> Extraction:
    """The extraction of a document that failed as a whole."""
    return Extraction(variable, status=Status.FAILED, missing_reason=reason, explanation=error)


def _strength(one: Candidate) -> tuple[int, float]:
    return (list(Match)[::-1].index(one.evidence.match), one.confidence)


def _from_example(variable: Variable, quote: str) -> bool:
    examples = Document("", "", "\n".join(example.text for example in variable.examples))
    return bool(examples.text) and QuoteFinder(examples).find(quote).match is not Match.NONE


def _choose(variable: Variable, best: Candidate, contenders: list[Candidate]) -> Extraction:
    """Applies if_multiple_values to the values that count."""
    if len(contenders) == 1:
        return _of(variable, best.value, [best])
    if variable.type is VariableType.BOOLEAN:
        missing = Extraction(variable, missing_reason=MissingReason.AMBIGUOUS, flags=(Flag.AMBIGUOUS,))
        return replace(missing, explanation="the document states both true and false")
    kept = contenders[: variable.max_values]
    match variable.if_multiple_values:
        case IfMultipleValues.ALL:
            return _of(variable, [c.value for c in kept], kept)
        case IfMultipleValues.CONCATENATE:
            return _of(variable, JOINER.join(str(c.value) for c in kept), kept)
    chosen = contenders[-1] if variable.if_multiple_values is IfMultipleValues.LAST else contenders[0]
    flags: set[Flag] = set()
    if variable.if_multiple_values is IfMultipleValues.FLAG:
        flags.add(Flag.MULTIPLE_VALUES)
    if len({c.passage for c in contenders}) > 1:
        flags.add(Flag.AMBIGUOUS)
    return _of(variable, chosen.value, [chosen], flags)


def _of(variable: Variable, value: Any, chosen: Sequence[Candidate], flags: Iterable[Flag] = ()) -> Extraction:
    first = chosen[0]
    return Extraction(
        variable,
        value=value,
        confidence=min(c.confidence for c in chosen),
        evidence=first.evidence,
        flags=_ordered({*flags, *(flag for c in chosen for flag in c.flags)}),
        explanation=first.explanation,
        raw_value=first.raw if len(chosen) == 1 else [c.raw for c in chosen],
    )


def _missing(variable: Variable, candidates: Sequence[Candidate], failed: str) -> Extraction:
    """No usable value: not stated, or stated in a way that could not be used, or not answered at all."""
    flags = _ordered({flag for c in candidates for flag in c.flags})
    unusable = [c for c in candidates if Flag.INVALID in c.flags]
    reason = MissingReason.MODEL_FAILED if failed or unusable else MissingReason.NOT_STATED
    explanation = failed or next((c.explanation for c in unusable), "")
    extraction = Extraction(
        variable,
        missing_reason=reason,
        flags=flags,
        explanation=explanation,
        raw_value=candidates[0].raw if candidates else None,
        candidates=tuple(candidates),
    )
    if reason is MissingReason.NOT_STATED and variable.default_value is not None:
        extraction = _default(variable, extraction)
    return _finish(variable, extraction)


def _validate(variable: Variable, extraction: Extraction) -> Extraction:
    values = extraction.value if isinstance(extraction.value, list) else [extraction.value]
    broken = [message for value in values for message in violations(variable, value)]
    if not broken:
        return extraction
    explanation = "; ".join(part for part in (*broken, extraction.explanation) if part)
    return replace(extraction, flags=_ordered({*extraction.flags, Flag.INVALID}), explanation=explanation)


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
    """Puts the default in place; the missing reason stays and says why."""
    flags = _ordered({*extraction.flags, Flag.DEFAULT_USED})
    return replace(extraction, value=variable.default_value, flags=flags, evidence=None, confidence=0.0)


def _finish(variable: Variable, extraction: Extraction) -> Extraction:
    flags = set(extraction.flags)
    if variable.required and extraction.value is None:
        flags.add(Flag.REQUIRED_MISSING)
    status = Status.FLAGGED if flags else Status.EXTRACTED
    evidence: Evidence | None = extraction.evidence if extraction.value is not None else None
    return replace(extraction, flags=_ordered(flags), status=status, evidence=evidence)


def _ordered(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    return tuple(sorted(flags, key=list(Flag).index))


def _conditions(variable: Variable) -> str:
    return "asked only if " + " and ".join(
        f"{c.variable} {c.operator.lower().replace('_', ' ')} {'' if c.value is None else c.value}".strip()
        for c in variable.depends_on
    )
