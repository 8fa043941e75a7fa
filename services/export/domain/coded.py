"""What an export is made of: a codebook, and documents' units with a cell for every variable.

What a project has 500,000 of is a named tuple: it is made in a third of a frozen dataclass's time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from coderai.codebook.codebook import Codebook
from coderai.codebook.column_values import in_column
from coderai.codebook.ranges import is_vague
from coderai.codebook.variable import Variable
from coderai.services.export.domain.ends import Scalar, Stated

Value = Stated | list[Stated] | None

DONE, FAILED = "DONE", "FAILED"
NOT_PROCESSED = "NOT_PROCESSED"
"""Why a cell is empty whose document the job has not coded (yet)."""
MODEL_FAILED, RANGE = "MODEL_FAILED", "RANGE"
NOT_SELECTED = "NOT_SELECTED"
"""Why a cell is empty that the export was not asked for."""
STATUSES = ("EXTRACTED", "VALIDATED", "FLAGGED", "FAILED")
"""Of cells."""
ORIGINS = ("EXTRACTED", "DEFAULTED", "CORRECTED")
"""Where a cell's answer comes from."""
TRIAL = "TRIAL"
"""The kind of a job whose rows never enter the dataset."""
WITHHELD = ("UNSUPPORTED", "UNGROUNDED")
"""Reasons of cells that have a candidate which the document does not bear out."""
CORRECTED, DEFAULTED = "CORRECTED", "DEFAULTED"
"""Origins of a cell whose answer is a person's, and of one that has its variable's default."""
OF_PEOPLE = ("DISPUTED", "REJECTED")
"""Flags of cells on which people differ, or that they call wrong without saying what is right."""
_FOUND = ("EXACT", "FUZZY")
_REFUSED = ("CONTRADICTED", "UNGROUNDED")


@dataclass(frozen=True, slots=True)
class Words:
    """The words that the extractor has for what becomes of a cell, in the order in which they are shown."""

    reasons: Sequence[str]
    supports: Sequence[str]
    matches: Sequence[str]
    verdicts: Sequence[str] = ()
    statuses: Sequence[str] = STATUSES
    origins: Sequence[str] = ORIGINS


@dataclass(frozen=True, slots=True)
class Job:
    """A run whose rows are exported in place of the dataset."""

    id: str
    project_id: str
    kind: str = ""
    status: str = ""
    model: str = ""
    documents_processed: int = 0
    started_at: str = ""
    """RFC 3339, UTC; empty when it has not started."""
    finished_at: str = ""


class Span(NamedTuple):
    """One stretch of the document's text, in code points."""

    start: int
    end: int
    page: int
    """From 1."""


class Evidence(NamedTuple):
    """What was quoted for a value, and where the document has it."""

    quoted: str = ""
    """As the document has it, or as the model gave it when the document does not have it."""
    match: str = ""
    """EXACT, FUZZY or NONE; empty without a quote."""
    spans: tuple[Span, ...] = ()

    @property
    def quote(self) -> str:
        """The words of the document; empty when it does not have what was quoted."""
        return self.quoted if self.match in _FOUND else ""

    @property
    def page(self) -> int:
        """Where it begins, from 1; 0 when it was not found."""
        return self.spans[0].page if self.spans else 0


NO_EVIDENCE = Evidence()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value that was in question for a cell."""

    value: Value
    confidence: float
    evidence: Evidence
    support: str


class Extraction(NamedTuple):
    """One value of one variable for one unit, or the reason why there is none, with its evidence."""

    variable: str
    value: Value
    entity_index: int = 0
    """0 for the document itself, else 1, 2 ... in order of first mention."""
    entity: str = ""
    confidence: float = 0.0
    status: str = ""
    missing_reason: str = ""
    flags: tuple[str, ...] = ()
    evidence: Evidence = NO_EVIDENCE
    prompt_version: int = 0
    support: str = ""
    origin: str = ""
    candidates: tuple[Candidate, ...] = ()
    """Of one without a value: what was in question."""
    verdict: str = ""
    """Of a cell of the dataset: what people say of it."""
    model_value: Value = None
    """Of a cell of the dataset that a person corrected: what the model said."""
    stale: str = ""
    """Of a cell of the dataset: why it should be asked again; empty when it need not."""
    model: str = ""
    """Which was asked, provider:name; empty when none was."""
    reviewed_by: str = ""
    """Of a cell of the dataset: whose word stands on it, an id or a pseudonym; empty when nobody's does."""
    weight: float = 0.0
    """Of a cell that a probability sample has drawn and people have judged: how many cells it stands for; else 0."""

    @property
    def has_value(self) -> bool:
        """Whether there is a value: the document's, a default, or a person's."""
        return self.value is not None and self.value != []

    @property
    def is_defaulted(self) -> bool:
        """Whether the value is the variable's default, which is no finding."""
        return self.origin == DEFAULTED

    @property
    def is_corrected(self) -> bool:
        """Whether the answer, a value or that there is none, is a person's."""
        return self.origin == CORRECTED

    @property
    def is_reviewed(self) -> bool:
        """Whether a person's word stands on it."""
        return bool(self.verdict or self.reviewed_by) or self.is_corrected

    @property
    def shown_origin(self) -> str:
        """Where the answer comes from; empty without one: where there is no value, and no person says so."""
        return self.origin if self.has_value or self.is_corrected else ""

    @property
    def is_answered(self) -> bool:
        """Whether there is a value that is no default."""
        return self.has_value and not self.is_defaulted

    @property
    def is_models(self) -> bool:
        """Whether there is a value that the model found: confidence, support and the like are about such alone."""
        return self.is_answered and not self.is_corrected

    @property
    def stated(self) -> Sequence[Stated]:
        """The values, as the document states them; of a vague one, the bounds that its words allow."""
        if self.value is None:
            if self.missing_reason != "VAGUE":
                return ()
            vague = [c for c in self.candidates if is_vague(c.value) and c.support not in _REFUSED]
            best = max(vague, key=lambda c: c.confidence, default=None)
            return () if best is None else [best.value]  # type: ignore[list-item]
        return self.value if isinstance(self.value, list) else [self.value]


