"""The cells of a document while it is coded, and which of them apply as their conditions stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from coderai.codebook.conditions import is_met, rounds
from coderai.codebook.variable import Variable
from coderai.engines.calls import Passage
from coderai.services.extractor.domain.coding.deciding import decide
from coderai.services.extractor.domain.coding.extraction import (
    Basis,
    Candidate,
    Extraction,
    Found,
    MissingReason,
    is_finding,
)
from coderai.services.extractor.domain.coding.missing import not_applicable
from coderai.services.extractor.domain.coding.replay import needed


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
        gaps = {"unread": self.unread, "unsure": self.unsure}
        return decide(self.variable, self.candidates, self._failed, self.absent, **gaps, answered=self.answered)

    def basis(self) -> Basis | None:
        """What it is decided from, to be kept; None when it was not asked."""
        if not self.asked:
            return None
        kept = needed(self.candidates)
        return Basis(kept, self._failed, self.absent, self.unread, self.unsure, self.answered)

    @property
    def _failed(self) -> str:
        return "; ".join(self.failed)


@dataclass(frozen=True)
class Row:
    """The cells of the document itself, or of one entity in it."""

    variables: Sequence[Variable]
    """Those that are asked, in the order of the columns."""
    passages: Sequence[Passage]
    """Those that are asked about it."""
    entity: Found | None = None
    unread: str = ""
    unsure: str = ""
    """Both as a cell's."""
    unit_id: UUID | None = None
    known: Mapping[str, Any] = field(default_factory=dict)
    """Values that conditions look at in place of what is found here, by the variable's name; None is missing."""
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
        values = self._values(self._decided()) if any(variable.depends_on for variable in waiting) else {}
        return [self.cells[variable.name] for variable in waiting if is_met(variable, values)]

    def extractions(self) -> list[Extraction]:
        """One extraction per variable, in the order of the columns, as the candidates stand."""
        done = self._decided()
        index, text = (self.entity.index, self.entity.text) if self.entity else (0, "")
        return [
            replace(done[name], entity_index=index, entity_text=text, unit_id=self.unit_id, basis=cell.basis())
            for name, cell in self.cells.items()
        ]

    def _decided(self) -> dict[str, Extraction]:
        """Conditions are looked at again: a value that was refused does not make another variable apply."""
        done: dict[str, Extraction] = {}
        for variables in rounds(self.variables):
            values = self._values(done)
            for variable in variables:
                cell = self.cells[variable.name]
                applies = cell.asked and is_met(variable, values)
                done[variable.name] = cell.decided() if applies else not_applicable(variable)
        return done

    def _values(self, done: Mapping[str, Extraction]) -> dict[str, Any]:
        """What conditions look at."""
        return {name: one.value for name, one in done.items() if is_finding(one)} | dict(self.known)
