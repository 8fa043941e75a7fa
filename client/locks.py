"""Has commands that run at the same time do something one after the other."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Holds the lock of a file, which is made with its folder if need be; the end of the process releases it, too."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o711)  # as the stack makes it
    with file.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
