"""What a coded cell rests on: the words of the document that state its value, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coderai.language.quotes import Match


class MissingReason(StrEnum):
    """Why a cell has no value."""

    NOT_STATED = "NOT_STATED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    AMBIGUOUS = "AMBIGUOUS"
    VAGUE = "VAGUE"
    """The document gives no exact number, but words such as "dozens"."""
    UNSUPPORTED = "UNSUPPORTED"
    """A value was found, but its quote does not state it."""
    UNGROUNDED = "UNGROUNDED"
    """A value was found, but its quote is not in the document."""
    INCOMPLETE = "INCOMPLETE"
    """Not found in what could be read; a part of the document could not."""
    UNREADABLE = "UNREADABLE"
    MODEL_FAILED = "MODEL_FAILED"
    BELOW_THRESHOLD = "BELOW_THRESHOLD"
    NOT_FOUND = "NOT_FOUND"
    """An engine that cannot tell whether the document states it found none."""


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """One stretch of the document that a quote has: text[start:end], in code points."""

    start: int
    end: int
    page: int
    """From 1."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The quote as the document has it: the texts of its spans, with an ellipsis between them."""

    quote: str
    match: Match
    spans: tuple[EvidenceSpan, ...] = ()
    """In the order of the text; none when the quote was not found."""
    recognition: float | None = None
    """Mean confidence of text recognition, 0..1, in its page's words where it is unsure of them; else None."""

    @property
    def start(self) -> int | None:
        """Where the first span begins; None when the quote was not found."""
        return self.spans[0].start if self.spans else None

    @property
    def end(self) -> int | None:
        """Where the first span ends."""
        return self.spans[0].end if self.spans else None

    @property
    def page(self) -> int:
        """The page on which it begins, from 1; 0 when the quote was not found."""
        return self.spans[0].page if self.spans else 0
