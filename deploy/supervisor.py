"""Keeps processes running: starts them, starts those again that end, and stops them in good order."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from coderai.deploy.errors import DeployError, ProcessFailed, last_lines
from coderai.deploy.forking import CannotFork, WarmParent
from coderai.deploy.managed_process import ManagedProcess, Started
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.processes import ROOT, ProcessSpec

STOP_SECONDS = 30.0
_LOOK_EVERY = 0.1
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_SETTLED_AFTER = 60.0
"""Who ran that long begins again with the first pause."""
_LARGEST_LOG = 20 * 2**20


class ChildProcess(ManagedProcess):
    """One process of the table."""

    def __init__(self, spec: ProcessSpec, group: ProcessGroup, logs: Path, parent: WarmParent | None = None) -> None:
        """`parent`: what it is forked from, if there is one and it can."""
        super().__init__(spec.name, logs / f"{spec.name}.log")
        self.tier = spec.tier
        self._spec = spec
        self._group = group
        self._parent = parent

    def start(self) -> None:
        """Starts it; a log that has grown large is set aside as <name>.log.old first."""
        if self.log.exists() and self.log.stat().st_size > _LARGEST_LOG:
            self.log.replace(self.log.with_suffix(".log.old"))
        with self.log.open("ab") as output:
            self._process = self._started(output)

    def _started(self, output: IO[bytes]) -> Started:
        spec = self._spec
        if self._parent is not None:
            with suppress(CannotFork):
                return self._parent.fork(spec.name, spec.command, spec.env, output)
        return self._group.popen(spec.command, env=spec.env, cwd=ROOT, output=output)


@dataclass(slots=True)
class _Record:
    process: ManagedProcess
    since: float
    failures: int = 0
    due: float | None = None
    """When to start it again, while it is down."""


@dataclass(slots=True)
class Supervisor:
    """Watches servers and children from a thread of its own, from watch() to stop()."""

    on_event: Callable[[str], None]
    """Told in words what ended and what was started again."""
    on_change: Callable[[], None]
    """Called after a process was started again: numbers and perhaps ports are new."""
    lock: threading.RLock = field(default_factory=threading.RLock)
    """Held while looking; whoever stops something on purpose holds it until that runs again."""
    _records: list[_Record] = field(default_factory=list)
    _children: list[ChildProcess] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def keep(self, process: ManagedProcess) -> None:
        """Takes over a process that runs."""
        self._records.append(_Record(process, time.monotonic()))

    def start_all(self, children: Sequence[ChildProcess]) -> None:
        """Starts children side by side."""
        for child in children:
            child.start()
            self._children.append(child)
            self.keep(child)

    @property
    def pids(self) -> dict[str, int]:
        """Of all that run, by name."""
        return {r.process.name: r.process.pid for r in self._records if r.process.running}

    def check(self) -> None:
        """Raises ProcessFailed if a process has ended."""
        ended = next((record.process for record in self._records if not record.process.running), None)
        if ended is not None:
            raise ProcessFailed(
                f"{ended.name} ended ({ended.ending}); the end of {ended.log}:\n{last_lines(ended.log)}"
            )

    def watch(self) -> None:
        """Begins to start again what ends."""
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        self._thread.start()

    def kill(self, name: str) -> None:
        """Ends one process as a crash would; it is started again soon.

        Raises:
            KeyError: there is no such process.
        """
        self._record(name).process.kill()

    def restart(self, name: str) -> str:
        """Has one process end in good order and starts it again; returns how it ended, in words.

        Raises:
            KeyError: there is no such process.
        """
        with self.lock:
            record = self._record(name)
            record.process.ask_to_stop()
            record.process.ended_by(time.monotonic() + STOP_SECONDS)
            ending = record.process.ending
            record.process.start()
            record.since = time.monotonic()
        self.on_change()
        return ending

    def stop(self) -> list[str]:
        """Stops watching, then the children, tier by tier; returns the names of those that had to be killed."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        killed = []
        for tier in sorted({child.tier for child in self._children}, reverse=True):
            members = [child for child in self._children if child.tier == tier]
            for child in members:
                child.ask_to_stop()
            deadline = time.monotonic() + STOP_SECONDS
            killed += [child.name for child in members if not child.ended_by(deadline)]
        return killed

    def _record(self, name: str) -> _Record:
        return {record.process.name: record for record in self._records}[name]

    def _watch(self) -> None:
        while not self._stop.wait(_LOOK_EVERY):
            with self.lock:
                for record in self._records:
                    if not record.process.running:
                        self._attend(record)

    def _attend(self, record: _Record) -> None:
        now = time.monotonic()
        if record.due is None:
            record.failures = 0 if now - record.since > _SETTLED_AFTER else record.failures
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2**record.failures)
            record.failures, record.due = record.failures + 1, now + pause
            self.on_event(
                f"{record.process.name} ended ({record.process.ending}) and starts again in {pause:g} s;"
                f" its log is {record.process.log}"
            )
        elif now >= record.due:
            record.due, record.since = None, now
            try:
                record.process.start()
            except (OSError, DeployError) as error:
                self.on_event(f"{record.process.name} could not be started: {error}")
            self.on_change()
