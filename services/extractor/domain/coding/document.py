"""A document as the extractor sees it: its text, with pages and chunks as offsets into it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

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
    text_version: int = 0
    """How often its text has changed since it was first read."""

    def page_at(self, offset: int) -> int:
        """The number, from 1, of the page that holds a character; 1 when the document has no pages."""
        return max(1, bisect_right([page.start for page in self.pages], offset))

    def passages(self) -> list[Passage]:
        """What calls show of the document: each chunk, or the whole text when it has none."""
        spans = self.chunks or (Span(0, len(self.text)),)
        return [Passage(self.text[span.start : span.end], span.start, self.language) for span in spans]
