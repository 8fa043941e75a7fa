"""Reads files in child processes that may hang, crash or eat memory without harm to the worker."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Self
from uuid import UUID

import structlog

from coderai.kit import tracing
from coderai.kit.errors import CoderAIError, Unavailable
from coderai.services.ingest.adapters import frames, metrics
from coderai.services.ingest.adapters.answers import PartsSoFar, check_reading
from coderai.services.ingest.adapters.complaints import log_lines
from coderai.services.ingest.adapters.frames import Frame, Kind, Request
from coderai.services.ingest.adapters.reading_process import Orders
from coderai.services.ingest.domain.document import Manner, Project
from coderai.services.ingest.domain.isolation import Measure
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

_START_SECONDS = 60
_FILES_PER_PROCESS, _BYTES_PER_PROCESS = 5_000, 256 * 2**20
"""After so many files, or so many bytes of them, a new process takes over, so that what parsers leak does not add up.

One takes a second to start, as long as reading a thousand small texts.
"""
_WAITS = 20.0
"""Seconds that a process waits for the next file, twice that at most: it holds 140 MB, and a new one takes a second."""
_IN_MEMORY = 8 * 2**20
"""Bytes of parts above which they wait on disk."""
_NOBODY = UUID(int=0)
_AS_USUAL, _NO_PROJECT = Manner(), Project()
_MOST_ANSWER = 2 * 2**30
"""Bytes of all that one file gives."""
_INHERITED = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "TESSDATA_PREFIX")
"""The environment of the children: no password, no key."""
_PROGRAM = "coderai.services.ingest.adapters.reading_process"


class NotIsolated(CoderAIError):
    """This host does not have a measure of isolation that the settings ask for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take."""

    seconds: int = 120
    """Until it is read, or until the next of its parts are, or the text of its next page is recognised."""
    memory: int = 1536 * 2**20
    """Bytes of address space of one child process, and of a tesseract that it starts."""
    ocr_languages: str = ""
    """What scans may be read with by tesseract's names, as in eng+deu+osd; without any, they are not read."""
    ocr_pages: int = 200
    """Scanned pages of one file."""
    required: frozenset[Measure] = frozenset()
    """Measures of isolation without which no file is read."""
    whole_seconds: int = 24 * 60 * 60
    """Until all of it is read, however often it gives a sign of life; an archive of many scans takes hours."""


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


class Sandbox:
    """usecases.ports.Reader over a pool of child processes, each used again and again for one workspace.

    A file that takes its process over meets no other workspace's files: a process that has read one serves no other.
    """

    def __init__(
        self, limits: Limits, size: int, ready: int | None = None, program: str = _PROGRAM, waits: float = _WAITS
    ) -> None:
        """`size`: files that may be read at a time; `ready`: processes started beforehand, else as many.

        `program`: the module that a process runs; `waits`: seconds after which one that has nothing to read ends.
        """
        self.limits = limits
        self._program = program
        self._waits = waits
        self.missing: Mapping[str, str] = {}
        """Measures of isolation that this host does not have, and why; known once a process was started beforehand."""
        self._ready = size if ready is None else ready
        self._free = asyncio.Semaphore(size)
        self._idle: list[_Child] = []
        self._ending: asyncio.Task[None] | None = None

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
            child = await self._take(workspace_id)
            started = time.monotonic()
            request = Request(data, name, manner.text_column, project.model, manner.whole, project.language)
            seconds = reading_seconds(len(data), self.limits.seconds)
            try:
                with tracing.step("read file") as span:
                    span.set_attribute("coderai.file.bytes", len(data))
                    answer = await child.ask(request, seconds)
                if isinstance(answer, ReaderDied) or (isinstance(answer, ReadingTooBig) and child.files > 1):
                    # Perhaps the files before, or the machine, are to blame: a new process tells.
                    await child.stop()
                    child = await self._start(workspace_id)
                    answer = await child.ask(request, seconds)
            finally:
                await self._put_back(child)
        seconds = time.monotonic() - started
        if isinstance(answer, Unreadable):
            metrics.count_unreadable(answer, seconds)
            raise answer
        metrics.count(answer.container.format if isinstance(answer, Expansion) else answer.format, seconds)
        return answer

    async def __aenter__(self) -> Self:
        """Starts processes for the first files to find them ready, and logs which measures this host lacks.

        Raises:
            Unavailable: a process does not start.
            NotIsolated: a measure is missing that is required.
        """
        self._idle = [await self._start() for _ in range(self._ready)]
        try:
            for child in self._idle:
                self.missing = await child.is_ready()
        except CoderAIError:
            await self.__aexit__()
            raise
        if self._idle:
            self._tell()
        self._ending = asyncio.create_task(self._end_those_that_wait())
        return self

    def _tell(self) -> None:
        taken = [measure.value for measure in Measure if measure.value not in self.missing]
        if self.missing:
            log.warning("reading_isolation", taken=taken, missing=self.missing)
        else:
            log.info("reading_isolation", taken=taken)

    async def _end_those_that_wait(self) -> None:
        while True:
            await asyncio.sleep(self._waits)
            since = time.monotonic() - self._waits
            while old := next((child for child in self._idle if child.idle_since < since), None):
                self._idle.remove(old)
                await old.stop()

    async def __aexit__(self, *_: object) -> None:
        if self._ending is not None:
            self._ending.cancel()
            await asyncio.wait([self._ending])
        for child in self._idle:
            await child.stop()
        self._idle.clear()

    async def _take(self, workspace_id: UUID) -> _Child:
        """An idle process of the workspace, or one that has read nothing yet, or a new one, in place of another's."""
        for owner in (workspace_id, None):
            for child in self._idle:
                if child.owner == owner:
                    self._idle.remove(child)
                    child.owner = workspace_id
                    return child
        if self._idle:
            await self._idle.pop(0).stop()
        return await self._start(workspace_id)

    async def _start(self, owner: UUID | None = None) -> _Child:
        child = await _Child.start(self.limits, self._program)
        child.owner = owner
        return child

    async def _put_back(self, child: _Child) -> None:
        if child.is_usable and child.files < _FILES_PER_PROCESS and child.bytes < _BYTES_PER_PROCESS:
            child.idle_since = time.monotonic()
            self._idle.append(child)
        else:
            await child.stop()


