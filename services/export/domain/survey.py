"""What a dataset holds, counted in one pass before it is written: rows, documents, the quality of each variable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TypeVar

from coderai.codebook.codebook import Codebook
from coderai.codebook.full_dates import full_date
from coderai.codebook.ranges import ends
from coderai.codebook.variable import Variable, VariableType
from coderai.services.export.domain.coded import CORRECTED, DEFAULTED, DONE, Cell, Document, Extraction, cell, units
from coderai.services.export.domain.ends import Scalar, any_with_ends

_MOST_UNLISTED = 20
K = TypeVar("K")
Facts = tuple[str, str, str, str, int, str, str]
"""Of an extraction: status, origin, stale, model, prompt_version, verdict, support."""
_NAMES = ("status", "origin", "stale", "model", "prompt_version", "verdict", "support")
_FACTS: Callable[[Extraction], Facts] = itemgetter(*map(Extraction._fields.index, _NAMES))
_NOT_THE_MODEL_S = frozenset({DEFAULTED, CORRECTED})
"""Origins of values that the model did not find."""


@dataclass(slots=True)
class Quality:
    """How well one variable was coded."""

    frequencies: Counter[Scalar] = field(default_factory=Counter)
    """Of a CATEGORY or BOOLEAN: how often it has each value of the codebook, in its order; values, not units."""
    units: int = 0
    answered: int = 0
    """Units with a value that is no default."""
    flagged: int = 0
    defaulted: int = 0
    """Units whose missing value a default stands in for; `missing` has them too."""
    modelled: int = 0
    """Units with a value that the model found: answered, and not corrected by a person."""
    corrected: int = 0
    """Units whose answer, a value or that there is none, is a person's."""
    stale: int = 0
    """Units that should be asked again."""
    verdicts: Counter[str] = field(default_factory=Counter)
    """Units on which a verdict by a person stands, by verdict."""
    confidence: float = 0.0
    """Sum over the modelled, each 0..1."""
    missing: Counter[str] = field(default_factory=Counter)
    """By reason. RANGE counts answered units whose own column is empty, as their two ends have columns of their own."""
    evidence: Counter[str] = field(default_factory=Counter)
    """Modelled units, by how their quote was found: EXACT, FUZZY, NONE (not found, or no quote)."""
    support: Counter[str] = field(default_factory=Counter)
    """Modelled units, by whether their quote states the value."""
    most_values: int = 0
    empty: Counter[str] = field(default_factory=Counter)
    """Units of which no column of values holds anything, by reason: unlike `missing` without those with a default."""
    asked: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Units by the model that answered, if only that there is no value, and the version of the prompt that it was asked
    with; without those that a person corrected.
    """
    several: bool = False
    """Whether any unit has a list of values."""
    ranged: bool = False
    """Whether any unit has a value with two ends."""
    types: set[type] = field(default_factory=set)
    """Of its values as columns have them: not only the variable's own, where several are joined to a text, or where a
    job coded the variable before its type was changed.
    """
    partial: bool = False
    """Of a DATE: whether any value, as columns have it, is no full date."""
    partial_ends: bool = False
    """Of a DATE: whether any end of a value is none."""
    unlisted: set[str] = field(default_factory=set)
    """Of a CATEGORY: some of its values that are no categories of the codebook."""
    _alike: Counter[tuple[str, bool, bool, str, Facts | None]] = field(default_factory=Counter)
    """Cells by what they are: their reason, whether their columns are empty, whether there is a value, how its quote
    was found, and their facts. There are few such sorts, so that most of the counting is done once for each.
    """

    def count(self, shown: Cell, variable: Variable) -> None:
        """Adds one unit's cell of the variable; `settle` adds up what many cells have in common."""
        stated, values, reason, extraction = shown
        if extraction is None:
            self._alike[reason, True, False, "", None] += 1
            return
        value = extraction.value
        has_value = value is not None and value != []
        is_empty = values.count(None) == len(values)
        facts = _FACTS(extraction)
        self._alike[reason, is_empty, has_value, extraction.evidence.match, facts] += 1
        if has_value and facts[1] not in _NOT_THE_MODEL_S:
            self.confidence += extraction.confidence
        if values:
            self.most_values = max(self.most_values, len(stated))
            self.several = self.several or isinstance(value, list)
            self.ranged = self.ranged or any_with_ends(stated)
            self.types.update(map(type, values))
            self._count_values(shown, variable)
        elif value is not None:
            self.several = True

    def settle(self) -> None:
        """Adds up what was counted, once all cells are."""
        for (reason, is_empty, has_value, match, facts), cells in self._alike.items():
            self.units += cells
            if reason:
                self.missing[reason] += cells
                self.empty[reason] += cells * is_empty
            if facts is not None:
                self._add(facts, has_value, match, cells)
        self.empty = +self.empty
        self._alike.clear()

    def _add(self, facts: Facts, has_value: bool, match: str, cells: int) -> None:
        status, origin, stale, model, prompt_version, verdict, support = facts
        self.flagged += cells * (status == "FLAGGED")
        self.defaulted += cells * (origin == DEFAULTED)
        self.stale += cells * bool(stale)
        if origin == CORRECTED:
            self.corrected += cells
        else:
            self.asked[model, prompt_version] += cells
        if verdict:
            self.verdicts[verdict] += cells
        if has_value and origin != DEFAULTED:
            self.answered += cells
        if has_value and origin not in _NOT_THE_MODEL_S:
            self.modelled += cells
            self.evidence[match or "NONE"] += cells
            self.support[support] += cells

    def _count_values(self, shown: Cell, variable: Variable) -> None:
        """Counts the values of a BOOLEAN or CATEGORY, and sees whether files with types can hold those of a DATE."""
        match variable.type:
            case VariableType.DATE if not (self.partial and self.partial_ends):
                is_partial = not all(v is None or full_date(v) for v in shown.values)
                self.partial = self.partial or is_partial
                if any_with_ends(shown.stated):
                    both = [end for stated in shown.stated for end in ends(stated)]
                    is_partial = not all(end is None or full_date(end) for end in both)
                self.partial_ends = self.partial_ends or is_partial
            case VariableType.CATEGORY:
                for value in shown.values:
                    if value in self.frequencies:
                        self.frequencies[value] += 1  # type: ignore[index]
                    elif len(self.unlisted) < _MOST_UNLISTED:
                        self.unlisted.add(str(value))
            case VariableType.BOOLEAN:
                self.frequencies.update(value for value in shown.values if isinstance(value, bool))

    @property
    def models(self) -> Counter[str]:
        """Units by the model that answered; without those of which it is not known."""
        return _totals((model, count) for (model, _), count in self.asked.items() if model)

    @property
    def prompt_versions(self) -> Counter[int]:
        """The same units by the version of the prompt; without those that were not asked."""
        return _totals((version, count) for (_, version), count in self.asked.items() if version)

    @property
    def mean_confidence(self) -> float | None:
        """Over the modelled units, 0..1; None without any."""
        return self.confidence / self.modelled if self.modelled else None

    def percent_of_units(self, count: int) -> float:
        """A count of units as percent of all, to one decimal."""
        return _percent(count, self.units)

    def percent_of_modelled(self, count: int) -> float:
        """A count of units with a value that the model found as percent of those, to one decimal."""
        return _percent(count, self.modelled)


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """What became of one document."""

    name: str
    id: str
    status: str
    rows: int
    reason: str = ""
    """Why it gives the dataset no values: NO_ENTITIES, NOT_SELECTED, or why its cells are empty; empty when it does."""
    error: str = ""
    unread_pages: tuple[int, ...] = ()
    """Pages, from 1, of which no text was read: what is not found may stand there."""
    unsure_pages: tuple[int, ...] = ()
    """Pages, from 1, of which text recognition is unsure: what is found there may be misread."""

    @property
    def unread(self) -> str:
        """Those pages in words: "2, 5"."""
        return ", ".join(map(str, self.unread_pages))

    @property
    def unsure(self) -> str:
        """The pages of which text recognition is unsure, likewise."""
        return ", ".join(map(str, self.unsure_pages))


