"""The codebook that goes with a dataset: how it came about, what each variable means, and how well it was coded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coderai.codebook.definition import definition as defined
from coderai.codebook.plain import write
from coderai.codebook.variable import Variable
from coderai.services.export.domain.coded import DONE, FAILED, WITHHELD, Value
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar


def facts(dataset: Dataset) -> list[tuple[str, Scalar]]:
    """How the dataset came about: labels with their values, empty ones left out."""
    codebook, job, counted = dataset.codebook, dataset.job, dataset.survey
    rows: list[tuple[str, Scalar]] = [
        ("Project", codebook.project_name),
        ("Description", codebook.project_description),
        ("Domain", codebook.domain),
        ("Language", codebook.language),
        ("Document type", codebook.document_type),
        ("Unit of observation", codebook.unit.row_is),
        ("Rows per document", codebook.unit.rows_per_document),
        ("How an entity is recognised", codebook.unit.entity_identification_pattern if codebook.unit.multiple else ""),
        ("Model", job.model),
        ("Job", f"{job.id} ({job.kind}, {job.status})"),
        ("Codebook hash", codebook.hash),
        ("Job started", job.started_at),
        ("Job finished", job.finished_at),
        ("Exported", dataset.generated_at.isoformat(timespec="seconds")),
        ("Documents", len(counted.documents)),
        ("Documents coded", counted.by_status[DONE]),
        ("Documents failed", counted.by_status[FAILED]),
        ("Documents with pages that were not read", len(counted.unread_documents)),
        ("Documents with pages of which text recognition is unsure", len(counted.unsure_documents)),
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
            "unit": write(codebook.unit),
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
    mean, of_units, of_answered = quality.mean_confidence, quality.percent_of_units, quality.percent_of_answered
    return {
        "units": quality.units,
        "answered": quality.answered,
        "mean_confidence": None if mean is None else round(mean, 3),
        "percent_flagged": of_units(quality.flagged),
        "percent_withheld": of_units(sum(quality.missing[reason] for reason in WITHHELD)),
        "percent_defaulted": of_units(quality.defaulted),
        "percent_missing": {reason: of_units(quality.missing[reason]) for reason in words.reasons},
        "percent_support": {support: of_answered(quality.support[support]) for support in words.supports},
        "percent_evidence": {match: of_answered(quality.evidence[match]) for match in words.matches},
    }


def described(dataset: Dataset, variable: Variable) -> dict[str, Scalar | None]:
    """One variable's definition and quality for a reader: labels with their values, the same for every variable."""
    quality = _quality(dataset, variable)
    parts = {_label(name): _shown(name, value) for name, value in defined(variable).items()}
    return {
        "Variable": parts.pop("Name"),
        **parts,
        "Columns": ", ".join(dataset.table.columns_of(variable.name)),
        "Prompt version": variable.active_prompt.version,
        "Prompt": variable.active_prompt.text,
        "Units": quality["units"],
        "Answered": quality["answered"],
        "Mean confidence": quality["mean_confidence"],
        "% flagged": quality["percent_flagged"],
        "% withheld": quality["percent_withheld"],
        "% defaulted": quality["percent_defaulted"],
        **_labelled("% missing: ", quality["percent_missing"]),
        **_labelled("% of answers with support ", quality["percent_support"]),
        **_labelled("% of answers with evidence ", quality["percent_evidence"]),
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
