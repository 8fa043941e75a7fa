"""What coding a document gives as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from coderai.services.extractor.domain.coding.extraction import Extraction, Receipt
from coderai.services.extractor.domain.dataset.units import Unit


@dataclass(frozen=True, slots=True)
class Coded:
    """A coded document: one extraction for every unit and variable asked, and the receipt."""

    extractions: tuple[Extraction, ...]
    receipt: Receipt
    units: tuple[Unit, ...] = ()
    """Its rows, all PRESENT, in the order of the extractions; a trial has none."""
    identified: bool = True
    """Whether the units were identified; else they are those that the dataset had."""
