"""Bundles of the datasets of tests, written and read back."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coderai.services.export.adapters.bundle_file import write_bundle
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Options
from coderai.services.export.domain.provenance import (
    ChosenProvenance,
    CodedDocument,
    DrawnCell,
    DrawnSample,
    Plain,
    Prompt,
    PromptCall,
    Run,
)
from coderai.services.export.domain.texts import PageBounds, ReadDocument
from tests.unit.export.everything import TEXTS

OF_BUNDLE = Options().of_bundle()
OTHER_PERSON = "ben@example.org"
"""Said something that stands nowhere in the rows."""


class HowValuesCameAbout:
    """coderai.services.export.domain.provenance.Provenance of two documents of everything."""

    people = (OTHER_PERSON, "ada@example.org")

    def runs(self) -> Iterator[Run]:
        job = {
            "id": "job 1",
            "kind": "FULL",
            "status": "FAILED",
            "status_reason": "openai:small answers with HTTP 503 from http://gpu.internal:8000/v1",
            "model": "openai:small",
            "documents_total": 2,
            "documents_processed": 2,
            "started_at": "2026-11-21T08:00:00+00:00",
            "finished_at": "2026-11-21T09:00:00+00:00",
        }
        prompt = {"version": 1, "author": OTHER_PERSON}
        place = {"id": "place", "name": "place", "type": "TEXT", "active_prompt": prompt}
        yield Run(job, {"hash": "abc", "variables": [place]}, "", ())

    def prompts(self) -> Iterator[Prompt]:
        messages = ({"role": "system", "content": "Rules."}, {"role": "user", "content": "{document text}"})
        yield Prompt("p1", "EXTRACT", messages, ("place",), {"type": "object"}, 0.1, 500, "", False)

    def documents(self) -> Iterator[CodedDocument]:
        receipt = {"pages_read": 1, "calls": 1, "unanswered": {"share": "NOT_STATED"}}
        sent = sha256(TEXTS["doc-1"].encode()).hexdigest()
        call = PromptCall("p1", 0, len(TEXTS["doc-1"]), sent, {"{code}": "a1"}, "f" * 64, 0, False)
        yield CodedDocument("job 1", "doc-1", "harbour.txt", "DONE", "", receipt, (), 0, (call,), "")
        error = "no file /var/lib/coderai/blobs/scan.pdf"
        yield CodedDocument("job 1", "doc-failed", "scan.pdf", "FAILED", error, None, (), 0, (), "It was not coded.")

    def feedback(self) -> Iterator[Plain]:
        said = {"document_id": "doc-1", "variable": "violence", "verdict": "INCORRECT", "corrected_value": "none"}
        yield {**said, "id": "f1", "author": OTHER_PERSON, "created_at": "2026-11-21T10:00:00+00:00", "undone_at": ""}
        yield {**said, "id": "f2", "author": "ada@example.org", "created_at": "2026-11-21T11:00:00+00:00"}

    def samples(self) -> Iterator[DrawnSample | DrawnCell]:
        stratum = {"name": "violence", "variable": "violence", "population": 2, "drawn": 1, "has_value": None}
        at = "2026-11-21T09:30:00+00:00"
        yield DrawnSample("s1", "STRATIFIED", True, 7, 1, 2, 1, OTHER_PERSON, at, ("violence",), (stratum,))
        cell = dict.fromkeys(DrawnCell._fields) | {"sample_id": "s1", "document_id": "doc-1", "variable": "violence"}
        yield DrawnCell(**cell)


PROVENANCE = HowValuesCameAbout()


class ReadTexts:
    """coderai.services.export.domain.texts.Texts of the documents of everything, and one that could not be read."""

    def documents(self) -> Iterator[ReadDocument]:
        for id, text in TEXTS.items():
            yield _read(id, text)
        yield _read("doc-unread", "")

    def document(self, document_id: str) -> ReadDocument | None:
        return next((document for document in self.documents() if document.id == document_id), None)

    def text(self, document_id: str) -> str:
        return TEXTS.get(document_id, "")


def _read(id: str, text: str) -> ReadDocument:
    data = text.encode()
    return ReadDocument(
        id=id,
        name=f"{id}.txt",
        format="TXT",
        status="READY" if text else "FAILED",
        size=len(data),
        sha256=sha256(data).hexdigest(),
        text_sha256=sha256(data).hexdigest() if text else "",
        text_version=0,
        reader="plain text",
        language="en",
        pages=(PageBounds(1, 0, len(text)),),
        container="",
        text_bytes=len(data),
    )


READ = ReadTexts()


@dataclass(frozen=True, slots=True)
class Bundle:
    """What a ZIP has, by path."""

    files: dict[str, bytes]

    def text(self, path: str) -> str:
        return self.files[path].decode()

    def json(self, path: str) -> Any:
        return json.loads(self.files[path])

    def lines(self, path: str) -> list[Any]:
        return [json.loads(line) for line in self.text(path).split("\n") if line]


def provenance_of(dataset: Dataset) -> ChosenProvenance:
    """As the use case gives it."""
    hides, reviewers = dataset.options.pseudonyms, dataset.survey.reviewers
    return ChosenProvenance.of(PROVENANCE, dataset.choice, reviewers, with_pseudonyms=hides)


def bundle(dataset: Dataset) -> Bundle:
    """The dataset's bundle, with PROVENANCE unless it has another."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "bundle.zip")
        if dataset.provenance is None:
            dataset = replace(dataset, provenance=provenance_of(dataset))
        write_bundle(dataset, path)
        assert [found.name for found in Path(folder).iterdir()] == ["bundle.zip"]
        with zipfile.ZipFile(path) as found:
            return Bundle({name: found.read(name) for name in found.namelist()})
