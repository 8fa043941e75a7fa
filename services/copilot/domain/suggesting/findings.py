"""What a review finds in a project's variables; the kinds are those of coderai.copilot.v1.SchemaFinding."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from coderai.services.copilot.domain.proposal import SourceQuote


class FindingKind(StrEnum):
    """What can be wrong with a project's variables, or doubtful."""

    OVERLAPPING_NAMES = "OVERLAPPING_NAMES"
    CATEGORIES_NOT_EXCLUSIVE = "CATEGORIES_NOT_EXCLUSIVE"
    CATEGORIES_NOT_EXHAUSTIVE = "CATEGORIES_NOT_EXHAUSTIVE"
    NOT_ANSWERED = "NOT_ANSWERED"
    THRESHOLD = "THRESHOLD"
    DEPENDENCY_CYCLE = "DEPENDENCY_CYCLE"
    DEPENDENCY = "DEPENDENCY"
    ASKS_FOR_INFERENCE = "ASKS_FOR_INFERENCE"
    UNCLEAR_INSTRUCTIONS = "UNCLEAR_INSTRUCTIONS"
    UNIT = "UNIT"


class Severity(StrEnum):
    """How much a finding matters."""

    NOTE = "NOTE"
    WARNING = "WARNING"
    ERROR = "ERROR"
    """The dataset cannot be right so."""


_GRAVEST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or doubtful."""

    kind: FindingKind
    severity: Severity
    variables: tuple[str, ...]
    """The names of those that it is about."""
    message: str
    """What is wrong and what to do."""
    quotes: tuple[SourceQuote, ...] = ()
    proposal_id: str = ""
    """The proposal that would mend it; empty where there is none."""

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return _GRAVEST_FIRST.index(self.severity)
