"""Every figure that the codebook and the methods section of a dataset state, as statistics.json has them.

Those from all cells and those from judged cells are apart, and each can be computed again from the other files of a
bundle (`coderai verify`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from coderai.codebook.variable import Variable
from coderai.services.export.domain.choice import WHOLE
from coderai.services.export.domain.codebook import models_that_answered, quality_notes
from coderai.services.export.domain.coded import WITHHELD
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.quality import counted, measured
from coderai.services.export.domain.statistics_words import DEFINITIONS

_SUMMED = ("calls", "tokens_in", "tokens_out", "tokens_cached", "pages_read", "entities_found")
"""Counts of receipts."""
SCHEMA = "1"
"""Of statistics.json."""


def statistics(dataset: Dataset) -> dict[str, Any]:
    """All figures, as JSON, with what each means."""
    variables = [of_variable(dataset, variable) for variable in dataset.codebook.variables]
    return {
        "schema": SCHEMA,
        "of_dataset": of_dataset(dataset),
        "corpus": corpus(dataset),
        "coding": coding(dataset),
        "variables": variables,
        "estimates": {
            "notes": quality_notes(dataset),
            "of": "the whole dataset",
            "dataset_is_whole": dataset.choice == WHOLE,
        },
        "definitions": dict(DEFINITIONS),
    }


def of_dataset(dataset: Dataset) -> dict[str, Any]:
    """The figures of rows, documents and people, and of all cells together."""
    survey = dataset.survey
    qualities = list(survey.quality.values())
    return {
        "rows": survey.rows,
        "cells": sum(one.units for one in qualities),
        "documents": len(survey.documents),
        "documents_by_status": dict(survey.by_status),
        "documents_without_values": dict(Counter(line.reason for line in survey.empty_documents)),
        "documents_with_unread_pages": len(survey.unread_documents),
        "documents_with_unsure_pages": len(survey.unsure_documents),
        "people": len(survey.reviewers),
        "models": [{"model": model, "cells": count} for model, count in models_that_answered(dataset).items()],
        **_totals([counts(dataset, variable) for variable in dataset.codebook.variables]),
    }


def corpus(dataset: Dataset) -> dict[str, Any] | None:
    """What the dataset's documents are; None where that was not asked for."""
    if dataset.texts is None:
        return None
    ids = {line.id for line in dataset.survey.documents}
    formats, languages, pages = Counter[str](), Counter[str](), 0
    for document in dataset.texts.documents():
        if document.id in ids:
            formats[document.format] += 1
            languages[document.language] += 1
            pages += len(document.pages)
    return {"formats": _some(formats), "languages": _some(languages), "pages": pages}


def coding(dataset: Dataset) -> dict[str, Any] | None:
    """What the jobs took, as their receipts tell, and what people said; None where that was not asked for.

    The cost is None unless that of every job is known.
    """
    provenance = dataset.provenance
    if provenance is None:
        return None
    costs = [run.job.get("cost") for run in provenance.runs()]
    sums, documents = Counter[str](), 0
    for document in provenance.documents():
        if document.receipt is not None:
            documents += 1
            sums.update({name: int(document.receipt.get(name) or 0) for name in _SUMMED})
    authors, said, undone = set[str](), 0, 0
    for one in provenance.feedback():
        authors.add(one["author"])
        said += 1
        undone += bool(one.get("undone_at"))
    return {
        "jobs": len(costs),
        "documents": documents,
        **{name: sums[name] for name in _SUMMED},
        "cost": sum(costs) if costs and None not in costs else None,
        "said": said,
        "taken_back": undone,
        "people": len(authors),
    }


def of_variable(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    """The figures of one variable: of all cells as counts and as codebooks state them, and the estimates."""
    return {
        "variable": variable.name,
        "counts": counts(dataset, variable),
        "stated": counted(dataset, variable),
        "measured": measured(dataset, variable),
    }


def counts(dataset: Dataset, variable: Variable) -> dict[str, Any]:
    """How many of the variable's cells are what: exact counts, of which percentages are made."""
    quality = dataset.survey.quality[variable.name]
    found: dict[str, Any] = {
        "units": quality.units,
        "answered": quality.answered,
        "modelled": quality.modelled,
        "flagged": quality.flagged,
        "withheld": sum(quality.missing[reason] for reason in WITHHELD),
        "defaulted": quality.defaulted,
        "missing": _some(quality.missing),
        "support": _some(quality.support),
        "evidence": _some(quality.evidence),
    }
    if dataset.job is None:
        found |= {
            "corrected": quality.corrected,
            "reviewed": quality.verdicts.total(),
            "stale": quality.stale,
            "verdicts": _some(quality.verdicts),
        }
    return found


def _some(counter: Mapping[str, int]) -> dict[str, int]:
    """Those that occur, in one order."""
    return {name: counter[name] for name in sorted(counter) if counter[name]}


def _totals(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The counts of all variables together."""
    totals: dict[str, Any] = {}
    for one in found:
        for name, count in one.items():
            if name == "units":
                continue
            if isinstance(count, dict):
                totals[name] = _some(Counter(totals.get(name, {})) + Counter(count))
            else:
                totals[name] = totals.get(name, 0) + count
    return totals
