"""Fixtures of the whole suite: real Postgres and NATS, one of each per test process, gone when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from coderai.deploy.embedded import EmbeddedNats, EmbeddedPostgres
from coderai.deploy.process_group import ProcessGroup
from coderai.deploy.provision import provision
from coderai.deploy.stack import LocalStack
from tests.support.leaks import LEAKS
from tests.support.openai_server import OpenAIServer
from tests.support.openai_thread import serving
from tests.support.otlp import Receiver, receiving
from tests.support.stack import ServiceDatabases, secrets_of

EXAMPLES = Path(__file__).parents[1] / "examples"
PROVIDER_KEY = "sk-a-key-of-these-tests"


@pytest.fixture(scope="session")
def server_dir() -> Iterator[Path]:
    """A folder that is removed at the end, as the data of servers are too large to be kept for a look."""
    with TemporaryDirectory(prefix="coderai-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session", autouse=True)
def nothing_leaks(server_dir: Path, traces: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fails when what the run has logged or traced holds a document's text, an e-mail address or a key.

    It ends after all that logs or traces: whatever is set up later is torn down earlier.
    """
    LEAKS.on = True
    for example in EXAMPLES.rglob("*.txt"):
        LEAKS.show(example.read_text(encoding="utf-8"))
    yield
    logs = chain.from_iterable(folder.rglob("*.log*") for folder in (server_dir, tmp_path_factory.getbasetemp()))
    found = [*LEAKS.findings, *LEAKS.in_files(logs), *LEAKS.in_spans(traces.spans)]
    assert not found, "\n".join(map(str, found))


class Groups(LoadScopeScheduling):  # type: ignore[misc]
    """Has tests that share what takes long to start run in one process.

    Tests of the whole stack are a group, each folder of integration tests and faults is one, and each other file.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)

    def remove_node(self, node: Any) -> str | None:
        """Does not have a test run again that ended its process: one that hangs would end every other process, too."""
        for unit in self.assigned_work[node].values():
            if (ended := next((test for test, is_done in unit.items() if not is_done), None)) is not None:
                unit[ended] = True
                super().remove_node(node)
                return ended
        return super().remove_node(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Groups:
    """Groups are made from paths, as xdist's own, from marks, are lost on this version of pytest."""
    return Groups(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the longest groups first; the many short ones that come last even out when the processes end."""
    items.sort(key=lambda item: [not _group(item.nodeid).startswith(prefix) for prefix in _LONGEST_FIRST])


_STACK = "tests/e2e"
_LONGEST_FIRST = (
    _STACK,
    "tests/faults",
    "tests/integration/ingest",
    "tests/integration/gateway",
    "tests/integration",
    "tests/unit/ingest/test_sandbox",
    "tests/unit/ingest/test_answers",
    "tests/unit/ingest",
    "tests/unit/export",
    "tests/contract",
    "tests/unit/support",
)


def _group(nodeid: str) -> str:
    return _group_of_file(nodeid.partition("::")[0])


@cache
def _group_of_file(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_relative_to(_STACK) or path.name == "test_tenancy.py":
        return _STACK
    return str(path.parent if path.parts[1] in ("integration", "faults") else path)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Notes when which test runs."""
    LEAKS.begin(item.nodeid)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Searches what was logged in the test process itself; the report of a test's end has all of it."""
    for title, text in report.sections if report.when == "teardown" else ():
        LEAKS.findings += LEAKS.in_lines(text.splitlines(), title.lower(), report.nodeid)


@pytest.fixture(scope="session")
def process_group() -> Iterator[ProcessGroup]:
    """Ends what tests start, also when the test process is killed."""
    with ProcessGroup() as group:
        yield group


@pytest.fixture(scope="session")
def postgres(server_dir: Path, process_group: ProcessGroup) -> Iterator[EmbeddedPostgres]:
    """A running Postgres without anything in it."""
    with EmbeddedPostgres(server_dir / "postgres", group=process_group, unsafe_fast=True) as server:
        yield server


@pytest.fixture(scope="session")
def nats(server_dir: Path, process_group: ProcessGroup) -> Iterator[EmbeddedNats]:
    """A running NATS with JetStream."""
    with EmbeddedNats(server_dir / "nats", group=process_group) as server:
        yield server


@pytest.fixture(scope="session")
def service_dsns(postgres: EmbeddedPostgres, server_dir: Path) -> ServiceDatabases:
    """Each service's DSNs (.owner, .application) by its name, provisioned; migrated when first asked for."""
    return ServiceDatabases(provision(postgres, server_dir / "database-passwords.json"))


@pytest.fixture(scope="session")
def traces() -> Iterator[Receiver]:
    """Where the spans of the stacks go."""
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def chat_model() -> Iterator[OpenAIServer]:
    """The provider behind the stack's models openai:*; tests that add faults clear them."""
    with serving(OpenAIServer()) as server:
        yield server


@pytest.fixture(scope="session")
def stack(server_dir: Path, traces: Receiver, chat_model: OpenAIServer) -> Iterator[LocalStack]:
    """All of CoderAI, running."""
    stack = LocalStack(
        server_dir / "stack",
        extractors=2,
        http="127.0.0.1:0",
        grpc="127.0.0.1:0",
        metrics="127.0.0.1:0",
        unsafe_fast=True,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", chat_model.base_url)
        patch.setenv("OPENAI_API_KEY", PROVIDER_KEY)
        patch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", traces.url)
        patch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        stack.start()
    LEAKS.keep_secret(secrets_of(stack.data_dir))
    yield stack
    stack.stop()
