"""What a dataset holds, counted in one pass before it is written: rows, documents, the quality of each variable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from coderai.codebook.codebook import Codebook
from coderai.services.export.domain.coded import DONE, Cell, Document, Unit, cell, units


@dataclass(slots=True)
class Quality:
    """How well one variable was coded."""

    units: int = 0
    answered: int = 0
    flagged: int = 0
    confidence: float = 0.0
    """Sum over the answered, each 0..1."""
    missing: Counter[str] = field(default_factory=Counter)
    """Units without a value, by reason."""
    evidence: Counter[str] = field(default_factory=Counter)
    """Answered units, by how their quote was found: EXACT, FUZZY, NONE (not found, or no quote)."""
    most_values: int = 0
    several: bool = False
    """Whether any unit has a list of values."""

    def count(self, shown: Cell) -> None:
        """Adds one unit's cell."""
        self.units += 1
        extraction = shown.extraction
        self.flagged += extraction is not None and extraction.status == "FLAGGED"
        if not shown.values or extraction is None:
            self.missing[shown.missing_reason] += 1
            return
        self.answered += 1
        self.confidence += extraction.confidence
        self.evidence[extraction.match or "NONE"] += 1
        self.most_values = max(self.most_values, len(shown.values))
        self.several = self.several or isinstance(extraction.value, list)

    @property
    def mean_confidence(self) -> float | None:
        """Over the answered units, 0..1; None without any."""
        return self.confidence / self.answered if self.answered else None

    def percent_of_units(self, count: int) -> float:
        """A count of units as percent of all, to one decimal."""
        return _percent(count, self.units)

    def percent_of_answered(self, count: int) -> float:
        """A count of answered units as percent of those, to one decimal."""
        return _percent(count, self.answered)


@dataclass(frozen=True, slots=True)
class EmptyDocument:
    """A document that gives the dataset no values, and why."""

    name: str
    id: str
    reason: str
    """NO_ENTITIES, or why its cells are empty."""
    error: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What a dataset holds."""

    rows: int
    documents: Mapping[str, int]
    """Counts by status."""
    empty_documents: tuple[EmptyDocument, ...]
    """In upload order; no document is in neither the rows nor here."""
    quality: Mapping[str, Quality]
    """By variable."""
    most_values: Mapping[str, int]
    """Of each variable that keeps several values: the most that any unit has."""

    @property
    def total(self) -> int:
        """Documents of the job."""
        return sum(self.documents.values())


def survey(codebook: Codebook, documents: Iterable[Document]) -> Survey:
    """Counts a dataset in one pass over its documents."""
    quality = {variable.name: Quality() for variable in codebook.variables}
    statuses: Counter[str] = Counter()
    empty: list[EmptyDocument] = []
    rows = 0
    for document in documents:
        statuses[document.status] += 1
        found = list(units(document, codebook))
        rows += len(found)
        for unit in found:
            _count(quality, unit)
        if document.status != DONE:
            reason = next((e.missing_reason for e in document.extractions if e.missing_reason), document.why_empty)
            empty.append(EmptyDocument(document.name, document.id, reason, document.error))
        elif not found:
            empty.append(EmptyDocument(document.name, document.id, "NO_ENTITIES", ""))
    keeps_several = {v.name for v in codebook.variables if v.if_multiple_values == "ALL" or quality[v.name].several}
    most_values = {name: quality[name].most_values for name in keeps_several}
    return Survey(rows, statuses, tuple(empty), quality, most_values)


def _count(quality: Mapping[str, Quality], unit: Unit) -> None:
    for variable, counts in quality.items():
        counts.count(cell(unit, variable))


def _percent(count: int, of: int) -> float:
    return round(100 * count / of, 1) if of else 0.0
