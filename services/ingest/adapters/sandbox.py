"""Reads files in child processes that may hang, crash or eat memory without harm to the worker."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Self
from uuid import UUID

import structlog

from coderai.kit import tracing
from coderai.language.detection import unpacked_model
from coderai.services.ingest.adapters import frames, metrics
from coderai.services.ingest.adapters.answers import PartsSoFar, check_reading
from coderai.services.ingest.adapters.frames import Frame, Kind, Request
from coderai.services.ingest.adapters.process_pool import Child, Limits, ProcessPool
from coderai.services.ingest.domain.document import Manner, Project
from coderai.services.ingest.domain.problems import (
    AnswerRefused,
    ReaderDied,
    ReadingTooBig,
    ReadingTooSlow,
    TextTooLarge,
    Unreadable,
)
from coderai.services.ingest.domain.reading import Container, Part, Reading
from coderai.services.ingest.domain.turns import reading_seconds

log = structlog.get_logger()

_WAITS = 20.0
"""Seconds that a process waits for the next file, twice that at most: it holds 140 MB, and a new one takes a second."""
_IN_MEMORY = 8 * 2**20
"""Bytes of parts above which they wait on disk."""
_NOBODY = UUID(int=0)
_AS_USUAL, _NO_PROJECT = Manner(), Project()
_MOST_ANSWER = 2 * 2**30
"""Bytes of all that one file gives."""
_PROGRAM = "coderai.services.ingest.adapters.reading_process"


class Expansion:
    """A table or archive that was read; its parts wait on disk, if they are many, until close()."""

    def __init__(self, name: str) -> None:
        """`name`: the file's."""
        self.container: Container
        self._size = 0
        self._parts = PartsSoFar(name)
        self._spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by close()

    def add(self, frame: Frame) -> None:
        """Takes over a batch of parts.

        Raises:
            TextTooLarge: they are more than any project could use.
            AnswerRefused: they cannot be what a file has.
        """
        self._size += len(frame.body)
        if self._size > _MOST_ANSWER:
            raise TextTooLarge(f"the file gives more than {_MOST_ANSWER // 2**30} GiB: upload it in parts")
        self._parts.check(frame.value)
        self._spool.write(frame.packed)

    def end(self, container: Container) -> None:
        """Takes over what is to be said of all parts. Raises AnswerRefused when it does not fit them."""
        self._parts.check_end(container)
        self.container = container

    def batches(self) -> Iterator[list[Part]]:
        """The parts in order, as often as asked for."""
        self._spool.seek(0)
        while (frame := frames.read(self._spool)) is not None:
            yield frame.value

    def close(self) -> None:
        """Forgets the parts."""
        self._spool.close()


class Sandbox(ProcessPool):
    """usecases.ports.Reader over a pool of child processes."""

    def __init__(
        self, limits: Limits, size: int, ready: int | None = None, program: str = _PROGRAM, waits: float = _WAITS
    ) -> None:
        """`size`: files that may be read at a time; `ready`: processes started beforehand, else as many.

        `program`: the module that a process runs; `waits`: seconds after which one that has nothing to read ends.
        """
        super().__init__(limits, size if ready is None else ready, program, waits)
        self._free = asyncio.Semaphore(size)

    async def __aenter__(self) -> Self:
        """As ProcessPool does, with a model that is unpacked once for all processes."""
        self.model = await asyncio.to_thread(unpacked_model)
        return await super().__aenter__()

    async def read(
        self,
        data: bytes,
        name: str,
        manner: Manner = _AS_USUAL,
        project: Project = _NO_PROJECT,
        workspace_id: UUID = _NOBODY,
    ) -> Reading | Expansion:
        """Reads a file of a project and workspace.

        Raises:
            Unreadable: says why it cannot be read and what to do.
            Unavailable: no process could be started to read it.
        """
        async with self._free:
            child = await self.take(workspace_id)
            started = time.monotonic()
            request = Request(data, name, manner.text_column, project.model, manner.whole, project.language)
            seconds = reading_seconds(len(data), self.limits.seconds)
            try:
                with tracing.step("read file") as span:
                    span.set_attribute("coderai.file.bytes", len(data))
                    answer = await _ask(child, request, seconds)
                if isinstance(answer, ReaderDied) or (isinstance(answer, ReadingTooBig) and child.files > 1):
                    # Perhaps the files before, or the machine, are to blame: a new process tells.
                    await child.stop()
                    child = await self.start(workspace_id)
                    answer = await _ask(child, request, seconds)
            finally:
                await self.put_back(child)
        seconds = time.monotonic() - started
        if isinstance(answer, Unreadable):
            metrics.count_unreadable(answer, seconds)
            raise answer
        metrics.count(answer.container.format if isinstance(answer, Expansion) else answer.format, seconds)
        return answer


async def _ask(child: Child, request: Request, seconds: float) -> Reading | Expansion | Unreadable:
    """What the child makes of a file; afterwards it may have to be replaced."""
    child.is_usable = False  # until it has answered: a cancelled wait leaves it with half a conversation
    await child.is_ready()
    child.files += 1
    child.bytes += len(request.data)
    expansion = Expansion(request.name)
    answer: Reading | Expansion | Unreadable | None = None
    try:
        async with asyncio.timeout(seconds):
            await frames.send_request(child.writer, request)
        answer = await _answer_in_time(child, expansion, seconds)
    except TimeoutError:
        answer = _too_slow(seconds)
    except TextTooLarge as error:
        answer = error
    except AnswerRefused as error:
        log.warning("reading_answer_refused", reason=error.reason)
        answer = error
    except (asyncio.IncompleteReadError, OSError):
        log.warning("reading_process_died", status=await child.process.wait())
        answer = ReaderDied()
    finally:
        if answer is not expansion:
            expansion.close()
    return answer


async def _answer_in_time(child: Child, expansion: Expansion, seconds: float) -> Reading | Expansion | Unreadable:
    most = child.limits.whole_seconds
    try:
        async with asyncio.timeout(most) as whole:
            return await _answer(child, expansion, seconds)
    except TimeoutError:
        return _too_slow(most if whole.expired() else seconds)


async def _answer(child: Child, expansion: Expansion, seconds: float) -> Reading | Expansion | Unreadable:
    while True:
        async with asyncio.timeout(seconds):
            frame = await frames.receive(child.reader)
        if frame.kind is Kind.PARTS:
            expansion.add(frame)
        elif frame.kind is not Kind.ALIVE:
            break
    answer = _checked(frame.value, expansion)
    child.is_usable = not isinstance(answer, ReadingTooBig)
    return answer


def _too_slow(seconds: float) -> ReadingTooSlow:
    return ReadingTooSlow(f"reading the file took more than {seconds:.0f} seconds: split it or simplify it")


def _checked(last: object, expansion: Expansion) -> Reading | Expansion | Unreadable:
    """What a child said last of a file, if it can be true. Raises AnswerRefused."""
    match last:
        case Reading():
            check_reading(last)
        case Container():
            expansion.end(last)
            return expansion
        case Unreadable():
            return last
        case _:
            raise AnswerRefused.because("it says once more that it is ready")
    return last
