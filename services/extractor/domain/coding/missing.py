"""The extractions of cells without a value of the document's: why it is missing, what was withheld, what stands in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from coderai.codebook.ranges import is_vague
from coderai.codebook.variable import Variable
from coderai.services.extractor.domain.coding.candidates import REFUSED, strength
from coderai.services.extractor.domain.coding.extraction import (
    Candidate,
    Extraction,
    Flag,
    MissingReason,
    Origin,
    Status,
    Support,
)
from coderai.services.extractor.domain.coding.flags import finished, ordered, support_flags
from coderai.services.extractor.domain.dataset.units import first_id


def not_applicable(variable: Variable) -> Extraction:
    """The extraction of a variable whose conditions do not hold; it was not asked."""
    return Extraction(variable, missing_reason=MissingReason.NOT_APPLICABLE, explanation=_conditions(variable))


def unreadable(variable: Variable, reason: MissingReason, error: str) -> Extraction:
    """The extraction of a document that failed as a whole."""
    return Extraction(variable, status=Status.FAILED, missing_reason=reason, explanation=error)


def unreadable_document(
    variables: Iterable[Variable], document_id: UUID, reason: MissingReason, error: str
) -> list[Extraction]:
    """The extractions of a document that failed as a whole: of the unit that is the document itself."""
    unit_id = first_id(document_id, 0)
    return [replace(unreadable(variable, reason, error), unit_id=unit_id) for variable in variables]


def missing(
    variable: Variable,
    candidates: Sequence[Candidate],
    failed: str,
    absent: MissingReason,
    *,
    unread: str,
    unsure: str,
    answered: bool,
) -> Extraction:
    """No usable value: not stated or found, or stated in a way that could not be used, or not answered at all.

    A page of which text recognition is unsure was read, and asked about: the reason stays, and a flag tells of it.
    """
    flags = {flag for c in candidates for flag in c.flags}
    withheld = [c for c in candidates if c.value is not None]
    unusable = [c for c in candidates if Flag.INVALID in c.flags]
    gaps = "; ".join(part for part in (failed, unread) if part)
    incomplete = MissingReason.INCOMPLETE if gaps else absent
    reason = _reason(withheld, MissingReason.MODEL_FAILED if unusable or (failed and not answered) else incomplete)
    explanation = "; ".join(part for part in (gaps, unsure) if part) or next((c.explanation for c in unusable), "")
    best = max(withheld, key=strength) if withheld else None
    extraction = Extraction(
        variable,
        missing_reason=reason,
        flags=ordered(flags | {flag for c in withheld for flag in support_flags(c.support) if c.support in REFUSED}),
        explanation=explanation,
        raw_value=candidates[0].raw if candidates else None,
        candidates=tuple(candidates),
        support=best.support if best else None,
    )
    if gaps and reason is not MissingReason.MODEL_FAILED:
        extraction = replace(extraction, flags=ordered({*extraction.flags, Flag.INCOMPLETE}))
    if unsure and reason is not MissingReason.MODEL_FAILED:
        extraction = replace(extraction, flags=ordered({*extraction.flags, Flag.UNSURE_PAGE}))
    if reason is absent and variable.default_value is not None:
        extraction = defaulted(variable, extraction)
    return finished(variable, extraction)


def _reason(withheld: Sequence[Candidate], absent: MissingReason) -> MissingReason:
    if any(is_vague(c.value) and c.support not in REFUSED for c in withheld):
        return MissingReason.VAGUE
    if any(c.support is Support.CONTRADICTED for c in withheld):
        return MissingReason.UNSUPPORTED
    if withheld:
        return MissingReason.UNGROUNDED
    return absent


def defaulted(variable: Variable, extraction: Extraction) -> Extraction:
    """Notes that the default stands in; the cell stays missing with its reason: a default is no finding."""
    return replace(
        extraction,
        value=variable.default_value,
        origin=Origin.DEFAULTED,
        flags=ordered({*extraction.flags, Flag.DEFAULT_USED}),
        evidence=None,
        confidence=0.0,
        support=None,
    )


def _conditions(variable: Variable) -> str:
    return "asked only if " + " and ".join(
        f"{c.variable} {c.operator.lower().replace('_', ' ')} {'' if c.value is None else c.value}".strip()
        for c in variable.depends_on
    )
