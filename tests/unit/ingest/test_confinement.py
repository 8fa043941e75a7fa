"""A file that takes its reading process over gains nothing: each attack is refused, or the host's lack of it is told.

The relation is asserted, not the host: what the worker says at its start that it lacks may be possible, all else not.
"""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from structlog.testing import capture_logs

from coderai.services.ingest.adapters.process_pool import Limits, NotIsolated
from coderai.services.ingest.adapters.sandbox import Sandbox
from coderai.services.ingest.domain.isolation import Measure
from coderai.services.ingest.domain.problems import FileDamaged

PROGRAM = "tests.unit.ingest.attacker"
CAP_DAC_READ_SEARCH = 1 << 2
"""It may stay where Python lies in a folder that is closed to others; the worker's start says so."""
INHERITED = {"PATH", "PYTHONPATH", "LANG", "LC_ALL", "TMPDIR", "TESSDATA_PREFIX"}


@pytest.fixture(scope="module", params=["", "eng"], ids=["no_programs", "programs"])
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    os.environ["CODERAI_INTERNAL_TOKEN_KEY"] = "secret-of-the-worker"
    try:
        async with Sandbox(Limits(seconds=60, ocr_languages=request.param), size=1, program=PROGRAM) as sandbox:
            yield sandbox
    finally:
        del os.environ["CODERAI_INTERNAL_TOKEN_KEY"]


def open_to_all(folder: Path, name: str) -> str:
    """A file that every user may read and write, in a folder where every user may do so too."""
    folder.chmod(0o777)
    file = folder / name
    file.write_text("before")
    file.chmod(0o666)
    return str(file)


def contents(folder: Path) -> list[str]:
    return [file.read_text() for file in folder.iterdir()]


async def attack(sandbox: Sandbox, *attack: Any) -> tuple[bool, Any]:
    """Whether it succeeded, and what came of it."""
    with pytest.raises(FileDamaged) as answer:
        await sandbox.read(json.dumps(attack).encode(), "attack")
    succeeded, outcome = json.loads(answer.value.message)
    return succeeded, outcome


def status_of(process: int) -> dict[str, str]:
    """What the kernel says of a process."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines)


async def refused(sandbox: Sandbox, measures: set[Measure], *what: Any) -> None:
    """Asserts that an attack fails, unless the host lacks all measures against it and says so."""
    succeeded, outcome = await attack(sandbox, *what)
    if succeeded:
        assert measures <= set(sandbox.missing), (what, outcome, sandbox.missing)


@pytest.fixture
def listeners(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Addresses that can be reached, by what reaches them: family, kind and address."""
    unix = str(tmp_path / "socket")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as local,
        socket.socket(socket.AF_UNIX) as abstract,
    ):
        udp.bind(("127.0.0.1", 0))
        local.bind(unix)
        local.listen()
        abstract.bind(f"\0coderai-{os.getpid()}")
        abstract.listen()
        yield {
            "tcp": [socket.AF_INET, socket.SOCK_STREAM, tcp.getsockname()],
            "udp": [socket.AF_INET, socket.SOCK_DGRAM, udp.getsockname()],
            "unix": [socket.AF_UNIX, socket.SOCK_STREAM, unix],
            "abstract": [socket.AF_UNIX, socket.SOCK_STREAM, f"\0coderai-{os.getpid()}"],
        }


async def test_it_reaches_no_network(sandbox: Sandbox, listeners: dict[str, Any]) -> None:
    for target in ("tcp", "udp", "abstract"):
        await refused(sandbox, {Measure.NETWORK}, "connect", *listeners[target])
    await refused(sandbox, {Measure.NETWORK, Measure.SYSTEM_CALLS}, "connect", *listeners["unix"])
    await refused(sandbox, {Measure.NETWORK}, "look up", "example.org")


async def test_it_reads_no_file_but_those_that_python_needs(sandbox: Sandbox, tmp_path: Path) -> None:
    secret = open_to_all(tmp_path, "secret")
    for path in (secret, "/etc/passwd", "/etc/hostname", "/proc/1/environ", f"/proc/{os.getpid()}/cmdline"):
        await refused(sandbox, {Measure.FILES}, "read", path)
    for folder in ("/", "/tmp", "/proc", "/etc", str(tmp_path)):
        await refused(sandbox, {Measure.FILES}, "list", folder)


async def test_it_reads_neither_the_environment_nor_the_memory_of_the_worker(sandbox: Sandbox) -> None:
    protectors = {Measure.FILES, Measure.OTHER_USER}
    await refused(sandbox, protectors, "read", f"/proc/{os.getpid()}/environ")
    await refused(sandbox, protectors, "memory", os.getpid())
    await refused(sandbox, protectors | {Measure.SYSTEM_CALLS}, "trace", os.getpid())
    _, environment = await attack(sandbox, "environment")
    assert "secret" not in str(environment)
    assert set(environment) <= INHERITED | {"LC_CTYPE", "OPENBLAS_NUM_THREADS"}


