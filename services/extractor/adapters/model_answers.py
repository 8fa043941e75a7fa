"""What models say of the dataset's cells now, whatever people say of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row

from coderai.codebook.variable import Variable
from coderai.measuring.feedback import Answer
from coderai.services.extractor.adapters.dataset_tables import cells
from coderai.services.extractor.adapters.rows import BASIS, read_basis
from coderai.services.extractor.adapters.tables import extractions
from coderai.services.extractor.domain.coding.extraction import MissingReason, Origin
from coderai.services.extractor.domain.coding.replay import redecide

SAYS = (
    cells.c.origin,
    cells.c.value.label("shown"),
    cells.c.missing_reason.label("shown_reason"),
    cells.c.confidence.label("shown_confidence"),
    *BASIS,
    extractions.c.missing_reason,
    extractions.c.confidence,
)
"""Of a cell and its extraction, what `of_model` needs."""


def of_model(row: Row[Any], variable: Variable) -> tuple[Answer, float]:
    """What the dataset would show, did people say nothing: a correction hides it, but its extraction has it.

    That is decided again under the variable's settings as they are, as every other cell is when they change.
    """
    if row.origin != Origin.CORRECTED:
        return _answer(row.shown, row.shown_reason), row.shown_confidence
    basis = read_basis(row, variable)
    if basis is None:
        return _answer(row.value, row.missing_reason), row.confidence
    found = redecide(variable, basis)
    return Answer(found.value, found.missing_reason), found.confidence


def _answer(value: Any, reason: str) -> Answer:
    return Answer(value, MissingReason(reason) if reason else None)
