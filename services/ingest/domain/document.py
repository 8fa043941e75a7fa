"""A document: the identity of an uploaded file, and the name and place it is kept under."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from coderai.services.ingest.domain.problems import UploadInvalid

LONGEST_NAME = 255
LARGEST_FILE = 50 * 2**20
"""Bytes of one upload."""


class DocumentStatus(StrEnum):
    """How far a document is on its way from a file to text."""

    UPLOADED = "UPLOADED"
    PARSED = "PARSED"
    READY = "READY"
    FAILED = "FAILED"


UNREAD = (DocumentStatus.UPLOADED, DocumentStatus.PARSED)
"""What is neither read nor known to be unreadable."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file is read."""

    text_column: str = ""
    """Of a table: the column that holds each row's text; guessed when empty."""
    whole: bool = False
    """Whether nothing is left out as being a menu, a running header or the like."""


@dataclass(frozen=True, slots=True)
class Project:
    """What a project says of its documents."""

    model: str = ""
    """The one that codes them, as provider:model; their tokens are counted as it counts them."""
    language: str = ""
    """That they are in, ISO 639-1; empty when it names none, or several."""


@dataclass(frozen=True, slots=True)
class Document:
    """An uploaded file."""

    id: UUID
    project_id: UUID
    name: str
    size: int
    """Bytes."""
    sha256: str
    text_column: str = ""
    """Of a table: the column that holds each row's text; guessed when empty."""
    status: DocumentStatus = DocumentStatus.UPLOADED
    document_count: int = 0
    """Documents that it holds, when it is a table or archive that was read."""
    whole: bool = False
    asked: Manner | None = None
    """How it is read again; None when it is not, or is read for the first time."""
    source_document_id: UUID | None = None
    """The table or archive that it comes from."""
    error_message: str = ""
    """Why it could not be read, when it was last."""

    @property
    def manner(self) -> Manner:
        """How it was read; of one that is unread, how it is to be."""
        return self.asked or Manner(self.text_column, self.whole)

    @property
    def gave_something(self) -> bool:
        """Whether an earlier reading of it gave a text, or documents."""
        return not self.error_message and (self.asked is not None or not self.is_unread)

    @property
    def is_unread(self) -> bool:
        """Whether it is still to be read, or its text to be saved."""
        return self.status in UNREAD

    def would_differ_by(self, text_column: str) -> bool:
        """Whether reading it by this text column ("" for a guess) would give something else than it gave, or will."""
        if text_column.casefold().strip() == self.manner.text_column.casefold().strip():
            return False
        if self.status is DocumentStatus.FAILED:
            return True
        return text_column != "" and (self.document_count > 0 or self.is_unread)


def clean_name(name: str) -> str:
    """A file's name as it is kept: NFC, without folders and characters that cannot be seen, 255 characters at most.

    Raises:
        UploadInvalid: nothing of the name is left.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    cleaned = _shortened(" ".join(visible.split()))
    if cleaned in ("", ".", ".."):
        raise UploadInvalid("the file needs a name", fields={"name": "must name the file, such as report.pdf"})
    return cleaned


def blob_key(workspace_id: UUID, project_id: UUID, document_id: UUID) -> str:
    """Where an uploaded file's bytes are kept."""
    return f"{blob_folder(workspace_id, project_id)}/{document_id}"


def blob_folder(workspace_id: UUID, project_id: UUID) -> str:
    """Where all of a project's uploaded files are kept."""
    return f"{workspace_id}/{project_id}"


def part_id(source_id: UUID, position: int) -> UUID:
    """The id of a part of a table or archive: the same each time it is read, and in the parts' order after its source.

    Ids of version 7 begin with a time and a counter of 42 random bits; a part has its source's counter plus one, and in
    the last 32 bits its position.
    """
    return UUID(int=((source_id.int >> 32) + 1 << 32) + position)


def _shortened(name: str) -> str:
    """Cuts the stem, so that the ending, which people go by, stays."""
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 16:
        return name[:LONGEST_NAME]
    return stem[: LONGEST_NAME - len(dot + ending)] + dot + ending
