"""Shows a document's pages as pictures, and where passages of its text stand on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Protocol
from uuid import UUID

from coderai.kit.errors import InvalidInput
from coderai.services.ingest.domain.pages import (
    MOST_PAGES,
    PageSpans,
    PageText,
    Part,
    Picture,
    PictureSize,
    Region,
    Span,
    joined,
    of_words,
    parts_of,
)
from coderai.services.ingest.domain.problems import PageNotFound, PagePicturesMissing
from coderai.services.ingest.domain.text import Page
from coderai.services.ingest.usecases.ports import Files, PageFile, PageReader

_DRAWN = "PDF"
"""The format that has pages to draw."""


class Source(Protocol):
    """Where a document's pages are."""

    @property
    def format(self) -> str:
        """Its short name; empty until it is known."""
        ...

    @property
    def page_count(self) -> int:
        """0 until it is read."""
        ...

    @property
    def key(self) -> str:
        """Of the uploaded file's bytes."""
        ...

    @property
    def sha256(self) -> str:
        """Of the document's own bytes, which may be a file in the uploaded one."""
        ...

    @property
    def path(self) -> str:
        """That file's path; empty for an uploaded file."""
        ...


def has_pictures(source: Source) -> bool:
    """Whether a document's pages may be drawn, as far as is known."""
    return source.format in ("", _DRAWN)


async def draw_page(
    source: Source, files: Files, pages: PageReader, workspace_id: UUID, number: int, size: PictureSize
) -> Picture:
    """A page (from 1) as a picture.

    Raises:
        PagePicturesMissing: the document's format has none.
        PageNotFound: there is no such page.
        Unreadable: says why else it cannot be drawn.
        TooManyPages: the workspace has many under way.
    """
    must_have_page(source, number)
    return await pages.draw(_file(source, files), number, size, workspace_id)


def must_have_page(source: Source, number: int) -> None:
    """Raises PagePicturesMissing or PageNotFound, as far as is known before the file is looked at."""
    if not has_pictures(source):
        raise PagePicturesMissing()
    if number < 1 or 0 < source.page_count < number:
        raise PageNotFound(f"the document has {source.page_count} pages, and no page {number}")


def passages_of(starts: Sequence[int], ends: Sequence[int], length: int) -> list[Span]:
    """The passages that a request asks for, in a text of so many characters. Raises InvalidInput."""
    if not starts or len(starts) != len(ends):
        problem = "give one for each start, and one start at least"
        raise InvalidInput(f"end: {problem}", fields={"end": problem})
    for start, end in zip(starts, ends, strict=True):
        if not 0 <= start < end <= length:
            problem = f"{start} to {end} is no passage of a text of {length} characters"
            raise InvalidInput(f"start: {problem}", fields={"start": problem})
    return [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def pages_with(passages: Sequence[Span], pages: Sequence[Page]) -> list[Page]:
    """The pages that passages are on. Raises InvalidInput: they are more than are looked through at a time."""
    found = list({part.page.number: part.page for part in parts_of(passages, pages)}.values())
    if len(found) > MOST_PAGES:
        problem = f"the passages are on {len(found)} pages: ask for {MOST_PAGES} at most at a time"
        raise InvalidInput(f"start: {problem}", fields={"start": problem})
    return found


async def locate_passages(
    source: Source,
    files: Files,
    pages: PageReader,
    workspace_id: UUID,
    texts: Sequence[PageText],
    passages: Sequence[Span],
) -> list[list[Region]]:
    """The regions of each passage, one for each line of text; none when its place is not sure.

    `texts`: of the pages that they are on.

    Raises:
        Unreadable: says why the file's pages cannot be looked through.
        TooManyPages: the workspace has many under way.
    """
    by_page = {text.page.number: text for text in texts}
    parts = [p for p in parts_of(passages, [text.page for text in texts]) if by_page[p.page.number].of(p.span).strip()]
    drawn = [part for part in parts if not by_page[part.page.number].words]
    found = {part: _of_words(part, by_page[part.page.number]) for part in parts if part not in drawn}
    if drawn:
        found |= await _on_pages(drawn, by_page, _file(source, files), pages, workspace_id)
    return joined(len(passages), {part: found[part] for part in parts})


def _of_words(part: Part, text: PageText) -> list[Region]:
    return of_words(text.words, part.page.number, text.of(part.span), part.span)


async def _on_pages(
    parts: Sequence[Part], texts: Mapping[int, PageText], file: PageFile, pages: PageReader, workspace_id: UUID
) -> dict[Part, list[Region]]:
    of_page: dict[int, list[Part]] = defaultdict(list)
    for part in parts:
        of_page[part.page.number].append(part)
    wanted = [
        PageSpans(number, texts[number].text, [_within(part) for part in on_it]) for number, on_it in of_page.items()
    ]
    places = await pages.locate(file, wanted, workspace_id)
    ordered = (part for on_it in of_page.values() for part in on_it)
    return dict(zip(ordered, (regions for on_page in places for regions in on_page), strict=True))


def _within(part: Part) -> Span:
    return Span(part.span.start - part.page.start, part.span.end - part.page.start)


def _file(source: Source, files: Files) -> PageFile:
    async def load() -> bytes:
        return b"".join([part async for part in files.read(source.key)])

    return PageFile(f"{source.key}/{source.sha256}", load, source.path, source.sha256)
