"""Starts processes by forking one that has loaded what they need: that takes milliseconds, and they share its memory.

Only where processes have descriptors, on Linux from 5.3 on. Elsewhere, and while the parent does not run, processes
are started as commands: the same, but that each loads everything itself.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from coderai.deploy.errors import DeployError
from coderai.deploy.managed_process import UNSEEN, ManagedProcess
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.processes import ROOT, basics

NAME = "warm-parent"
_ENVIRONMENT = {"PYTHONUNBUFFERED": "1", "OPENBLAS_NUM_THREADS": "1"}
"""What is read at the start or when modules are loaded; numpy's linear algebra would start threads then."""
_ANSWER_SECONDS = 60.0
"""The parent may still be loading; without an answer a process is started by its command."""
_TOLD_SECONDS = 2.0
"""Between the end of a process and that its parent tells how it ended."""


class CannotFork(DeployError):
    """The parent does not run, or does not answer."""


def can_fork() -> bool:
    """Whether this host has what it takes."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


class ForkedProcess:
    """A forked process, with the methods of subprocess.Popen that are used of it; its number is never another's."""

    def __init__(self, args: Sequence[str], pid: int, handle: int, told: socket.socket) -> None:
        """`handle`: the process's descriptor (pidfd); `told`: where its parent tells how it ended."""
        self.args = args
        self.pid = pid
        self.returncode: int | None = None
        self._handle = handle
        self._told = told

    def poll(self) -> int | None:
        """How it ended, as Popen has it; None while it runs."""
        if self.returncode is None and self._ends_within(0):
            self._told.settimeout(_TOLD_SECONDS)
            try:
                self.returncode = int(self._told.recv(16) or UNSEEN)
            except OSError:
                self.returncode = UNSEEN
            self._told.close()
            os.close(self._handle)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Waits for its end. Raises subprocess.TimeoutExpired."""
        if self.returncode is None:
            self._ends_within(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return code

    def send_signal(self, sig: int) -> None:
        """Sends a signal, if it runs."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._handle, sig)

    def kill(self) -> None:
        """Ends it as a crash would."""
        self.send_signal(signal.SIGKILL)

    def _ends_within(self, seconds: float | None) -> bool:
        waiting = select.poll()
        waiting.register(self._handle, select.POLLIN)
        return bool(waiting.poll(None if seconds is None else 1000 * seconds))


class WarmParent(ManagedProcess):
    """The parent of a stack's processes (deploy.warm_parent)."""

    def __init__(self, modules: Sequence[str], group: ProcessGroup, logs: Path) -> None:
        """`modules`: what it loads."""
        super().__init__(NAME, logs / f"{NAME}.log")
        self._modules = modules
        self._group = group
        self._orders: socket.socket | None = None

    def start(self) -> None:
        """Starts it; it loads while others do something else."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        if self._orders is not None:
            self._orders.close()
        command = [sys.executable, "-m", "coderai.deploy.warm_parent", str(theirs.fileno()), *self._modules]
        with theirs, self.log.open("ab") as output:
            self._process = self._group.popen(
                command, env=basics() | _ENVIRONMENT, cwd=ROOT, output=output, keep_open=(theirs.fileno(),)
            )
        self._orders = ours

    def has_loaded(self) -> bool:
        """Waits until it has loaded; whether it has, and nothing forbids forking it."""
        if self._orders is None:
            return False
        self._orders.settimeout(_ANSWER_SECONDS)
        try:
            return bool(self._orders.recv(16))
        except OSError:
            return False

    def stop(self) -> None:
        """Has it end; what it has forked goes on."""
        if self._orders is not None:
            self._orders.close()
        self.ended_by(time.monotonic() + _TOLD_SECONDS)

    def fork(self, name: str, command: Sequence[str], env: Mapping[str, str], output: IO[bytes]) -> ForkedProcess:
        """Has a process forked that does what `python -m module arguments` (the command) would.

        Raises:
            CannotFork: it does not run, or does not answer.
        """
        if not self.running or self._orders is None:
            raise CannotFork(f"{NAME} does not run")
        read, write = os.pipe()
        told, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                socket.send_fds(self._orders, [b"f"], [read, theirs.fileno(), output.fileno()])
            pid, handle = _answer(told)
        except OSError as error:
            told.close()
            os.close(write)
            raise CannotFork(f"{NAME} does not answer") from error
        finally:
            os.close(read)
        order = {"name": name, "module": command[2], "arguments": command[3:], "env": dict(env)}
        with suppress(BrokenPipeError), open(write, "w") as pipe:  # noqa: PTH123 - it has no path
            json.dump(order, pipe)
        return ForkedProcess(command, pid, handle, told)


def _answer(told: socket.socket) -> tuple[int, int]:
    """Number and descriptor of the process that was forked. Raises OSError when there is none."""
    told.settimeout(_ANSWER_SECONDS)
    said, descriptors, _, _ = socket.recv_fds(told, 16, 1)
    if not descriptors:
        raise ConnectionResetError("closed without an answer")
    return int(said), descriptors[0]