async def test_it_writes_nothing(sandbox: Sandbox, tmp_path: Path) -> None:
    existing = open_to_all(tmp_path, "existing")
    for path in ("/coderai-attack", "/tmp/coderai-attack", str(tmp_path / "attack"), str(existing)):
        succeeded, outcome = await attack(sandbox, "write", path)
        assert not succeeded, outcome  # not even where the host lacks Landlock: what it writes may have no bytes
    assert Measure.FILES in sandbox.missing or contents(tmp_path) == ["before"]


async def test_it_ends_no_process_and_becomes_nobody_else(sandbox: Sandbox) -> None:
    await refused(sandbox, {Measure.SIGNALS}, "kill", os.getpid(), signal.SIGCONT)
    await refused(sandbox, {Measure.SIGNALS}, "kill", -os.getpgid(0), signal.SIGCONT)
    await refused(sandbox, {Measure.OTHER_USER, Measure.CAPABILITIES, Measure.SYSTEM_CALLS}, "become", 0)
    _, user = await attack(sandbox, "user")
    assert Measure.OTHER_USER in sandbox.missing or os.geteuid() not in user


async def test_it_sends_no_signal_by_a_pipe_and_pins_no_process_to_a_processor(sandbox: Sandbox) -> None:
    await refused(sandbox, {Measure.SYSTEM_CALLS}, "signal by pipe", os.getpid())
    await refused(sandbox, {Measure.SYSTEM_CALLS}, "pin")


async def test_no_program_that_it_starts_can_gain_capabilities(sandbox: Sandbox) -> None:
    _, (process, *_) = await attack(sandbox, "process")
    status = status_of(process)
    assert Measure.SYSTEM_CALLS in sandbox.missing or status["NoNewPrivs"] == "1"
    if Measure.OTHER_USER not in sandbox.missing:  # the worker is root, who may drop them from the bounding set
        assert int(status["CapBnd"], 16) & ~CAP_DAC_READ_SEARCH == 0
        assert int(status["CapPrm"], 16) & ~CAP_DAC_READ_SEARCH == 0


async def test_it_leaves_neither_its_session_nor_its_namespaces(sandbox: Sandbox) -> None:
    for call in (["setsid"], ["unshare", 0x10000000], ["unshare", 0x00020000], ["prctl", 4, 1, 0, 0, 0]):
        await refused(sandbox, {Measure.SYSTEM_CALLS}, "call", *call)


async def test_it_calls_nothing_by_numbers_of_another_machine_type(sandbox: Sandbox) -> None:
    if os.uname().machine == "x86_64":
        await refused(sandbox, {Measure.SYSTEM_CALLS}, "call", "syscall", 0x40000000 + 41, 1, 1, 0)


async def test_it_starts_only_what_it_needs(sandbox: Sandbox) -> None:
    succeeded, count = await attack(sandbox, "fork", 2_000)
    if Measure.PROCESSES not in sandbox.missing:
        assert not succeeded or count < 200
    if not sandbox.limits.ocr_languages:
        await refused(sandbox, {Measure.SYSTEM_CALLS}, "start", "/bin/true")
        await refused(sandbox, {Measure.SYSTEM_CALLS}, "fork", 1)
    else:
        assert (await attack(sandbox, "start", "/bin/echo", "works")) == (True, "works\n")
    assert (await attack(sandbox, "thread"))[0]


async def test_what_the_host_lacks_is_told_once_and_can_be_required() -> None:
    with capture_logs() as logs:
        async with Sandbox(Limits(), size=2) as sandbox:
            missing = sandbox.missing
    (told,) = [line for line in logs if line["event"] == "reading_isolation"]
    assert set(told["taken"]) | set(missing) == set(Measure)
    assert told.get("missing", {}) == missing
    assert all(missing.values())
    for measure in Measure:
        limits = Limits(required=frozenset([measure]))
        if measure in missing:
            with pytest.raises(NotIsolated, match=measure):
                await Sandbox(limits, size=1).__aenter__()
        else:
            async with Sandbox(limits, size=1):
                pass


async def test_a_process_that_read_a_workspace_s_file_reads_none_of_another_s() -> None:
    async def reader_of(sandbox: Sandbox, workspace_id: UUID) -> int:
        with pytest.raises(FileDamaged) as answer:
            await sandbox.read(b'["process"]', "attack", workspace_id=workspace_id)
        _, (process,) = json.loads(answer.value.message)
        return int(process)

    one, other = uuid4(), uuid4()
    async with Sandbox(Limits(seconds=60), size=1, program=PROGRAM) as sandbox:
        first, again = await reader_of(sandbox, one), await reader_of(sandbox, one)
        others, back = await reader_of(sandbox, other), await reader_of(sandbox, one)
    assert first == again
    assert len({first, others, back}) == 3
