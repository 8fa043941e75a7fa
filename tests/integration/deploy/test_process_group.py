"""Nothing outlives the process that started it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from coderai.deploy.process_group import ProcessGroup
from tests.support.stack import alive, wait_until_gone

ROOT = Path(__file__).parents[3]
_STARTER = """
import os, sys, threading
from pathlib import Path
from coderai.deploy.process_group import ProcessGroup

group = ProcessGroup()
def start(name):
    command = [sys.executable, "-m", "tests.support.stand_in", name]
    child = group.popen(command, env={}, cwd=Path.cwd(), output=sys.stderr.buffer)
    os.write(1, f"{child.pid}\\n".encode())  # in one piece, as two threads write
threading.Thread(target=start, args=("polite",)).start()
start("deaf")
sys.stdin.read()
"""


def test_children_end_when_their_starter_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _STARTER],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout is not None and starter.stderr is not None
        children = {int(starter.stdout.readline()) for _ in range(2)}
        for _ in children:  # both have set their signal handlers
            assert starter.stderr.readline().split()[1] == "runs,"
        assert alive(children) == children
        starter.kill()
        wait_until_gone(children)


def test_leaving_the_group_ends_what_was_not_stopped(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with ProcessGroup() as group, log.open("wb") as output:
        child = group.popen([sys.executable, "-c", "input()"], env={}, cwd=tmp_path, output=output)
        sleeper = group.popen(["sleep", "1000"], env={}, cwd=tmp_path, output=output)
    assert child.wait() != 0
    assert sleeper.wait() != 0


@pytest.mark.parametrize("environment", [{}, {"WORD": "a b"}])
def test_a_process_sees_only_the_environment_it_was_given(tmp_path: Path, environment: dict[str, str]) -> None:
    log = tmp_path / "log"
    with ProcessGroup() as group, log.open("wb") as output:
        assert group.popen(["/usr/bin/env"], env=environment, cwd=tmp_path, output=output).wait() == 0
    assert log.read_text().splitlines() == [f"{name}={value}" for name, value in environment.items()]
