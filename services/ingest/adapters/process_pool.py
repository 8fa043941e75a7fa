"""Child processes that work on files for one workspace each, and may hang, crash or eat memory without harm."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from uuid import UUID

import structlog

from coderai.kit.errors import CoderAIError, Unavailable
from coderai.services.ingest.adapters import frames
from coderai.services.ingest.adapters.complaints import log_lines
from coderai.services.ingest.adapters.confined_process import NO_MODEL, Orders
from coderai.services.ingest.adapters.frames import Kind
from coderai.services.ingest.domain.isolation import Measure
from coderai.services.ingest.domain.problems import AnswerRefused

log = structlog.get_logger()

_START_SECONDS = 60
_END_SECONDS = 10
"""Until a killed process is left as it is: something that it started may hold its standard error open."""
_FILES_PER_PROCESS, _BYTES_PER_PROCESS = 5_000, 256 * 2**20
"""After so many files, or so many bytes of them, a new process takes over, so that what parsers leak does not add up.

One takes a second to start, as long as reading a thousand small texts.
"""
_INHERITED = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "TESSDATA_PREFIX")
"""The environment of the children: no password, no key."""


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


class ProcessPool:
    """Child processes that run one program, each used again and again for one workspace.

    A file that takes its process over meets no other workspace's files: a process that has read one serves no other.
    """

    def __init__(self, limits: Limits, ready: int, program: str, waits: float) -> None:
        """`ready`: processes started beforehand; `program`: the module that a process runs.

        `waits`: seconds after which one that has nothing to do ends.
        """
        self.limits = limits
        self._program = program
        self._waits = waits
        self.model = NO_MODEL
        """The descriptor of what tells languages, for programs that do."""
        self.missing: Mapping[str, str] = {}
        """Measures of isolation that this host does not have, and why; known once a process was started beforehand."""
        self._ready = ready
        self._idle: list[Child] = []
        self._ending: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Starts processes for the first files to find them ready, and logs which measures this host lacks.

        Raises:
            Unavailable: a process does not start.
            NotIsolated: a measure is missing that is required.
        """
        self._idle = [await self.start() for _ in range(self._ready)]
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

    async def take(self, workspace_id: UUID) -> Child:
        """An idle process of the workspace, or one that has read nothing yet, or a new one, in place of another's."""
        for owner in (workspace_id, None):
            for child in self._idle:
                if child.owner == owner:
                    self._idle.remove(child)
                    child.owner = workspace_id
                    return child
        if self._idle:
            await self._idle.pop(0).stop()
        return await self.start(workspace_id)

    async def start(self, owner: UUID | None = None) -> Child:
        """Starts a process, of a workspace if one is named."""
        child = await Child.start(self.limits, self._program, self.model)
        child.owner = owner
        return child

    async def put_back(self, child: Child) -> None:
        if child.is_usable and child.files < _FILES_PER_PROCESS and child.bytes < _BYTES_PER_PROCESS:
            child.idle_since = time.monotonic()
            self._idle.append(child)
        else:
            await child.stop()


class Child:
    """One child process and the socket to it."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        limits: Limits,
    ) -> None:
        self.process = process
        self.reader = reader
        self.writer = writer
        self.limits = limits
        self._log = asyncio.ensure_future(log_lines(process.stderr)) if process.stderr else None
        self._missing: Mapping[str, str] | None = None
        self.owner: UUID | None = None
        """The workspace whose files it reads; None before the first."""
        self.files = self.bytes = 0
        self.holds = ""
        """The file that it has open, where its program keeps one."""
        self.is_usable = True
        self.idle_since = time.monotonic()

    @classmethod
    async def start(cls, limits: Limits, program: str, model: int) -> Self:
        ours, theirs = socket.socketpair()
        with theirs:
            passed = [theirs.fileno(), *([model] if model != NO_MODEL else [])]
            orders = Orders(
                theirs.fileno(), limits.seconds, limits.memory, limits.ocr_pages, model, limits.ocr_languages
            )
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", program, *orders.arguments),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,  # the worker's own may be a file, which would be the child's to write
                pass_fds=passed,
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
                    frame = await frames.receive(self.reader)
                    missing: Mapping[str, str] = frame.value if frame.kind is Kind.READY else {}
            except (TimeoutError, asyncio.IncompleteReadError, OSError, AnswerRefused) as error:
                raise Unavailable("a reading process did not start") from error
            _must_have(self.limits.required, missing)
            self._missing = missing
        return self._missing

    async def stop(self) -> None:
        """Ends the process and what it started, whatever it is doing."""
        self.writer.close()
        with suppress(ProcessLookupError, PermissionError):  # it has ended already; macOS says the latter
            os.killpg(self.process.pid, signal.SIGKILL)
        ending = [asyncio.ensure_future(self.process.wait()), *([self._log] if self._log else [])]
        _, late = await asyncio.wait(ending, timeout=_END_SECONDS)
        for one in late:
            one.cancel()


def _environment(env: Mapping[str, str]) -> dict[str, str]:
    # One thread for numpy's linear algebra, which takes address space for each of them.
    return {name: env[name] for name in _INHERITED if name in env} | {"OPENBLAS_NUM_THREADS": "1"}


def _must_have(required: frozenset[Measure], missing: Mapping[str, str]) -> None:
    absent = [f"{measure.value} ({missing[measure.value]})" for measure in sorted(required) if measure.value in missing]
    if absent:
        raise NotIsolated(
            f"this host lacks measures that CODERAI_INGEST_REQUIRED_ISOLATION asks for: {', '.join(absent)}"
        )
