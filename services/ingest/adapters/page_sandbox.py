"""Draws pages, and finds passages on them, in child processes that may hang, crash or eat memory without harm."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from math import isfinite
from typing import TypeVar
from uuid import UUID

import structlog

from coderai.kit import tracing
from coderai.kit.errors import Unavailable
from coderai.services.ingest.adapters import frames, metrics
from coderai.services.ingest.adapters.frames import Drawing, Locating
from coderai.services.ingest.adapters.process_pool import Child, Limits, ProcessPool
from coderai.services.ingest.domain.pages import PageSpans, Picture, PictureSize, Region
from coderai.services.ingest.domain.problems import (
    AnswerRefused,
    ReaderDied,
    ReadingTooBig,
    ReadingTooSlow,
    TooManyPages,
    Unreadable,
)
from coderai.services.ingest.usecases.ports import PageFile

log = structlog.get_logger()

Answer = TypeVar("Answer")

DRAWN_BY = version("pypdfium2")
"""What draws: another version may draw another picture."""
PAGE_SECONDS = 15
"""That drawing a page may take, or looking through those of a request."""
PAGE_MEMORY_MIB = 1024
"""Of address space, at most: pages of 12 million pixels are drawn within it."""
_WAITS = 60.0
"""Seconds that a process waits for the next page: whoever looks at one looks at another soon."""
_MOST_WAITING = 24
"""Requests of one workspace that wait for a process."""
_LONGEST_WAIT = 12
"""Seconds that they do: with the time for a page that is less than a call may take."""
_BEGINNINGS = {"image/png": b"\x89PNG", "image/jpeg": b"\xff\xd8\xff"}
_PROGRAM = "coderai.services.ingest.adapters.page_process"


class PageSandbox(ProcessPool):
    """usecases.ports.PageReader over a pool of child processes."""

    def __init__(self, limits: Limits, size: int, program: str = _PROGRAM, waits: float = _WAITS) -> None:
        """`size`: processes at a time, of which one workspace has all but one at most; they start when needed."""
        super().__init__(limits, 0, program, waits)
        self._turns = _Turns(size)

    async def draw(self, file: PageFile, page: int, size: PictureSize, workspace_id: UUID) -> Picture:
        """A page as a picture.

        Raises:
            Unreadable: says why it cannot be drawn, PageNotFound among others.
            TooManyPages: the workspace has many under way.
            Unavailable: no process could be started.
        """
        request = Drawing(file.key, b"", file.path, file.sha256, page, size)
        return await self._answer(request, file.load, _picture, workspace_id)

    async def locate(self, file: PageFile, pages: Sequence[PageSpans], workspace_id: UUID) -> list[list[list[Region]]]:
        """For each page and each of its spans the regions, none when there is no sure place; raises as draw does."""
        request = Locating(file.key, b"", file.path, file.sha256, pages)
        return await self._answer(request, file.load, partial(_places, pages), workspace_id)

    async def _answer(
        self,
        request: Drawing | Locating,
        load: Callable[[], Awaitable[bytes]],
        checked: Callable[[object], Answer],
        workspace_id: UUID,
    ) -> Answer:
        task = "draw" if isinstance(request, Drawing) else "locate"
        async with self._turns.of(workspace_id):
            started = time.monotonic()
            child = await self.take(workspace_id)
            try:
                with tracing.step(f"{task} page"):
                    answer = await _ask(child, request, load, checked)
                if isinstance(answer, ReaderDied | ReadingTooBig) and child.files > 1:
                    # Perhaps the files before, or the machine, are to blame: a new process tells.
                    await child.stop()
                    child = await self.start(workspace_id)
                    answer = await _ask(child, request, load, checked)
            finally:
                await self.put_back(child)
        is_done = not isinstance(answer, Unreadable)
        metrics.count_page(task, is_done=is_done, seconds=time.monotonic() - started)
        if isinstance(answer, Unreadable):
            raise answer
        return answer


async def _ask(
    child: Child,
    request: Drawing | Locating,
    load: Callable[[], Awaitable[bytes]],
    checked: Callable[[object], Answer],
) -> Answer | Unreadable:
    """What the child answers, if it can be true; afterwards it may have to be replaced."""
    if child.holds != request.key:
        request = replace(request, data=await _in_time(load, child.limits.seconds))
    child.is_usable = False  # until it has answered: a cancelled wait leaves it with half a conversation
    await child.is_ready()
    child.files += 1
    child.bytes += len(request.data)
    child.holds = ""
    seconds = child.limits.seconds
    try:
        async with asyncio.timeout(seconds):
            await frames.send_request(child.writer, request)
            frame = await frames.receive(child.reader)
        value = frame.value
        answer = value if isinstance(value, Unreadable) else checked(value)
    except TimeoutError:
        return ReadingTooSlow(f"drawing the page took more than {seconds} seconds: show the document's text")
    except AnswerRefused as error:
        log.warning("page_answer_refused", reason=error.reason)
        return error
    except (asyncio.IncompleteReadError, OSError):
        log.warning("page_process_died", status=await child.process.wait())
        return ReaderDied()
    child.is_usable = not isinstance(answer, ReadingTooBig)
    child.holds = "" if isinstance(answer, Unreadable) else request.key
    return answer


async def _in_time(load: Callable[[], Awaitable[bytes]], seconds: float) -> bytes:
    """The file's bytes. Raises Unavailable: they do not come."""
    try:
        async with asyncio.timeout(seconds):
            return await load()
    except TimeoutError:
        raise Unavailable("the stored file cannot be fetched now; try again in a moment") from None


