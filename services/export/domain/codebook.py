"""The codebook that goes with a dataset: how it came about, what each variable means, and how well it was coded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coderai.codebook.definition import definition as defined
from coderai.codebook.plain import write
from coderai.codebook.variable import Variable
from coderai.services.export.domain.coded import DONE, FAILED, WITHHELD, Value, Words
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.export import Layout
from coderai.services.export.domain.survey import Quality

_DATASET = (
    "The project's dataset: of every cell the newest answer of any job, with people's corrections over it. Definitions"
    " and prompts are those of now; a cell's own prompt version says under which it was asked."
)
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
        ("Exported", dataset.generated_at.isoformat(timespec="seconds")),
        ("Documents", len(counted.documents)),
        ("Documents coded", counted.by_status[DONE]),
        ("Documents failed", counted.by_status[FAILED]),
        ("Documents with pages that were not read", len(counted.unread_documents)),
        ("Documents with pages of which text recognition is unsure", len(counted.unsure_documents)),
        *dataset.choice.told(),
        ("A row is", "a value" if dataset.layout is Layout.LONG else ""),
        ("Rows", dataset.row_count),
    ]
    return [(label, value) for label, value in rows if value != ""]


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
        "choice": dict(dataset.choice.told()),
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
    """How the dataset came about, and under "codebook" every variable with its definition and quality, as JSON."""
    return {**head(dataset), "codebook": [definition(dataset, variable) for variable in dataset.codebook.variables]}


def definition(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    """One variable's definition and quality, as JSON."""
    return {
        **defined(variable),
        "columns": dataset.table.columns_of(variable.name),
        "prompt_version": variable.active_prompt.version,
        "prompt": variable.active_prompt.text,
        "quality": _quality(dataset, variable),
    }


def _quality(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    quality, words = dataset.survey.quality[variable.name], dataset.words
    mean, of_units, of_modelled = quality.mean_confidence, quality.percent_of_units, quality.percent_of_modelled
    return {
        "units": quality.units,
        "answered": quality.answered,
        "mean_confidence": None if mean is None else round(mean, 3),
        "percent_flagged": of_units(quality.flagged),
        "percent_withheld": of_units(sum(quality.missing[reason] for reason in WITHHELD)),
        "percent_defaulted": of_units(quality.defaulted),
        **(_by_people(quality, words) if dataset.job is None else {}),
        "percent_missing": {reason: of_units(quality.missing[reason]) for reason in words.reasons},
        "percent_support": {support: of_modelled(quality.support[support]) for support in words.supports},
        "percent_evidence": {match: of_modelled(quality.evidence[match]) for match in words.matches},
    }


def _by_people(quality: Quality, words: Words) -> dict[str, Any]:
    """What only the dataset has: what people have said, and what should be asked again."""
    return {
        "percent_corrected": quality.percent_of_units(quality.corrected),
        "percent_stale": quality.percent_of_units(quality.stale),
        "verdicts": {verdict: quality.verdicts[verdict] for verdict in words.verdicts},
    }


def described(dataset: Dataset, variable: Variable) -> dict[str, Scalar | None]:
    """One variable's definition for a reader: labels with their values, the same for every variable."""
    parts = {_label(name): _shown(name, value) for name, value in defined(variable).items()}
    return {
        "Variable": parts.pop("Name"),
        **parts,
        "Columns": ", ".join(dataset.table.columns_of(variable.name)),
        "Prompt version": variable.active_prompt.version,
        "Prompt": variable.active_prompt.text,
    }


def quality_described(dataset: Dataset, variable: Variable) -> dict[str, Scalar | None]:
    """How well one variable was coded, for a reader, likewise."""
    quality = _quality(dataset, variable)
    return {
        "Variable": variable.name,
        "Units": quality["units"],
        "Answered": quality["answered"],
        "Mean confidence": quality["mean_confidence"],
        "% flagged": quality["percent_flagged"],
        "% withheld": quality["percent_withheld"],
        "% defaulted": quality["percent_defaulted"],
        **_described_people(quality),
        **_labelled("% missing: ", quality["percent_missing"]),
        **_labelled("% of answers with support ", quality["percent_support"]),
        **_labelled("% of answers with evidence ", quality["percent_evidence"]),
    }


def _described_people(quality: Mapping[str, Any]) -> dict[str, Scalar | None]:
    if "verdicts" not in quality:
        return {}
    return {
        "% corrected by people": quality["percent_corrected"],
        "% stale": quality["percent_stale"],
        **_labelled("Verdicts: ", quality["verdicts"]),
    }


def _labelled(label: str, percents: Mapping[str, float]) -> dict[str, float]:
    return {f"{label}{name}": percent for name, percent in percents.items()}


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
