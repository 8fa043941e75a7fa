"""Writes what became of each document of a dataset, as JSON Lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from coderai.services.export.adapters.bundle_lines import write_lines
from coderai.services.export.domain.dataset import Dataset


def write_documents(dataset: Dataset, path: Path) -> None:
    """A line per document, in upload order, those that give no rows included."""
    write_lines(dataset, path, _documents(dataset))


def _documents(dataset: Dataset) -> Iterator[dict[str, Any]]:
    for line in dataset.survey.documents:
        yield {
            "document_id": line.id,
            "name": line.name,
            "status": line.status,
            "rows": line.rows,
            "reason": line.reason or None,
            "error": line.error or None,
            "unread_pages": line.unread_pages,
            "unsure_pages": line.unsure_pages,
        }
