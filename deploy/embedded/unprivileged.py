"""Runs Postgres for root: it refuses root's rights, so that it gets those of a user who has none."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coderai.deploy.errors import DeployError

_SEARCH_CAPABILITIES = {"dac_read_search": 2, "dac_override": 1}
"""Capabilities that let a process pass through folders of others, the narrower first, with their numbers."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Makes a file or folder this account's."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def prefix(self, *paths: Path) -> list[str]:
        """What stands before a command that this account runs and that must reach the paths.

        Where a folder on the way is closed to others (such as /root), the command gets the right to pass through it;
        no permission in the file system is changed.

        Raises:
            DeployError: setpriv (util-linux) is not installed.
        """
        if os.geteuid() != 0:
            return []
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise DeployError("Postgres refuses to run as root: run as another user, or install setpriv (util-linux).")
        prefix = [setpriv, f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]
        return prefix if all(_is_open(path) for path in paths) else [*prefix, *_passage()]


def account_for(folder: Path) -> Account:
    """The account that runs a server whose data are in `folder`: ours; for root the folder's owner, or nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner = folder.stat().st_uid if folder.exists() else 0
    entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _is_open(path: Path) -> bool:
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in path.resolve().parents)


def _passage() -> Sequence[str]:
    status = Path("/proc/self/status").read_text()
    held = int(next(line.split()[1] for line in status.splitlines() if line.startswith("CapPrm")), 16)
    capability = next((name for name, bit in _SEARCH_CAPABILITIES.items() if held >> bit & 1), None)
    if capability is None:
        return []
    # access(2), by which Postgres looks for its own files, honours capabilities only with no_setuid_fixup.
    sets = (f"--{which}=-all,+{capability}" for which in ("inh-caps", "ambient-caps", "bounding-set"))
    return ["--securebits=+no_setuid_fixup", *sets, "--no-new-privs"]