@dataclass(frozen=True, slots=True)
class Survey:
    """What a dataset holds."""

    rows: int
    """Units."""
    values: int
    """Values of all cells, those without any counted as one: the rows of the long layout."""
    documents: tuple[DocumentLine, ...]
    """In upload order."""
    quality: Mapping[str, Quality]
    """By variable."""
    most_values: Mapping[str, int]
    """Of each variable that keeps several values: the most that any unit has."""
    ranged: frozenset[str]
    """The variables of which any unit has a value with two ends."""
    reviewers: tuple[str, ...]
    """Whose word stands on cells, in the order of the rows."""

    @property
    def empty_documents(self) -> list[DocumentLine]:
        """Those that give the dataset no values."""
        return [document for document in self.documents if document.reason]

    @property
    def unread_documents(self) -> list[DocumentLine]:
        """Those of which pages were not read."""
        return [document for document in self.documents if document.unread_pages]

    @property
    def unsure_documents(self) -> list[DocumentLine]:
        """Those with pages of which text recognition is unsure."""
        return [document for document in self.documents if document.unsure_pages]

    @property
    def by_status(self) -> Counter[str]:
        """How many documents have which status."""
        return Counter(document.status for document in self.documents)


def survey(codebook: Codebook, documents: Iterable[Document]) -> Survey:
    """Counts a dataset in one pass over its documents."""
    quality = {variable.name: Quality(_values(variable)) for variable in codebook.variables}
    lines, values, reviewers = list[DocumentLine](), 0, dict[str, None]()
    for document in documents:
        found = list(units(document, codebook))
        for unit in found:
            for variable in codebook.variables:
                shown = cell(unit, variable)
                quality[variable.name].count(shown, variable)
                values += shown.rows
                if shown.extraction is not None and shown.extraction.reviewed_by:
                    reviewers.setdefault(shown.extraction.reviewed_by)
        lines.append(_line(document, len(found)))
    for counted in quality.values():
        counted.settle()
    keeps_several = {v.name for v in codebook.variables if v.if_multiple_values == "ALL" or quality[v.name].several}
    most_values = {name: quality[name].most_values for name in keeps_several}
    ranged = frozenset(name for name, counted in quality.items() if counted.ranged)
    rows = sum(line.rows for line in lines)
    return Survey(rows, values, tuple(lines), quality, most_values, ranged, tuple(reviewers))


def _values(variable: Variable) -> Counter[Scalar]:
    """The values that a CATEGORY or BOOLEAN may have, none of which has occurred yet."""
    if variable.type is VariableType.BOOLEAN:
        return Counter({True: 0, False: 0})
    return Counter({category.value: 0 for category in variable.categories})


def _line(document: Document, rows: int) -> DocumentLine:
    reason = "" if rows else document.left_out or "NO_ENTITIES"
    if document.status != DONE:
        reason = next((e.missing_reason for e in document.extractions if e.missing_reason), document.why_empty)
    pages = (document.unread_pages, document.unsure_pages)
    return DocumentLine(document.name, document.id, document.status, rows, reason, document.error, *pages)


def _totals(counts: Iterable[tuple[K, int]]) -> Counter[K]:
    totals = Counter[K]()
    for key, count in counts:
        totals[key] += count
    return totals


def _percent(count: int, of: int) -> float:
    return round(100 * count / of, 1) if of else 0.0
