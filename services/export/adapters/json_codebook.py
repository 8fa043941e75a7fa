"""Writes a dataset's codebook as JSON: the file beside a dataset, for programs."""

from __future__ import annotations

import json
from pathlib import Path

from coderai.services.export.domain.codebook import codebook
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.unicode_text import as_unicode


def write_json_codebook(dataset: Dataset, path: Path) -> None:
    """What domain.codebook.codebook gives, indented."""
    text = json.dumps(codebook(dataset), ensure_ascii=False, allow_nan=False, indent=2)
    path.write_text(f"{as_unicode(text)}\n", encoding="utf-8", newline="\n")
