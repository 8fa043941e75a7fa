"""Units: the rows of the dataset, which keep their ids through every job, and what people have made of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from coderai.services.extractor.domain.coding.extraction import EvidenceSpan


class UnitState(StrEnum):
    """What a unit is to the dataset."""

    PRESENT = "PRESENT"
    """A row of it."""
    REMOVED = "REMOVED"
    """A person says that it is none."""
    MERGED = "MERGED"
    """A person merged it into another."""
    SPLIT = "SPLIT"
    """A person split it into others."""
    LOST = "LOST"
    """People have said something of it, and the newest job found no such entity."""


class ChangeKind(StrEnum):
    """What a person did to units."""

    ADD = "ADD"
    REMOVE = "REMOVE"
    MERGE = "MERGE"
    SPLIT = "SPLIT"


@dataclass(frozen=True, slots=True)
class Unit:
    """A row of the dataset, or what was one: a document, or an entity in it."""

    id: UUID
    document_id: UUID
    number: int = 0
    """0 for the document itself, else the row's number in its document, from 1."""
    text: str = ""
    """The entity's name; empty for a document."""
    mentions: tuple[EvidenceSpan, ...] = ()
    """Where the document names it, in the order of the text."""
    state: UnitState = UnitState.PRESENT
    added: bool = False
    """Whether a person added it, or made it by a split: jobs ask about it whether they find it or not."""
    merged_into: UUID | None = None
    text_version: int = 0
    """Of the document's text that the mentions are in."""


def first_id(document_id: UUID, number: int) -> UUID:
    """The id of the unit that is a document itself (number 0), or of an entity that no unit is known for.

    As the migration that made the first units has it: an MD5 of document and number.
    """
    return UUID(bytes=hashlib.md5(f"{document_id}/{number}".encode(), usedforsecurity=False).digest())
