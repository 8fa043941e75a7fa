"""Counts a bundle's cells anew: every figure that its statistics state of all cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from coderai.client.verify.lines import CellLine, DocumentLine
from coderai.codebook.column_values import in_column
from coderai.codebook.variable import Variable, VariableType

_WITHHELD = ("UNSUPPORTED", "UNGROUNDED")
_OF_MODELLED = ("support", "evidence")


class Counts:
    """The figures of one variable, cell by cell."""

    def __init__(self, variable: Variable) -> None:
        self._variable = variable
        self._numbers = Counter[str]()
        self._confidence = 0.0
        self._by: dict[str, Counter[Any]] = {
            name: Counter() for name in ("missing", "support", "evidence", "verdicts", "models", "prompt_versions")
        }
        self._values = Counter[Any](_possible(variable))

    def add(self, cell: CellLine) -> None:
        """Counts one more cell. Raises what computing with a value raises that no cell can have."""
        self._numbers["units"] += 1
        if cell.missing_reason:
            self._by["missing"][cell.missing_reason] += 1
        if not cell.was_coded:
            return
        self._numbers["answered"] += cell.is_answered
        self._numbers["flagged"] += cell.status == "FLAGGED"
        self._numbers["defaulted"] += cell.origin == "DEFAULTED"
        self._numbers["corrected"] += cell.is_corrected
        self._numbers["stale"] += bool(cell.stale)
        if cell.verdict:
            self._by["verdicts"][cell.verdict] += 1
        if not cell.is_corrected:
            self._by["models"][cell.model or ""] += 1
            self._by["prompt_versions"][cell.prompt_version or 0] += 1
        self._add_values(cell)
        if cell.is_models:
            self._numbers["modelled"] += 1
            self._confidence += cell.confidence
            match = cell.evidence.match if cell.evidence is not None else None
            self._by["evidence"][match or "NONE"] += 1
            self._by["support"][cell.support or ""] += 1

    def counts(self, *, of_job: bool) -> dict[str, Any]:
        """As "counts" has them in statistics.json."""
        numbers, by = self._numbers, self._by
        found = {
            **{name: numbers[name] for name in ("units", "answered", "modelled", "flagged", "defaulted")},
            "withheld": sum(by["missing"][reason] for reason in _WITHHELD),
            **{name: _some(by[name]) for name in ("missing", *_OF_MODELLED)},
        }
        if not of_job:
            found |= {"corrected": numbers["corrected"], "stale": numbers["stale"]}
            found |= {"reviewed": by["verdicts"].total(), "verdicts": _some(by["verdicts"])}
        return found

    def stated(self, *, of_job: bool) -> dict[str, Any]:
        """As "stated" has them, which is what codebooks tell; of reasons and the like those that occur."""
        counts, modelled = self.counts(of_job=of_job), self._numbers["modelled"]
        names = ("answered", "flagged", "withheld", "defaulted", *(() if of_job else ("corrected", "stale")))
        found = {
            "units": counts["units"],
            "answered": counts["answered"],
            "mean_confidence": round(self._confidence / modelled, 3) if modelled else None,
            **{f"percent_{name}": _percent(counts[name], counts["units"]) for name in names},
            "percent_missing": {name: _percent(many, counts["units"]) for name, many in counts["missing"].items()},
            **{
                f"percent_{name}": {one: _percent(many, modelled) for one, many in counts[name].items()}
                for name in _OF_MODELLED
            },
            "models": {name: many for name, many in self._by["models"].items() if name},
            "prompt_versions": {str(name): many for name, many in self._by["prompt_versions"].items() if name},
            "values": [{"value": value, "count": many} for value, many in self._values.items()],
        }
        if not of_job:
            found["verdicts"] = counts["verdicts"]
        return found

    @property
    def models(self) -> Counter[str]:
        """Cells by the model that answered."""
        return Counter({name: many for name, many in self._by["models"].items() if name})

    def _add_values(self, cell: CellLine) -> None:
        if self._variable.type not in (VariableType.CATEGORY, VariableType.BOOLEAN):
            return
        for stated in cell.stated:
            value = in_column(stated, self._variable.if_range)
            wanted = isinstance(value, bool) if self._variable.type is VariableType.BOOLEAN else value in self._values
            if wanted:
                self._values[value] += 1


class DatasetCounts:
    """The figures of the whole dataset but for the variables' own."""

    def __init__(self) -> None:
        self.rows = 0
        self._people = set[str]()
        self._rows_of = Counter[str]()

    def add(self, cells: Iterable[CellLine]) -> None:
        """Counts one more row."""
        self.rows += 1
        document = ""
        for cell in cells:
            document = cell.document_id
            if cell.reviewer:
                self._people.add(cell.reviewer)
        self._rows_of[document] += 1

    def figures(
        self, variables: Iterable[Mapping[str, Any]], models: Mapping[str, int], documents: Iterable[DocumentLine]
    ) -> dict[str, Any]:
        """As "of_dataset" has them in statistics.json; `variables`: the counts of each; `models`: of all cells."""
        lines = list(documents)
        totals: dict[str, Any] = {}
        for counts in variables:
            for name, many in counts.items():
                so_far = totals.get(name)
                if isinstance(many, dict):
                    totals[name] = _some(Counter(so_far or {}) + Counter(many))
                else:
                    totals[name] = (so_far or 0) + many
        return {
            "rows": self.rows,
            "cells": totals.pop("units", 0),
            "documents": len(lines),
            "documents_by_status": _some(Counter(one.status or "" for one in lines)),
            "documents_without_values": _some(Counter(one.reason for one in lines if one.reason)),
            "documents_with_unread_pages": sum(bool(one.unread_pages) for one in lines),
            "documents_with_unsure_pages": sum(bool(one.unsure_pages) for one in lines),
            "people": len(self._people),
            "models": [{"model": name, "cells": many} for name, many in sorted(models.items(), key=_most_first)],
            **totals,
        }

    def rows_of(self, document_id: str) -> int:
        """How many rows a document has."""
        return self._rows_of[document_id]


def _most_first(model: tuple[str, int]) -> tuple[int, str]:
    return -model[1], model[0]


def _possible(variable: Variable) -> dict[Any, int]:
    if variable.type is VariableType.BOOLEAN:
        return {True: 0, False: 0}
    return {category.value: 0 for category in variable.categories}


def _some(counter: Mapping[Any, int]) -> dict[Any, int]:
    return {name: many for name, many in counter.items() if many}


def _percent(count: int, of: int) -> float:
    return round(100 * count / of, 1) if of else 0.0
