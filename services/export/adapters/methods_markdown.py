"""Writes the methods section of a dataset as Markdown, with a list of the figures in it, which programs can check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from coderai.services.export.adapters.markdown_codebook import inline
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.methods import methods
from coderai.services.export.domain.prose import Block, figures_of
from coderai.services.export.domain.unicode_text import as_unicode

_ABOUT = (
    "The numbers of the text above that are figures of `statistics.json`: which number of the text, from 1, where the"
    " statistics have it, and how it is written."
)


def write_methods_markdown(dataset: Dataset, path: Path) -> None:
    """The sections, then under "Figures" a row for each figure."""
    blocks = methods(dataset)
    lines = [*_text(blocks), *_figures(blocks)]
    path.write_text(as_unicode("".join(f"{line}\n" for line in lines)), encoding="utf-8", newline="\n")


def _text(blocks: Sequence[Block]) -> Iterator[str]:
    was_item = False
    for number, block in enumerate(blocks):
        if number and not (was_item and block.is_item):
            yield ""
        mark = f"{'#' * block.heading} " if block.heading else "- " if block.is_item else ""
        yield f"{mark}{inline(block.plain)}"
        was_item = block.is_item


def _figures(blocks: Sequence[Block]) -> Iterator[str]:
    yield from ("", "## Figures", "", _ABOUT, "", "| number | figure | written as |", "|---|---|---|")
    for figure in figures_of(blocks):
        yield f"| {figure.place} | `{figure.path}` | {figure.how} |"
