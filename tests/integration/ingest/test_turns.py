"""Whose file is read next: no workspace's many or slow files keep another's waiting, and small ones go before large."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.process_group import ProcessGroup
from coderai.kit import identity
from coderai.kit.blobs import Blobs
from coderai.kit.bus import Bus
from coderai.kit.db import Database
from coderai.kit.identity import Identity, Role
from coderai.kit.ids import new_id
from coderai.kit.outbox import OutboxRelay
from coderai.services.ingest.adapters.store import IngestStore
from coderai.services.ingest.domain.document import Manner, Project
from coderai.services.ingest.domain.problems import FileDamaged
from coderai.services.ingest.domain.reading import Reading
from coderai.services.ingest.domain.turns import SMALL_BYTES, TOGETHER, WINDOW
from coderai.services.ingest.entrypoints.worker import parse_document
from coderai.services.ingest.usecases.documents import delete_project_documents
from coderai.services.ingest.usecases.small_uploads import SmallFile, upload_small_documents
from coderai.services.ingest.usecases.uploads import Sent, Upload, upload_document
from tests.integration.ingest.test_lost_work import AnyProject, nothing_coded
from tests.support.stack import ServiceDatabases


class ScriptedReader:
    """usecases.ports.Reader that notes which files it begins; with those called slow or held it ends when told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.end, self.let_go = asyncio.Event(), asyncio.Event()
        self._changed = asyncio.Event()

    async def read(self, data: bytes, name: str, manner: Manner, project: Project, workspace_id: UUID) -> Reading:
        self.begun.append(name)
        self._changed.set()
        if name.startswith("slow"):
            await self.end.wait()
        if name.startswith("held"):
            await self.let_go.wait()
        if name.startswith("poison"):
            raise RuntimeError("no fault of the file's own")
        raise FileDamaged()  # which is read, as far as turns go

    async def has_begun(self, *names: str) -> None:
        async with asyncio.timeout(20):
            while not set(names) <= set(self.begun):
                self._changed.clear()
                await self._changed.wait()


class Tenant:
    """A workspace whose files come in as uploads do."""

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self.workspace_id, self.project_id = new_id(), new_id()
        self._open = partial(db.session, kind=IngestStore)
        self._blobs = blobs

    async def upload(self, name: str, size: int = 0) -> UUID:
        data = name.encode().ljust(size)

        async def parts() -> AsyncIterator[bytes | Sent]:
            yield data
            yield Sent(len(data), hashlib.sha256(data).hexdigest())

        who = Identity(self.workspace_id, new_id(), Role.EDITOR, "c")
        with identity.acting_as(who):
            upload = Upload(self.project_id, name, parts())
            kept = await upload_document(self._open, self._blobs, AnyProject(), nothing_coded, who, new_id(), upload)
        return kept.document_id

    async def upload_together(self, *names: str) -> None:
        who = Identity(self.workspace_id, new_id(), Role.EDITOR, "c")
        files = [SmallFile(new_id(), name, name.encode()) for name in names]
        with identity.acting_as(who):
            await upload_small_documents(self._open, self._blobs, AnyProject(), who, self.project_id, "", files)

    async def errors(self) -> dict[str, str]:
        """Why documents could not be read, by their names."""
        async with self._open(self.workspace_id) as store:
            failed = "select name, error_message from documents where status = 'FAILED'"
            return dict(iter(await store.connection.exec_driver_sql(failed)))  # type: ignore[arg-type]

    async def turns(self) -> list[int]:
        """How many documents have each turn."""
        async with self._open(self.workspace_id) as store:
            counted = "select count(*) from documents where lane <> '' group by turn order by turn"
            return list((await store.connection.exec_driver_sql(counted)).scalars())

    async def queued(self) -> int:
        async with self._open(self.workspace_id) as store:
            rows = await store.connection.exec_driver_sql("select count(*) from documents where lane <> ''")
            return int(rows.scalar_one())

    async def leave(self) -> None:
        """Leaves nothing that waits to be read."""
        await delete_project_documents(self._open, self._blobs, self.workspace_id, self.project_id)


@pytest.fixture
def own_nats(tmp_path: Path, process_group: ProcessGroup) -> Iterator[EmbeddedNats]:
    """A server without the workers of other tests."""
    with EmbeddedNats(tmp_path / "nats", group=process_group) as server:
        yield server


@pytest.fixture
async def db(service_dsns: ServiceDatabases) -> AsyncIterator[Database]:
    database = Database(service_dsns["ingest"].application, "ingest")
    yield database
    await database.close()


@pytest.fixture
async def bus(own_nats: EmbeddedNats) -> AsyncIterator[Bus]:
    connected = await Bus.connect(own_nats.url_of("ingest"), "ingest")
    yield connected
    await connected.close()


