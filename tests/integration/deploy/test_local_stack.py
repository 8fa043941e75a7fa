"""The supervisor starts, keeps, and ends a stack, whatever happens; small processes stand in for CoderAI's."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from coderai.deploy import supervisor
from coderai.deploy.errors import AlreadyRunning, DeployError, ProcessFailed
from coderai.deploy.forking import can_fork
from coderai.deploy.processes import Program
from coderai.deploy.stack import LocalStack
from tests.support.stack import STAND_INS, alive, listening_addresses, secrets_of, wait_until_gone, with_instead

ROOT = Path(__file__).parents[3]
NAMES = {
    *("postgres", "nats", "projects", "ingest", "extractor", "copilot", "export", "gateway"),
    *(("warm-parent",) if can_fork() else ()),
    *("ingest-work", "extractor-work-1", "extractor-work-2", "export-work"),
}
_MAIN = """
from coderai.deploy.local import main
from tests.support.stack import with_instead

main(with_instead('copilot', {!r}))
"""


def stack_in(folder: Path, program: Program = STAND_INS, steps: list[str] | None = None) -> LocalStack:
    return LocalStack(
        folder,
        extractors=2,
        http="127.0.0.1:0",
        grpc="127.0.0.1:0",
        program=program,
        unsafe_fast=True,
        on_step=(steps if steps is not None else []).append,
    )


def until(what: Callable[[], Any], seconds: float = 30) -> Any:
    """Waits until `what` gives something true, and returns it; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (result := what()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
    return result


def state_of(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((folder / "stack.json").read_text())
    return state


@pytest.fixture(scope="module")
def steps() -> list[str]:
    return []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, steps: list[str]) -> Iterator[LocalStack]:
    with stack_in(tmp_path_factory.mktemp("stack"), steps=steps) as stack:
        yield stack


def test_runs_every_process_and_says_where_they_are(running: LocalStack) -> None:
    assert set(running.processes) == NAMES
    assert alive(running.processes.values()) == set(running.processes.values())
    state = state_of(running.data_dir)
    assert state["processes"] == running.processes
    assert (state["http"], state["grpc"]) == (running.url, running.grpc)


def test_nothing_listens_beyond_loopback(running: LocalStack) -> None:
    assert listening_addresses(running.processes.values()) == {"127.0.0.1"}


def test_only_the_owner_may_read_secrets_and_documents(running: LocalStack) -> None:
    for name in ("blobs", "logs", "postgres/pgdata", "nats/store"):
        assert (running.data_dir / name).stat().st_mode & 0o077 == 0, name
    for name in ("internal-token-key", "gateway-token-key", "database-passwords.json"):
        assert (running.data_dir / name).stat().st_mode & 0o177 == 0, name


def test_no_secret_is_in_the_arguments_of_what_runs(stack: LocalStack) -> None:
    secrets = secrets_of(stack.data_dir)
    assert len(secrets) > 15
    mine = [psutil.Process(pid) for pid in stack.processes.values()]
    running = {one.pid for process in mine for one in (process, *process.children(recursive=True))}
    assert len(running) > len(NAMES)  # the readers of ingest, and Postgres' own
    for pid in running:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            arguments = Path(f"/proc/{pid}/cmdline").read_text()
            assert not [secret for secret in secrets if secret in arguments]


def test_no_secret_is_in_the_arguments_of_what_prepares_a_stack(tmp_path: Path) -> None:
    started: list[str] = []
    listening = True

    def note(event: str, args: tuple[Any, ...]) -> None:
        if listening and event == "subprocess.Popen":
            started.append(repr(args[1]))

    sys.addaudithook(note)
    with stack_in(tmp_path):
        listening = False
    for tool in ("initdb", "psql", "postgres", "nats-server"):
        assert any(tool in arguments for arguments in started)
    secrets = secrets_of(tmp_path)
    assert not [arguments for arguments in started if any(secret in arguments for secret in secrets)]


def test_a_process_is_told_only_what_it_needs(running: LocalStack) -> None:
    said = (running.data_dir / "logs" / "ingest-work.log").read_text()
    told = set(said.partition("told of ")[2].split())
    assert "CODERAI_INGEST_DATABASE_URL" in told
    assert not [name for name in told if name.endswith("DATABASE_URL") and "INGEST" not in name]
    assert "CODERAI_GATEWAY_TOKEN_KEY" not in told
    assert "PYTEST_CURRENT_TEST" not in told


@pytest.mark.parametrize("name", ["extractor-work-1", "gateway", "nats", "postgres"])
def test_what_crashes_is_started_again(running: LocalStack, steps: list[str], name: str) -> None:
    before = running.processes[name]
    url, nats_url, port = running.url, running.nats.url, running.postgres.port
    running.kill(name)
    until(lambda: running.processes.get(name, before) != before)
    until(lambda: state_of(running.data_dir)["processes"] == running.processes)
    assert any(step.startswith(f"{name} ended (killed by SIGKILL)") for step in steps)
    assert (running.url, running.nats.url, running.postgres.port) == (url, nats_url, port)
    assert set(running.processes) == NAMES


@pytest.mark.skipif(not can_fork(), reason="this host cannot")
def test_all_processes_that_crash_at_once_are_forked_again(tmp_path: Path) -> None:
    steps: list[str] = []
    with stack_in(tmp_path, steps=steps) as stack:
        before = stack.processes
        names = ["warm-parent", *sorted(NAMES - {"warm-parent", "postgres", "nats"})]
        for name in names:
            stack.kill(name)
        until(lambda: all(stack.processes.get(name, before[name]) != before[name] for name in names))
        parents = {psutil.Process(stack.processes[name]).ppid() for name in names[1:]}
        assert parents == {stack.processes["warm-parent"]}
    assert any(step.startswith("warm-parent ended (killed by SIGKILL)") for step in steps)
    assert any(step.startswith("gateway ended (nobody saw how)") for step in steps)


def test_a_process_is_stopped_in_good_order_and_started_again(running: LocalStack) -> None:
    before = running.processes
    assert running.restart("ingest-work") == "exit code 0"
    changed = {name for name, pid in running.processes.items() if pid != before[name]}
    assert changed == {"ingest-work"}
    assert state_of(running.data_dir)["processes"] == running.processes


def test_servers_can_be_restarted_under_the_processes(running: LocalStack) -> None:
    before = running.processes
    running.restart_nats()
    running.restart_postgres()
    changed = {name for name, pid in running.processes.items() if pid != before[name]}
    assert changed == {"nats", "postgres"}
    assert running.postgres.psql("select 1") == "1\n"


def test_where_processes_cannot_be_forked_they_are_started_as_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coderai.deploy.stack.can_fork", lambda: False)
    with stack_in(tmp_path) as stack:
        assert set(stack.processes) == NAMES - {"warm-parent"}
        arguments = [psutil.Process(pid).cmdline()[-1] for pid in stack.processes.values()]
        assert {"gateway", "extractor-work-1"} <= set(arguments)


@pytest.mark.skipif(not can_fork(), reason="this host cannot")
def test_what_cannot_be_forked_from_is_done_without(tmp_path: Path) -> None:
    with stack_in(tmp_path, replace(STAND_INS, shared=("tests.support.starts_a_thread",))) as stack:
        assert set(stack.processes) == NAMES - {"warm-parent"}
    assert "has started threads" in (tmp_path / "logs" / "warm-parent.log").read_text()


def test_a_second_stack_on_the_same_folder_is_refused(running: LocalStack) -> None:
    with pytest.raises(AlreadyRunning, match=r"runs already on .* \(process \d+\)"):
        stack_in(running.data_dir).start()
    assert set(running.processes) == NAMES


def test_an_address_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(DeployError, match=f"{address} is in use"):
            LocalStack(tmp_path, http=address).start()


def test_a_port_of_the_metrics_that_is_in_use_is_named_with_who_would_have_it(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(DeployError, match=f"127.0.0.1:{port} is in use, where gateway would serve its metrics"):
            LocalStack(tmp_path, http="127.0.0.1:0", grpc="127.0.0.1:0", metrics=f"127.0.0.1:{port}").start()


def test_a_stopped_stack_comes_back_with_its_data_secrets_and_addresses(tmp_path: Path) -> None:
    with stack_in(tmp_path) as first:
        first.postgres.psql("create table kept (x int); insert into kept values (1)")
        before = state_of(tmp_path)
        key = (tmp_path / "internal-token-key").read_text()
    wait_until_gone(before["processes"].values())
    assert state_of(tmp_path)["processes"] == {}
    with stack_in(tmp_path) as second:
        assert second.postgres.psql("select x from kept") == "1\n"
        after = state_of(tmp_path)
        assert {k: before[k] for k in ("http", "grpc", "ports")} == {k: after[k] for k in ("http", "grpc", "ports")}
        assert (tmp_path / "internal-token-key").read_text() == key


def test_what_ends_before_all_is_ready_is_named_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(ProcessFailed, match=r"(?s)crasher ended \(exit code 1\).*has no wish to run"):
        stack_in(tmp_path, with_instead("gateway", "crasher")).start()
    assert state_of(tmp_path)["processes"] == {}


def test_a_failed_migration_is_told_and_nothing_stays_up(tmp_path: Path) -> None:
    failing = replace(STAND_INS, migrate=(sys.executable, "-c", "raise SystemExit('no such column')"))
    stack = stack_in(tmp_path, failing)
    with pytest.raises(ProcessFailed, match=r"(?s)migration failed.*no such column"):
        stack.start()
    assert not stack.postgres.running
    assert not stack.nats.running


def test_what_does_not_stop_in_time_is_killed_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STOP_SECONDS", 3.0)
    stack = stack_in(tmp_path, with_instead("copilot", "deaf"))
    stack.start()
    logs = [
        tmp_path / "logs" / f"{name}.log" for name in stack.processes if name not in ("postgres", "nats", "warm-parent")
    ]
    until(lambda: all("runs" in log.read_text() for log in logs))
    pids = stack.processes.values()
    stack.stop()
    assert stack.late == ["deaf"]
    assert not alive(pids)


@contextlib.contextmanager
def command(folder: Path, copilot: str = "copilot") -> Iterator[subprocess.Popen[str]]:
    """`python -m coderai.deploy.local` with stand-ins, once it says that it runs; `copilot` plays the co-pilot."""
    arguments = ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0", "--data", str(folder), "--extractors", "2"]
    with subprocess.Popen(
        [sys.executable, "-c", _MAIN.format(copilot), *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            while line := process.stdout.readline():
                if line.startswith("CoderAI runs"):
                    break
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_stops_all_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    with command(tmp_path) as process:
        pids = state_of(tmp_path)["processes"]
        assert set(pids) == NAMES
        process.send_signal(number)
        assert process.wait(60) == 0
    assert not alive(pids.values())


def test_the_command_told_twice_waits_for_nobody(tmp_path: Path) -> None:
    with command(tmp_path, copilot="deaf") as process:
        pids = state_of(tmp_path)["processes"]
        until(lambda: "runs" in (tmp_path / "logs" / "deaf.log").read_text())
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert "stopping\n" in process.stdout  # reads up to it
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 1
    wait_until_gone(pids.values())


def test_all_ends_when_the_supervisor_is_killed_and_the_next_start_finds_the_data(tmp_path: Path) -> None:
    with command(tmp_path) as process:
        pids = state_of(tmp_path)["processes"]
        process.kill()
        process.wait()
    with stack_in(tmp_path) as successor:
        assert not alive(pids.values())
        assert set(successor.processes) == NAMES


def test_the_command_says_that_it_runs_already(running: LocalStack) -> None:
    with command(running.data_dir) as process:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 1
        assert f"runs already on {running.data_dir}" in errors


def test_wrong_usage_ends_with_2() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "coderai.deploy.local", "--extractors", "many"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=240,
    )
    assert result.returncode == 2
