"""The table of routes that one RPC answers: what a client calls, and which service answers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Route:
    """One line of the table. A path's {names} are fields of the RPC's request; the others come as JSON or query."""

    method: str
    path: str
    """Under /v1."""
    service: str
    rpc: str
    summary: str
    status: int = 200
    example: Mapping[str, Any] | None = None
    """A body that works."""
    body: str = ""
    """The message field of the request that the JSON body fills, flat; empty when the body is the request itself."""
    body_optional: bool = False
    """Whether the body may be left out altogether."""


_PROJECT = {
    "name": "Protests 2024",
    "domain": "news articles",
    "language": "Mixed",
    "unit": {"row_is": "one protest event", "rows_per_document": "SINGLE"},
    "model": "offline",
}
_VARIABLE = {
    "name": "participants",
    "display_name": "Number of participants",
    "type": "NUMBER",
    "instructions": "How many people took part, as the article states it.",
    "confidence_threshold": 0.7,
}
_CHANGE = {"required": True}
_JOB = {"kind": "SAMPLE", "sample_size": 10}
_PROMPT = {"text": "How many people took part? Give the number that the article states.", "temperature": 0.15}

_FEEDBACK = {
    "verdict": "INCORRECT",
    "corrected_value": 250,
    "quote": "about 250 people",
    "note": "The police's number, not that of the organisers.",
}
_ENTITY = {"document_id": "0191a000-0000-7000-8000-000000000001", "entity": {"text": "MV Corvina"}}
_GOLD = {"csv": "document,participants\nrally.txt,250\nvigil.txt,\n"}

ROUTES: tuple[Route, ...] = (
    Route("POST", "/projects", "projects", "CreateProject", "Create a project", 201, _PROJECT),
    Route("GET", "/projects", "projects", "ListProjects", "List projects"),
    Route("GET", "/projects/{project_id}", "projects", "GetProject", "Get a project"),
    Route("PATCH", "/projects/{project_id}", "projects", "UpdateProject", "Change a project", 200, {"name": "Strikes"}),
    Route("DELETE", "/projects/{project_id}", "projects", "DeleteProject", "Delete a project and all it holds", 204),
    Route(
        "POST",
        "/projects/{project_id}/variables",
        "projects",
        "CreateVariable",
        "Add a variable",
        201,
        _VARIABLE,
        body="variable",
    ),
    Route("GET", "/projects/{project_id}/variables", "projects", "ListVariables", "List a project's variables"),
    Route("POST", "/projects/{project_id}/variables/reorder", "projects", "ReorderVariables", "Order the variables"),
    Route("GET", "/variables/{variable_id}", "projects", "GetVariable", "Get a variable"),
    Route(
        "PATCH",
        "/variables/{variable_id}",
        "projects",
        "UpdateVariable",
        "Change a variable",
        200,
        _CHANGE,
        body="variable",
    ),
    Route("DELETE", "/variables/{variable_id}", "projects", "DeleteVariable", "Delete a variable", 204),
    Route(
        "POST",
        "/variables/{variable_id}/duplicate",
        "projects",
        "DuplicateVariable",
        "Copy a variable",
        201,
        {"name": "participants_police"},
        body_optional=True,
    ),
    Route("GET", "/variables/{variable_id}/prompts", "projects", "ListPrompts", "List a variable's prompt versions"),
    Route(
        "POST",
        "/variables/{variable_id}/generate-prompt",
        "projects",
        "GeneratePrompt",
        "Make a new active prompt version",
        201,
        _PROMPT,
        body_optional=True,
    ),
    Route("GET", "/prompts/{prompt_id}/diff", "projects", "DiffPrompts", "Compare two prompt versions"),
    Route("POST", "/prompts/{prompt_id}/activate", "projects", "ActivatePrompt", "Activate a prompt version"),
    Route("GET", "/projects/{project_id}/documents", "ingest", "ListDocuments", "List a project's documents"),
    Route("GET", "/documents/{document_id}", "ingest", "GetDocument", "Get a document"),
    Route("DELETE", "/documents/{document_id}", "ingest", "DeleteDocument", "Delete a document", 204),
    Route("GET", "/documents/{document_id}/text", "ingest", "GetDocumentText", "Get a document's text, pages, chunks"),
    Route("GET", "/documents/{document_id}/reading", "ingest", "GetDocumentReading", "See how a document was read"),
    Route("GET", "/documents/{document_id}/words", "ingest", "GetDocumentWords", "See a scanned page's words"),
    Route(
        "POST",
        "/documents/{document_id}/reread",
        "ingest",
        "RereadDocument",
        "Read a document again",
        200,
        {"whole": True},
        body_optional=True,
    ),
    Route("GET", "/documents/{document_id}/chunks", "ingest", "ListChunks", "List a document's chunks"),
    Route("GET", "/documents/{document_id}/file", "ingest", "DownloadDocument", "Download a file as it was uploaded"),
    Route("GET", "/projects/{project_id}/prompt-preview", "extractor", "PreviewPrompt", "Preview the messages"),
    Route("POST", "/projects/{project_id}/jobs/estimate", "extractor", "EstimateJob", "Estimate a job", 200, _JOB),
    Route("POST", "/projects/{project_id}/jobs", "extractor", "StartJob", "Start a job", 201, _JOB),
    Route("GET", "/projects/{project_id}/jobs", "extractor", "ListJobs", "List a project's jobs"),
    Route("GET", "/jobs/{job_id}", "extractor", "GetJob", "Get a job"),
    Route("POST", "/jobs/{job_id}/pause", "extractor", "PauseJob", "Pause a job"),
    Route("POST", "/jobs/{job_id}/resume", "extractor", "ResumeJob", "Resume a paused job"),
    Route("POST", "/jobs/{job_id}/retry-failed", "extractor", "RetryFailed", "Queue a job's failed documents again"),
    Route("DELETE", "/jobs/{job_id}", "extractor", "CancelJob", "Cancel a job"),
    Route("GET", "/jobs/{job_id}/log", "extractor", "ListJobLog", "List a job's log"),
    Route("GET", "/jobs/{job_id}/statistics", "extractor", "GetJobStatistics", "Get a job's statistics by variable"),
    Route("GET", "/jobs/{job_id}/tasks", "extractor", "ListTasks", "List a job's tasks"),
    Route("GET", "/projects/{project_id}/extractions", "extractor", "ListExtractions", "List extractions"),
    Route("GET", "/extractions/{extraction_id}", "extractor", "GetExtraction", "Get an extraction"),
    Route("GET", "/projects/{project_id}/dataset/rows", "dataset", "ListDatasetRows", "List the dataset's rows"),
    Route("GET", "/projects/{project_id}/dataset/facets", "dataset", "GetDatasetFacets", "Sum the dataset up"),
    Route("GET", "/projects/{project_id}/dataset/staleness", "dataset", "GetStaleness", "Count what is stale"),
    Route(
        "POST",
        "/projects/{project_id}/dataset/renew",
        "dataset",
        "RenewDataset",
        "Ask again what is stale",
        201,
        {"variables": ["participants"]},
        body_optional=True,
    ),
    Route(
        "POST",
        "/projects/{project_id}/dataset/renew/estimate",
        "dataset",
        "EstimateRenewal",
        "Estimate a renewal",
        200,
        {"variables": ["participants"]},
        body_optional=True,
    ),
    Route("GET", "/projects/{project_id}/units", "dataset", "ListUnits", "List units"),
    Route("POST", "/projects/{project_id}/units", "dataset", "AddUnit", "Add an entity that was missed", 201, _ENTITY),
    Route(
        "DELETE",
        "/units/{unit_id}",
        "dataset",
        "RemoveUnit",
        "Remove an entity that is none",
        body_optional=True,
    ),
    Route(
        "POST",
        "/units/{unit_id}/merge",
        "dataset",
        "MergeUnits",
        "Make one entity of several",
        200,
        {"unit_ids": ["0191a000-0000-7000-8000-000000000002"]},
    ),
    Route(
        "POST",
        "/units/{unit_id}/split",
        "dataset",
        "SplitUnit",
        "Make several entities of one",
        200,
        {"parts": [{"text": "MV Corvina"}, {"text": "MV Santa Ludmila"}]},
    ),
    Route("GET", "/projects/{project_id}/unit-changes", "dataset", "ListUnitChanges", "List changes of units"),
    Route("DELETE", "/unit-changes/{change_id}", "dataset", "UndoUnitChange", "Take a change of units back"),
    Route(
        "POST",
        "/extractions/{extraction_id}/feedback",
        "review",
        "GiveFeedback",
        "Say what is right",
        201,
        _FEEDBACK,
    ),
    Route("GET", "/extractions/{extraction_id}/feedback", "review", "ListCellFeedback", "List a cell's feedback"),
    Route(
        "POST",
        "/projects/{project_id}/feedback",
        "review",
        "GiveFeedbackBatch",
        "Say what is right of many cells",
        200,
        {"accept": {"filter": ["participants.confidence>=0.9"], "variables": ["participants"]}},
    ),
    Route("GET", "/projects/{project_id}/feedback", "review", "ListFeedback", "List feedback"),
    Route("DELETE", "/feedback/{feedback_id}", "review", "UndoFeedback", "Take feedback back"),
    Route("GET", "/projects/{project_id}/review", "review", "GetReviewQueue", "Get the next cells to look at"),
    Route(
        "POST",
        "/projects/{project_id}/review-samples",
        "review",
        "DrawReviewSample",
        "Draw a sample of cells to measure by",
        201,
        {"size": 100, "blind": True},
        body_optional=True,
    ),
    Route("GET", "/projects/{project_id}/review-samples", "review", "ListReviewSamples", "List drawn samples"),
    Route("GET", "/projects/{project_id}/quality", "quality", "GetQuality", "See how good the dataset is"),
    Route("POST", "/projects/{project_id}/gold", "quality", "ImportGold", "Take known answers", 200, _GOLD),
    Route("GET", "/projects/{project_id}/gold", "quality", "ListGold", "List known answers"),
    Route(
        "POST",
        "/projects/{project_id}/gold/score",
        "quality",
        "ScoreAgainstGold",
        "Hold the dataset, or a job, against known answers",
        200,
        {"split": "DEV"},
    ),
    Route(
        "POST",
        "/variables/{variable_id}/refinements",
        "copilot",
        "CreateRefinement",
        "Make options for a better prompt",
        201,
        {"hint": "It confuses the number expected with the number present."},
        body_optional=True,
    ),
    Route("GET", "/variables/{variable_id}/refinements", "copilot", "ListRefinements", "List a variable's refinements"),
    Route("GET", "/refinements/{refinement_id}", "copilot", "GetRefinement", "Get a refinement"),
    Route("POST", "/refinements/{refinement_id}/try", "copilot", "TryRefinement", "Try an option", 201, {"option": 1}),
    Route(
        "POST",
        "/refinements/{refinement_id}/try/estimate",
        "copilot",
        "EstimateTry",
        "Estimate a trial",
        200,
        {"option": 1},
    ),
    Route(
        "POST",
        "/refinements/{refinement_id}/apply",
        "copilot",
        "ApplyRefinement",
        "Choose an option",
        200,
        {"option": 1},
    ),
    Route("POST", "/refinements/{refinement_id}/reject", "copilot", "RejectRefinement", "Reject a refinement"),
    Route(
        "POST",
        "/projects/{project_id}/copilot/suggest-variables",
        "copilot",
        "SuggestVariables",
        "Suggest variables",
        200,
        {"limit": 8, "hint": "who protested, and how many"},
        body_optional=True,
    ),
    Route("GET", "/models", "copilot", "ListModels", "List the models that projects may name"),
    Route("POST", "/projects/{project_id}/check-model", "copilot", "CheckModel", "See whether its model answers"),
    Route("GET", "/model-usage", "extractor", "GetModelUsage", "See what the workspace spends on models"),
    Route(
        "PUT",
        "/model-usage/budget",
        "extractor",
        "SetWorkspaceBudget",
        "Limit what the workspace spends on models in a month",
        200,
        {"tokens_a_month": 5_000_000},
    ),
    Route(
        "POST",
        "/projects/{project_id}/exports",
        "export",
        "CreateExport",
        "Start an export",
        201,
        {"format": "XLSX", "options": {"confidence": True, "source": True}},
    ),
    Route("GET", "/projects/{project_id}/exports", "export", "ListExports", "List a project's exports"),
    Route("GET", "/exports/{export_id}", "export", "GetExport", "Get an export"),
    Route("GET", "/exports/{export_id}/download", "export", "DownloadExport", "Download an export's file"),
)
