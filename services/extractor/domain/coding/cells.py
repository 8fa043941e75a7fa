"""The cells of a document while it is coded, and which of them apply as their conditions stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from coderai.codebook.conditions import is_met, rounds
from coderai.codebook.variable import Variable
from coderai.engines.calls import Passage
from coderai.services.extractor.domain.coding.deciding import decide
from coderai.services.extractor.domain.coding.extraction import (
    Candidate,
    Extraction,
    Found,
    MissingReason,
    is_finding,
)
from coderai.services.extractor.domain.coding.missing import not_applicable


@dataclass
class Cell:
    """One variable of one unit while its document is coded."""

    variable: Variable
    entity_text: str = ""
    asked: bool = True
    """Whether the conditions of the variable have held when it could be asked."""
    candidates: list[Candidate] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    """For which parts of the document there is no usable answer, and why."""
    answered: bool = False
    """Whether there is one for some part."""
    unread: str = ""
    """Which parts of the document have no text that could be asked about; empty when there are none."""
    unsure: str = ""
    """Of which parts text recognition is unsure; empty when there are none."""
    absent: MissingReason = MissingReason.NOT_STATED
    """What it means that nothing was found: NOT_STATED, or NOT_FOUND of an engine that cannot tell."""

    def decided(self) -> Extraction:
        """The extraction that the candidates give as they stand."""
        failed = "; ".join(self.failed)
        gaps = {"unread": self.unread, "unsure": self.unsure}
        return decide(self.variable, self.candidates, failed, self.absent, **gaps, answered=self.answered)


@dataclass(frozen=True)
class Row:
    """The cells of the document itself, or of one entity in it."""

    variables: Sequence[Variable]
    passages: Sequence[Passage]
    """Those that are asked about it."""
    entity: Found | None = None
    unread: str = ""
    unsure: str = ""
    """Both as a cell's."""
    cells: dict[str, Cell] = field(init=False)
    """By the variable's name, in the order of the columns; none asked yet."""

    def __post_init__(self) -> None:
        text = self.entity.text if self.entity else ""
        unread, unsure = self.unread, self.unsure
        cells = {v.name: Cell(v, text, asked=False, unread=unread, unsure=unsure) for v in self.variables}
        object.__setattr__(self, "cells", cells)

    def to_ask(self, variables: Sequence[Variable]) -> list[Cell]:
        """The cells of these variables that were not asked though their conditions hold, as all others stand."""
        waiting = [variable for variable in variables if not self.cells[variable.name].asked]
        values = _findings(self._decided()) if any(variable.depends_on for variable in waiting) else {}
        return [self.cells[variable.name] for variable in waiting if is_met(variable, values)]

    def extractions(self) -> list[Extraction]:
        """One extraction per variable, in the order of the columns, as the candidates stand."""
        done = self._decided()
        index, text = (self.entity.index, self.entity.text) if self.entity else (0, "")
        return [replace(done[variable.name], entity_index=index, entity_text=text) for variable in self.variables]

    def _decided(self) -> dict[str, Extraction]:
        """Conditions are looked at again: a value that was refused does not make another variable apply."""
        done: dict[str, Extraction] = {}
        for variables in rounds(self.variables):
            values = _findings(done)
            for variable in variables:
                cell = self.cells[variable.name]
                applies = cell.asked and is_met(variable, values)
                done[variable.name] = cell.decided() if applies else not_applicable(variable)
        return done


def _findings(done: Mapping[str, Extraction]) -> dict[str, Any]:
    return {name: extraction.value for name, extraction in done.items() if is_finding(extraction)}
