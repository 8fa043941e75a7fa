"""A cell of the dataset: what is shown for one unit and variable, and what that was worked out from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from coderai.measuring.feedback import Verdict
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason, Origin, Status, Support


class Outdated(StrEnum):
    """Why a cell should be asked again although nothing that is asked has changed."""

    FAILED = "FAILED"
    """The newest attempt failed."""
    UNIT_CHANGED = "UNIT_CHANGED"
    """A person changed the unit since."""
    REREAD = "REREAD"
    """The document has another text since."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What the dataset shows for one unit and variable."""

    unit_id: UUID
    variable_id: UUID
    extraction_id: UUID | None = None
    """The newest that did not fail, else the newest; None where nothing was ever asked."""
    job_id: UUID | None = None
    value: Any = None
    confidence: float = 0.0
    status: Status = Status.EXTRACTED
    flags: tuple[Flag, ...] = ()
    missing_reason: MissingReason | None = None
    support: Support | None = None
    origin: Origin = Origin.EXTRACTED
    verdict: Verdict | None = None
    feedback_id: UUID | None = None
    """The feedback that decides it."""
    corrected_by: UUID | None = None
    """Whose value it is, where it is not the model's."""
    asked: str = ""
    """codebook.fingerprints.asked of what was asked; empty where that is not known, or nothing was."""
    settings: str = ""
    """codebook.fingerprints.settings under which it was worked out."""
    model: str = ""
    outdated: Outdated | None = None
