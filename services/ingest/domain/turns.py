"""Whose file is read next and how long that may take, so that no workspace keeps another one waiting."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

SMALL, LARGE, REST = "small", "large", "rest"
LANES = (SMALL, LARGE, REST)
"""Most urgent first: the next small file of every workspace, the next large one of every workspace, all others."""
SMALL_BYTES = 256 * 2**10
WINDOW = 32
"""Files of one workspace that wait in `rest` at a time: enough to keep 16 workers busy with that workspace alone."""
_LEAST_SECONDS, _SECONDS_A_MIB = 15.0, 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A document that is to be read, and the lane on which it waits for that."""

    document_id: UUID
    project_id: UUID
    lane: str
    correlation_id: str = ""
    """Of its upload; empty when not known."""
    traceparent: str = ""
    """Of its upload; empty where that was not traced."""


def is_large(size: int) -> bool:
    """Whether a file of so many bytes waits behind small ones."""
    return size > SMALL_BYTES


def reading_seconds(size: int, most: float) -> float:
    """How long reading a file of so many bytes may take, or its next part or page; never more than `most`."""
    return min(most, _LEAST_SECONDS + _SECONDS_A_MIB * size / 2**20)
