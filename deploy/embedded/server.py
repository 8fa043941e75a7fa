"""What the embedded servers share: a folder, a port that stays the same, start, stop, and what a crash left behind."""

from __future__ import annotations

import json
import signal
import time
from abc import abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from coderai.deploy.errors import ProcessFailed, last_lines
from coderai.deploy.managed_process import ManagedProcess, lives
from coderai.deploy.ports import free_port, is_free
from coderai.deploy.process_group import ProcessGroup

_START_SECONDS = 120.0
"""A server that recovers after a crash may take long; one that has ended is noticed at once."""
_STOP_SECONDS = 20.0
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C", "TZ": "UTC"}


class EmbeddedServer(ManagedProcess):
    """A server process that listens on 127.0.0.1 and is at home in one folder.

    The caller makes sure that no one else uses the folder (LocalStack locks its own): a server of an earlier owner
    that still runs there was left behind by a crash, and is ended by start().
    """

    def __init__(self, name: str, data_dir: Path, group: ProcessGroup | None, log: Path | None) -> None:
        """`group`: the process group to start it in, else its own; `log`: else <data_dir>/<name>.log."""
        self.data_dir = data_dir.resolve()
        super().__init__(name, log or self.data_dir / f"{name}.log")
        self.port = 0
        self._given_group = group
        self._group: ProcessGroup | None = None

    @abstractmethod
    def _prepare(self) -> None:
        """Creates what the folder lacks."""

    @abstractmethod
    def _command(self) -> Sequence[str]:
        """The command that runs the server in the foreground on self.port."""

    @abstractmethod
    def _is_ready(self) -> bool:
        """Whether the running process answers clients."""

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
        self.ask_to_stop()
        self.ended_by(time.monotonic() + _STOP_SECONDS)
        self._leave_group()

    def kill(self) -> None:
        """Ends the server as a crash would."""
        super().kill()
        self._leave_group()

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

    def _leave_group(self) -> None:
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
        with suppress(KeyError, psutil.NoSuchProcess):
            orphan = psutil.Process(int(run["pid"]))
            # The process number may be in use again for something else, which started at another time.
            if abs(orphan.create_time() - run["started"]) > 2:
                return
            for number in (self.stop_signal, signal.SIGKILL):
                orphan.send_signal(number)
                deadline = time.monotonic() + _STOP_SECONDS
                while lives(orphan.pid) and time.monotonic() < deadline:
                    time.sleep(0.05)
