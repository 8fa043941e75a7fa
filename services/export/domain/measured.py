"""How good the dataset's cells are, estimated from those that people judged in drawn samples.

The fields are those of coderai.extractor.v1.VariableQuality, but for a bin's ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Estimate:
    """A proportion, or a coefficient, with its interval of 95 %."""

    value: float
    low: float
    high: float
    cells: int
    """That it rests on."""
    method: str = ""
    """How the interval was made: WILSON, DESIGN, or BOOTSTRAP."""


@dataclass(frozen=True, slots=True)
class CategoryQuality:
    """Of one category, or of true of a BOOLEAN."""

    value: Any
    precision: Estimate | None = None
    recall: Estimate | None = None
    f1: Estimate | None = None


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """Cells whose confidence lies between two ends."""

    low: float
    high: float
    cells: int
    mean_confidence: float
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Agreement:
    """On the cells that both, or all, have judged."""

    between: str
    """MODEL (model and people) or PEOPLE (people among themselves)."""
    cells: int
    percent: Estimate
    cohen_kappa: float | None = None
    krippendorff_alpha: Estimate | None = None
    level: str = ""
    """nominal, ordinal or interval."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What is estimated of one variable; None and empty where nothing can be."""

    cells: int = 0
    """Of the dataset, of which a model says something."""
    judged: int = 0
    """In drawn samples."""
    not_covered: int = 0
    """Cells that no sample could have drawn, as they came later."""
    accuracy: Estimate | None = None
    """Of what the model says, missing values included."""
    false_values: Estimate | None = None
    """Of cells with a value: those whose value is wrong."""
    missed_values: Estimate | None = None
    """Of cells without a value: those that should have one."""
    categories: tuple[CategoryQuality, ...] = ()
    calibration: tuple[CalibrationBin, ...] = ()
    expected_calibration_error: float | None = None
    agreement: tuple[Agreement, ...] = ()


NOT_MEASURED = Measured()


@dataclass(frozen=True, slots=True)
class Report:
    """The estimates of a project's dataset, whatever part of it is exported."""

    variables: Mapping[str, Measured] = field(default_factory=dict)
    """By name; none for the rows of a job, which nobody draws samples of."""
    notes: tuple[str, ...] = ()
    """What the estimates rest on and what they leave out, in sentences."""

    def of(self, variable: str) -> Measured:
        """What is estimated of the variable; NOT_MEASURED where the report does not have it."""
        return self.variables.get(variable, NOT_MEASURED)


NO_REPORT = Report()
