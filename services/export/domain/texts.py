"""Documents as they were read: what an export tells of them, and their texts."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple, Protocol


class Need(StrEnum):
    """What a format takes beside the rows; the use case fetches it before the format is written."""

    READINGS = "READINGS"
    """How the documents were read (Dataset.texts)."""
    TEXTS = "TEXTS"
    """Their texts too."""
    PROVENANCE = "PROVENANCE"
    """How the values came about (Dataset.provenance)."""


class PageBounds(NamedTuple):
    """A page as offsets into the document's text, in code points."""

    number: int
    """From 1."""
    start: int
    end: int


class ReadDocument(NamedTuple):
    """A document as it was read."""

    id: str
    name: str
    format: str
    """The short name of a coderai.ingest.v1.DocumentFormat; empty when it is not known."""
    status: str
    """READY, FAILED ..."""
    size: int
    """Bytes of its file."""
    sha256: str
    """Of the file, in hexadecimal."""
    text_sha256: str
    """Of the text in UTF-8, in hexadecimal; empty of one without a text."""
    text_version: int
    """How often the text has changed since it was first read."""
    reader: str
    """What read it, with versions; empty where that was not recorded."""
    language: str
    """ISO 639-1 code, empty when not detected."""
    pages: tuple[PageBounds, ...]
    container: str
    """The file's name of the table or archive that holds it; empty of a file of its own."""
    text_bytes: int
    """Of the text in UTF-8; 0 where texts were not asked for."""


class Texts(Protocol):
    """The documents of an export as they were read, kept on local disk."""

    def documents(self) -> Iterator[ReadDocument]:
        """In upload order, from the first one on at every call."""
        ...

    def document(self, document_id: str) -> ReadDocument | None:
        """None where there is none (any more)."""
        ...

    def text(self, document_id: str) -> str:
        """Its text, in code points as evidence counts them; empty where there is none, or none was asked for."""
        ...
