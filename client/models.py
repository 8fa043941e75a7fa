"""What the HTTP API answers, as typed values: the contracts' messages, and what a client wants to know of them."""

from __future__ import annotations

from typing import TypedDict

from coderai.messages import answers
from coderai.messages.answers import (
    Answer,
    Document,
    Evidence,
    Export,
    Extraction,
    JobEvent,
    Project,
    ReadingReport,
    Receipt,
    Task,
    UnreadPages,
    Variable,
    VariableStatistics,
    VariableSuggestion,
)

__all__ = [
    "TERMINAL",
    "Answer",
    "Corpus",
    "Document",
    "Evidence",
    "Export",
    "ExportColumns",
    "Extraction",
    "Job",
    "JobEvent",
    "JobUpdate",
    "Project",
    "ReadingReport",
    "Receipt",
    "Task",
    "UnreadPages",
    "User",
    "Variable",
    "VariableStatistics",
    "VariableSuggestion",
]


class ExportColumns(TypedDict, total=False):
    """Which columns stand beside each variable's values: the fields of coderai.messages.requests.ExportOptions."""

    confidence: bool
    source: bool
    page: bool
    missing_reason: bool
    status: bool
    flags: bool
    support: bool
    origin: bool
    bounds: bool
    prompt_version: bool
    candidates: bool


TERMINAL = frozenset({"COMPLETE", "FAILED", "CANCELLED"})
"""The statuses in which a job stays."""


class User(Answer):
    """Who is signed in."""

    id: str
    email: str


class Corpus(answers.ListDocumentsResponse):
    """What a project's documents are together; `items` has the first of them."""


class Job(answers.Job):
    """One run over documents."""

    @property
    def documents_coded(self) -> int:
        """Those that gave their rows."""
        return self.documents_processed - self.documents_failed

    @property
    def ended(self) -> bool:
        """Whether it is complete, failed or cancelled."""
        return self.status in TERMINAL


class JobUpdate(answers.WatchJobResponse):
    """One message of a job's stream: an event (none for a snapshot) and the job as it stands there."""

    event: JobEvent | None = None  # type: ignore[assignment]  # an absent message is an empty one elsewhere
    job: Job = Job()
