"""How long all of CoderAI takes to start on this machine, and how much memory it has while nothing is asked of it.

    .venv/bin/python -m benchmarks start

Memory is the proportional set size (PSS) that Linux tells: a page that several processes share counts once.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psutil

from benchmarks.line import report

MB = 10**6
_STARTS = 5
_IDLE_AFTER = 45.0
"""Seconds after which what is loaded in the background is there, and ingest's readers have ended that had no file."""
_MOST_SECONDS, _MOST_MEMORY = 4.0, 700


def main() -> None:
    """Prints the measurements."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with started(folder) as (first, _):
            pass
        seconds = []
        for _ in range(_STARTS - 1):
            with started(folder) as (took, _):
                seconds.append(took)
        with started(folder) as (took, supervisor):
            seconds.append(took)
            time.sleep(_IDLE_AFTER)
            used, memory = processor_seconds(supervisor), memory_by_name(folder, supervisor)
    how = "python -m coderai.deploy.local until it says that all runs"
    report("start.first", first, "s", f"{how}, in an empty folder: Postgres makes its files, all schemas are migrated")
    each = ", ".join(f"{one:.1f}" for one in sorted(seconds))
    report("start.again", median(seconds), "s", f"{how}; median of {each}", _MOST_SECONDS, at_least=False)
    report("start.processor", used, "s", f"processor time of all processes, {_IDLE_AFTER:g} s after the start")
    for process, size in memory.items():
        report(f"start.memory.{process}", size / MB, "MB", "PSS, with that of its children")
    how = f"PSS of all processes, the supervisor's too, {_IDLE_AFTER:g} s after the start; no model has a key"
    report("start.memory", sum(memory.values()) / MB, "MB", how, _MOST_MEMORY, at_least=False)


@contextmanager
def started(folder: Path) -> Iterator[tuple[float, psutil.Process]]:
    """The seconds that it took to start all on a folder, and the supervisor; all is stopped in the end."""
    command = [sys.executable, "-m", "coderai.deploy.local", "--data", str(folder)]
    command += ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"]
    began = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            assert any(line.startswith("CoderAI runs") for line in process.stdout), "it did not start"
            yield time.monotonic() - began, psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)


def memory_by_name(folder: Path, supervisor: psutil.Process) -> Mapping[str, int]:
    """Bytes of each process with its children; the supervisor's and its guard's under `supervisor`."""
    named = {pid: name for name, pid in json.loads((folder / "stack.json").read_text())["processes"].items()}
    found: dict[str, int] = {}
    for process in (supervisor, *supervisor.children(recursive=True)):
        line = (process, *process.parents())
        name = next((named[one.pid] for one in line if one.pid in named), "supervisor")
        found[name] = found.get(name, 0) + process.memory_full_info().pss
    return found


def processor_seconds(supervisor: psutil.Process) -> float:
    """Of the supervisor and all that it has started and that runs."""
    times = [process.cpu_times() for process in (supervisor, *supervisor.children(recursive=True))]
    return sum(one.user + one.system for one in times)


if __name__ == "__main__":
    main()
