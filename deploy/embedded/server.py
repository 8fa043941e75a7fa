"""What the embedded servers share: a folder, a port that stays the same, start, stop, and what a crash left behind."""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import psutil

from deploy.errors import ProcessFailed, last_lines
from deploy.ports import free_port, is_free
from deploy.process_group import ProcessGroup

_START_SECONDS = 120.0
"""A server that recovers after a crash may take long; one that has ended is noticed at once."""
_STOP_SECONDS = 20.0
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "TZ": "UTC"}


class EmbeddedServer(ABC):
    """A server process that listens on 127.0.0.1 and is at home in one folder.

    The caller makes sure that no one else uses the folder (LocalStack locks its own): a server of an earlier owner
    that still runs there was left behind by a crash, and is ended by start().
    """

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]

    def __init__(self, data_dir: Path, *, group: ProcessGroup | None = None, log: Path | None = None) -> None:
        """`group`: the process group to start it in, else its own; `log`: default <data_dir>/<name>.log."""
        self.data_dir = data_dir.resolve()
        self.log = log or self.data_dir / f"{self.name}.log"
        self.port = 0
        self._given_group = group
        self._group: ProcessGroup | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _prepare(self) -> None:
        """Creates what the folder lacks."""

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """The command that runs the server in the foreground on self.port."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether the running process answers clients."""

    @property
    def pid(self) -> int:
        """Of the server's main process."""
        assert self._process is not None, f"{self.name} was not started"
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Starts the server and waits until it answers; on the port of the last time if that is free.

        Raises:
            ProcessFailed: it ended, or did not answer in time.
        """
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o711)
        self._end_orphan()
        self._prepare()
        self._group = self._given_group or ProcessGroup()
        deadline = time.monotonic() + _START_SECONDS
        while not self._started(deadline):
            if time.monotonic() > deadline or not self._may_try_again():
                self.kill()
                raise ProcessFailed(f"{self.name} did not start; the end of {self.log}:\n{last_lines(self.log)}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stops the server in good order: clients are cut off, data is on disk."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """Ends the server as a crash would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stops and starts again on the same data and port."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _started(self, deadline: float) -> bool:
        assert self._group is not None
        self.port = free_port(int(self._last_run().get("port", 0)))
        with self.log.open("ab") as output:
            self._process = self._group.popen(self._command(), env=ENVIRONMENT, cwd=self.data_dir, output=output)
        run = {"port": self.port, "pid": self.pid, "started": psutil.Process(self.pid).create_time()}
        self._last_run_file.write_text(json.dumps(run))
        while self.running and time.monotonic() < deadline:
            if self._is_ready():
                return True
            time.sleep(0.02)
        return False

    def _may_try_again(self) -> bool:
        """Whether a start that failed may succeed now: another process took the port first."""
        return not self.running and not is_free(self.port)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self.running:
            self._process.send_signal(number)
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._group is not None and self._given_group is None:
            self._group.close()
        self._group = None

    @property
    def _last_run_file(self) -> Path:
        return self.data_dir / f"{self.name}.json"

    def _last_run(self) -> dict[str, float]:
        try:
            run: dict[str, float] = json.loads(self._last_run_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return run

    def _end_orphan(self) -> None:
        run = self._last_run()
        try:
            orphan = psutil.Process(int(run["pid"]))
            # Start times are told apart by seconds: a process number may be in use again for something else.
            if abs(orphan.create_time() - run["started"]) < 2:
                orphan.send_signal(self.stop_signal)
                orphan.wait(_STOP_SECONDS)
        except (KeyError, psutil.NoSuchProcess):
            return
        except psutil.TimeoutExpired:
            orphan.kill()
            orphan.wait()


def kept_secret(file: Path) -> str:
    """The secret in a file that its owner alone may read; made at the first call."""
    if not file.exists():
        file.touch(mode=0o600)
    if not (secret := file.read_text()):
        secret = secrets.token_urlsafe(32)
        file.write_text(secret)
    return secret
