"""Holds cells against what people said of them and against the samples in which they were drawn."""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose
from typing import Any

from coderai.client.verify.cell_rows import place_of
from coderai.client.verify.codebook_file import CodebookFile
from coderai.client.verify.findings import Findings
from coderai.client.verify.lines import CELLS, CellLine
from coderai.client.verify.people import CORRECTIONS, SAMPLES, People, SampledLine
from coderai.measuring.feedback import Feedback, decide, same_value

Place = tuple[str, int, str]
"""A cell by its document's id, its entity's number and its variable."""

_NOT_SELECTED = "NOT_SELECTED"
"""Why a cell is empty that the export was not asked for: nothing else is told of it."""


class JudgedChecks:
    """Checks each cell that people judged or a sample drew; none of a job's, whose rows are the model's."""

    def __init__(self, codebook: CodebookFile, people: People, findings: Findings) -> None:
        self._findings = findings
        is_of_job = codebook.is_of_job
        self._said: Mapping[Place, list[Feedback]] = {} if is_of_job else people.said_at
        self._drawn: Mapping[Place, tuple[int, SampledLine]] = {} if is_of_job else _drawn(people)
        self._weights = _weights(codebook, people) if codebook.is_whole and not is_of_job else {}
        self._knows_people = not is_of_job
        self._checked = 0

    def check(self, cell: CellLine, line: int) -> None:
        """Holds one cell, which stands in this line, against what is known of it."""
        if cell.missing_reason == _NOT_SELECTED:
            return
        place = (cell.document_id, cell.entity_index, cell.variable)
        if self._knows_people and (cell.verdict or cell.is_corrected or place in self._said):
            self._checked += 1
            self._check_said(cell, line, self._said.get(place, []))
        if place in self._drawn:
            self._check_drawn(cell, line, *self._drawn[place])
        weight = self._weights.get(place)
        if weight is not None and not isclose(cell.weight or 0.0, weight, rel_tol=1e-9):
            self._differs(cell, line, f"its weight is not what {SAMPLES} gives", cell.weight, weight)

    def end(self) -> None:
        """Tells how many cells were checked."""
        if self._checked:
            self._findings.checked.append(f"{self._checked:,} judged cells against {CORRECTIONS}")

    def _check_said(self, cell: CellLine, line: int, said: list[Feedback]) -> None:
        decision = decide(said)
        if decision is None:
            problem = f"{CORRECTIONS} has nothing that stands of it, and the cell has a person's word"
            self._differs(cell, line, problem)
            return
        by = decision.by
        if cell.verdict != by.verdict.value:
            self._differs(cell, line, f"its verdict is not that of {CORRECTIONS}", cell.verdict, by.verdict.value)
        if cell.reviewer != str(by.author):
            self._differs(cell, line, f"its reviewer is not that of {CORRECTIONS}", cell.reviewer, by.author)
        if not cell.is_corrected or by.right is None:
            return
        if not _says(cell, by.right.value, by.right.missing_reason):
            should = by.right.value if by.right.missing_reason is None else by.right.missing_reason.value
            stands = cell.value if cell.has_value else cell.missing_reason
            self._differs(cell, line, f"it does not say what {CORRECTIONS} says is right", stands, should)

    def _check_drawn(self, cell: CellLine, line: int, of_sample: int, drawn: SampledLine) -> None:
        """What the model says now is the same in both files; of a corrected cell what it had said."""
        stands = cell.model_value if cell.is_corrected else cell.value
        if not same_value(stands, drawn.model_value) and not (stands in (None, []) and drawn.model_value in (None, [])):
            problem = f"what the model says of it is not that of {SAMPLES}, line {of_sample}"
            self._differs(cell, line, problem, stands, drawn.model_value)

    def _differs(self, cell: CellLine, line: int, problem: str, stands: Any = None, should: Any = None) -> None:
        shows = stands is not None or should is not None
        place = place_of(cell)
        self._findings.differs(CELLS, problem, line=line, cell=place, stands=stands, should=should, values=shows)


def _says(cell: CellLine, value: Any, reason: Any) -> bool:
    if reason is not None:
        return not cell.has_value and cell.missing_reason == reason.value
    return same_value(cell.value, value)


def _drawn(people: People) -> dict[Place, tuple[int, SampledLine]]:
    return {
        (one.document_id, one.entity_index or 0, one.variable): (line, one)
        for line, one in people.drawn
        if one.is_there
    }


def _weights(codebook: CodebookFile, people: People) -> dict[Place, float]:
    """How many cells each judged one stands for."""
    if not people.drawn:
        return {}
    # NumPy takes a tenth of a second to import: most bundles have no samples.
    from coderai.measuring.reporting import cell_weights

    places = {one.unit_id: (one.document_id, one.entity_index or 0) for _, one in people.drawn}
    found = dict[Place, float]()
    for variable in codebook.variables:
        try:
            strata, drawn = people.strata_of(variable.name), people.drawn_of(variable.name)
            weights: Mapping[Any, float] = cell_weights(variable, strata, drawn)
        except (ValueError, TypeError, KeyError, ArithmeticError, AttributeError):
            continue  # what is wrong with the samples is told where estimates are made again
        found |= {(*places[unit], variable.name): weight for unit, weight in weights.items() if unit in places}
    return found
