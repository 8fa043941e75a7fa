"""Writes what became of each document, and how it was read, as JSON Lines; and the documents' texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from coderai.services.export.adapters.bundle_lines import write_lines
from coderai.services.export.adapters.bundle_zip import BundleZip
from coderai.services.export.domain.coded import DONE
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.survey import DocumentLine
from coderai.services.export.domain.texts import ReadDocument

Plain = Mapping[str, Any]
_TOLD = ("format", "size", "sha256", "text_sha256", "reader", "language", "container")
"""Fields of ReadDocument that have the same name here; null where they are empty."""
_OF_READING = ("read_status", *_TOLD, "text_version", "pages")


def write_documents(dataset: Dataset, path: Path) -> None:
    """A line per document: in upload order those of the dataset, also if they give no rows, then those not coded.

    The rows of a job have only the job's documents.
    """
    write_lines(dataset, path, _documents(dataset))


def add_texts(bundle: BundleZip, dataset: Dataset) -> None:
    """A file per document of the dataset that has a text, in UTF-8; none where texts were not asked for."""
    if dataset.texts is None or not dataset.options.texts:
        return
    lost = 0
    for line in dataset.survey.documents:
        text = dataset.texts.text(line.id)
        if text:
            bundle.add_text(f"texts/{line.id}.txt", text)
        lost += not text and line.status == DONE
    if lost:
        documents = f"{lost:,} coded document{'' if lost == 1 else 's'}"
        dataset.note(f"The text of {documents} is not here: the project does not have it any more.")


def _documents(dataset: Dataset) -> Iterator[Plain]:
    texts, coded = dataset.texts, set[str]()
    for line in dataset.survey.documents:
        coded.add(line.id)
        read = None if texts is None else texts.document(line.id)
        yield {"document_id": line.id, "name": line.name, "in_dataset": True, **_coded(line), **_read(read)}
    for document in () if texts is None or dataset.job is not None else texts.documents():
        if document.id not in coded:
            line = DocumentLine(document.name, document.id, "", 0)
            yield {"document_id": line.id, "name": line.name, "in_dataset": False, **_coded(line), **_read(document)}


def _coded(line: DocumentLine) -> Plain:
    """What became of it in the dataset."""
    return {
        "status": line.status or None,
        "rows": line.rows,
        "reason": line.reason or None,
        "error": line.error or None,
        "unread_pages": line.unread_pages,
        "unsure_pages": line.unsure_pages,
    }


def _read(document: ReadDocument | None) -> Plain:
    """How it was read; pages as [start, end] in code points of its text."""
    if document is None:
        return dict.fromkeys(_OF_READING)
    return {
        "read_status": document.status or None,
        **{name: getattr(document, name) or None for name in _TOLD},
        "text_version": document.text_version,
        "pages": [[page.start, page.end] for page in document.pages],
    }
