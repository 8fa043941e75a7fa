"""What the lines of a bundle's files hold, as far as they are checked; other fields are passed over."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

CELLS = "data/cells.jsonl"
DOCUMENTS = "documents.jsonl"
_EXACT = 2**53
Number = Annotated[int, msgspec.Meta(ge=-_EXACT, le=_EXACT)] | float
"""A number that is a double."""


class SpanLine(msgspec.Struct, frozen=True):
    """One stretch of a document's text, in code points."""

    start: int
    end: int
    page: int = 0


class EvidenceLine(msgspec.Struct, frozen=True):
    """What was quoted, and where the document has it."""

    quote: str = ""
    match: str | None = None
    spans: tuple[SpanLine, ...] = ()


class CellLine(msgspec.Struct, frozen=True):
    """One cell."""

    document_id: str
    variable: str
    document: str = ""
    entity_index: int = 0
    entity: str | None = None
    value: Any = None
    vague: Any = None
    missing_reason: str | None = None
    status: str | None = None
    flags: tuple[str, ...] = ()
    support: str | None = None
    origin: str | None = None
    confidence: Number = 0.0
    prompt_version: int | None = None
    model: str | None = None
    verdict: str | None = None
    reviewer: str | None = None
    weight: Number | None = None
    stale: str | None = None
    evidence: EvidenceLine | None = None
    model_value: Any = None

    @property
    def has_value(self) -> bool:
        """Whether there is a value: the document's, a default, or a person's."""
        return self.value is not None and self.value != []

    @property
    def is_corrected(self) -> bool:
        """Whether the answer is a person's."""
        return self.origin == "CORRECTED"

    @property
    def is_answered(self) -> bool:
        """Whether there is a value that is no default."""
        return self.has_value and self.origin != "DEFAULTED"

    @property
    def is_models(self) -> bool:
        """Whether there is a value that the model found."""
        return self.is_answered and not self.is_corrected

    @property
    def was_coded(self) -> bool:
        """Whether anything became of it: a cell of a document that was not coded only says why it is empty."""
        return self.status is not None

    @property
    def stated(self) -> list[Any]:
        """The values as the document states them; of a vague one, the bounds that its words allow."""
        if self.value is None:
            return [] if self.vague is None else [self.vague]
        return self.value if isinstance(self.value, list) else [self.value]


class DocumentLine(msgspec.Struct, frozen=True):
    """What became of one document."""

    document_id: str
    name: str = ""
    sha256: str | None = None
    text_sha256: str | None = None
    reader: str | None = None
    pages: tuple[tuple[int, int], ...] | None = None
    container: str | None = None
    in_dataset: bool = True
    read_status: str | None = None
    format: str | None = None
    language: str | None = None
    status: str | None = None
    rows: int | None = None
    reason: str | None = None
    unread_pages: tuple[int, ...] = ()
    unsure_pages: tuple[int, ...] = ()
