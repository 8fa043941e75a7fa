"""Writes a dataset as a bundle: one ZIP with all that a stranger needs to check it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from coderai.services.export.adapters.bundle_cells import write_cells
from coderai.services.export.adapters.bundle_crate import CRATE, crate
from coderai.services.export.adapters.bundle_documents import add_texts, write_documents
from coderai.services.export.adapters.bundle_fields import write_fields
from coderai.services.export.adapters.bundle_provenance import (
    write_calls,
    write_corrections,
    write_prompts,
    write_receipts,
    write_runs,
    write_samples,
)
from coderai.services.export.adapters.bundle_readme import readme
from coderai.services.export.adapters.bundle_versions import write_versions
from coderai.services.export.adapters.bundle_zip import BundleZip
from coderai.services.export.adapters.csv_codebook import write_csv_codebook
from coderai.services.export.adapters.csv_file import write_csv
from coderai.services.export.adapters.ddi_codebook import write_ddi_codebook
from coderai.services.export.adapters.json_codebook import write_json_codebook
from coderai.services.export.adapters.load_python import write_load_python
from coderai.services.export.adapters.load_r import write_load_r
from coderai.services.export.adapters.load_stata import write_load_stata
from coderai.services.export.adapters.markdown_codebook import write_markdown_codebook
from coderai.services.export.adapters.methods_docx import write_methods_docx
from coderai.services.export.adapters.methods_markdown import write_methods_markdown
from coderai.services.export.adapters.parquet_file import write_parquet
from coderai.services.export.adapters.project_file import PROJECT_FILE, write_project_yaml
from coderai.services.export.domain.addresses import without_addresses
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.statistics import statistics
from coderai.services.export.domain.unicode_text import as_unicode

README = "README.md"


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of every bundle."""

    path: str
    about: str
    """What it is, for its row in the README and for the crate."""
    write: Callable[[Dataset, Path], None]


def _write_statistics(dataset: Dataset, path: Path) -> None:
    text = json.dumps(statistics(dataset), ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(f"{as_unicode(text)}\n", encoding="utf-8", newline="\n")


_PARTS = (
    _Part(
        "methods.md", "how the dataset came about, in words for an article, its numbers listed", write_methods_markdown
    ),
    _Part("methods.docx", "the same for word processors", write_methods_docx),
    _Part("data/data.csv", "the dataset: a row per unit, each variable with all that is known of its cells", write_csv),
    _Part("data/load.R", 'reads it in R: `source("load.R", chdir = TRUE)`', write_load_r),
    _Part("data/load.py", "reads it in Python with pandas: `load()`", write_load_python),
    _Part("data/load.do", "reads it in Stata: `do load.do`", write_load_stata),
    _Part("data/data.parquet", "the same rows with types, for pandas, R's arrow, DuckDB", write_parquet),
    _Part("data/cells.jsonl", "a line per cell: its value or why there is none, evidence, verdict", write_cells),
    _Part("codebook/codebook.md", "what each variable means and how well it was coded", write_markdown_codebook),
    _Part("codebook/codebook.csv", "the same as a table, a row per variable", write_csv_codebook),
    _Part("codebook/codebook.json", "the same for programs, with every column of the data", write_json_codebook),
    _Part("codebook/codebook.xml", "the same for archives (DDI-Codebook 2.5)", write_ddi_codebook),
    _Part("statistics.json", "every figure that codebook and methods state", _write_statistics),
    _Part(
        "documents.jsonl",
        "a line per document: what became of it, how it was read, hashes of file and text",
        write_documents,
    ),
    _Part(PROJECT_FILE, "unit, variables, prompts and rules, as `coderai run` takes them", write_project_yaml),
    _Part("provenance/runs.jsonl", "a line per job: model, settings, dates, codebook, tokens, cost", write_runs),
    _Part("provenance/prompts.jsonl", "the messages that models got, with placeholders for documents", write_prompts),
    _Part("provenance/calls.jsonl", "a line per call: its prompt and passage, hash of what was sent", write_calls),
    _Part("provenance/receipts.jsonl", "a line per document of a job: what was read and asked", write_receipts),
    _Part("provenance/corrections.jsonl", "what people said of cells, also what was taken back", write_corrections),
    _Part("provenance/samples.jsonl", "samples drawn to measure quality, with each drawn cell", write_samples),
    _Part("fields.md", "what each key of these files means, and each word such as UNGROUNDED", write_fields),
    _Part("versions.json", "the software that wrote this bundle", write_versions),
)


def write_bundle(dataset: Dataset, path: Path) -> None:
    """The ZIP with its files, each made on local disk beside `path` before it is taken in; the manifest comes last."""
    bundled = _for_strangers(dataset)
    about = {part.path: part.about for part in _PARTS}
    with TemporaryDirectory(dir=path.parent, prefix="bundle-") as folder, BundleZip(path) as bundle:
        for part in _PARTS:
            _add(bundle, part, bundled, Path(folder, "part"))
        add_texts(bundle, bundled)
        bundle.add_text(README, readme(bundled, about))
        bundle.add_text(CRATE, crate(bundled, bundle.files, {**about, README: "what each file is, to read first"}))
        bundle.add_manifest()


def _for_strangers(dataset: Dataset) -> Dataset:
    """The dataset with files that find each other by their names in the bundle, and errors that name no machine."""
    documents = tuple(replace(line, error=without_addresses(line.error)) for line in dataset.survey.documents)
    options = replace(dataset.options, name="data")
    return replace(dataset, options=options, survey=replace(dataset.survey, documents=documents))


def _add(bundle: BundleZip, part: _Part, dataset: Dataset, file: Path) -> None:
    """Writes one file and takes it in; what it could not hold is noted with its path."""
    of_part = replace(dataset, notes=[])
    part.write(of_part, file)
    bundle.add(part.path, file)
    file.unlink()
    for sentence in of_part.notes:
        dataset.note(f"{part.path}: {sentence}")
