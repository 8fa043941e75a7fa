"""Processes that are forked know what they are told and nothing that others were told, and end as others do."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from secrets import token_hex

import psutil
import pytest

from coderai.deploy.forking import CannotFork, ForkedProcess, WarmParent, can_fork
from coderai.deploy.managed_process import UNSEEN
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.processes import SHARED
from tests.support.stack import alive, wait_until_gone

pytestmark = pytest.mark.skipif(not can_fork(), reason="this host cannot")
SECONDS = 30.0


class Forks:
    """A parent that has loaded what CoderAI's processes share, and what is forked from it."""

    def __init__(self, parent: WarmParent, folder: Path) -> None:
        self.parent = parent
        self._folder = folder
        self._forked: list[ForkedProcess] = []

    def fork(self, name: str, *command: str, env: Mapping[str, str] | None = None) -> ForkedProcess:
        with self.log(name).open("ab") as output:
            process = self.parent.fork(name, [sys.executable, "-m", *command], env or {}, output)
        self._forked.append(process)
        return process

    def stand_in(self, name: str, env: Mapping[str, str] | None = None) -> ForkedProcess:
        process = self.fork(name, "tests.support.stand_in", name, env=env)
        while "runs" not in self.log(name).read_text():
            assert process.poll() is None, self.log(name).read_text()
        return process

    def end(self) -> None:
        for process in self._forked:
            process.kill()
            process.wait(SECONDS)
        self.parent.stop()

    def log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


@pytest.fixture
def forks(tmp_path: Path) -> Iterator[Forks]:
    with ProcessGroup() as group:
        parent = WarmParent(SHARED, group, tmp_path)
        parent.start()
        forks = Forks(parent, tmp_path)
        yield forks
        forks.end()


def memory_of(pid: int) -> Iterator[bytes]:
    """All that a process may write to, piece by piece."""
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            first, last, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()  # type: ignore[union-attr]
            if "w" in rights and "[v" not in line:
                memory.seek(int(first, 16))
                yield memory.read(int(last, 16) - int(first, 16))


def knows(pid: int, word: str) -> bool:
    return any(word.encode() in piece for piece in memory_of(pid))


def test_a_forked_process_runs_the_module_with_its_arguments_and_its_environment_alone(forks: Forks) -> None:
    process = forks.stand_in("ingest-work", {"WORD": "a b", "PATH": "/bin"})
    assert forks.log("ingest-work").read_text() == "ingest-work runs, told of PATH WORD\n"
    assert psutil.Process(process.pid).name() == "ingest-work"
    assert psutil.Process(process.pid).ppid() == forks.parent.pid


def test_nobody_finds_in_its_memory_what_another_was_told(forks: Forks) -> None:
    secrets = {name: f"{token_hex(8)}-{name}" for name in ("projects", "export", "gateway")}
    told = {name: {"SECRET": secret} | {"CODERAI_GATEWAY_HTTP": "127.0.0.1:0"} for name, secret in secrets.items()}
    processes = {name: forks.stand_in(name, told[name]) for name in secrets}
    for name, process in processes.items():
        assert {other for other, secret in secrets.items() if knows(process.pid, secret)} == {name}
        assert "SECRET" not in Path(f"/proc/{process.pid}/environ").read_text()
    assert not [secret for secret in secrets.values() if knows(forks.parent.pid, secret)]


def test_a_forked_process_holds_no_descriptor_of_its_parent_or_of_others(forks: Forks) -> None:
    held = []
    for name in ("projects", "export"):
        process = forks.stand_in(name)
        held.append({path.name: str(path.readlink()) for path in Path(f"/proc/{process.pid}/fd").iterdir()})
    for name, descriptors in zip(("projects", "export"), held, strict=True):
        log = str(forks.log(name))
        assert descriptors == {"0": "/dev/null", "1": log, "2": log}


def test_it_tells_how_a_process_ended(forks: Forks) -> None:
    crasher = forks.fork("crasher", "tests.support.stand_in", "crasher")
    assert crasher.wait(SECONDS) == 1
    assert forks.log("crasher").read_text() == "the crasher has no wish to run\n"
    polite, killed = forks.stand_in("polite"), forks.stand_in("killed")
    assert polite.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        polite.wait(0.05)
    polite.send_signal(signal.SIGTERM)
    killed.kill()
    assert (polite.wait(SECONDS), killed.wait(SECONDS)) == (0, -signal.SIGKILL)
    polite.kill()  # nobody is hit who has its number now
    assert polite.poll() == 0


def test_a_module_that_is_none_ends_with_the_reason_in_the_log(forks: Forks) -> None:
    assert forks.fork("none", "tests.support.no_such_module").wait(SECONDS) == 1
    assert "No module named" in forks.log("none").read_text()


def test_what_was_forked_goes_on_without_its_parent_and_is_ended_by_the_group(tmp_path: Path) -> None:
    with ProcessGroup() as group:
        parent = WarmParent(SHARED, group, tmp_path)
        parent.start()
        forks = Forks(parent, tmp_path)
        ending, staying = forks.stand_in("ending"), forks.stand_in("staying")
        parent.kill()
        assert alive([ending.pid, staying.pid]) == {ending.pid, staying.pid}
        ending.send_signal(signal.SIGTERM)
        assert ending.wait(SECONDS) == UNSEEN
        with pytest.raises(CannotFork):
            forks.fork("later", "tests.support.stand_in", "later")
        parent.start()
        again = forks.stand_in("again")
    wait_until_gone([staying.pid, again.pid])
    forks.end()


def test_a_parent_ends_when_whoever_gives_it_orders_is_gone(forks: Forks) -> None:
    process = forks.stand_in("polite")
    forks.parent.stop()
    assert not alive([forks.parent.pid])
    assert process.poll() is None


def test_what_is_shared_has_no_thread_and_makes_no_number_twice(forks: Forks) -> None:
    for name in ("one", "two"):
        assert forks.fork(name, "tests.support.rolls_dice").wait(SECONDS) == 0, forks.log(name).read_text()
    assert psutil.Process(forks.parent.pid).num_threads() == 1
    one, two = (forks.log(name).read_text().splitlines() for name in ("one", "two"))
    assert len(one) == len(two) == 7
    assert not set(one) & set(two)
