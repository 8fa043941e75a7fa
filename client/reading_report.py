"""Tells in a few lines what of the documents is not in their texts: pages, lines and blocks, with examples."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from coderai.client.models import Document
from coderai.client.screen import Screen, counted

_EXAMPLES = 3
_WARNINGS = 10
_LONGEST_LINE = 60


def tell_reading(documents: Sequence[Document], screen: Screen) -> None:
    """What was not read, what was left out, and what to be warned of; nothing when all is in the texts."""
    unread = [(document, document.report.unread_pages) for document in documents if document.report.unread_pages]
    if unread:
        screen.warn(f"no text was read of {_pages(unread)}: {_places(unread)}; what stands there is not coded")
    unsure = [(document, document.report.unsure_pages) for document in documents if document.report.unsure_pages]
    if unsure:
        screen.warn(f"text recognition is unsure of {_pages(unsure)}: {_places(unsure)}; compare values with the files")
    _tell_recognised(documents, screen)
    _tell_left_out(documents, screen)
    warnings = [(document.name, warning) for document in documents for warning in document.report.warnings]
    for name, warning in warnings[:_WARNINGS]:
        screen.warn(f"{name}: {warning}")
    if len(warnings) > _WARNINGS:
        screen.warn(f"... and {counted(len(warnings) - _WARNINGS, 'more warning')} (Document.report has them all)")


def _tell_recognised(documents: Sequence[Document], screen: Screen) -> None:
    pages, having = _sum(documents, lambda document: len(document.report.recognised_pages))
    if pages:
        screen.note(f"read by text recognition: {counted(pages, 'page')} of {counted(len(having), 'document')}")


def _tell_left_out(documents: Sequence[Document], screen: Screen) -> None:
    lines, having = _sum(documents, lambda document: len(document.report.dropped))
    if lines:
        line = " ".join(having[0].report.dropped[0].split())
        shown = line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}..."
        of = f"{counted(lines, 'line')} of {counted(len(having), 'document')}"
        screen.note(f"left out, as pages repeat them: {of}, such as {shown!r} in {having[0].name}")
    blocks, having = _sum(documents, lambda document: document.report.left_out_count)
    if blocks:
        names = ", ".join(document.name for document in having[:_EXAMPLES])
        of = f"{counted(blocks, 'block')} of {counted(len(having), 'document')}"
        screen.note(f"in the files and not in the texts: {of} (such as menus), in {names}{_more(len(having))}")


def _sum(documents: Sequence[Document], number: Callable[[Document], int]) -> tuple[int, list[Document]]:
    """How many there are together, and the documents that have any."""
    having = [document for document in documents if number(document)]
    return sum(map(number, having)), having


def _pages(of: Sequence[tuple[Document, Sequence[int]]]) -> str:
    return f"{counted(sum(len(pages) for _, pages in of), 'page')} of {counted(len(of), 'document')}"


def _places(of: Sequence[tuple[Document, Sequence[int]]]) -> str:
    shown = [f"{document.name} {listed_pages(pages)}" for document, pages in of[:_EXAMPLES]]
    return ", ".join(shown) + _more(len(of))


def listed_pages(pages: Sequence[int]) -> str:
    """Such as "pages 2, 5"; of many the first ones."""
    shown = ", ".join(map(str, pages[:_WARNINGS])) + (" ..." if len(pages) > _WARNINGS else "")
    return f"{'page' if len(pages) == 1 else 'pages'} {shown}"


def _more(number: int) -> str:
    return f" and {number - _EXAMPLES} more" if number > _EXAMPLES else ""
