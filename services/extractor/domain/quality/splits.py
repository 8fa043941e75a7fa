"""Which documents improve prompts, and which only measure them: each is drawn once, for good."""

from __future__ import annotations

from enum import StrEnum
from hashlib import blake2b
from uuid import UUID


class Split(StrEnum):
    """The part of a project's reviewed documents that one belongs to."""

    DEV = "DEV"
    """Prompts may be made from what people said of it."""
    TEST = "TEST"
    """It only measures."""


def split_of(project_id: UUID, document_id: UUID) -> Split:
    """A document's part: each with probability one half, the same on every machine and at every time."""
    drawn = blake2b(f"{project_id}:{document_id}".encode(), digest_size=16).digest()
    return Split.DEV if drawn[0] < 128 else Split.TEST
