"""Bundles of the datasets of tests, written and read back."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coderai.services.export.adapters.bundle_file import write_bundle
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Options

OF_BUNDLE = Options().of_bundle()


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
