"""Reads files in child processes that may hang, crash or eat memory without harm to the worker."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Self

import structlog

from coderai.kit.errors import Unavailable
from coderai.services.ingest.adapters import frames
from coderai.services.ingest.adapters.frames import Frame, Kind, Request
from coderai.services.ingest.domain.problems import ReaderDied, ReadingTooBig, ReadingTooSlow, TextTooLarge, Unreadable
from coderai.services.ingest.domain.reading import Container, Part, Reading
from coderai.services.ingest.domain.turns import reading_seconds

log = structlog.get_logger()

_START_SECONDS = 60
_FILES_PER_PROCESS = 500
"""Afterwards a new process takes over, so that what parsers leak does not add up."""
_IN_MEMORY = 8 * 2**20
"""Bytes of parts above which they wait on disk."""
_MOST_ANSWER = 2 * 2**30
"""Bytes of all that one file gives."""
_INHERITED = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "TESSDATA_PREFIX")
"""The environment of the children: no password, no key."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one file may take."""

    seconds: int = 120
    """Until it is read, or until the next of its parts are, or the text of its next page is recognised."""
    memory: int = 1536 * 2**20
    """Bytes of address space of one child process, and of a tesseract that it starts."""
    ocr_languages: str = ""
    """By tesseract's names, as in eng+deu; without any, scans are not read."""
    ocr_pages: int = 200
    """Scanned pages of one file."""


class Expansion:
    """A table or archive that was read; its parts wait on disk, if they are many, until close()."""

    def __init__(self) -> None:
        self.container: Container
        self._size = 0
        self._spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by close()

    def add(self, frame: Frame) -> None:
        """Takes over a batch of parts. Raises TextTooLarge when they are more than any project could use."""
        self._size += len(frame.body)
        if self._size > _MOST_ANSWER:
            raise TextTooLarge(f"the file gives more than {_MOST_ANSWER // 2**30} GiB: upload it in parts")
        self._spool.write(frame.packed)

    def batches(self) -> Iterator[list[Part]]:
        """The parts in order, as often as asked for."""
        self._spool.seek(0)
        while (frame := frames.read(self._spool)) is not None:
            yield frame.value

    def close(self) -> None:
        """Forgets the parts."""
        self._spool.close()


class Sandbox:
    """usecases.ports.Reader over a pool of child processes that are used again and again."""

    def __init__(self, limits: Limits, size: int, ready: int | None = None) -> None:
        """`size`: files that may be read at a time; `ready`: processes started beforehand, else as many."""
        self._limits = limits
        self._ready = size if ready is None else ready
        self._free = asyncio.Semaphore(size)
        self._idle: list[_Child] = []

    async def read(self, data: bytes, name: str, text_column: str = "", model: str = "") -> Reading | Expansion:
        """Reads a file; `model`, as provider:model, says whose tokens are counted.

        Raises:
            Unreadable: says why it cannot be read and what to do.
            Unavailable: no process could be started to read it.
        """
        async with self._free:
            child = self._idle.pop() if self._idle else await _Child.start(self._limits)
            request, seconds = Request(data, name, text_column, model), reading_seconds(len(data), self._limits.seconds)
            try:
                answer = await child.ask(request, seconds)
                if isinstance(answer, ReaderDied) or (isinstance(answer, ReadingTooBig) and child.files > 1):
                    # Perhaps the files before, or the machine, are to blame: a new process tells.
                    await child.stop()
                    child = await _Child.start(self._limits)
                    answer = await child.ask(request, seconds)
            finally:
                await self._put_back(child)
        if isinstance(answer, Unreadable):
            raise answer
        return answer

    async def __aenter__(self) -> Self:
        """Starts the processes, so that the first files find them ready. Raises Unavailable when one does not start."""
        self._idle = [await _Child.start(self._limits) for _ in range(self._ready)]
        for child in self._idle:
            await child.is_ready()
        return self

    async def __aexit__(self, *_: object) -> None:
        for child in self._idle:
            await child.stop()
        self._idle.clear()

    async def _put_back(self, child: _Child) -> None:
        if child.is_usable and child.files < _FILES_PER_PROCESS:
            self._idle.append(child)
        else:
            await child.stop()


class _Child:
    """One child process and the socket to it."""

    def __init__(
        self, process: asyncio.subprocess.Process, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._process = process
        self._reader = reader
        self._writer = writer
        self._is_new = True
        self.files = 0
        self.is_usable = True

    @classmethod
    async def start(cls, limits: Limits) -> Self:
        ours, theirs = socket.socketpair()
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "coderai.services.ingest.adapters.reading_process",
                *map(str, (theirs.fileno(), limits.seconds, limits.memory, limits.ocr_pages, limits.ocr_languages)),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=_environment(os.environ),
                start_new_session=True,  # a process group of its own, with what it starts
            )
        return cls(process, *await asyncio.open_connection(sock=ours))

    async def is_ready(self) -> None:
        """Waits for a new process. Raises Unavailable: it does not start, which is not the file's fault."""
        if self._is_new:
            try:
                async with asyncio.timeout(_START_SECONDS):
                    await frames.receive(self._reader)
            except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
                raise Unavailable("a reading process did not start") from error
            self._is_new = False

    async def ask(self, request: Request, seconds: float) -> Reading | Expansion | Unreadable:
        """What the child makes of a file; afterwards it may have to be replaced."""
        self.is_usable = False  # until it has answered: a cancelled wait leaves it with half a conversation
        await self.is_ready()
        self.files += 1
        expansion = Expansion()
        answer: Reading | Expansion | Unreadable | None = None
        try:
            async with asyncio.timeout(seconds):
                await frames.send_request(self._writer, request)
            answer = await self._answer(expansion, seconds)
        except TimeoutError:
            answer = ReadingTooSlow(f"reading the file took more than {seconds:.0f} seconds: split it or simplify it")
        except TextTooLarge as error:
            answer = error
        except (asyncio.IncompleteReadError, OSError):
            log.warning("reading_process_died", status=await self._process.wait())
            answer = ReaderDied()
        finally:
            if answer is not expansion:
                expansion.close()
        return answer

    async def _answer(self, expansion: Expansion, seconds: float) -> Reading | Expansion | Unreadable:
        while True:
            async with asyncio.timeout(seconds):
                frame = await frames.receive(self._reader)
            if frame.kind is Kind.LAST:
                break
            if frame.kind is Kind.PARTS:
                expansion.add(frame)
        last: Reading | Container | Unreadable = frame.value
        self.is_usable = not isinstance(last, ReadingTooBig)
        if not isinstance(last, Container):
            return last
        expansion.container = last
        return expansion

    async def stop(self) -> None:
        """Ends the process and what it started, whatever it is doing."""
        self._writer.close()
        with suppress(ProcessLookupError, PermissionError):  # it has ended already; macOS says the latter
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    # One thread for numpy's linear algebra, which takes address space for each of them.
    return {name: env[name] for name in _INHERITED if name in env} | {"OPENBLAS_NUM_THREADS": "1"}
