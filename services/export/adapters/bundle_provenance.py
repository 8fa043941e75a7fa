"""Writes how a dataset's values came about, as JSON Lines: runs, prompts, calls, receipts, corrections, samples."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coderai.services.export.adapters.bundle_lines import write_lines
from coderai.services.export.domain.addresses import without_addresses
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.provenance import CodedDocument, DrawnCell, DrawnSample, Provenance, Run

Plain = Mapping[str, Any]


def write_runs(dataset: Dataset, path: Path) -> None:
    """A line per job, the oldest first."""
    write_lines(dataset, path, map(_run, _of(dataset).runs()))


def write_prompts(dataset: Dataset, path: Path) -> None:
    """A line per prompt: its messages, and how its reply was asked for."""
    write_lines(dataset, path, (prompt._asdict() for prompt in _of(dataset).prompts()))


def write_calls(dataset: Dataset, path: Path) -> None:
    """A line per call, job by job and document by document."""
    write_lines(dataset, path, _calls(_of(dataset)))


def write_receipts(dataset: Dataset, path: Path) -> None:
    """A line per document of a job, with its receipt; without one where it was not coded."""
    write_lines(dataset, path, map(_receipt, _of(dataset).documents()))


def write_corrections(dataset: Dataset, path: Path) -> None:
    """A line per thing that a person said of a cell, in the order of time."""
    write_lines(dataset, path, _of(dataset).feedback())


def write_samples(dataset: Dataset, path: Path) -> None:
    """A line of kind SAMPLE for each drawn sample, the oldest first, and behind it one of kind CELL for each cell."""
    write_lines(dataset, path, map(_sampled, _of(dataset).samples()))


def _of(dataset: Dataset) -> Provenance:
    if dataset.provenance is None:
        raise ValueError("the dataset was not given how its values came about")
    return dataset.provenance


def _run(run: Run) -> Plain:
    return run._asdict() | {"job": {**run.job, "status_reason": without_addresses(run.job.get("status_reason", ""))}}


def _calls(provenance: Provenance) -> Iterator[Plain]:
    for document in provenance.documents():
        for call in document.calls:
            yield {"job_id": document.job_id, "document_id": document.document_id, **call._asdict()}


def _receipt(document: CodedDocument) -> Plain:
    told = {**document._asdict(), "error": without_addresses(document.error)}
    del told["calls"]
    return told


def _sampled(one: DrawnSample | DrawnCell) -> Plain:
    return {"kind": "SAMPLE" if isinstance(one, DrawnSample) else "CELL", **one._asdict()}