def _picture(answer: object) -> Picture:
    """Raises AnswerRefused when it is none."""
    if not isinstance(answer, Picture) or not answer.data.startswith(_BEGINNINGS.get(answer.media_type, b"\0\0\0\0")):
        raise AnswerRefused.because("no picture")
    return answer


def _places(pages: Sequence[PageSpans], answer: object) -> list[list[list[Region]]]:
    """Raises AnswerRefused when they cannot be those that were asked for."""
    if not isinstance(answer, list) or [len(of_page) for of_page in answer] != [len(page.spans) for page in pages]:
        raise AnswerRefused.because("other places than those asked for")
    found = zip(pages, answer, strict=True)
    regions = ((page, region) for page, of_page in found for of_span in of_page for region in of_span)
    if not all(region.page == page.number and _is_on_page(region) for page, region in regions):
        raise AnswerRefused.because("places that are on no page")
    return answer


def _is_on_page(region: Region) -> bool:
    edges = (region.left, region.top, region.right, region.bottom)
    return all(map(isfinite, edges)) and 0 <= edges[0] <= edges[2] <= 1 and 0 <= edges[1] <= edges[3] <= 1


class _Turns:
    """Who may use a process now: so many in all, and one less of each workspace, so that none keeps out the others."""

    def __init__(self, size: int) -> None:
        self._size, self._of_each = size, max(1, size - 1)
        self._busy, self._waiting = Counter[UUID](), Counter[UUID]()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def of(self, workspace_id: UUID) -> AsyncIterator[None]:
        """Waits for a turn, which lasts for the block. Raises TooManyPages: as many wait as may, or it takes long."""
        if self._waiting[workspace_id] >= _MOST_WAITING:
            raise TooManyPages()
        self._waiting[workspace_id] += 1
        try:
            async with asyncio.timeout(_LONGEST_WAIT), self._changed:
                await self._changed.wait_for(lambda: self._is_free(workspace_id))
                self._busy[workspace_id] += 1
        except TimeoutError:
            raise TooManyPages() from None
        finally:
            _less(self._waiting, workspace_id)
        try:
            yield
        finally:
            async with self._changed:
                _less(self._busy, workspace_id)
                self._changed.notify_all()

    def _is_free(self, workspace_id: UUID) -> bool:
        return self._busy.total() < self._size and self._busy[workspace_id] < self._of_each


def _less(counts: Counter[UUID], workspace_id: UUID) -> None:
    counts[workspace_id] -= 1
    if not counts[workspace_id]:
        del counts[workspace_id]
