"""What a reading process sends of documents, decoded without letting few bytes become much memory.

Metadata may have any shape, and an empty list that is one byte when it is sent takes 64 in memory: it is decoded when
its lists and objects have been counted, never with the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Annotated, Any

import msgspec

from coderai.services.ingest.domain.chunking import Chunk
from coderai.services.ingest.domain.duplicates import Sketch
from coderai.services.ingest.domain.problems import AnswerRefused
from coderai.services.ingest.domain.reading import Part, Reading, Report
from coderai.services.ingest.domain.text import Page

_MOST_OPENED = 2 * 2**20
"""Lists and objects in the metadata of one frame, some 130 MiB."""
_MOST_SCANNED = 100_000
"""Pages of a document that have words."""
_OPENING = bytes((*range(0x80, 0xA0), *range(0xDC, 0xE0)))
"""First bytes of MessagePack's lists and objects; within texts they count too, as nothing tells them apart unread."""
_OTHERS = bytes(set(range(256)) - set(_OPENING))
_METADATA = msgspec.msgpack.Decoder(dict[str, Any])


@dataclass(frozen=True, slots=True)
class SentReading:
    """A Reading whose metadata has not been decoded."""

    format: str
    text: str
    pages: tuple[Page, ...]
    chunks: tuple[Chunk, ...]
    word_count: int
    language: str
    sketch: Sketch | None
    metadata: msgspec.Raw
    report: Report
    words: Annotated[dict[int, bytes], msgspec.Meta(max_length=_MOST_SCANNED)]


@dataclass(frozen=True, slots=True)
class SentPart:
    """A Part whose metadata has not been decoded."""

    position: int
    name: str
    size: int
    sha256: str
    outcome: SentReading | str
    metadata: msgspec.Raw


def whole_reading(sent: SentReading) -> Reading:
    """With its metadata. Raises AnswerRefused when that would take too much memory, and msgspec.MsgspecError."""
    _must_be_small([sent.metadata])
    return _reading(sent)


def whole_parts(sent: list[SentPart]) -> list[Part]:
    """With their metadata. Raises as whole_reading does."""
    _must_be_small(part.metadata for part in sent)
    _must_be_small(part.outcome.metadata for part in sent if isinstance(part.outcome, SentReading))
    return [_part(part) for part in sent]


def _part(sent: SentPart) -> Part:
    outcome = _reading(sent.outcome) if isinstance(sent.outcome, SentReading) else sent.outcome
    return Part(sent.position, sent.name, sent.size, sent.sha256, outcome, _METADATA.decode(sent.metadata))


def _reading(sent: SentReading) -> Reading:
    values = {name: getattr(sent, name) for name in _FIELDS}
    return Reading(**(values | {"metadata": _METADATA.decode(sent.metadata)}))


_FIELDS = tuple(field.name for field in fields(SentReading))


def _must_be_small(metadata: Iterable[msgspec.Raw]) -> None:
    opened = sum(len(bytes(raw).translate(None, _OTHERS)) for raw in metadata)
    if opened > _MOST_OPENED:
        raise AnswerRefused.because(f"metadata: {opened} lists and objects")
