"""What keeps the process that reads a file from doing harm, when the file has taken it over."""

from __future__ import annotations

from enum import StrEnum


class Measure(StrEnum):
    """One that a host may have or not."""

    NETWORK = "network"
    """It reaches no network and no socket."""
    OTHER_USER = "other_user"
    """It is the user nobody, not the one that the worker is."""
    CAPABILITIES = "capabilities"
    """It has no capabilities."""
    FILES = "files"
    """It reads Python, the system's libraries and our code alone, and writes nothing (Landlock)."""
    SYSTEM_CALLS = "system_calls"
    """The kernel refuses it all calls that reading needs not (seccomp)."""
    PROCESSES = "processes"
    """It starts no program, or so many at most when it reads scans."""
    SIGNALS = "signals"
    """It can end no process but those that it started."""


def measures(names: str) -> frozenset[Measure]:
    """Those named, as in files,network. Raises ValueError for a name that is no measure's."""
    return frozenset(Measure(name.strip()) for name in names.split(",") if name.strip())
