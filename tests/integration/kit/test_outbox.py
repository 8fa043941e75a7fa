"""What a transaction emits is published if and only if it commits, whatever dies in between."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import timedelta
from uuid import UUID

import pytest

from coderai.deploy.embedded import EmbeddedNats
from coderai.kit import identity, telemetry
from coderai.kit.bus import EVENTS, Bus, Envelope, Subscription
from coderai.kit.db import Database, Session
from coderai.kit.ids import new_id
from coderai.kit.outbox import OutboxRelay
from coderai.projects.v1.events_pb2 import ProjectDeleted
from tests.support.stack import ServiceDatabases

NOW = timedelta(0)

KILLED_AFTER_COMMIT = """
import asyncio, os, signal, sys
from uuid import UUID
from coderai.projects.v1.events_pb2 import ProjectDeleted
from coderai.kit import identity
from coderai.kit.db import Database, Session

class Killed:
    def publish_soon(self, envelopes):
        os.kill(os.getpid(), signal.SIGKILL)
    async def ring(self, doorbell): ...

async def main(url, workspace, subject):
    db = Database(url, "projects")
    db.relay = Killed()
    with identity.acting_as(identity.worker_identity(UUID(workspace), "from-the-dead")):
        async with db.session(UUID(workspace), Session) as session:
            session.emit(subject, ProjectDeleted(project_id="p"))
            await session.commit()

asyncio.run(main(*sys.argv[1:]))
"""


async def received(bus: Bus, subject: str, name: str, count: int) -> list[Envelope]:
    """The first `count` messages on a subject, from the beginning of the stream."""
    got: list[Envelope] = []
    enough = asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        got.append(envelope)
        if len(got) >= count:
            enough.set()

    consuming = asyncio.create_task(bus.consume(Subscription(name, EVENTS, subject, handle)))
    await asyncio.wait_for(enough.wait(), 20)
    consuming.cancel()
    return got


async def emit(db: Database, who: identity.Identity, subject: str, commit: bool = True) -> None:
    with identity.acting_as(who):
        async with db.session(who.workspace_id, Session) as session:
            session.emit(subject, ProjectDeleted(project_id="p"))
            if commit:
                await session.commit()


async def test_a_committed_message_arrives_with_its_workspace_and_correlation_id(
    db: Database, bus: Bus, who: identity.Identity
) -> None:
    relay = OutboxRelay(db, bus)
    running = asyncio.create_task(relay.run())
    await emit(db, who, "event.test.committed")
    (message,) = await received(bus, "event.test.committed", "test__committed", 1)
    running.cancel()
    assert message.workspace_id == who.workspace_id
    assert message.correlation_id == "test-correlation"
    assert ProjectDeleted.FromString(message.payload).project_id == "p"


async def test_a_rolled_back_transaction_sends_nothing(db: Database, bus: Bus, who: identity.Identity) -> None:
    relay = OutboxRelay(db, bus)
    await emit(db, who, "event.test.rolled_back", commit=False)
    assert await relay.sweep(NOW) == 0


async def test_a_process_killed_between_commit_and_publish_loses_nothing(
    db: Database, bus: Bus, service_dsns: ServiceDatabases, workspace_id: UUID
) -> None:
    url = service_dsns["projects"].application
    dying = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED_AFTER_COMMIT, url, str(workspace_id), "event.test.killed"
    )
    assert await dying.wait() == -signal.SIGKILL
    relay = OutboxRelay(db, bus)
    assert await relay.sweep(NOW) == 1
    assert await relay.sweep(NOW) == 0
    (message,) = await received(bus, "event.test.killed", "test__killed", 1)
    assert message.correlation_id == "from-the-dead"


async def test_a_message_published_twice_is_stored_once(bus: Bus, workspace_id: UUID) -> None:
    twice = Envelope(new_id(), "event.test.twice", b"one", workspace_id, "c")
    last = Envelope(new_id(), "event.test.twice", b"two", workspace_id, "c")
    for envelope in (twice, twice, last):
        await bus.publish(envelope)
    messages = await received(bus, "event.test.twice", "test__twice", 2)
    assert [m.payload for m in messages] == [b"one", b"two"]


async def test_what_is_committed_last_is_published_before_the_relay_ends(
    db: Database, bus: Bus, who: identity.Identity
) -> None:
    async with OutboxRelay(db, bus).running():
        await emit(db, who, "event.test.last")
    assert await OutboxRelay(db, bus).sweep(NOW) == 0
    await received(bus, "event.test.last", "test__last", 1)


async def test_a_relay_ends_while_nats_is_away(
    db: Database, bus: Bus, who: identity.Identity, nats: EmbeddedNats
) -> None:
    away = await Bus.connect(nats.url, "away")
    await away.close()
    async with OutboxRelay(db, away).running():
        await emit(db, who, "event.test.late")
    assert await OutboxRelay(db, bus).sweep(NOW) == 1


async def test_messages_wait_in_the_outbox_while_nats_is_away(
    db: Database, who: identity.Identity, nats: EmbeddedNats
) -> None:
    bus = await Bus.connect(nats.url, "away")
    relay = OutboxRelay(db, bus)
    await bus.close()
    await emit(db, who, "event.test.away")
    assert await relay.sweep(NOW) == 0
    back = await Bus.connect(nats.url, "back")
    assert await OutboxRelay(db, back).sweep(NOW) == 1
    await back.close()


@pytest.fixture(autouse=True)
async def empty_outbox(db: Database, bus: Bus) -> None:
    """Messages that other tests left would be counted."""
    relay = OutboxRelay(db, bus)
    db.relay = None
    while await relay.sweep(NOW):
        pass


async def test_what_waits_in_the_outbox_is_measured(db: Database, bus: Bus, who: identity.Identity) -> None:
    def measured() -> tuple[float, float]:
        gauges = (telemetry.OUTBOX_MESSAGES, telemetry.OUTBOX_OLDEST)
        messages, oldest = (gauge.labels("projects")._value.get() for gauge in gauges)
        return messages, oldest

    relay = OutboxRelay(db, bus)
    await relay.sweep(NOW)
    db.relay = None  # as if NATS were away
    with identity.acting_as(who):
        async with db.session(who.workspace_id, Session) as session:
            session.emit("event.projects.project_deleted", ProjectDeleted(project_id="p"))
            await session.commit()
    await relay.measure()
    messages, oldest = measured()
    assert messages == 1
    assert 0 < oldest < 60
    await relay.sweep(NOW)
    await relay.measure()
    assert measured() == (0, 0)
