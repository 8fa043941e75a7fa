"""Small datasets for the tests of the export service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from coderai.codebook.codebook import Codebook, RowsPerDocument, Unit
from coderai.codebook.plain import read
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Variable
from coderai.services.export.adapters.messages import WORDS
from coderai.services.export.domain.choice import WHOLE, Choice
from coderai.services.export.domain.coded import Candidate, Document, Evidence, Extraction, Job, Span, Value
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Layout, Options
from coderai.services.export.domain.measured import NO_REPORT, Report

JOB = Job(id="job 1", project_id="project 1", kind="FULL", status="COMPLETE", model="offline")
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_NO_COLUMNS = ("byte_order_mark", "replace_line_breaks", "texts", "pseudonyms")
ALL = Options(**{f.name: True for f in fields(Options) if f.type == "bool" and f.name not in _NO_COLUMNS})
"""Every column beside a variable."""


def variable(name: str, type: str = "TEXT", **fields: Any) -> Variable:
    prompt = PromptVersion(version=fields.pop("prompt_version", 1), text=fields.pop("prompt", ""))
    return replace(read(Variable, {"id": name, "name": name, "type": type, **fields}), active_prompt=prompt)


def extraction(name: str, value: Value, **fields: Any) -> Extraction:
    return Extraction(
        **{
            "variable": name,
            "value": value,
            "missing_reason": "NOT_STATED" if value is None else "",
            "status": "EXTRACTED",
            "confidence": 0.0 if value is None else 0.9,
            "prompt_version": 1,
            "support": "" if value is None else "STATED",
            "origin": "EXTRACTED",
            **fields,
        }
    )


def quoted(quote: str, *spans: tuple[int, int, int], match: str = "EXACT") -> Evidence:
    """Evidence with spans as (start, end, page)."""
    return Evidence(quote, match, tuple(Span(*span) for span in spans))


def withheld(value: Value, support: str, evidence: Evidence | None = None, confidence: float = 0.9) -> Candidate:
    return Candidate(value, confidence, evidence or Evidence(), support)


def document(name: str, values: Mapping[str, Value] | None = None, **fields: Any) -> Document:
    """A document that is one row; without values it has no extractions."""
    found = [extraction(variable_name, value) for variable_name, value in (values or {}).items()]
    return Document(**{"id": f"id of {name}", "name": name, "extractions": found, **fields})


def dataset(
    variables: Sequence[Variable],
    documents: Sequence[Document] | Callable[[], Iterable[Document]],
    options: Options | None = None,
    job: Job | None = JOB,
    layout: Layout = Layout.WIDE,
    choice: Choice = WHOLE,
    report: Report = NO_REPORT,
    **codebook: Any,
) -> Dataset:
    unit = Unit("one event", RowsPerDocument.MULTIPLE if codebook.pop("multiple", False) else RowsPerDocument.SINGLE)
    project = {"hash": "abc", "project_name": "Public events", "unit": unit, **codebook}
    return Dataset.of(
        "project 1",
        job,
        Codebook(variables=tuple(variables), **project),
        WORDS,
        documents if callable(documents) else lambda: documents,
        options or Options(),
        NOW,
        layout,
        choice,
        report,
    )


def names(made: Dataset) -> list[str]:
    return [column.name for column in made.table.columns()]
