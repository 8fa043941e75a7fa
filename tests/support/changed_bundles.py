"""Bundles that somebody has changed, with or without making the manifest and the metadata fit."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

from coderai.client.verify.bundle import opened
from coderai.client.verify.checking import check
from coderai.client.verify.findings import Findings

Files = dict[str, bytes]
_MANIFEST, _CRATE = "manifest-sha256.txt", "ro-crate-metadata.json"


def read_files(path: Path) -> Files:
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def write_files(files: Mapping[str, bytes], path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)


def fitting(files: Files) -> Files:
    """The files with the hashes and sizes that they have in metadata and manifest."""
    crate = json.loads(files[_CRATE])
    for one in crate["@graph"]:
        if one["@id"] in files and "sha256" in one:
            data = files[one["@id"]]
            one["sha256"], one["contentSize"] = sha256(data).hexdigest(), str(len(data))
    told = files | {_CRATE: json.dumps(crate, ensure_ascii=False).encode()}
    lines = (f"{sha256(data).hexdigest()}  {name}\n" for name, data in told.items() if name != _MANIFEST)
    return told | {_MANIFEST: "".join(lines).encode()}


def checked(files: Mapping[str, bytes], path: Path) -> Findings:
    """What a check of these files finds; they are written to `path` first."""
    write_files(files, path)
    findings = Findings()
    with opened(path) as bundle:
        check(bundle, findings)
    return findings


def replaced(data: bytes, old: str, new: str) -> bytes:
    """With the first occurrence of `old` replaced, which must be there."""
    assert old.encode() in data, old
    return data.replace(old.encode(), new.encode(), 1)


def with_line(data: bytes, wanted: Callable[[Any], bool], change: Callable[[Any], None]) -> bytes:
    """JSON Lines with the first object that is wanted changed."""
    lines = data.decode().split("\n")
    for number, line in enumerate(lines):
        plain = json.loads(line) if line else None
        if plain is not None and wanted(plain):
            change(plain)
            lines[number] = json.dumps(plain, ensure_ascii=False)
            return "\n".join(lines).encode()
    raise AssertionError("no line is wanted")


def with_json(data: bytes, change: Callable[[Any], None]) -> bytes:
    """A JSON file with its object changed."""
    plain = json.loads(data)
    change(plain)
    return json.dumps(plain, ensure_ascii=False).encode()


def with_part(data: bytes, name: str, old: str, new: str) -> bytes:
    """A ZIP (a DOCX) with a text of one of its files replaced."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as file, zipfile.ZipFile(made, "w") as other:
        for info in file.infolist():
            part = file.read(info)
            other.writestr(info.filename, replaced(part, old, new) if info.filename == name else part)
    return made.getvalue()
