"""What coding a document gives: extractions with their evidence or the reason for their absence, and a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from coderai.codebook.cells import Evidence as Evidence
from coderai.codebook.cells import EvidenceSpan as EvidenceSpan
from coderai.codebook.cells import MissingReason as MissingReason
from coderai.codebook.variable import Variable
from coderai.engines.calls import Entity
from coderai.kit.model_replies import NOTHING_USED, Usage
from coderai.language.quotes import Match as Match


class Status(StrEnum):
    """Whether a person should look."""

    EXTRACTED = "EXTRACTED"
    VALIDATED = "VALIDATED"
    FLAGGED = "FLAGGED"
    FAILED = "FAILED"


class Origin(StrEnum):
    """Where a cell's value comes from."""

    EXTRACTED = "EXTRACTED"
    DEFAULTED = "DEFAULTED"
    """The variable's default stands in for a missing one: no finding."""
    CORRECTED = "CORRECTED"
    """A person's."""


class Flag(StrEnum):
    """What a person should look at."""

    UNGROUNDED = "UNGROUNDED"
    """The quote is not in the document."""
    UNSUPPORTED = "UNSUPPORTED"
    """The quote does not state the value."""
    UNCHECKED = "UNCHECKED"
    """Neither code nor a second call could decide whether the quote states the value."""
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
    UNSURE_PAGE = "UNSURE_PAGE"
    """The quote stands on a page of which text recognition is unsure, or nothing was found and there is such a page."""
    DISPUTED = "DISPUTED"
    """People have said different things of it, and nobody has decided."""
    REJECTED = "REJECTED"
    """A person says that it is wrong, and not what is right."""


class Support(StrEnum):
    """Whether the evidence states the value."""

    STATED = "STATED"
    """Code reads the value from the quote."""
    JUDGED = "JUDGED"
    """A second call answered that the quote states it."""
    UNCHECKED = "UNCHECKED"
    """Neither could decide."""
    CONTRADICTED = "CONTRADICTED"
    """The quote states another value, or the second call said no."""
    UNGROUNDED = "UNGROUNDED"
    """The quote is not in the document."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value in question for one unit and variable, coerced to the variable's type, with its evidence."""

    value: Any
    confidence: float
    """In this value as it stands alone; that of the extraction counts what repeats and contests it, too."""
    evidence: Evidence
    raw: Any
    explanation: str = ""
    flags: frozenset[Flag] = frozenset()
    passage: int = 0
    """Where the passage that stated it starts in the document."""
    support: Support = Support.UNCHECKED
    model_confidence: float = 0.0
    """As the model gave it, 0..1."""
    probability: float | None = None
    """Of the tokens that write the value, 0..1; None where the model gives none."""
    judged: bool = False
    """Whether a second call answered that the quote states it."""
    repeated: bool = False
    """Whether other words of the document state it too."""
    contested: bool = False
    """Whether other words state another value as well, of a variable that has one."""
    preferred: bool = False
    """Whether a call that was shown it beside those that conflict with it preferred it to them."""

    @property
    def position(self) -> int:
        """Where the document states it: at the quote, or somewhere in the passage when the quote was not found."""
        return self.passage if self.evidence.start is None else self.evidence.start


@dataclass(frozen=True, slots=True)
class Basis:
    """What a cell was decided from, whatever the settings of its variable were: see domain.coding.replay."""

    candidates: tuple[Candidate, ...] = ()
    """Those on which it may depend, in the order of the text."""
    failed: str = ""
    absent: MissingReason = MissingReason.NOT_STATED
    unread: str = ""
    unsure: str = ""
    answered: bool = False
    """These five as deciding.decide takes them."""


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
    support: Support | None = None
    """None without a value of the document's."""
    origin: Origin = Origin.EXTRACTED
    model_confidence: float = 0.0
    chosen: tuple[Candidate, ...] = field(default=(), compare=False)
    """What the value, or one below the threshold, is taken from."""
    unit_id: UUID | None = None
    """The row of the dataset that it is of; None of a trial."""
    basis: Basis | None = field(default=None, compare=False)
    """None where it was not asked, or the document failed as a whole."""


def is_finding(extraction: Extraction) -> bool:
    """Whether the value is the document's: a default is none."""
    return extraction.origin is Origin.EXTRACTED


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
    judge: Usage = NOTHING_USED
    """The part of the usage that judging quotes took."""
    deciding: Usage = NOTHING_USED
    """The part that choosing between values of different parts of the document took."""
    same: Usage = NOTHING_USED
    """The part that telling entities apart took."""
    unanswered: Mapping[str, str] = field(default_factory=dict)
    """Variables without a value in any unit, each with its missing reason; in brackets, entities that were lost."""
    entities: tuple[Found, ...] = ()
    """The document's entities with their mentions, in the order of the rows."""
    unread_pages: tuple[int, ...] = ()
    """Numbers, from 1, of pages that show something of which no text was read."""
    unsure_pages: tuple[int, ...] = ()
    """Those of which text recognition is unsure."""
    wording: str = ""
    """Of domain.coding.wording; empty where that was not noted yet."""
