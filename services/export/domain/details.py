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
    """The column's name is the variable's with this behind an underscore."""
    kind: str
    """The column's (table.Column)."""
    read: Callable[[Cell], Scalar | None]


def _coded(read: Callable[[Extraction], Scalar | None]) -> Callable[[Cell], Scalar | None]:
    """Reads what only a coded cell has."""
    return lambda shown: None if shown.extraction is None else read(shown.extraction)


DETAILS: Mapping[str, Detail] = {
    "confidence": Detail(
        "confidence", "CONFIDENCE", _coded(lambda found: found.confidence if found.is_models else None)
    ),
    "source": Detail("quote", "SOURCE", _coded(lambda found: found.evidence.quote or None)),
    "page": Detail("page", "PAGE", _coded(lambda found: found.evidence.page or None)),
    "prompt_version": Detail("prompt_version", "VERSION", _coded(lambda found: found.prompt_version)),
    "missing_reason": Detail("missing", "REASON", lambda shown: shown.missing_reason or None),
    "status": Detail("status", "WORD", _coded(lambda found: found.status or None)),
    "flags": Detail("flags", "REASON", _coded(lambda found: ", ".join(found.flags) or None)),
    "support": Detail("support", "WORD", _coded(lambda found: found.support or None)),
    "origin": Detail("origin", "WORD", _coded(lambda found: found.shown_origin or None)),
}
"""By the option (export.Options) that asks for it."""
