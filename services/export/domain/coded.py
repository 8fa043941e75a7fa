"""What an export is made of: a job, its codebook, and its documents' units with a cell for every variable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from coderai.codebook.codebook import Codebook

Scalar = str | int | float | bool
Value = Scalar | list[Scalar] | None

DONE, FAILED = "DONE", "FAILED"
NOT_PROCESSED = "NOT_PROCESSED"
"""Why a cell is empty whose document the job has not coded (yet)."""
MODEL_FAILED = "MODEL_FAILED"


@dataclass(frozen=True, slots=True)
class Job:
    """The run whose extractions are exported."""

    id: str
    project_id: str
    kind: str = ""
    status: str = ""
    model: str = ""
    documents_processed: int = 0
    started_at: str = ""
    """RFC 3339, UTC; empty when it has not started."""
    finished_at: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
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
    quote: str = ""
    start: int | None = None
    end: int | None = None
    page: int = 0
    """From 1; 0 when the quote was not found."""
    match: str = ""
    """EXACT, FUZZY or NONE; empty without a quote."""
    prompt_version: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the job with its extractions, ordered by entity."""

    id: str
    name: str
    status: str = DONE
    error: str = ""
    extractions: Sequence[Extraction] = ()

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


@dataclass(frozen=True, slots=True)
class Cell:
    """What the dataset shows for one variable of one unit."""

    values: Sequence[Scalar]
    """Several for a variable that keeps several; empty when missing."""
    missing_reason: str
    extraction: Extraction | None
    """Where the values came from; None when the document was not coded."""


def units(document: Document, codebook: Codebook) -> Iterator[Unit]:
    """A document's rows: one for each entity, or one for itself.

    A coded document without entities gives none; one that was not coded gives one, so that it does not vanish.
    """
    by_entity = groupby(document.extractions, key=lambda extraction: extraction.entity_index)
    found = False
    for entity_index, group in by_entity:
        found = True
        extractions = {extraction.variable: extraction for extraction in group}
        yield Unit(document, extractions, entity_index, next(iter(extractions.values())).entity)
    if not found and not (codebook.unit.multiple and document.status == DONE):
        yield Unit(document, {})


def cell(unit: Unit, variable: str) -> Cell:
    """The one place where it is decided which value the dataset shows for a variable of a unit."""
    extraction = unit.extractions.get(variable)
    if extraction is None:
        return Cell((), unit.document.why_empty, None)
    if extraction.value is None:
        return Cell((), extraction.missing_reason, extraction)
    values = extraction.value if isinstance(extraction.value, list) else [extraction.value]
    return Cell(values, "" if values else extraction.missing_reason, extraction)