@asynccontextmanager
async def worker(
    db: Database, bus: Bus, blobs: Blobs, concurrency: int, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[ScriptedReader]:
    reader = ScriptedReader()
    queue = parse_document(partial(db.session, kind=IngestStore), blobs, AnyProject(), reader, concurrency, clock=clock)
    queue = replace(queue, retry_delays=(timedelta(milliseconds=10),))
    async with OutboxRelay(db, bus).running():
        working = asyncio.create_task(bus.consume(queue))
        try:
            yield reader
        finally:
            reader.end.set()
            reader.let_go.set()
            working.cancel()
            await asyncio.wait([working])


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs((tmp_path / "blobs").as_uri())


@pytest.fixture
async def tenants(db: Database, blobs: Blobs) -> AsyncIterator[tuple[Tenant, Tenant]]:
    both = Tenant(db, blobs), Tenant(db, blobs)
    yield both
    for tenant in both:
        await tenant.leave()


async def test_one_line_does_not_wait_behind_another_workspaces_slow_files(
    db: Database, bus: Bus, blobs: Blobs, tenants: tuple[Tenant, Tenant]
) -> None:
    many, one = tenants
    async with worker(db, bus, blobs, concurrency=2) as reader:
        for number in range(WINDOW + 8):
            await many.upload(f"slow {number}.html")
        await many.upload("slow huge.pdf", 2 * SMALL_BYTES)
        await reader.has_begun("slow 0.html", "slow 1.html")
        await one.upload("line.txt")
        await reader.has_begun("line.txt")
        assert not reader.end.is_set()


async def test_a_large_file_does_not_wait_behind_another_workspaces_large_ones(
    db: Database, bus: Bus, blobs: Blobs, tenants: tuple[Tenant, Tenant]
) -> None:
    many, one = tenants
    async with worker(db, bus, blobs, concurrency=2) as reader:
        for number in range(6):
            await many.upload(f"slow {number}.pdf", 2 * SMALL_BYTES)
        await reader.has_begun("slow 0.pdf", "slow 1.pdf")
        await one.upload("report.pdf", 2 * SMALL_BYTES)
        await reader.has_begun("report.pdf")


async def test_small_files_of_a_workspace_go_before_its_large_ones_and_each_is_read_once(
    db: Database, bus: Bus, blobs: Blobs, tenants: tuple[Tenant, Tenant]
) -> None:
    tenant, _ = tenants
    async with worker(db, bus, blobs, concurrency=1) as reader:
        await tenant.upload("slow.txt")
        await reader.has_begun("slow.txt")
        large = [f"held {number}.pdf" for number in range(4)]
        for name in large:
            await tenant.upload(name, 2 * SMALL_BYTES)
        await tenant.upload("line.txt")
        reader.end.set()
        await reader.has_begun("line.txt")
        assert len(reader.begun) <= 4  # and one of the large ones, or two
        reader.let_go.set()
        await reader.has_begun(*large)
    assert sorted(reader.begun) == sorted(["slow.txt", "line.txt", *large])


async def test_only_a_window_of_a_workspaces_files_is_in_the_queue_and_all_are_read(
    db: Database, bus: Bus, blobs: Blobs, tenants: tuple[Tenant, Tenant]
) -> None:
    tenant, _ = tenants
    names = [f"slow {number}.txt" for number in range(2 * WINDOW)]
    async with worker(db, bus, blobs, concurrency=2) as reader:
        for name in names:
            await tenant.upload(name)
        assert await tenant.queued() <= WINDOW + 2
        reader.end.set()
        await reader.has_begun(*names)
    assert len(reader.begun) == len(names)


async def test_small_files_of_one_request_share_turns(
    db: Database, bus: Bus, blobs: Blobs, tenants: tuple[Tenant, Tenant]
) -> None:
    tenant, _ = tenants
    names = [f"held {number}.txt" for number in range(60)]
    async with worker(db, bus, blobs, concurrency=2) as reader:
        await tenant.upload_together(*names)
        assert await tenant.turns() == [25, 25, 10]
        reader.let_go.set()
        await reader.has_begun(*names)
    assert sorted(reader.begun) == sorted(names)
    assert set(await tenant.errors()) == set(names)


async def test_a_window_of_turns_is_in_the_queue(db: Database, blobs: Blobs, tenants: tuple[Tenant, Tenant]) -> None:
    tenant, _ = tenants
    for start in range(0, 1000, 100):
        await tenant.upload_together(*(f"{number}.txt" for number in range(start, start + 100)))
    assert len(await tenant.turns()) <= WINDOW + 1
    assert await tenant.queued() <= (WINDOW + 1) * TOGETHER


async def test_slow_files_of_a_turn_give_way_after_a_second(
    db: Database, bus: Bus, blobs: Blobs, tenants: tuple[Tenant, Tenant]
) -> None:
    many, one = tenants
    seconds = iter(range(10_000))
    clock = partial(lambda: 2.0 * next(seconds))  # each look at it is two seconds after the one before
    async with worker(db, bus, blobs, concurrency=1, clock=clock) as reader:
        await many.upload_together(*(f"held {number}.txt" for number in range(10)))
        await reader.has_begun("held 0.txt")
        await one.upload("line.txt")
        reader.let_go.set()
        await reader.has_begun("line.txt", *(f"held {number}.txt" for number in range(10)))
    assert reader.begun.index("line.txt") <= 2
    assert len(reader.begun) == 11


async def test_what_ends_a_workers_reading_is_not_for_the_others_of_its_turn_to_bear(
    db: Database, bus: Bus, blobs: Blobs, tenants: tuple[Tenant, Tenant]
) -> None:
    tenant, _ = tenants
    async with worker(db, bus, blobs, concurrency=1) as reader, asyncio.timeout(20):
        await tenant.upload_together("a.txt", "poison.txt", "b.txt")
        while len(errors := await tenant.errors()) < 3:  # noqa: ASYNC110 - it changes in the database
            await asyncio.sleep(0.02)
    assert "on our side (RuntimeError)" in errors["poison.txt"]
    assert errors["a.txt"] == errors["b.txt"] == FileDamaged().message
    assert reader.begun.count("poison.txt") == 6  # once with the others, and five times alone
