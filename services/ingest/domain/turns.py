"""Whose files are read next and how long that may take, so that no workspace keeps another one waiting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

SMALL, LARGE, REST = "small", "large", "rest"
LANES = (SMALL, LARGE, REST)
"""Most urgent first: the next small file of every workspace, the next large one of every workspace, all others."""
SMALL_BYTES = 256 * 2**10
WINDOW = 32
"""Turns of one workspace that wait in `rest` at a time: enough to keep 16 workers busy with that workspace alone."""
TOGETHER = 25
"""Small files that have one turn together; all of them have no more bytes than one small file may have."""
SECONDS_TOGETHER = 1.0
"""After so long no further file of a turn is begun: slow ones together keep a worker little longer than one alone."""
_LEAST_SECONDS, _SECONDS_A_MIB = 15.0, 20.0


@dataclass(frozen=True, slots=True)
class Turn:
    """A document that is to be read, and the lane on which it waits for that; others may have their turn with it."""

    document_id: UUID
    """The first of them."""
    project_id: UUID
    lane: str
    correlation_id: str = ""
    """Of its upload; empty when not known."""
    traceparent: str = ""
    """Of its upload; empty where that was not traced."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that has no turn yet."""

    document_id: UUID
    project_id: UUID
    size: int
    """Bytes."""
    correlation_id: str
    """Of its upload; empty when not known."""
    traceparent: str
    is_alone: bool
    """Whether it shares its turn with no other: when it last had one, something went wrong."""


def shared(waiting: Iterable[Waiting]) -> list[Sequence[Waiting]]:
    """The turns of documents, in order: small ones of one project and request that follow each other share one."""
    turns: list[list[Waiting]] = []
    for document in waiting:
        if turns and _may_join(turns[-1], document):
            turns[-1].append(document)
        else:
            turns.append([document])
    return list(turns)


def _may_join(turn: Sequence[Waiting], document: Waiting) -> bool:
    first = turn[0]
    return (
        not (first.is_alone or document.is_alone)
        and len(turn) < TOGETHER
        and sum(other.size for other in turn) + document.size <= SMALL_BYTES
        and (first.project_id, first.correlation_id) == (document.project_id, document.correlation_id)
    )


def is_large(size: int) -> bool:
    """Whether a file of so many bytes waits behind small ones."""
    return size > SMALL_BYTES


def reading_seconds(size: int, most: float) -> float:
    """How long reading a file of so many bytes may take, or its next part or page; never more than `most`."""
    return min(most, _LEAST_SECONDS + _SECONDS_A_MIB * size / 2**20)
