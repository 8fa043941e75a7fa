"""Processes that end when the one that started them ends, however it ends: by kill -9 or a lost terminal too."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import psutil

from coderai.deploy.managed_process import lives

GRACE_SECONDS = 5.0
"""What is left of a group has this long to end by itself before it is killed."""


class ProcessGroup:
    """Starts processes in one process group, which a guard process ends when it sees us gone.

    The guard leads the group and waits at a pipe that only this process holds open: no event but our end, or close(),
    closes it. That needs no help from the processes (Postgres and NATS give none), works from any thread and on
    every POSIX system. Terminal signals (Ctrl-C) do not reach the group: who owns it stops it in the right order.
    """

    def __init__(self, keep_open: Sequence[int] = ()) -> None:
        """`keep_open`: file descriptors that the guard holds until the group has ended, such as a lock."""
        self._guard = subprocess.Popen(
            [sys.executable, "-m", "coderai.deploy.process_group"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            process_group=0,
            pass_fds=tuple(keep_open),
        )

    def popen(
        self,
        command: Sequence[str],
        *,
        env: Mapping[str, str],
        cwd: Path,
        output: IO[bytes],
        keep_open: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:
        """Starts a command in the group; what it prints goes to `output`, and it holds the descriptors `keep_open`."""
        return subprocess.Popen(
            command,
            env=dict(env),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=self._guard.pid,
            pass_fds=tuple(keep_open),
        )

    def close(self) -> None:
        """Ends what still runs in the group: SIGINT, and SIGKILL after GRACE_SECONDS."""
        assert self._guard.stdin is not None
        self._guard.stdin.close()
        self._guard.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def guard() -> None:
    """Leads the group: waits until standard input ends, then ends whatever is left of the group."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    for number in (signal.SIGINT, signal.SIGKILL):
        for pid in _members():
            with suppress(ProcessLookupError):
                os.kill(pid, number)
        deadline = time.monotonic() + GRACE_SECONDS
        while _members() and time.monotonic() < deadline:
            time.sleep(0.05)


def _members() -> list[int]:
    """The group's running processes but this one."""
    return [pid for pid in psutil.pids() if pid != os.getpid() and _is_member(pid) and lives(pid)]


def _is_member(pid: int) -> bool:
    try:
        return os.getpgid(pid) == os.getpgrp()
    except ProcessLookupError:
        return False


if __name__ == "__main__":
    guard()
