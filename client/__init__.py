"""The Python client of CoderAI's HTTP API, and the `coderai` command."""

from client.api import CoderAI
from client.errors import ApiError, ClientError, ConnectionFailed, ExportFailed, WaitedTooLong
from client.models import (
    Corpus,
    Document,
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
from client.uploads import Upload

__all__ = [
    "ApiError",
    "ClientError",
    "CoderAI",
    "ConnectionFailed",
    "Corpus",
    "Document",
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
