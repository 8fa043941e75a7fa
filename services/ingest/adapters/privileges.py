"""Gives up rights of this process on Linux, for good: its user, capabilities and network.

Each function raises OSError when the host does not let it; https://man7.org/linux/man-pages/man7/capabilities.7.html.
"""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from pathlib import Path

_NEW_USER, _NEW_NETWORK, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000
_SET_DUMPABLE, _SET_KEEP_CAPABILITIES, _DROP_FROM_BOUND, _NO_NEW_PRIVILEGES, _AMBIENT = 4, 8, 24, 38, 47
_AMBIENT_RAISE, _AMBIENT_CLEAR = 2, 4
_CAPABILITY_VERSION, _CAPABILITIES = 0x20080522, 64
_PASS_FOLDERS = 2
"""CAP_DAC_READ_SEARCH."""


def leave_network() -> None:
    """Moves into a network of its own, which has nothing in it; without the right to, in a user namespace of its own.

    The process must have one thread.
    """
    try:
        _call("unshare", _NEW_NETWORK | _NEW_IPC)
    except PermissionError:
        _call("unshare", _NEW_USER | _NEW_NETWORK | _NEW_IPC)


def become(uid: int, gid: int, passes_folders: bool) -> None:
    """Takes the user and group, without further groups; the right to read all folders stays if it is asked for."""
    _drop_from_bound(passes_folders)  # the next user has not the right to
    _call("prctl", _SET_KEEP_CAPABILITIES, int(passes_folders), 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def drop_capabilities(passes_folders: bool) -> None:
    """Drops all capabilities, of programs that are started too, but for CAP_DAC_READ_SEARCH if it is asked for."""
    kept = _PASS_FOLDERS if passes_folders else None
    _call("prctl", _AMBIENT, _AMBIENT_CLEAR, 0, 0, 0)
    if _holds_capabilities():
        _drop_from_bound(passes_folders)
    mask = 0 if kept is None else 1 << kept
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    _call("capset", header, (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0))
    if kept is not None:
        _call("prctl", _AMBIENT, _AMBIENT_RAISE, kept, 0, 0)


def hide() -> None:
    """Gains no right by a program that it starts, and lets no process of the same user look into it."""
    _call("prctl", _NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    _call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)


def hide_memory() -> None:
    """Lets no other process of the same user read this one's memory and environment; does nothing but on Linux."""
    if Path("/proc/self/environ").exists():
        _call("prctl", _SET_DUMPABLE, 0, 0, 0, 0)


def tasks_of(uid: int) -> int:
    """Threads of all processes of a user."""
    statuses = (_status(entry) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return sum(int(status["Threads"]) for status in statuses if status.get("Uid", "").split()[:1] == [str(uid)])


def _status(process: Path) -> dict[str, str]:
    try:
        lines = (process / "status").read_text().splitlines()
    except OSError:  # it has ended, or is hidden
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def _holds_capabilities() -> bool:
    return int(_status(Path("/proc/self"))["CapPrm"], 16) != 0


def _drop_from_bound(passes_folders: bool) -> None:
    """Lets no program that is started gain capabilities, but for CAP_DAC_READ_SEARCH if it is asked for."""
    for number in range(_CAPABILITIES):
        if number == _PASS_FOLDERS and passes_folders:
            continue
        with suppress(OSError):  # no such capability in this kernel, or no right to: set-uid programs gain none either
            _call("prctl", _DROP_FROM_BOUND, number, 0, 0, 0)


def _call(name: str, *arguments: object) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    wide = [ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments]
    if getattr(library, name)(*wide) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
