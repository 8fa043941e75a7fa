"""What can go wrong when CoderAI is started on one machine; each message says what to do."""

from __future__ import annotations

from pathlib import Path


class DeployError(Exception):
    """Base of this package's errors."""


class AlreadyRunning(DeployError):
    """Another supervisor works on this data folder."""


class ProcessFailed(DeployError):
    """A process did not start, or ended before it was ready; the message quotes the end of its log."""


def last_lines(log: Path, count: int = 20) -> str:
    """The end of a log file (of its last 16 KiB at most), or a word that there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            lines = file.read().decode(errors="replace").splitlines()[-count:]
    except FileNotFoundError:
        lines = []
    return "\n".join(f"    {line}" for line in lines) or "    (its log is empty)"
