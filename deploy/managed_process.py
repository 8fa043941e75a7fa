"""A process that can be started again and again, with its output in a log file."""

from __future__ import annotations

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Protocol

import psutil

UNSEEN = 256
"""Stands for the exit code of a process that nobody saw end: no process has it."""


class Started(Protocol):
    """A process that was started: what of subprocess.Popen is used."""

    @property
    def pid(self) -> int:
        """Its number."""

    def poll(self) -> int | None:
        """Its exit code, that of a signal negative, or UNSEEN; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end. Raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Sends a signal, if it runs."""

    def kill(self) -> None:
        """Ends it as a crash would."""


def lives(pid: int) -> bool:
    """Whether the process runs; one that has ended does not, even if its parent has not taken note of it (a zombie)."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class ManagedProcess(ABC):
    """Base of the embedded servers and of CoderAI's own processes; subclasses set _process in start()."""

    stop_signal = signal.SIGTERM

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self._process: Started | None = None

    @abstractmethod
    def start(self) -> None:
        """Starts it; its output is appended to the log."""

    @property
    def pid(self) -> int:
        """Of the latest start."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        code = self._process.poll() if self._process else None
        if code == UNSEEN:
            return "nobody saw how"
        return f"killed by {signal.Signals(-code).name}" if code and code < 0 else f"exit code {code}"

    def ask_to_stop(self) -> None:
        """Sends the signal upon which it ends in good order."""
        if self._process is not None:
            self._process.send_signal(self.stop_signal)

    def ended_by(self, deadline: float) -> bool:
        """Waits until it has ended; at the deadline (time.monotonic) kills it and returns False."""
        if self._process is not None:
            try:
                self._process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                self.kill()
                return False
        return True

    def kill(self) -> None:
        """Ends it as a crash would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
