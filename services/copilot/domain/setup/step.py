"""The steps of a guided setup, and where one can stand."""

from __future__ import annotations

from enum import StrEnum


class Step(StrEnum):
    """One of them, in order."""

    CONTEXT = "CONTEXT"
    """Language, domain, document type."""
    UNIT = "UNIT"
    VARIABLES = "VARIABLES"
    REVIEW = "REVIEW"


class StepStatus(StrEnum):
    """Where a step stands."""

    OPEN = "OPEN"
    ACCEPTED = "ACCEPTED"
    SKIPPED = "SKIPPED"
    OUTDATED = "OUTDATED"
    """It was accepted, and what it rests on has changed since."""
