"""The folder in which one machine's CoderAI lives: who holds it, its secrets, its ports, and what runs now."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coderai.deploy.errors import AlreadyRunning
from coderai.deploy.managed_process import lives
from coderai.deploy.process_group import GRACE_SECONDS
from coderai.kit.models import ModelList


@dataclass(slots=True)
class DataDir:
    """A stack's folder; one stack holds it at a time.

    `stack.json` in it tells people and tools where things are: {"http": url, "grpc": host:port, "processes":
    {name: pid}, "ports": {name: port}, "metrics": {name: host:port}}; "processes" is empty while nothing runs.
    """

    path: Path
    _lock: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.path = self.path.resolve()

    @property
    def logs(self) -> Path:
        """<process>.log of each process."""
        return self.path / "logs"

    @property
    def blobs(self) -> Path:
        """Uploaded and exported files."""
        return self.path / "blobs"

    def write_models(self, models: ModelList) -> Path:
        """Writes down which models may be asked, for all processes; the keys are not in it."""
        path = self.path / "models.yaml"
        path.write_text("".join(f'"{pattern}":\n' for pattern in models.entries))
        return path

    @property
    def metrics_targets(self) -> Path:
        """Where Prometheus finds the processes (file_sd)."""
        return self.path / "metrics-targets.json"

    def write_metrics_targets(self, addresses: Mapping[str, str]) -> None:
        """Lists the processes' metrics endpoints for Prometheus; none when metrics are not served."""
        targets = [{"targets": [address], "labels": {"process": name}} for name, address in addresses.items()]
        self.metrics_targets.write_text(json.dumps(targets, indent=1) + "\n")

    def acquire(self) -> int:
        """Takes the folder, made at the first time; returns the descriptor of the lock.

        The lock holds until release() and until the last process that inherited the descriptor has ended: what a killed
        stack left behind is awaited, for as long as its guard needs.

        Raises:
            AlreadyRunning: another stack has it.
        """
        # Others may pass through, as Postgres must when root starts it under another account; what is inside is closed.
        self.path.mkdir(parents=True, exist_ok=True, mode=0o711)
        for folder in (self.logs, self.blobs):
            folder.mkdir(exist_ok=True, mode=0o700)
        self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + 2 * GRACE_SECONDS + 2
        while not self._locked():
            holder = os.pread(self._lock, 32, 0).decode()
            if (holder and lives(int(holder))) or time.monotonic() > deadline:
                self.release()
                raise AlreadyRunning(
                    f"CoderAI runs already on {self.path} (process {holder or 'unknown'}): stop it first, or choose"
                    " another folder with --data."
                )
            time.sleep(0.1)
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)
        return self._lock

    def release(self) -> None:
        """Lets the folder go."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def read_state(self) -> dict[str, Any]:
        """What stack.json says; empty before the first start."""
        try:
            state: dict[str, Any] = json.loads((self.path / "stack.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return state

    def write_state(self, state: Mapping[str, Any]) -> None:
        """Replaces stack.json whole: readers never see half of it."""
        fresh = self.path / "stack.json.new"
        fresh.write_text(json.dumps(state, indent=1) + "\n")
        fresh.replace(self.path / "stack.json")

    def _locked(self) -> bool:
        assert self._lock is not None
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
