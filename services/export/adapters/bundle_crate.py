"""Describes a bundle as RO-Crate 1.2 does: its files, the software and models that made them, the people who reviewed.

https://w3id.org/ro/crate/1.2 says what a crate must have, https://w3id.org/ro/wfrun/process/0.5 what a run must.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from coderai.services.export.adapters.bundle_crate_actions import Entity, actions, people, references, software
from coderai.services.export.adapters.bundle_versions import SCHEMA
from coderai.services.export.adapters.bundle_zip import MANIFEST, BundledFile
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.prose import sentence
from coderai.services.export.domain.unicode_text import as_unicode

CRATE = "ro-crate-metadata.json"
_SPECIFICATION, _PROFILE = "https://w3id.org/ro/crate/1.2", "https://w3id.org/ro/wfrun/process/0.5"
_LICENCE = "No licence has been chosen yet: ask those who publish this dataset what you may do with it."
_FORMATS = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".md": "text/markdown",
    ".parquet": "application/vnd.apache.parquet",
    ".py": "text/x-python",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
}
"""By ending; other files are plain text."""
_FOLDERS = {
    "data": "The dataset: a row per unit of observation, and a line per cell",
    "codebook": "What each variable means and how well it was coded, in four formats",
    "provenance": "How the values came about: runs, prompts, calls, receipts, corrections, samples",
    "texts": "The documents' texts as they were read, in UTF-8, each named by its document's id",
}


def crate(dataset: Dataset, files: Sequence[BundledFile], about: Mapping[str, str]) -> str:
    """The crate's metadata as JSON. `about`: what each file is, by its path, where that is more than its folder."""
    graph = [_descriptor(), _root(dataset, files), _profile(), *_entities_of_files(files, about), *_context(dataset)]
    whole = {"@context": f"{_SPECIFICATION}/context", "@graph": graph}
    return as_unicode(json.dumps(whole, ensure_ascii=False, indent=1)) + "\n"


def _descriptor() -> Entity:
    return {
        "@id": CRATE,
        "@type": "CreativeWork",
        "about": {"@id": "./"},
        "conformsTo": {"@id": _SPECIFICATION},
    }


def _root(dataset: Dataset, files: Sequence[BundledFile]) -> Entity:
    codebook = dataset.codebook
    folders = sorted({_folder(file.path) for file in files} - {""})
    parts = [*(file.path for file in files if not _folder(file.path)), MANIFEST, *(f"{name}/" for name in folders)]
    about = codebook.project_description or f"A dataset whose rows are: {codebook.unit.row_is}"
    chosen = [f"{label}: {value}." for label, value in dataset.told_of_choice]
    root: Entity = {
        "@id": "./",
        "@type": "Dataset",
        "name": codebook.project_name,
        "description": " ".join([sentence(about), *chosen]) if chosen else about,
        "datePublished": _time(dataset),
        "license": _LICENCE,
        "version": SCHEMA,
        "conformsTo": {"@id": _PROFILE},
        "hasPart": references(parts),
        "mentions": references(action["@id"] for action in actions(dataset)),
        "variableMeasured": references(entity["@id"] for entity in _variables(dataset)),
    }
    if dataset.people:
        root["contributor"] = references(entity["@id"] for entity in people(dataset))
    return root


def _profile() -> Entity:
    return {"@id": _PROFILE, "@type": ["CreativeWork", "Profile"], "name": "Process Run Crate", "version": "0.5"}


def _entities_of_files(files: Sequence[BundledFile], about: Mapping[str, str]) -> Iterator[Entity]:
    """Of every file, with a folder before its files; the manifest has no hash, as it has this file's."""
    folders: dict[str, list[str]] = {}
    for file in files:
        folders.setdefault(_folder(file.path), []).append(file.path)
    folders.pop("", None)
    for name, paths in sorted(folders.items()):
        parts = references(paths)
        yield {"@id": f"{name}/", "@type": "Dataset", "name": name, "description": _FOLDERS[name], "hasPart": parts}
    for file in files:
        entity = _file(file.path, about.get(file.path, _FOLDERS.get(_folder(file.path), "")))
        yield {**entity, "contentSize": str(file.size), "sha256": file.sha256}
    yield _file(MANIFEST, "SHA-256 of every other file, as sha256sum reads it")


def _file(path: str, description: str) -> Entity:
    name = PurePosixPath(path)
    return {
        "@id": path,
        "@type": "File",
        "name": name.name,
        "description": description,
        "encodingFormat": _FORMATS.get(name.suffix, "text/plain"),
    }


def _context(dataset: Dataset) -> Iterator[Entity]:
    yield from software(dataset)
    yield from people(dataset)
    yield from _variables(dataset)
    yield from actions(dataset)


def _variables(dataset: Dataset) -> list[Entity]:
    return [
        {
            "@id": f"#variable-{variable.name}",
            "@type": "PropertyValue",
            "name": variable.name,
            "description": variable.instructions or variable.display_name or variable.name,
        }
        for variable in dataset.codebook.variables
    ]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _time(dataset: Dataset) -> str:
    return dataset.generated_at.isoformat(timespec="seconds")
