"""Takes from a reading process what it does not need: network, files, rights, system calls, processes.

confine() applies each measure that the host has, and says of the others why it has them not. It runs before the
process has seen a file, and before it has a second thread.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import coderai
from coderai.services.ingest.adapters import privileges
from coderai.services.ingest.domain.isolation import Measure

_SYSTEM = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/localtime")
_DEVICES = ("/dev/zero", "/dev/random", "/dev/urandom", "/sys/devices/system/cpu")
_NOTHING = "/dev/null"
_MOST_OPEN = 256
_MORE_TASKS = 128
"""Threads and processes beside those that its user has at its start."""
_SCOPES_SIGNALS = 6
"""The version of Landlock from which on it keeps signals inside."""


class NotHere(OSError):
    """The host does not have a measure; the message says why."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What the reading process cannot do without."""

    memory: int
    """Bytes of address space."""
    program: str = ""
    """The program that it starts, by its name on the PATH; none when empty."""

    def folders(self) -> Iterator[str]:
        """What it reads beside the system's libraries: Python, its packages, our code, the program and its data."""
        rooms = (str(room) for room in Path(coderai.__path__[0]).iterdir() if room.is_dir())
        packages = (path for path in sys.path if path.endswith("-packages"))
        program = shutil.which(self.program) if self.program else None
        started = [str(Path(program).parent), os.environ.get("TESSDATA_PREFIX", "")] if program else []
        for folder in (sys.prefix, sys.base_prefix, coderai.__path__[0], *rooms, *packages, *started):
            if folder and Path(folder).is_dir():
                yield str(Path(folder).resolve())


def confine(needs: Needs) -> Mapping[str, str]:
    """Applies the measures to this process, for good; names those that this host does not have, and says why.

    Raises:
        RuntimeError: the process has several threads.
    """
    _limit(needs)
    if sys.platform != "linux":
        return {measure.value: f"there is no such measure on {sys.platform}" for measure in Measure}
    if len(list(Path("/proc/self/task").iterdir())) > 1:
        raise RuntimeError("a process with several threads confines one of them alone")
    import seccompy

    seccompy.supported()  # it finds the C library by starting a program, which it cannot later
    folders = list(needs.folders())  # as the worker's user, who may pass all of them
    passes = os.geteuid() == 0 and not all(map(_is_open, folders))
    steps: list[tuple[Measure, Callable[[], None]]] = [
        (Measure.NETWORK, privileges.leave_network),
        (Measure.OTHER_USER, lambda: _become_nobody(passes)),
        (Measure.PROCESSES, _limit_tasks),
        (Measure.CAPABILITIES, lambda: _drop_capabilities(passes)),
        (Measure.FILES, lambda: _restrict_files(folders, bool(needs.program))),
        (Measure.SIGNALS, _must_scope_signals),
        (Measure.SYSTEM_CALLS, lambda: _restrict_calls(needs)),
    ]
    missing = {measure: reason for measure, apply in steps if (reason := _applied(apply))}
    return {
        measure.value: reason for measure, reason in missing.items() if not _is_held_by_another(measure, missing, needs)
    }


def _applied(apply: Callable[[], None]) -> str:
    """Applies a measure; why the host does not have it, or nothing."""
    try:
        apply()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _is_held_by_another(measure: Measure, missing: Mapping[Measure, str], needs: Needs) -> bool:
    """Whether other measures do what a missing one would have done."""
    is_filtered = Measure.SYSTEM_CALLS not in missing
    if measure is Measure.NETWORK:
        return is_filtered
    if measure is Measure.SIGNALS:
        return Measure.OTHER_USER not in missing or (is_filtered and not needs.program)
    return measure is Measure.PROCESSES and is_filtered and not needs.program


def _limit(needs: Needs) -> None:
    if sys.platform == "win32":
        return
    import resource

    limits = {resource.RLIMIT_AS: needs.memory, resource.RLIMIT_NOFILE: _MOST_OPEN}
    for limit, most in (limits | {resource.RLIMIT_CORE: 0, resource.RLIMIT_FSIZE: 0}).items():
        _, hard = resource.getrlimit(limit)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (least, least))


def _become_nobody(passes_folders: bool) -> None:
    import pwd

    if os.geteuid() != 0:
        raise NotHere(0, "the worker does not run as root, so that it cannot take another user's place")
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise NotHere(0, "there is no user nobody") from None
    privileges.become(nobody.pw_uid, nobody.pw_gid, passes_folders)


def _drop_capabilities(passes_folders: bool) -> None:
    passes_folders = passes_folders and os.geteuid() != 0
    privileges.drop_capabilities(passes_folders)
    privileges.hide()
    if passes_folders:
        raise NotHere(
            0, "it keeps CAP_DAC_READ_SEARCH, as Python or a program lies in a folder that is closed to others"
        )


def _limit_tasks() -> None:
    import resource

    uid = os.getuid()
    if uid == 0:
        raise NotHere(0, "the number of root's processes has no limit")
    is_counted_alone = not Path("/proc/self/uid_map").read_text()  # in a user namespace of its own
    most = _MORE_TASKS + (0 if is_counted_alone else privileges.tasks_of(uid))
    _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(resource.RLIMIT_NPROC, (most, most))


def _restrict_files(folders: Sequence[str], with_programs: bool) -> None:
    from landlockpy import AccessFS, Ruleset, Scope

    read = AccessFS.READ_FILE | AccessFS.READ_DIR
    run = read | AccessFS.EXECUTE if with_programs else read
    with Ruleset(scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET) as rules:
        for path in {*_SYSTEM, *folders}:
            _allow(rules, path, run)
        for path in _DEVICES:
            _allow(rules, path, read)
        _allow(rules, _NOTHING, AccessFS.READ_FILE | AccessFS.WRITE_FILE)
        rules.restrict()


def _allow(rules: Any, path: str, access: Any) -> None:
    from landlockpy import AccessFS

    if not Path(path).is_dir():
        access &= ~AccessFS.READ_DIR
    with suppress(FileNotFoundError):
        rules.allow_path(path, access)


def _must_scope_signals() -> None:
    import landlockpy

    version = landlockpy.abi_version()
    if version < _SCOPES_SIGNALS:
        raise NotHere(0, f"Landlock keeps signals inside from its version {_SCOPES_SIGNALS} on; here it has {version}")


def _restrict_calls(needs: Needs) -> None:
    from coderai.services.ingest.adapters import system_calls

    system_calls.restrict(with_programs=bool(needs.program))


def _is_open(folder: str) -> bool:
    """Whether everyone may pass through the folders above, and into this one."""
    path = Path(folder)
    return all(above.stat().st_mode & stat.S_IXOTH for above in (path, *path.parents))
