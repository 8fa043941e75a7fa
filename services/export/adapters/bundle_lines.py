"""Writes JSON Lines as bundles have them: an object per line, in UTF-8."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def write_lines(dataset: Dataset, path: Path, objects: Iterable[Mapping[str, Any]]) -> None:
    """A line for each object; halves of characters are replaced, and counted in the dataset's notes."""
    replaced = 0
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for one in objects:
            line = _encode(one)
            if not encodable(line):
                replaced += 1
                line = as_unicode(line)
            file.write(f"{line}\n")
    if replaced:
        dataset.note(f"In {replaced:,} lines {REPLACED}.")
