"""Files that hold other files, each of which becomes a document: archives, mails with attachments."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from coderai.services.ingest.domain.reading import Extract


@dataclass(frozen=True, slots=True)
class Inner:
    """A file within a file."""

    path: str
    """Within what holds it, as that tells; it may say anything."""
    size: int
    """Bytes, as that tells."""
    read: Callable[[], bytes]
    """Its bytes. Raises domain.problems.Unreadable."""


@dataclass
class Bundle:
    """A file that holds others."""

    reader: str
    files: Iterator[Inner]
    own: Extract | None = None
    """What it says itself; None when it only holds the others."""
    warnings: list[str] = field(default_factory=list)
