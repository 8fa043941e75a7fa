"""Whether what a reading process answers can be true: a file may have taken it over, and then it answers anything."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from coderai.ingest.v1.ingest_service_pb2 import DocumentFormat
from coderai.services.ingest.domain.chunking import Chunk
from coderai.services.ingest.domain.document import LONGEST_NAME
from coderai.services.ingest.domain.problems import AnswerRefused
from coderai.services.ingest.domain.reading import LARGEST_TEXT, Container, Part, Reading, Report
from coderai.services.ingest.domain.scanned_words import PACKED_SIZE, unpack
from coderai.services.ingest.domain.text import Page

ARCHIVE = "ZIP"
HOLDERS = (ARCHIVE, "EML", "MSG")
"""Formats of files that hold others, which have names of their own."""
MOST_PARTS = 4_000_000
"""Of one file: 20 tables of the most rows, in an archive."""
_FORMATS = frozenset(name.removeprefix("DOCUMENT_FORMAT_") for name in DocumentFormat.keys()[1:])
_MOST_WORDS = 1_000_000
"""That were read from pictures, of one document."""
_MOST_REMARKS = 500_000
_MOST_INT = 2**31 - 1
"""What the database holds of counts and positions."""
_MOST_SIZE = 2**63 - 1
_SKETCH_BYTES = 256
_DEEPEST = 500
"""Lists and objects within each other in metadata."""
_NUMBERED = re.compile(r"#\d{1,10}\Z")
_LANGUAGE = re.compile("[a-z]{0,3}")
_SHA256 = re.compile("(?:[0-9a-f]{64})?")


class PartsSoFar:
    """The parts that have come of one file: numbered from 1 without gaps, and named after the file or within it."""

    def __init__(self, name: str) -> None:
        """`name`: the file's."""
        self._name = name
        self._count = 0
        self._others_name: str | None = None

    def check(self, parts: Sequence[Part]) -> None:
        """Takes the next parts. Raises AnswerRefused."""
        _must(len(parts) > 0, "parts", 0)
        for part in parts:
            self._count += 1
            _must(part.position == self._count, "position", part.position)
            if part.name != f"{self._name}#{part.position}":
                self._others_name = part.name
            check_part(part)
        _must(self._count <= MOST_PARTS, "parts", self._count)

    def check_end(self, container: Container) -> None:
        """Takes what is to be said of all parts. Raises AnswerRefused."""
        _must(container.format in _FORMATS, "format", container.format)
        _must(self._count > 0, "parts", self._count)
        is_named_so = self._others_name is None or container.format in HOLDERS
        _must(is_named_so, "name of a table's row", self._others_name)
        _check_strings([container.text_column])
        _check_report(container.report)


def check_part(part: Part) -> None:
    """Raises AnswerRefused when a part by itself cannot be true."""
    _must(0 < len(_NUMBERED.sub("", part.name)) <= LONGEST_NAME, "name", part.name)
    _must(part.name.isprintable(), "name", part.name)
    _must(0 <= part.size <= _MOST_SIZE, "size", part.size)
    _must(_SHA256.fullmatch(part.sha256) is not None, "sha256", part.sha256)
    _check_metadata(part.metadata)
    if isinstance(part.outcome, Reading):
        check_reading(part.outcome)
    else:
        _check_strings([part.outcome])


def check_reading(reading: Reading) -> None:
    """Raises AnswerRefused when a reading's parts do not fit each other, or the database."""
    text = reading.text
    _must(reading.format in _FORMATS and reading.format != ARCHIVE, "format", reading.format)
    _must(bool(text) and "\0" not in text, "text", len(text))
    _must(len(text) <= LARGEST_TEXT and len(text.encode()) <= LARGEST_TEXT, "length", len(text))
    _must(0 <= reading.word_count <= len(text), "word_count", reading.word_count)
    _must(_LANGUAGE.fullmatch(reading.language) is not None, "language", reading.language)
    if reading.sketch is not None:
        _must(len(reading.sketch.bins) == _SKETCH_BYTES, "sketch", len(reading.sketch.bins))
        _must(0 <= reading.sketch.word_count <= len(text), "sketch.word_count", reading.sketch.word_count)
    _check_pages(reading.pages, len(text))
    _check_chunks(reading.chunks, len(text))
    _check_metadata(reading.metadata)
    _check_report(reading.report, len(reading.pages))
    _check_words(reading)


