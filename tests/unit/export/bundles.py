"""Bundles of the datasets of tests, written and read back."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coderai.services.export.adapters.bundle_file import write_bundle
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Options
from coderai.services.export.domain.texts import PageBounds, ReadDocument
from tests.unit.export.everything import TEXTS

OF_BUNDLE = Options().of_bundle()


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


def bundle(dataset: Dataset) -> Bundle:
    with TemporaryDirectory() as folder:
        path = Path(folder, "bundle.zip")
        write_bundle(dataset, path)
        assert [found.name for found in Path(folder).iterdir()] == ["bundle.zip"]
        with zipfile.ZipFile(path) as found:
            return Bundle({name: found.read(name) for name in found.namelist()})