class _Child:
    """One child process and the socket to it."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limits: Limits,
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._limits = limits
        self._log = asyncio.ensure_future(log_lines(process.stderr)) if process.stderr else None
        self._missing: Mapping[str, str] | None = None
        self.owner: UUID | None = None
        """The workspace whose files it reads; None before the first."""
        self.files = self.bytes = 0
        self.is_usable = True
        self.idle_since = time.monotonic()

    @classmethod
    async def start(cls, limits: Limits, program: str) -> Self:
        ours, theirs = socket.socketpair()
        with theirs:
            orders = Orders(theirs.fileno(), limits.seconds, limits.memory, limits.ocr_pages, limits.ocr_languages)
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", program, *orders.arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,  # the worker's own may be a file, which would be the child's to write
                pass_fds=[theirs.fileno()],
                env=_environment(os.environ),
                start_new_session=True,  # a process group of its own, with what it starts
            )
        return cls(process, *await asyncio.open_connection(sock=ours), limits)

    async def is_ready(self) -> Mapping[str, str]:
        """Waits for a new process; which measures of isolation it does not have, and why.

        Raises:
            Unavailable: it does not start, which is not the file's fault.
            NotIsolated: one of those is required.
        """
        if self._missing is None:
            try:
                async with asyncio.timeout(_START_SECONDS):
                    frame = await frames.receive(self._reader)
                    missing: Mapping[str, str] = frame.value if frame.kind is Kind.READY else {}
            except (TimeoutError, asyncio.IncompleteReadError, OSError, AnswerRefused) as error:
                raise Unavailable("a reading process did not start") from error
            _must_have(self._limits.required, missing)
            self._missing = missing
        return self._missing

    async def ask(self, request: Request, seconds: float) -> Reading | Expansion | Unreadable:
        """What the child makes of a file; afterwards it may have to be replaced."""
        self.is_usable = False  # until it has answered: a cancelled wait leaves it with half a conversation
        await self.is_ready()
        self.files += 1
        self.bytes += len(request.data)
        expansion = Expansion(request.name)
        answer: Reading | Expansion | Unreadable | None = None
        try:
            async with asyncio.timeout(seconds):
                await frames.send_request(self._writer, request)
            answer = await self._answer_in_time(expansion, seconds)
        except TimeoutError:
            answer = _too_slow(seconds)
        except TextTooLarge as error:
            answer = error
        except AnswerRefused as error:
            log.warning("reading_answer_refused", reason=error.reason)
            answer = error
        except (asyncio.IncompleteReadError, OSError):
            log.warning("reading_process_died", status=await self._process.wait())
            answer = ReaderDied()
        finally:
            if answer is not expansion:
                expansion.close()
        return answer

    async def _answer_in_time(self, expansion: Expansion, seconds: float) -> Reading | Expansion | Unreadable:
        most = self._limits.whole_seconds
        try:
            async with asyncio.timeout(most) as whole:
                return await self._answer(expansion, seconds)
        except TimeoutError:
            return _too_slow(most if whole.expired() else seconds)

    async def _answer(self, expansion: Expansion, seconds: float) -> Reading | Expansion | Unreadable:
        while True:
            async with asyncio.timeout(seconds):
                frame = await frames.receive(self._reader)
            if frame.kind is Kind.PARTS:
                expansion.add(frame)
            elif frame.kind is not Kind.ALIVE:
                break
        answer = _checked(frame.value, expansion)
        self.is_usable = not isinstance(answer, ReadingTooBig)
        return answer

    async def stop(self) -> None:
        """Ends the process and what it started, whatever it is doing."""
        self._writer.close()
        with suppress(ProcessLookupError, PermissionError):  # it has ended already; macOS says the latter
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()
        if self._log:
            await self._log


def _too_slow(seconds: float) -> ReadingTooSlow:
    return ReadingTooSlow(f"reading the file took more than {seconds:.0f} seconds: split it or simplify it")


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    # One thread for numpy's linear algebra, which takes address space for each of them.
    return {name: env[name] for name in _INHERITED if name in env} | {"OPENBLAS_NUM_THREADS": "1"}


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


def _must_have(required: frozenset[Measure], missing: Mapping[str, str]) -> None:
    absent = [f"{measure.value} ({missing[measure.value]})" for measure in sorted(required) if measure.value in missing]
    if absent:
        raise NotIsolated(
            f"this host lacks measures that CODERAI_INGEST_REQUIRED_ISOLATION asks for: {', '.join(absent)}"
        )
