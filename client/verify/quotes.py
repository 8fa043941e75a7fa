"""Checks the evidence of cells: that the document's own words stand where a cell says, on the page that it names."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from coderai.client.verify.cell_rows import place_of
from coderai.client.verify.findings import Findings
from coderai.client.verify.lines import CELLS, CellLine, DocumentLine, EvidenceLine
from coderai.client.verify.texts import Documents, Texts
from coderai.language.quotes import ELLIPSIS

_FOUND = ("EXACT", "FUZZY")


class QuoteChecks:
    """Holds quotes against texts, and what is known of a text without having it: its pages, the quotes' lengths."""

    def __init__(self, documents: Documents, texts: Texts, findings: Findings) -> None:
        self._documents, self._texts, self._findings = documents, texts, findings
        self._quotes = self._with_text = 0

    def check(self, cell: CellLine, line: int) -> None:
        """The evidence of one cell, which stands in this line, and of the values that were not taken for it."""
        self._check(cell, cell.evidence, line, "evidence")
        for number, candidate in enumerate(cell.candidates):
            self._check(cell, candidate.evidence, line, f"candidates[{number}].evidence")

    def end(self) -> None:
        """Tells how many quotes were held against what."""
        if self._with_text:
            self._findings.checked.append(f"{self._with_text:,} quotes against the documents' texts")
        rest = self._quotes - self._with_text
        if rest:
            self._findings.not_checked.append(
                f"where {rest:,} of {self._quotes:,} quotes stand: the bundle lacks their texts (--documents DIR"
                " reads them again); their lengths and pages were checked"
            )

    def _check(self, cell: CellLine, found: EvidenceLine | None, line: int, what: str) -> None:
        if found is None or not found.quote:
            return
        if found.match not in _FOUND:
            if found.spans:
                self._differs(cell, line, what, "a quote that was not found has no place")
            return
        self._quotes += 1
        for problem, stands, should in self._problems(cell, found):
            self._differs(cell, line, what, problem, stands, should)

    def _problems(self, cell: CellLine, found: EvidenceLine) -> Iterator[tuple[str, object, object]]:
        if not found.spans:
            yield "a quote that was found has no place", None, None
            return
        if any(span.start < 0 or span.end <= span.start for span in found.spans):
            yield "a place ends before it begins", None, None
            return
        length = sum(span.end - span.start for span in found.spans) + len(ELLIPSIS) * (len(found.spans) - 1)
        if length != len(found.quote):
            yield "the quote is not as long as its places", len(found.quote), length
        _, document = self._documents.get(cell.document_id, (0, None))
        if document is not None and document.pages is not None:
            yield from _wrong_pages(found, document)
        text = self._texts.of(cell.document_id)
        if text is None:
            return
        self._with_text += 1
        words = ELLIPSIS.join(text[span.start : span.end] for span in found.spans)
        if words != found.quote:
            yield "the document does not have this quote where it says", found.quote, words

    def _differs(
        self, cell: CellLine, line: int, what: str, problem: str, stands: object = None, should: object = None
    ) -> None:
        self._findings.differs(
            CELLS,
            problem,
            line=line,
            cell=place_of(cell),
            what=what,
            stands=stands,
            should=should,
            values=should is not None,
        )


def _wrong_pages(found: EvidenceLine, document: DocumentLine) -> Iterator[tuple[str, object, object]]:
    starts = [start for start, _ in document.pages or ()]
    for span in found.spans:
        page = max(1, bisect_right(starts, span.start))
        if span.page != page:
            yield "the place is on another page", span.page, page
