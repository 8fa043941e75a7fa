"""What coding a document gives: extractions with their evidence or the reason for their absence, and a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from coderai.codebook.variable import Variable
from coderai.engines.calls import Entity
from coderai.kit.model_replies import NOTHING_USED, Usage


class Match(StrEnum):
    """How a quote was found in the document's text."""

    EXACT = "EXACT"
    FUZZY = "FUZZY"
    NONE = "NONE"


class MissingReason(StrEnum):
    """Why a cell has no value."""

    NOT_STATED = "NOT_STATED"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    AMBIGUOUS = "AMBIGUOUS"
    UNREADABLE = "UNREADABLE"
    MODEL_FAILED = "MODEL_FAILED"
    BELOW_THRESHOLD = "BELOW_THRESHOLD"
    NOT_FOUND = "NOT_FOUND"
    """An engine that cannot tell whether the document states it found none."""


class Status(StrEnum):
    """Whether a person should look."""

    EXTRACTED = "EXTRACTED"
    VALIDATED = "VALIDATED"
    FLAGGED = "FLAGGED"
    FAILED = "FAILED"


class Flag(StrEnum):
    """What a person should look at."""

    UNGROUNDED = "UNGROUNDED"
    """The quote is not in the document."""
    LOW_CONFIDENCE = "LOW_CONFIDENCE"
    MULTIPLE_VALUES = "MULTIPLE_VALUES"
    AMBIGUOUS = "AMBIGUOUS"
    """Parts of the document state different values."""
    INVALID = "INVALID"
    """A validation rule is broken, or the value does not fit the variable's type."""
    CATEGORY_MAPPED = "CATEGORY_MAPPED"
    """The model's wording was mapped to the nearest listed category."""
    DEFAULT_USED = "DEFAULT_USED"
    REQUIRED_MISSING = "REQUIRED_MISSING"
    EXAMPLE_LEAKED = "EXAMPLE_LEAKED"
    """The model quoted a golden example instead of the document; that answer was rejected."""
    INCOMPLETE = "INCOMPLETE"
    """For a part of the document the model gave no usable answer; the value is from the rest."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The quote as the document has it: text[start:end] == quote; without offsets when it was not found."""

    quote: str
    match: Match
    start: int | None = None
    end: int | None = None
    page: int = 0
    """From 1; 0 when the quote was not found."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value in question for one unit and variable, coerced to the variable's type, with its evidence."""

    value: Any
    confidence: float
    evidence: Evidence
    raw: Any
    explanation: str = ""
    flags: frozenset[Flag] = frozenset()
    passage: int = 0
    """Where the passage that stated it starts in the document."""

    @property
    def position(self) -> int:
        """Where the document states it: at the quote, or somewhere in the passage when the quote was not found."""
        return self.passage if self.evidence.start is None else self.evidence.start


@dataclass(frozen=True, slots=True)
class Extraction:
    """One value of one variable for one unit, or the reason why there is none."""

    variable: Variable
    entity_index: int = 0
    entity_text: str = ""
    value: Any = None
    confidence: float = 0.0
    evidence: Evidence | None = None
    status: Status = Status.EXTRACTED
    flags: tuple[Flag, ...] = ()
    missing_reason: MissingReason | None = None
    explanation: str = ""
    raw_value: Any = None
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where the document names an entity, and why it was taken for that entity."""

    text: str
    evidence: Evidence
    passage: int
    """Offset of the passage that mentions it."""
    why: str = "first mention"


@dataclass(frozen=True, slots=True)
class Found:
    """An entity with all its mentions, the first one first."""

    index: int
    """From 1, in order of first mention: the row's number in its document."""
    text: str
    mentions: tuple[Mention, ...]

    def asked(self) -> Entity:
        """The entity as a call names it."""
        return Entity(self.text, self.mentions[0].evidence.quote)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of everything that went into a task."""

    pages_read: int = 0
    chunks_sent: int = 0
    chunks_answered: int = 0
    entities_found: int = 0
    variables_asked: int = 0
    variables_answered: int = 0
    usage: Usage = NOTHING_USED
    unanswered: Mapping[str, str] = field(default_factory=dict)
    """Variables without a value in any unit, each with its missing reason; in brackets, entities that were lost."""
    entities: tuple[Found, ...] = ()
    """The document's entities with their mentions, in the order of the rows."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded document: one extraction for every unit and variable, and the receipt."""

    extractions: tuple[Extraction, ...]
    receipt: Receipt
