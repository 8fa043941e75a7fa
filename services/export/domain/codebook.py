"""The codebook that goes with a dataset: how it came about, what each variable means, and how well it was coded."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from coderai.codebook.definition import definition as defined
from coderai.codebook.fingerprints import asked, settings
from coderai.codebook.plain import write
from coderai.codebook.variable import Variable
from coderai.services.export.domain.choice import WHOLE
from coderai.services.export.domain.coded import DONE, FAILED, Value
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.export import Layout
from coderai.services.export.domain.quality import Described, counted, measured
from coderai.services.export.domain.storage import stored_columns

_DATASET = (
    "The project's dataset: of every cell the newest answer of any job, with people's corrections over it. Definitions"
    " and prompts are those of now; a cell's own prompt version says under which it was asked."
)
_PARTLY = "the estimates are of the whole dataset, of which this is a part"
_JOB = "The rows of one job, as the model gave them: without people's corrections and what other jobs have found."


def facts(dataset: Dataset) -> list[tuple[str, Scalar]]:
    """How the dataset came about: labels with their values, empty ones left out."""
    codebook, counted = dataset.codebook, dataset.survey
    rows: list[tuple[str, Scalar]] = [
        ("Project", codebook.project_name),
        ("Description", codebook.project_description),
        ("Domain", codebook.domain),
        ("Language", codebook.language),
        ("Document type", codebook.document_type),
        ("Unit of observation", codebook.unit.row_is),
        ("Rows per document", codebook.unit.rows_per_document),
        ("How an entity is recognised", codebook.unit.entity_identification_pattern if codebook.unit.multiple else ""),
        *_source(dataset),
        (
            "Models that answered",
            "; ".join(f"{model}: {count:,} cells" for model, count in models_that_answered(dataset).items()),
        ),
        ("Exported", dataset.generated_at.isoformat(timespec="seconds")),
        ("Documents", len(counted.documents)),
        ("Documents coded", counted.by_status[DONE]),
        ("Documents failed", counted.by_status[FAILED]),
        ("Documents with pages that were not read", len(counted.unread_documents)),
        ("Documents with pages of which text recognition is unsure", len(counted.unsure_documents)),
        *dataset.told_of_choice,
        ("A row is", "a value" if dataset.layout is Layout.LONG else ""),
        ("Rows", dataset.row_count),
        ("Estimates of quality", "\n".join(quality_notes(dataset))),
    ]
    return [(label, value) for label, value in rows if value != ""]


def quality_notes(dataset: Dataset) -> list[str]:
    """What the estimates rest on and what they leave out, in sentences; none where the dataset has no estimates."""
    partly = [_PARTLY] if dataset.report.notes and dataset.choice != WHOLE else []
    return [*partly, *dataset.report.notes]


def models_that_answered(dataset: Dataset) -> dict[str, int]:
    """How many cells each model answered, those with the most first."""
    counts = sum((dataset.survey.quality[v.name].models for v in dataset.codebook.variables), Counter[str]())
    return {model: counts[model] for model in sorted(counts, key=lambda model: (-counts[model], model))}


def _source(dataset: Dataset) -> list[tuple[str, Scalar]]:
    """Whether this is the project's dataset or one job, and under what it was coded."""
    codebook, job = dataset.codebook, dataset.job
    if job is None:
        return [
            ("What this is", _DATASET),
            ("Model of the project", codebook.model),
            ("Codebook hash", codebook.hash),
        ]
    return [
        ("What this is", _JOB),
        ("Model", job.model),
        ("Job", f"{job.id} ({job.kind}, {job.status})"),
        ("Codebook hash", codebook.hash),
        ("Job started", job.started_at),
        ("Job finished", job.finished_at),
    ]