def _check_pages(pages: Sequence[Page], length: int) -> None:
    end = 0
    for number, page in enumerate(pages, 1):
        _must(page.number == number and page.start == end <= page.end <= length, "page", page)
        end = page.end
    _must(end == length, "pages", end)


def _check_chunks(chunks: Sequence[Chunk], length: int) -> None:
    start = end = 0
    for index, chunk in enumerate(chunks):
        _must(chunk.index == index and start <= chunk.start <= end < chunk.end <= length, "chunk", chunk)
        _must(chunk.overlap_previous == end - chunk.start, "overlap_previous", chunk)
        _must(0 <= chunk.token_count <= _MOST_INT, "token_count", chunk)
        start, end = chunk.start, chunk.end
    _must(end == length, "chunks", end)


def _check_words(reading: Reading) -> None:
    numbers = {page.number for page in reading.report.recognised_pages}
    _must(reading.words.keys() <= numbers, "pages with words", numbers)
    _must(sum(map(len, reading.words.values())) <= _MOST_WORDS * PACKED_SIZE, "words", _MOST_WORDS)
    for number, packed in reading.words.items():
        _must(len(packed) % PACKED_SIZE == 0, "words", len(packed))
        page = reading.pages[number - 1]
        for word in unpack(packed):
            is_placed = word.start is None or (word.end is not None and page.start <= word.start < word.end <= page.end)
            _must(is_placed and word.left <= word.right and word.top <= word.bottom, "word", word)


def _check_report(report: Report, pages: int = 0) -> None:
    recognised = [page.number for page in report.recognised_pages]
    numbers = (*report.unread_pages, *report.unsure_pages, *recognised)
    for remarks in (report.dropped, report.warnings, report.left_out, numbers):
        _must(len(remarks) <= _MOST_REMARKS, "remarks", len(remarks))
    _check_strings([report.reader, report.encoding, *report.dropped, *report.warnings, *report.left_out])
    _must(all(1 <= number <= pages for number in numbers), "unread or unsure pages", pages)
    _must(set(report.unsure_pages) <= set(recognised), "unsure pages", report.unsure_pages)
    _must(all(0 <= page.confidence <= 1 for page in report.recognised_pages), "confidence", report.recognised_pages)
    left_out = sum(map(len, report.left_out))
    _must(left_out <= LARGEST_TEXT and report.left_out_bytes <= LARGEST_TEXT, "left out", left_out)


def _check_metadata(metadata: Mapping[str, Any]) -> None:
    level: Sequence[Any] = (metadata,)
    for _ in range(_DEEPEST):
        level = [item for value in level for item in _items(value)]
        if not level:
            return
    _must(False, "metadata", "deep")


def _items(value: Any) -> Iterable[Any]:
    """What is in a list or object; of any other value nothing. Raises AnswerRefused for what JSON does not have."""
    if isinstance(value, str):
        _must("\0" not in value, "metadata", "NUL")
    elif isinstance(value, float):
        _must(math.isfinite(value), "metadata", value)
    elif isinstance(value, dict):
        _check_strings(value)
        return value.values()
    elif isinstance(value, list):
        return value
    else:
        _must(value is None or isinstance(value, int), "metadata", type(value).__name__)
    return ()


def _check_strings(texts: Iterable[Any]) -> None:
    for text in texts:
        _must(isinstance(text, str) and "\0" not in text, "text", "NUL")


def _must(holds: bool, what: str, value: object) -> None:
    if not holds:
        raise AnswerRefused.because(f"{what}: {value}" if isinstance(value, int | float) else what)
