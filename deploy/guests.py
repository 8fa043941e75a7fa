"""Commands that use a stack which another process has started: it stays until the last of them has ended.

Each guest holds a shared lock on the file "guests" in the data folder, which its end releases however it ends; whoever
stops the stack takes the lock alone first.
"""

from __future__ import annotations

import fcntl
import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import IO, Self
from urllib.parse import urlsplit

from coderai.deploy.data_dir import DataDir
from coderai.deploy.managed_process import lives

_FILE = "guests"
_ANSWERS_WITHIN = 5.0


@dataclass(slots=True)
class Guest:
    """The use of a stack that another process has started."""

    url: str
    """http://host:port of its HTTP API."""
    _lock: IO[str]

    @classmethod
    def of(cls, folder: Path) -> Self | None:
        """Begins to use the stack that runs on a data folder; None when none is ready there, or it is ending."""
        try:
            lock = (folder / _FILE).open("a")
        except FileNotFoundError:
            return None
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            url = _ready_url(DataDir(folder))
        except BlockingIOError:
            url = ""
        if not url:
            lock.close()
            return None
        return cls(url, lock)

    def leave(self) -> None:
        """Ends the use."""
        self._lock.close()


@contextmanager
def without_guests(folder: Path, on_wait: Callable[[], None]) -> Iterator[None]:
    """Waits until no guest uses the stack of a data folder, and lets none in while the block lasts.

    `on_wait` is called when there are some. A signal that raises ends the waiting.
    """
    with (folder / _FILE).open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            on_wait()
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ready_url(data: DataDir) -> str:
    """Where the folder's stack says that all is ready; empty when it does not, or when an earlier one wrote that."""
    state = data.read_state()
    gateway = state.get("processes", {}).get("gateway")
    if gateway is None or not lives(gateway):
        return ""
    connection = http.client.HTTPConnection(urlsplit(state["http"]).netloc, timeout=_ANSWERS_WITHIN)
    try:
        connection.request("GET", "/health/ready")
        is_ready = connection.getresponse().status == HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        is_ready = False
    finally:
        connection.close()
    return str(state["http"]) if is_ready else ""
