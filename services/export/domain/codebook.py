"""The codebook that goes with a dataset: how it came about, what each variable means, and how well it was coded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coderai.services.export.domain.coded import DONE, FAILED, Scalar, Value, Variable
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.survey import Quality

REASONS = (
    "NOT_STATED",
    "NOT_FOUND",
    "NOT_APPLICABLE",
    "AMBIGUOUS",
    "BELOW_THRESHOLD",
    "UNREADABLE",
    "MODEL_FAILED",
    "NOT_PROCESSED",
)
MATCHES = ("EXACT", "FUZZY", "NONE")


def facts(dataset: Dataset) -> list[tuple[str, Scalar]]:
    """How the dataset came about: labels with their values, empty ones left out."""
    codebook, job, counted = dataset.codebook, dataset.job, dataset.survey
    rows: list[tuple[str, Scalar]] = [
        ("Project", codebook.project_name),
        ("Description", codebook.project_description),
        ("Domain", codebook.domain),
        ("Language", codebook.language),
        ("Document type", codebook.document_type),
        ("Unit of observation", codebook.row_is),
        ("Rows per document", "MULTIPLE" if codebook.multiple else "SINGLE"),
        ("How an entity is recognised", codebook.entity_pattern),
        ("Model", job.model),
        ("Job", f"{job.id} ({job.kind}, {job.status})"),
        ("Codebook hash", codebook.hash),
        ("Job started", job.started_at),
        ("Job finished", job.finished_at),
        ("Exported", dataset.generated_at.isoformat(timespec="seconds")),
        ("Documents", counted.total),
        ("Documents coded", counted.documents.get(DONE, 0)),
        ("Documents failed", counted.documents.get(FAILED, 0)),
        ("Rows", counted.rows),
    ]
    return [(label, value) for label, value in rows if value != ""]


def head(dataset: Dataset) -> dict[str, Any]:
    """How the dataset came about, as JSON."""
    codebook, job, counted = dataset.codebook, dataset.job, dataset.survey
    return {
        "project": {
            "id": job.project_id,
            "name": codebook.project_name,
            "description": codebook.project_description,
            "domain": codebook.domain,
            "language": codebook.language,
            "document_type": codebook.document_type,
            "unit": {
                "row_is": codebook.row_is,
                "rows_per_document": "MULTIPLE" if codebook.multiple else "SINGLE",
                "entity_identification_pattern": codebook.entity_pattern,
            },
        },
        "codebook_hash": codebook.hash,
        "job": {
            "id": job.id,
            "kind": job.kind,
            "status": job.status,
            "model": job.model,
            "started_at": job.started_at,
            "finished_at": job.finished_at,
        },
        "generated_at": dataset.generated_at.isoformat(timespec="seconds"),
        "documents": {
            "total": counted.total,
            "by_status": dict(counted.documents),
            "without_values": [
                {"document": d.name, "document_id": d.id, "reason": d.reason, "error": d.error}
                for d in counted.empty_documents
            ],
        },
    }


def definition(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    """One variable's definition and quality, as JSON."""
    return {
        "name": variable.name,
        "display_name": variable.display_name,
        "type": variable.type,
        "columns": dataset.table.columns_of(variable.name),
        "instructions": variable.instructions,
        "categories": [{"value": value, "description": description} for value, description in variable.categories],
        "confidence_threshold": variable.confidence_threshold,
        "if_uncertain": variable.if_uncertain,
        "if_multiple_values": variable.if_multiple_values,
        "max_values": variable.max_values,
        "default_value": variable.default_value,
        "required": variable.required,
        "validation_rules": dict(variable.rules),
        "depends_on": [{"variable": v, "operator": op, "value": value} for v, op, value in variable.depends_on],
        "prompt_version": variable.prompt_version,
        "prompt": variable.prompt,
        "quality": _quality(dataset.survey.quality[variable.name]),
    }


def _quality(quality: Quality) -> dict[str, Any]:
    mean = quality.mean_confidence
    return {
        "units": quality.units,
        "answered": quality.answered,
        "mean_confidence": None if mean is None else round(mean, 3),
        "percent_flagged": quality.percent_of_units(quality.flagged),
        "percent_missing": {reason: quality.percent_of_units(quality.missing[reason]) for reason in REASONS},
        "percent_evidence": {match: quality.percent_of_answered(quality.evidence[match]) for match in MATCHES},
    }


def described(dataset: Dataset, variable: Variable) -> dict[str, Scalar | None]:
    """One variable's definition and quality for a reader: labels with their values, the same for every variable."""
    quality = _quality(dataset.survey.quality[variable.name])
    return {
        "Variable": variable.name,
        "Display name": variable.display_name,
        "Type": variable.type,
        "Columns": ", ".join(dataset.table.columns_of(variable.name)),
        "Instructions": variable.instructions,
        "Categories": "\n".join(f"{value}: {text}" if text else value for value, text in variable.categories),
        "Depends on": "; ".join(f"{name} {op} {_json(value)}".strip() for name, op, value in variable.depends_on),
        "Validation rules": "; ".join(f"{rule} {_json(value)}" for rule, value in variable.rules.items()),
        "Required": variable.required,
        "Confidence threshold": variable.confidence_threshold,
        "If uncertain": _with_default(variable),
        "If several values": f"{variable.if_multiple_values} (at most {variable.max_values})",
        "Prompt version": variable.prompt_version,
        "Prompt": variable.prompt,
        "Units": quality["units"],
        "Answered": quality["answered"],
        "Mean confidence": quality["mean_confidence"],
        "% flagged": quality["percent_flagged"],
        **_labelled("% missing: ", quality["percent_missing"]),
        **_labelled("% of answers with evidence ", quality["percent_evidence"]),
    }


def _labelled(label: str, percents: Mapping[str, float]) -> dict[str, float]:
    return {f"{label}{name}": percent for name, percent in percents.items()}


def _with_default(variable: Variable) -> str:
    given = variable.default_value is not None
    return f"{variable.if_uncertain} (default {_json(variable.default_value)})" if given else variable.if_uncertain


def _json(value: Value) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
