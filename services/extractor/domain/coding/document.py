"""A document as the extractor sees it: its text, with pages and chunks as offsets into it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coderai.engines.calls import Passage
from coderai.language.sentences import Span as Span


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed document; `pages` and `chunks` are in order, and each chunk but the first overlaps the one before."""

    id: str
    name: str
    text: str
    pages: Sequence[Span] = ()
    chunks: Sequence[Span] = ()
    language: str = ""
    unread_pages: Sequence[int] = ()
    """Numbers, from 1, of pages that show something of which no text was read."""
    unsure_pages: Mapping[int, float] = field(default_factory=dict)
    """Those of which text recognition is unsure: its mean confidence in their words, 0..1."""
    text_version: int = 0
    """How often its text has changed since it was first read."""

    def page_at(self, offset: int) -> int:
        """The number, from 1, of the page that holds a character; 1 when the document has no pages."""
        return max(1, bisect_right([page.start for page in self.pages], offset))

    def recognition(self, spans: Iterable[Span]) -> float | None:
        """The least confidence of text recognition in a page that the spans touch; None where it is unsure of none."""
        if not self.unsure_pages:
            return None
        touched = {n for span in spans for n in range(self.page_at(span.start), self.page_at(span.end - 1) + 1)}
        return min((self.unsure_pages[number] for number in touched & self.unsure_pages.keys()), default=None)

    def passages(self) -> list[Passage]:
        """What calls show of the document: each chunk, or the whole text when it has none."""
        spans = self.chunks or (Span(0, len(self.text)),)
        return [Passage(self.text[span.start : span.end], span.start, self.language) for span in spans]