@dataclass(frozen=True, slots=True)
class Document:
    """One document with its extractions, ordered by entity."""

    id: str
    name: str
    status: str = DONE
    error: str = ""
    extractions: Sequence[Extraction] = ()
    unread_pages: tuple[int, ...] = ()
    """Pages, from 1, that show something of which no text was read."""
    unsure_pages: tuple[int, ...] = ()
    """Pages, from 1, of which text recognition is unsure."""
    places: Mapping[int, Span] = field(default_factory=dict)
    """Where the text mentions an entity first, by the entity's index, of those of which that is known."""
    left_out: str = ""
    """Why it gives no rows, whatever it holds; empty when it may."""

    @property
    def why_empty(self) -> str:
        """The reason for a cell that has no extraction."""
        return MODEL_FAILED if self.status in (DONE, FAILED) else NOT_PROCESSED


@dataclass(frozen=True, slots=True)
class Unit:
    """One row of the dataset: a document, or an entity in it."""

    document: Document
    extractions: Mapping[str, Extraction]
    """By variable."""
    entity_index: int = 0
    entity: str = ""

    @property
    def place(self) -> Span | None:
        """Where the text mentions the entity first; None for a document, and where that is not known."""
        return self.document.places.get(self.entity_index)


class Cell(NamedTuple):
    """What the dataset shows for one variable of one unit."""

    stated: Sequence[Stated]
    """As the document states them, several for a variable that keeps several; those with two ends have both."""
    values: Sequence[Scalar | None]
    """What the columns have of each; None where a value with two ends leaves its column empty."""
    missing_reason: str
    """Of a default: why the value is missing that it stands in for."""
    extraction: Extraction | None
    """Where the values came from; None when the document was not coded."""

    @property
    def rows(self) -> int:
        """How many rows it has in the long layout: one for each value; without any, one that says why."""
        if self.missing_reason == NOT_SELECTED:
            return 0
        return len(self.stated) or 1

    @property
    def flags(self) -> Sequence[str]:
        """Why the cell wants a person's look; without a value only what people say of it counts."""
        found = self.extraction
        if found is None or found.status != "FLAGGED":
            return ()
        return found.flags if found.has_value else tuple(flag for flag in found.flags if flag in OF_PEOPLE)


_make_cell: Callable[[tuple[Any, ...]], Cell] = partial(tuple.__new__, Cell)
_SINGLE = frozenset({str, int, float, bool})
_entity_of = attrgetter("entity_index")


def units(document: Document, codebook: Codebook) -> Iterator[Unit]:
    """A document's rows: one for each entity, or one for itself.

    A coded document without entities gives none; one that was not coded gives one, so that it does not vanish; one
    that is left out gives none.
    """
    if document.left_out:
        return
    by_entity = groupby(document.extractions, key=_entity_of)
    found = False
    for entity_index, group in by_entity:
        found = True
        extractions = {extraction.variable: extraction for extraction in group}
        yield Unit(document, extractions, entity_index, next(iter(extractions.values())).entity)
    if not found and not (codebook.unit.multiple and document.status == DONE):
        yield Unit(document, {})


def cell(unit: Unit, variable: Variable) -> Cell:
    """The one place where it is decided which values the dataset shows for a variable of a unit."""
    extraction = unit.extractions.get(variable.name)
    if extraction is None:
        return Cell((), (), unit.document.why_empty, None)
    value, reason = extraction.value, extraction.missing_reason
    # Most cells have one value, or none; a class that takes its fields by name would take most of the time.
    if type(value) in _SINGLE:
        values = (value,)
        return _make_cell((values, values, reason, extraction))
    stated = extraction.stated
    if not stated:
        return _make_cell(((), (), reason, extraction))
    shown = [in_column(one, variable.if_range) for one in stated]
    return _make_cell((stated, shown, reason or (RANGE if shown.count(None) == len(shown) else ""), extraction))
