"""The columns of a review sheet, in their order: what they are called, how wide, and which are for the reviewer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coderai.client.review.rows import SheetRow

Shown = str | int | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the sheet."""

    name: str
    width: int
    """In characters."""
    read: Callable[[SheetRow], Shown]
    """What it has of a row."""
    is_id: bool = False
    """Whether it is for the command alone, and hidden."""
    is_reviewers: bool = False
    """Whether the reviewer fills it in."""


def _bracketed(row: SheetRow) -> str:
    """The quote in double brackets within the text around it; a workbook has it bold instead."""
    passage = row.passage
    return f"{passage.before}[[{passage.quote}]]{passage.after}" if passage.quote else ""


QUOTE = "quote"
VERDICT, CORRECTION, MISSING_REASON, NOTE = "verdict", "correction", "missing reason", "note"
EXTRACTION_ID, UNIT_ID, SAMPLE_ID, PROJECT_ID = "extraction_id", "unit_id", "sample_id", "project_id"

_ALL = (
    Column("document", 26, lambda row: row.document),
    Column("entity", 24, lambda row: row.entity),
    Column("variable", 18, lambda row: row.variable),
    Column("question", 40, lambda row: row.question),
    Column(QUOTE, 70, _bracketed),
    Column("value", 24, lambda row: row.value),
    Column("confidence", 11, lambda row: None if row.confidence is None else round(row.confidence, 2)),
    Column(VERDICT, 12, lambda row: row.verdict, is_reviewers=True),
    Column(CORRECTION, 24, lambda row: row.correction, is_reviewers=True),
    Column(MISSING_REASON, 18, lambda row: row.missing_reason, is_reviewers=True),
    Column(NOTE, 30, lambda row: row.note, is_reviewers=True),
    Column(EXTRACTION_ID, 12, lambda row: row.extraction_id, is_id=True),
    Column(UNIT_ID, 12, lambda row: row.unit_id, is_id=True),
    Column(SAMPLE_ID, 12, lambda row: row.sample_id, is_id=True),
    Column(PROJECT_ID, 12, lambda row: row.project_id, is_id=True),
)
_OF_THE_MODEL = (QUOTE, "value", "confidence")


def columns(rows: Sequence[SheetRow], *, blind: bool) -> list[Column]:
    """Those that these rows need: entities where there are any, and of a blind sample nothing that the model said."""
    left_out = set(_OF_THE_MODEL) if blind else set()
    if not any(row.entity for row in rows):
        left_out.add("entity")
    return [column for column in _ALL if column.name not in left_out]
