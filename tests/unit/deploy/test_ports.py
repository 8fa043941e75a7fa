"""A port that was chosen is nobody else's until whoever chose it ends, also while nothing listens on it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from coderai.deploy.ports import free_port, is_free

ROOT = Path(__file__).parents[3]
CHOOSE = "import sys; from coderai.deploy.ports import free_port; print(free_port(int(sys.argv[1])), flush=True)"
WAIT = "; sys.stdin.read()"


def test_no_port_is_chosen_twice() -> None:
    ports = [free_port() for _ in range(50)]
    assert len(set(ports)) == 50
    assert all(is_free(port) for port in ports)


def test_a_port_may_be_chosen_again_by_whoever_has_it() -> None:
    port = free_port()
    assert free_port(port) == port


def test_another_process_gets_the_port_once_the_first_has_ended() -> None:
    first = [sys.executable, "-c", CHOOSE + WAIT, "0"]
    with subprocess.Popen(first, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None and holder.stdin is not None
        port = int(holder.stdout.readline())
        assert is_free(port)
        assert free_port(port) != port
        holder.stdin.close()
    assert free_port(port) == port