def head(dataset: Dataset) -> dict[str, Any]:
    """How the dataset came about, as JSON."""
    codebook, job, counted = dataset.codebook, dataset.job, dataset.survey
    return {
        "project": {
            "id": dataset.project_id,
            "name": codebook.project_name,
            "description": codebook.project_description,
            "domain": codebook.domain,
            "language": codebook.language,
            "document_type": codebook.document_type,
            "unit": write(codebook.unit),
        },
        "codebook_hash": codebook.hash,
        "source": "DATASET" if job is None else "JOB",
        "about": _DATASET if job is None else _JOB,
        "job": job
        and {
            "id": job.id,
            "kind": job.kind,
            "status": job.status,
            "model": job.model,
            "started_at": job.started_at,
            "finished_at": job.finished_at,
        },
        "generated_at": dataset.generated_at.isoformat(timespec="seconds"),
        "layout": dataset.layout,
        "choice": dict(dataset.told_of_choice),
        "models": models_that_answered(dataset),
        "quality_notes": quality_notes(dataset),
        "documents": {
            "total": len(counted.documents),
            "by_status": dict(counted.by_status),
            "without_values": [
                {"document": d.name, "document_id": d.id, "reason": d.reason, "error": d.error}
                for d in counted.empty_documents
            ],
            "with_unread_pages": [
                {"document": d.name, "document_id": d.id, "pages": list(d.unread_pages)}
                for d in counted.unread_documents
            ],
            "with_unsure_pages": [
                {"document": d.name, "document_id": d.id, "pages": list(d.unsure_pages)}
                for d in counted.unsure_documents
            ],
        },
    }


def codebook(dataset: Dataset) -> dict[str, Any]:
    """The head, "columns" of the table, and under "codebook" every variable with definition and quality, as JSON."""
    return {
        **head(dataset),
        "columns": [
            {
                "name": found.name,
                "label": found.label,
                "storage": found.storage,
                "variable": found.column.variable,
                "detail": found.column.detail,
            }
            for found in stored_columns(dataset)
        ],
        "codebook": [definition(dataset, variable) for variable in dataset.codebook.variables],
    }


def definition(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    """One variable's definition and quality, as JSON."""
    prompt = variable.active_prompt
    return {
        **defined(variable),
        "columns": dataset.table.columns_of(variable.name),
        "prompt_version": prompt.version,
        "prompt": prompt.text,
        "prompt_settings": {
            "origin": prompt.origin,
            "temperature": prompt.temperature,
            "max_tokens": prompt.max_tokens,
        },
        "fingerprints": fingerprints(dataset, variable),
        "quality": counted(dataset, variable),
        "measured": measured(dataset, variable),
    }


def fingerprints(dataset: Dataset, variable: Variable) -> dict[str, str]:
    """Of what a model is asked, and of what is made of its answers: cells under others were coded otherwise."""
    return {"asked": asked(variable, dataset.codebook.unit), "settings": settings(variable)}


def described(dataset: Dataset, variable: Variable) -> Described:
    """One variable's definition for a reader: labels with their values, the same for every variable."""
    parts = {_label(name): _shown(name, value) for name, value in defined(variable).items()}
    prompt, of = variable.active_prompt, fingerprints(dataset, variable)
    return {
        "Variable": parts.pop("Name"),
        **parts,
        "Columns": ", ".join(dataset.table.columns_of(variable.name)),
        "Prompt version": prompt.version,
        "Prompt": prompt.text,
        "Prompt origin": prompt.origin,
        "Temperature": prompt.temperature,
        "Most tokens of a reply": prompt.max_tokens,
        "Fingerprint of what is asked": of["asked"],
        "Fingerprint of what is made of it": of["settings"],
    }


def _label(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _shown(field: str, value: Any) -> Scalar | None:
    """One part of a definition as a reader sees it, in one cell."""
    match field:
        case "categories":
            return "\n".join(f"{c['value']}: {c['description']}" if c["description"] else c["value"] for c in value)
        case "depends_on":
            return "; ".join(f"{c['variable']} {c['operator']} {_json(c['value'])}".strip() for c in value)
        case "validation_rules":
            return "; ".join(f"{rule} {_json(limit)}" for rule, limit in value.items() if limit not in (None, "", ()))
        case "golden_examples":
            return "\n".join(f"{_json(e['text'])}: {_json(e['value'])} {e['note']}".strip() for e in value)
    return value if isinstance(value, str | int | float) else _json(value)


def _json(value: Value) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)
