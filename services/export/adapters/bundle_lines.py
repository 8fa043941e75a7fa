"""Writes JSON Lines as bundles have them: an object per line, in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode

_encode = msgspec.json.Encoder().encode
"""A tenth of the time of the standard library's: a project has 500,000 cells."""


def write_lines(dataset: Dataset, path: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    """A line for each object; halves of characters are replaced, and counted in the dataset's notes."""
    replaced = 0
    with path.open("wb") as file:
        for one in objects:
            try:
                line = _encode(one)
            except UnicodeEncodeError:
                replaced += 1
                line = as_unicode(json.dumps(one, ensure_ascii=False)).encode()
            file.write(line + b"\n")
    if replaced:
        dataset.note(f"In {replaced:,} lines {REPLACED}.")
