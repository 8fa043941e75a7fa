"""What the HTTP API answers, as typed values; fields that this client does not know are left out."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, field_validator

TERMINAL = frozenset({"COMPLETE", "FAILED", "CANCELLED"})
"""The statuses in which a job stays."""


class Answer(BaseModel):
    """Base of all answers: frozen, and read from what the API sends (an int64 may come as a string)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @field_validator("*", mode="before")
    @classmethod
    def _absent_as_default(cls, value: Any, info: Any) -> Any:
        """null and UNSPECIFIED both mean that the field is not set."""
        field = cls.model_fields[info.field_name]
        return field.get_default() if value in (None, "UNSPECIFIED") and not field.is_required() else value


class User(Answer):
    """Who is signed in."""

    id: str
    email: str


class Project(Answer):
    """One research question."""

    id: str
    name: str
    description: str = ""
    domain: str = ""
    language: str = ""
    document_type: str = ""
    unit: dict[str, Any] = {}
    model: str = ""
    token_budget: int = 0
    status: str = ""


class Variable(Answer):
    """One column to extract."""

    id: str
    name: str
    type: str
    display_name: str = ""
    instructions: str = ""
    confidence_threshold: float = 0.7
    position: int = 0


class VariableSuggestion(Answer):
    """A variable to consider, with why."""

    name: str
    type: str
    display_name: str = ""
    instructions: str = ""
    categories: list[dict[str, str]] = []
    reason: str = ""


class ReadingReport(Answer):
    """How a file was read."""

    reader: str = ""
    encoding: str = ""
    dropped: list[str] = []
    warnings: list[str] = []


class Document(Answer):
    """One uploaded text."""

    id: str
    name: str
    format: str = ""
    size: int = 0
    word_count: int = 0
    page_count: int = 0
    language: str = ""
    metadata: dict[str, Any] = {}
    status: str = ""
    error_message: str = ""
    duplicate_of: str = ""
    """The document that this one repeats, when it does."""
    source_document_id: str = ""
    """The table or archive that it comes from."""
    document_count: int = 0
    """Documents that this table or archive holds."""
    text_column: str = ""
    report: ReadingReport = ReadingReport()


class Corpus(Answer):
    """What a project's documents are together."""

    counts: dict[str, int] = {}
    """How many have which status."""
    duplicate_count: int = 0
    """How many of the READY ones repeat another."""
    languages: dict[str, int] = {}
    """The READY ones by detected language (ISO 639-1), "" where none was detected."""
    suggested_language: str = ""
    """What the project's language could be by them: "Arabic", or "Mixed"; empty when none was detected."""


class Job(Answer):
    """One run over documents."""

    id: str
    project_id: str
    kind: Literal["SAMPLE", "FULL"]
    status: str
    status_reason: str = ""
    model: str = ""
    documents_total: int = 0
    documents_processed: int = 0
    documents_failed: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
    """US dollars; None when the model's price is not known."""
    progress: float = 0.0
    eta_seconds: float | None = None

    @property
    def documents_coded(self) -> int:
        """Those that gave their rows."""
        return self.documents_processed - self.documents_failed

    @property
    def ended(self) -> bool:
        """Whether it is complete, failed or cancelled."""
        return self.status in TERMINAL


class JobEvent(Answer):
    """One row of a job's log."""

    sequence: int = 0
    event: str = ""
    level: str = ""
    document_id: str = ""
    message: str = ""
    metadata: dict[str, Any] = {}
    created_at: datetime | None = None


class JobUpdate(Answer):
    """One message of a job's stream: an event (none for a snapshot) and the job as it stands there."""

    sequence: int
    event: JobEvent | None = None
    job: Job


class Task(Answer):
    """One document in one job."""

    id: str
    document_id: str
    document_name: str = ""
    status: str = ""
    attempts: int = 0
    error: str = ""


class VariableStatistics(Answer):
    """Of one variable in one job: how much was found, and why the rest was not."""

    variable: str
    units: int = 0
    answered: int = 0
    flagged: int = 0
    mean_confidence: float = 0.0
    missing: dict[str, int] = {}
    evidence: dict[str, int] = {}


class Evidence(Answer):
    """The verbatim quote that states a value; start and end are code points of the document's text."""

    quote: str = ""
    start: int | None = None
    end: int | None = None
    page: int = 0
    match: str = ""


class Extraction(Answer):
    """One value, or why there is none."""

    id: str
    job_id: str = ""
    document_id: str
    document_name: str = ""
    variable: str
    entity_index: int = 0
    entity_text: str = ""
    value: Any = None
    confidence: float = 0.0
    evidence: Evidence = Evidence()
    status: str = ""
    flags: list[str] = []
    missing_reason: str = ""
    explanation: str = ""
    model: str = ""


class Export(Answer):
    """One dataset file."""

    id: str
    format: str = ""
    status: str = ""
    error: str = ""
    file_name: str = ""
    codebook_file_name: str = ""
    size: int = 0
    row_count: int = 0
