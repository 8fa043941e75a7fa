"""What coding a document gives as a whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

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

    def beside_the_dataset(self) -> Coded:
        """The same without units; extractions keep those that the dataset had before."""
        own = tuple(replace(one, unit_id=None) for one in self.extractions) if self.identified else self.extractions
        return replace(self, extractions=own, units=())
