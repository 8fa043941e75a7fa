"""What a dataset can tell of a cell beside its values: columns of their own, on request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from coderai.services.export.domain.coded import Cell, Extraction
from coderai.services.export.domain.ends import Scalar


@dataclass(frozen=True, slots=True)
class Detail:
    """One such column."""

    name: str
    """The column's name is the variable's with this behind an underscore (codebook.columns.OF_CELL)."""
    kind: str
    """The column's (table.Column)."""
    label: str
    """What it holds, for readers, beside what the variable is called."""
    read: Callable[[Cell], Scalar | None]


def _coded(read: Callable[[Extraction], Scalar | None]) -> Callable[[Cell], Scalar | None]:
    """Reads what only a coded cell has."""
    return lambda shown: None if shown.extraction is None else read(shown.extraction)


def _confidence(found: Extraction) -> float | None:
    return found.confidence if found.is_models else None


def _model(found: Extraction) -> str | None:
    """Who gave the answer, if only that there is none; nobody where it is a person's."""
    return None if found.is_corrected else found.model or None


DETAILS: Mapping[str, Detail] = {
    "confidence": Detail("confidence", "CONFIDENCE", "confidence, 0 to 1", _coded(_confidence)),
    "source": Detail(
        "quote", "SOURCE", "the words of the document", _coded(lambda found: found.evidence.quote or None)
    ),
    "page": Detail("page", "PAGE", "page of the quote", _coded(lambda found: found.evidence.page or None)),
    "prompt_version": Detail(
        "prompt_version", "VERSION", "version of the prompt", _coded(lambda found: found.prompt_version or None)
    ),
    "missing_reason": Detail("missing", "REASON", "why it is missing", lambda shown: shown.missing_reason or None),
    "status": Detail("status", "WORD", "status", _coded(lambda found: found.status or None)),
    "flags": Detail("flags", "REASON", "what to look at", _coded(lambda found: ", ".join(found.flags) or None)),
    "support": Detail("support", "WORD", "whether the quote states it", _coded(lambda found: found.support or None)),
    "origin": Detail("origin", "WORD", "where it comes from", _coded(lambda found: found.shown_origin or None)),
    "model": Detail("model", "WORD", "model that answered", _coded(_model)),
    "verdict": Detail("verdict", "WORD", "verdict of people", _coded(lambda found: found.verdict or None)),
    "reviewer": Detail("reviewer", "WORD", "whose word stands", _coded(lambda found: found.reviewed_by or None)),
    "weight": Detail("weight", "WEIGHT", "cells it stands for", _coded(lambda found: found.weight or None)),
}
"""By the option (export.Options) that asks for it."""
OF_PEOPLE = ("verdict", "reviewer", "weight")
"""Those that only the dataset has, as the rows of a job are as the model gave them."""
