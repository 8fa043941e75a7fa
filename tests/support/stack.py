"""What tests start: databases that are migrated when first used, and stacks of small stand-in processes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil

from coderai.deploy.processes import ProcessSpec, Program, Surroundings, coderai_processes
from coderai.deploy.provision import ServiceDsns
from coderai.kit.migrations import migrate


class ServiceDatabases(Mapping[str, ServiceDsns]):
    """The DSNs of each service; a service's schema is migrated when its DSNs are first asked for."""

    def __init__(self, dsns: Mapping[str, ServiceDsns]) -> None:
        self._dsns = dsns
        self._migrated: set[str] = set()

    def __getitem__(self, service: str) -> ServiceDsns:
        if service not in self._migrated:
            # In a thread, as the asking test may run in an event loop and Alembic needs one of its own.
            with ThreadPoolExecutor(1) as thread:
                thread.submit(migrate, service, self._dsns[service].owner).result()
            self._migrated.add(service)
        return self._dsns[service]

    def __iter__(self) -> Iterator[str]:
        return iter(self._dsns)

    def __len__(self) -> int:
        return len(self._dsns)


def stand_ins(around: Surroundings) -> Sequence[ProcessSpec]:
    """CoderAI's own process table, each process played by tests.support.stand_in under its name."""
    return [_as_stand_in(spec) for spec in coderai_processes(around)]


def _as_stand_in(spec: ProcessSpec) -> ProcessSpec:
    return replace(spec, command=(sys.executable, "-m", "tests.support.stand_in", spec.name))


STAND_INS = Program(stand_ins, (sys.executable, "-c", "import sys; sys.stdin.read()"), shared=("http.server",))


def with_instead(of: str, name: str) -> Program:
    """The stand-ins, with one called `name` in the place of one of them."""

    def table(around: Surroundings) -> Sequence[ProcessSpec]:
        return [_as_stand_in(replace(spec, name=name)) if spec.name == of else spec for spec in stand_ins(around)]

    return replace(STAND_INS, processes=table)


def secrets_of(folder: Path) -> set[str]:
    """Every secret that a stack has made for itself."""
    names = ("internal-token-key", "gateway-token-key", "postgres/superuser-password")
    kept = [json.loads((folder / name).read_text()) for name in ("database-passwords.json", "nats/passwords.json")]
    return {(folder / name).read_text() for name in names} | {word for words in kept for word in words.values()}


def alive(pids: Iterable[int]) -> set[int]:
    """Those of the processes that run; dead ones whom nobody has waited for do not."""
    return {pid for pid in pids if _runs(pid)}


def _runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pids: Iterable[int], seconds: float = 30) -> None:
    """Waits until none of the processes runs; fails after `seconds`."""
    remaining = {psutil.Process(pid) for pid in alive(pids)}
    _, left = psutil.wait_procs(remaining, timeout=seconds)
    assert not alive(process.pid for process in left), f"still running: {left}"


def listening_addresses(pids: Iterable[int]) -> set[str]:
    """The addresses on which the processes and their children accept TCP connections."""
    family = set(pids)
    for process in psutil.process_iter(["ppid"]):
        if process.info["ppid"] in family:
            family.add(process.pid)
    return {
        connection.laddr[0]
        for connection in psutil.net_connections("inet")
        if connection.laddr and connection.pid in family and connection.status == psutil.CONN_LISTEN
    }
