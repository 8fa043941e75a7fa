"""What reading a file gives: its text with pages and chunks, and a report of how it was read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coderai.language.detection import detect_language
from coderai.language.words import count_words, words
from coderai.services.ingest.domain import chunking
from coderai.services.ingest.domain.chunking import Chunk, CountTokens
from coderai.services.ingest.domain.duplicates import Sketch, sketch
from coderai.services.ingest.domain.problems import NoText, TextTooLarge
from coderai.services.ingest.domain.scanned_words import Line, pack, placed
from coderai.services.ingest.domain.text import Page, join_pages

LARGEST_TEXT = 100 * 2**20
"""UTF-8 bytes of one document's text: what one message to a peer can carry."""

LEAST_SURE = 0.6
"""Mean confidence of a page's words (0..1) from which on what text recognition reads there is taken to be right."""
_SKETCHED = 2**20
"""Characters from the beginning that a text is compared by."""


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """A page that text recognition has read."""

    number: int
    """From 1."""
    confidence: float
    """Mean of its words, 0..1."""


@dataclass(frozen=True, slots=True)
class Report:
    """How a file was read."""

    reader: str
    """The library that read it."""
    encoding: str = ""
    """The text encoding it was taken to have, for formats that do not say."""
    dropped: tuple[str, ...] = ()
    """Lines left out because pages repeat them; each once."""
    warnings: tuple[str, ...] = ()
    unread_pages: tuple[int, ...] = ()
    """Numbers, from 1, of pages that show something of which no text was read."""
    left_out: tuple[str, ...] = ()
    """Blocks of text that are in the file and not in the document's text: menus, advertisements; in their order."""
    unsure_pages: tuple[int, ...] = ()
    """Numbers, from 1, of pages of which text recognition is unsure."""
    recognised_pages: tuple[RecognisedPage, ...] = ()
    """Those of which the text was read from a picture, in order."""

    @property
    def left_out_bytes(self) -> int:
        """What the blocks that are left out take, in UTF-8."""
        return sum(len(block.encode()) for block in self.left_out)


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """What text recognition gave of a page."""

    lines: Sequence[Line]
    kept: str
    """The normalised text of the page without running headers, its broken words not joined yet."""


@dataclass(frozen=True, slots=True)
class Extract:
    """What a parser takes out of a file: the normalised text of each page, and how it got there."""

    pages: Sequence[str]
    report: Report
    metadata: Mapping[str, Any] = field(default_factory=dict)
    scanned: Mapping[int, ScannedPage] = field(default_factory=dict)
    """Pages that were read from pictures, by their numbers from 1."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A document that has been read."""

    format: str
    """The short name of a coderai.ingest.v1.DocumentFormat."""
    text: str
    pages: tuple[Page, ...]
    chunks: tuple[Chunk, ...]
    word_count: int
    language: str
    """ISO 639-1 code; empty when it cannot be told."""
    sketch: Sketch | None
    """To find texts that repeat each other; None for one that is too short for it."""
    metadata: Mapping[str, Any]
    report: Report
    words: Mapping[int, bytes] = field(default_factory=dict)
    """Of pages that were read from pictures, by their numbers from 1: their words, as scanned_words.pack has them."""


@dataclass(frozen=True, slots=True)
class Part:
    """A document that a table's row or an archive's file gives."""

    position: int
    """From 1."""
    name: str
    size: int
    """Bytes."""
    sha256: str
    outcome: Reading | str
    """What it says, or why it cannot be read."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """What its table or archive says of it: the row's other columns, the file's path."""


@dataclass(frozen=True, slots=True)
class Container:
    """A table or an archive that has been read into parts."""

    format: str
    text_column: str
    report: Report


def read_extract(extract: Extract, format: str, count_tokens: CountTokens) -> Reading:
    """Joins the pages, counts the words, cuts the chunks, tells the language and sketches the text.

    Raises:
        NoText: there is not one word in it.
        TextTooLarge: the text has more than 100 MiB.
    """
    text, pages = join_pages(extract.pages)
    if len(text.encode()) > LARGEST_TEXT:
        raise TextTooLarge(f"the file has more than {LARGEST_TEXT // 2**20} MiB of text: split it")
    if not text:
        raise NoText()
    first_words = words(text[:_SKETCHED])
    word_count = len(first_words) if len(text) <= _SKETCHED else count_words(text)
    return Reading(
        format=format,
        text=text,
        pages=pages,
        chunks=chunking.split(text, word_count, len(pages), count_tokens),
        word_count=word_count,
        language=detect_language(text),
        sketch=sketch(first_words),
        metadata=extract.metadata,
        report=extract.report,
        words={number: _words(page, text, pages[number - 1]) for number, page in extract.scanned.items()},
    )


def _words(scanned: ScannedPage, text: str, page: Page) -> bytes:
    return pack(placed(scanned.lines, scanned.kept, text, page))
