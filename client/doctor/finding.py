"""What a look at something found, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class State(Enum):
    """How it is with what was looked at."""

    FINE = "fine"
    NOTE = "note"
    """CoderAI works, but not all of it, or not well."""
    PREVENTS = "prevents"
    """CoderAI does not work until this is mended."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One look's result."""

    state: State
    text: str
    advice: str = ""
    """What to do; empty when there is nothing to do."""


def fine(text: str) -> Finding:
    """All is well."""
    return Finding(State.FINE, text)


def note(text: str, advice: str) -> Finding:
    """Something is missing that not everybody needs."""
    return Finding(State.NOTE, text, advice)


def prevents(text: str, advice: str) -> Finding:
    """Something must be mended first."""
    return Finding(State.PREVENTS, text, advice)
