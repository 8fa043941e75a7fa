"""What a person should look at: the flags of an extraction, and the status that they give it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from coderai.codebook.variable import Variable
from coderai.services.extractor.domain.coding.extraction import (
    Evidence,
    Extraction,
    Flag,
    MissingReason,
    Status,
    Support,
)

UNSURE_CONFIDENCE = 0.6
"""Most confidence in a value that is quoted from a page of which text recognition is less sure than that."""


def ordered(flags: Iterable[Flag]) -> tuple[Flag, ...]:
    return tuple(sorted(flags, key=list(Flag).index))


def support_flags(support: Support) -> Iterable[Flag]:
    flags = {
        Support.UNCHECKED: Flag.UNCHECKED,
        Support.CONTRADICTED: Flag.UNSUPPORTED,
        Support.UNGROUNDED: Flag.UNGROUNDED,
    }
    return [flags[support]] if support in flags else []


def flagged(extraction: Extraction, flag: Flag, why: str) -> Extraction:
    explanation = "; ".join(part for part in (why, extraction.explanation) if part)
    return replace(extraction, flags=ordered({*extraction.flags, flag}), explanation=explanation)


def doubted(extraction: Extraction, unsure_pages: Collection[int]) -> Extraction:
    """A value is no surer than the page that its quote stands on: text recognition may have misread both."""
    spans = extraction.evidence.spans if extraction.evidence and extraction.value is not None else ()
    pages = sorted({span.page for span in spans if span.page in unsure_pages})
    if not pages:
        return extraction
    why = f"the quote is on page {', '.join(map(str, pages))}, of which text recognition is unsure"
    capped = replace(extraction, confidence=min(extraction.confidence, UNSURE_CONFIDENCE), status=Status.FLAGGED)
    return flagged(capped, Flag.UNSURE_PAGE, why)


def finished(variable: Variable, extraction: Extraction) -> Extraction:
    flags = set(extraction.flags)
    if variable.required and extraction.value is None:
        flags.add(Flag.REQUIRED_MISSING)
    status = Status.FLAGGED if flags else Status.EXTRACTED
    if extraction.missing_reason is MissingReason.MODEL_FAILED:
        status = Status.FAILED
    evidence: Evidence | None = extraction.evidence if extraction.value is not None else None
    return replace(extraction, flags=ordered(flags), status=status, evidence=evidence)
