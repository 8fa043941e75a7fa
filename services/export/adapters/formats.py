"""The formats of exports: what writes each one's dataset, and the files that go beside it.

A further format is a value of coderai.export.v1.ExportFormat, a file with its writer, and an entry here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from coderai.services.export.adapters.csv_codebook import write_csv_codebook
from coderai.services.export.adapters.csv_file import write_csv
from coderai.services.export.adapters.ddi_codebook import write_ddi_codebook
from coderai.services.export.adapters.html_file import write_html
from coderai.services.export.adapters.json_codebook import write_json_codebook
from coderai.services.export.adapters.json_file import write_json
from coderai.services.export.adapters.json_lines_file import write_json_lines
from coderai.services.export.adapters.load_python import write_load_python
from coderai.services.export.adapters.load_r import write_load_r
from coderai.services.export.adapters.load_stata import write_load_stata
from coderai.services.export.adapters.markdown_codebook import write_markdown_codebook
from coderai.services.export.adapters.sqlite_file import write_sqlite
from coderai.services.export.adapters.xlsx_file import write_xlsx
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.texts import Need

Writer = Callable[[Dataset, Path], None]
"""Writes one file; raises what says that the format cannot hold the dataset (domain.problems)."""


def _when_needed(module: str, writer: str) -> Writer:
    """A writer whose libraries (Arrow, NumPy) take 30 MB in each process that has them: loaded with its first file."""

    def write(dataset: Dataset, path: Path) -> None:
        getattr(import_module(f"{__package__}.{module}"), writer)(dataset, path)

    return write


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file."""

    write: Writer
    beside: Mapping[str, Writer] = field(default_factory=dict)
    """What writes the files that go beside it, by their names: "codebook.md", "load.R" ..."""
    passes: int = 1
    """How many times `write` goes through the dataset's rows, for its progress."""
    ending: str = ""
    """Of its file's name, with the point; that of the format's own name when empty."""
    needs: Collection[Need] = ()
    """What the dataset must have beside its rows; where the documents are needed, their texts are given too if the
    options ask for them.
    """


_ARCHIVED = {"codebook.xml": write_ddi_codebook}
_CODEBOOK = {
    "codebook.md": write_markdown_codebook,
    "codebook.csv": write_csv_codebook,
    "codebook.json": write_json_codebook,
    **_ARCHIVED,
}
_SCRIPTS = {"load.R": write_load_r, "load.do": write_load_stata, "load.py": write_load_python}

FORMATS: Mapping[str, Format] = {
    "CSV": Format(write_csv, {**_CODEBOOK, **_SCRIPTS}),
    "XLSX": Format(write_xlsx, _ARCHIVED),
    "JSON": Format(write_json, _ARCHIVED),
    "JSONL": Format(write_json_lines, _CODEBOOK),
    "PARQUET": Format(_when_needed("parquet_file", "write_parquet"), _CODEBOOK),
    "SAV": Format(_when_needed("sav_file", "write_sav"), _CODEBOOK),
    "DTA": Format(_when_needed("dta_file", "write_dta"), _CODEBOOK),
    "SQLITE": Format(write_sqlite, _ARCHIVED),
    "HTML": Format(write_html, _ARCHIVED, needs=(Need.TEXTS,)),
    "BUNDLE": Format(
        _when_needed("bundle_file", "write_bundle"),
        passes=3,
        ending=".zip",
        needs=(Need.READINGS, Need.PROVENANCE),
    ),
}
"""By the short names of coderai.export.v1.ExportFormat."""
