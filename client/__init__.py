"""The Python client of CoderAI's HTTP API, and the `coderai` command."""

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError, ClientError, ConnectionFailed, ExportFailed, WaitedTooLong
from coderai.client.models import (
    Corpus,
    Document,
    DocumentReading,
    Evidence,
    Export,
    Extraction,
    Job,
    JobEvent,
    JobUpdate,
    Project,
    Task,
    User,
    Variable,
    VariableStatistics,
    VariableSuggestion,
)
from coderai.client.uploads import Upload

__all__ = [
    "ApiError",
    "ClientError",
    "CoderAI",
    "ConnectionFailed",
    "Corpus",
    "Document",
    "DocumentReading",
    "Evidence",
    "Export",
    "ExportFailed",
    "Extraction",
    "Job",
    "JobEvent",
    "JobUpdate",
    "Project",
    "Task",
    "Upload",
    "User",
    "Variable",
    "VariableStatistics",
    "VariableSuggestion",
    "WaitedTooLong",
]
