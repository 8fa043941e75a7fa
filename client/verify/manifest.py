"""Checks that a bundle has the files that its manifest and its RO-Crate metadata name, byte by byte."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

from coderai.client.verify.bundle import MANIFEST, Bundle, Unreadable, reading, whole
from coderai.client.verify.findings import Findings
from coderai.client.verify.json_files import json_object

CRATE = "ro-crate-metadata.json"
_MOST = 200_000_000
"""Bytes of a manifest, or of the metadata."""
_AT_ONCE = 1 << 20
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")
"""As CoderAI writes it, byte for byte: what a manifest may look like besides would be a change that nobody is told."""

Hashes = Mapping[str, str]
"""SHA-256 of each file as it is, in hexadecimal, by its path."""


def hash_files(bundle: Bundle, findings: Findings) -> Hashes:
    """The hash of every file; what cannot be read has none, and is told."""
    hashes = {}
    for path in bundle.sizes:
        digest = hashlib.sha256()
        try:
            with reading(bundle, path) as file:
                while block := file.read(_AT_ONCE):
                    digest.update(block)
        except Unreadable as error:
            findings.differs(path, str(error))
            continue
        hashes[path] = digest.hexdigest()
    return hashes


def check_manifest(bundle: Bundle, hashes: Hashes, findings: Findings) -> None:
    """Files that are missing, that are there besides, and that are other ones than the manifest names."""
    named = _named(bundle, findings)
    for path in named:
        if path not in bundle.sizes:
            findings.differs(MANIFEST, "the bundle does not have this file", what=path)
    for path in bundle.sizes:
        if path != MANIFEST and path not in named:
            findings.differs(path, "the manifest does not name this file")
    for path, digest in named.items():
        if path in hashes and hashes[path] != digest:
            findings.differs(path, "the file is not the one of the manifest: its SHA-256 is another")
    findings.checked.append(f"{len(named):,} files against {MANIFEST}")


def _named(bundle: Bundle, findings: Findings) -> dict[str, str]:
    named = dict[str, str]()
    try:
        text = whole(bundle, MANIFEST, _MOST).decode()
    except (Unreadable, UnicodeDecodeError) as error:
        findings.differs(MANIFEST, f"it cannot be read: {error}")
        return named
    if not text.endswith("\n"):
        findings.differs(MANIFEST, "its last line has no end")
    for number, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
        found = _LINE.fullmatch(line)
        if found is None:
            findings.differs(MANIFEST, "this is no SHA-256 in lower case, two spaces and a path", line=number)
        elif found[2] in named:
            findings.differs(MANIFEST, "it names this file twice", line=number, what=found[2])
        else:
            named[found[2]] = found[1]
    return named


def check_crate(bundle: Bundle, hashes: Hashes, findings: Findings) -> None:
    """The files that the RO-Crate metadata describe, with their sizes and hashes, are those that there are."""
    plain = json_object(bundle, CRATE, findings)
    if plain is None:
        return
    files: dict[str, Any] = {one["@id"]: one for one in _graph(plain) if _is_file(one)}
    for path in sorted(set(bundle.sizes) - set(files) - {CRATE}):
        findings.differs(CRATE, "it does not describe this file", what=path)
    for path, one in files.items():
        if path not in bundle.sizes:
            findings.differs(CRATE, "the bundle does not have this file", what=path)
            continue
        if "sha256" in one and path in hashes and one["sha256"] != hashes[path]:
            findings.differs(CRATE, "the file has another SHA-256", what=path)
        size = one.get("contentSize")
        if size is not None and str(size) != str(bundle.sizes[path]):
            findings.differs(
                CRATE, "the file has another size", what=path, stands=size, should=bundle.sizes[path], values=True
            )
    findings.checked.append(f"{len(files):,} files that {CRATE} describes")


def _graph(plain: Mapping[str, Any]) -> list[dict[str, Any]]:
    graph = plain.get("@graph")
    return [one for one in graph if isinstance(one, dict)] if isinstance(graph, list) else []


def _is_file(one: Mapping[str, Any]) -> bool:
    kind, name = one.get("@type"), one.get("@id")
    kinds = kind if isinstance(kind, list) else [kind]
    return "File" in kinds and isinstance(name, str)
