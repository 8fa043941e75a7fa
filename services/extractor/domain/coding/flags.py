"""What a person should look at: the flags of an extraction, and the status that they give it."""

from __future__ import annotations

from collections.abc import Iterable
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


def finished(variable: Variable, extraction: Extraction) -> Extraction:
    flags = set(extraction.flags)
    if variable.required and extraction.value is None:
        flags.add(Flag.REQUIRED_MISSING)
    status = Status.FLAGGED if flags else Status.EXTRACTED
    if extraction.missing_reason is MissingReason.MODEL_FAILED:
        status = Status.FAILED
    evidence: Evidence | None = extraction.evidence if extraction.value is not None else None
    return replace(extraction, flags=ordered(flags), status=status, evidence=evidence)
