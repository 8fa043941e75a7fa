"""Writes a dataset's codebook as Markdown: the file beside a CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from coderai.services.export.domain.codebook import described, facts
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.quality import quality_described

_MARKUP = re.compile(r"([\\`*\[\]<>]|(?<!\w)_|_(?!\w))")


def write_markdown_codebook(dataset: Dataset, path: Path) -> None:
    """How the dataset came about, a section per variable, documents that give it no values, pages not read."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{line}\n" for line in _lines(dataset))


def _lines(dataset: Dataset) -> Iterator[str]:
    yield f"# Codebook: {inline(dataset.codebook.project_name)}"
    yield ""
    for label, value in facts(dataset):
        yield from _item(label, value)
    yield ""
    yield "## Variables"
    for variable in dataset.codebook.variables:
        yield ""
        yield f"### {inline(variable.name)}"
        yield ""
        for label, found in (described(dataset, variable) | quality_described(dataset, variable)).items():
            yield from _item(label, found)
    if dataset.survey.empty_documents:
        yield ""
        yield "## Documents without values"
        yield ""
        for document in dataset.survey.empty_documents:
            yield from _item(f"{document.name} ({document.id})", f"{document.reason} {document.error}".strip())
    if dataset.survey.unread_documents:
        yield ""
        yield "## Pages that were not read"
        yield ""
        for document in dataset.survey.unread_documents:
            yield from _item(f"{document.name} ({document.id})", document.unread)
    if dataset.survey.unsure_documents:
        yield ""
        yield "## Pages of which text recognition is unsure"
        yield ""
        for document in dataset.survey.unsure_documents:
            yield from _item(f"{document.name} ({document.id})", document.unsure)


def _item(label: str, value: Scalar | None) -> Iterator[str]:
    """A list item; a text of several lines stands in a fenced block, which no text can close."""
    if value in (None, ""):
        return
    text = value if isinstance(value, str) else str(value).lower()
    if "\n" not in text:
        yield f"- {inline(label)}: {inline(text)}"
        return
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    yield f"- {inline(label)}:"
    yield ""
    yield f"  {fence}text"
    yield from (f"  {line}" for line in text.splitlines())
    yield f"  {fence}"
    yield ""


def inline(text: str) -> str:
    """A text as one line of Markdown that shows it as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
