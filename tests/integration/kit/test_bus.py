"""The consume loop: what fails comes back, what always fails is given up and recorded, nothing else suffers."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from nats.errors import Error as NatsError

from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.process_group import ProcessGroup
from coderai.kit import bus as kit_bus
from coderai.kit import identity
from coderai.kit.bus import WORK, Bus, Envelope, Subscription
from coderai.kit.errors import Unavailable
from coderai.kit.ids import new_id

SOON = (timedelta(milliseconds=10),)


def message(subject: str, workspace_id: UUID, payload: bytes = b"x") -> Envelope:
    return Envelope(new_id(), subject, payload, workspace_id, "correlation")


async def test_a_handler_that_fails_once_sees_the_message_again(bus: Bus, workspace_id: UUID) -> None:
    attempts: list[int] = []
    done = asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        attempts.append(envelope.attempt)
        if envelope.attempt == 1:
            raise ConnectionError("passing")
        done.set()

    await bus.publish(message("work.test.once", workspace_id))
    subscription = Subscription("test__once", WORK, "work.test.once", handle, retry_delays=SOON)
    consuming = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(done.wait(), 20)
    consuming.cancel()
    assert attempts == [1, 2]


async def test_a_message_that_always_fails_is_recorded_and_does_not_block_the_next(
    bus: Bus, workspace_id: UUID
) -> None:
    tried: list[bytes] = []
    given_up: list[tuple[bytes, str]] = []
    good = asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        tried.append(envelope.payload)
        if envelope.payload == b"bad":
            raise ValueError("always")
        good.set()

    async def give_up(envelope: Envelope, error: Exception) -> None:
        given_up.append((envelope.payload, str(error)))
        if len(given_up) == 1:
            raise ConnectionError("the failure could not be recorded either")
        recorded.set()

    recorded = asyncio.Event()
    for payload in (b"bad", b"good"):
        await bus.publish(message("work.test.always", workspace_id, payload))
    subscription = Subscription(
        "test__always", WORK, "work.test.always", handle, give_up, attempts=3, retry_delays=SOON
    )
    consuming = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(asyncio.gather(good.wait(), recorded.wait()), 20)
    consuming.cancel()
    assert tried.count(b"bad") == 4
    assert given_up == [(b"bad", "always")] * 2


async def test_a_passing_fault_is_met_with_more_patience_and_never_sooner_than_it_asks_for(
    bus: Bus, workspace_id: UUID
) -> None:
    attempts: list[float] = []
    given_up = asyncio.Event()

    class Away(Unavailable):
        retry_after = 0.3

    async def handle(envelope: Envelope) -> None:
        attempts.append(asyncio.get_running_loop().time())
        raise Away() if envelope.attempt == 1 else Unavailable()

    async def give_up(envelope: Envelope, error: Exception) -> None:
        assert isinstance(error, Unavailable)
        given_up.set()

    await bus.publish(message("work.test.away", workspace_id))
    subscription = Subscription(
        "test__away", WORK, "work.test.away", handle, give_up, attempts=2, patience=4, retry_delays=SOON
    )
    consuming = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(given_up.wait(), 20)
    consuming.cancel()
    assert len(attempts) == 4
    assert attempts[1] - attempts[0] >= 0.3


async def test_a_handler_acts_for_the_workspace_of_its_message(bus: Bus, workspace_id: UUID) -> None:
    seen: asyncio.Future[identity.Identity] = asyncio.get_running_loop().create_future()

    async def handle(_: Envelope) -> None:
        seen.set_result(identity.current())

    await bus.publish(message("work.test.identity", workspace_id))
    consuming = asyncio.create_task(bus.consume(Subscription("test__identity", WORK, "work.test.identity", handle)))
    who = await asyncio.wait_for(seen, 20)
    consuming.cancel()
    assert (who.workspace_id, who.user_id, who.correlation_id) == (workspace_id, None, "correlation")


async def test_a_loop_that_is_stopped_finishes_the_message_in_hand(bus: Bus, workspace_id: UUID) -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handle(_: Envelope) -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    await bus.publish(message("work.test.stopped", workspace_id))
    subscription = Subscription("test__stopped", WORK, "work.test.stopped", handle, concurrency=2)
    consuming = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(begun.wait(), 20)
    consuming.cancel()
    may_end.set()
    await asyncio.wait([consuming])
    assert ended.is_set()


async def test_a_loop_that_is_stopped_hands_back_what_takes_too_long(
    bus: Bus, workspace_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit_bus, "FINISH_WITHIN", timedelta(milliseconds=100))
    attempts: list[int] = []
    begun, taken_over, cancelled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        attempts.append(envelope.attempt)
        if envelope.attempt > 1:
            return taken_over.set()
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    await bus.publish(message("work.test.handed_back", workspace_id))
    subscription = Subscription("test__handed_back", WORK, "work.test.handed_back", handle)
    stopping = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(begun.wait(), 20)
    stopping.cancel()
    await asyncio.wait([stopping])
    assert cancelled.is_set()
    other = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(taken_over.wait(), kit_bus.ACK_WAIT.total_seconds() / 2)
    other.cancel()
    assert attempts == [1, 2]


async def test_a_passing_fault_is_waited_for_without_end(bus: Bus, workspace_id: UUID) -> None:
    attempts: list[int] = []
    done, given_up = asyncio.Event(), asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        attempts.append(envelope.attempt)
        if envelope.attempt <= 40:
            raise Unavailable()
        done.set()

    async def give_up(_: Envelope, __: Exception) -> None:
        given_up.set()

    await bus.publish(message("work.test.endless", workspace_id))
    subscription = Subscription("test__endless", WORK, "work.test.endless", handle, give_up, retry_delays=SOON)
    consuming = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(done.wait(), 30)
    consuming.cancel()
    assert attempts == list(range(1, 42))
    assert not given_up.is_set()


@dataclass(frozen=True)
class Consuming:
    """A bus on a server of its own, whose messages on work.test.own come into `seen`."""

    bus: Bus
    seen: asyncio.Queue[bytes]
    task: asyncio.Task[None]

    async def goes_on(self, workspace_id: UUID, payload: bytes) -> None:
        """Publishes until that succeeds, and waits until it is handled."""
        async with asyncio.timeout(60):
            while True:
                with suppress(NatsError):
                    await self.bus.publish(message("work.test.own", workspace_id, payload))
                    break
                await asyncio.sleep(0.1)
            assert await self.seen.get() == payload


@pytest.fixture
async def consuming(own_nats: EmbeddedNats) -> AsyncIterator[Consuming]:
    seen: asyncio.Queue[bytes] = asyncio.Queue()

    async def handle(envelope: Envelope) -> None:
        seen.put_nowait(envelope.payload)

    bus = await Bus.connect(own_nats.url, "tests")
    task = asyncio.create_task(bus.consume(Subscription("test__own", WORK, "work.test.own", handle)))
    yield Consuming(bus, seen, task)
    task.cancel()
    await asyncio.wait([task])
    await asyncio.wait_for(bus.close(), 20)


async def test_work_goes_on_when_the_server_was_started_again(
    own_nats: EmbeddedNats, consuming: Consuming, workspace_id: UUID
) -> None:
    await consuming.goes_on(workspace_id, b"before")
    await asyncio.to_thread(own_nats.restart)
    await consuming.goes_on(workspace_id, b"after")


async def test_work_goes_on_when_the_server_has_lost_its_data(
    own_nats: EmbeddedNats, consuming: Consuming, workspace_id: UUID
) -> None:
    await consuming.goes_on(workspace_id, b"before")
    await asyncio.to_thread(own_nats.stop)
    shutil.rmtree(own_nats.data_dir / "store")
    await asyncio.to_thread(own_nats.start)
    await consuming.goes_on(workspace_id, b"after")


async def test_a_consumer_stops_and_a_bus_closes_while_the_server_is_away(
    own_nats: EmbeddedNats, consuming: Consuming, workspace_id: UUID
) -> None:
    await consuming.goes_on(workspace_id, b"before")
    await asyncio.to_thread(own_nats.stop)
    consuming.task.cancel()
    await asyncio.wait_for(asyncio.wait([consuming.task]), 20)
    await asyncio.wait_for(consuming.bus.close(), 20)
    assert consuming.task.cancelled()


@pytest.fixture
def own_nats(tmp_path: Path, process_group: ProcessGroup) -> Iterator[EmbeddedNats]:
    """A server that nobody else needs."""
    with EmbeddedNats(tmp_path, group=process_group) as server:
        yield server


async def test_long_work_is_not_delivered_to_another_replica(bus: Bus, workspace_id: UUID) -> None:
    calls = 0
    done = asyncio.Event()

    async def handle(_: Envelope) -> None:
        nonlocal calls
        calls += 1
        await asyncio.sleep(3 * kit_bus.ACK_WAIT.total_seconds())
        done.set()

    kept, kit_bus.ACK_WAIT = kit_bus.ACK_WAIT, timedelta(seconds=1)
    try:
        await bus.publish(message("work.test.long", workspace_id))
        subscription = Subscription("test__long", WORK, "work.test.long", handle, concurrency=2)
        consuming = asyncio.create_task(bus.consume(subscription))
        await asyncio.wait_for(done.wait(), 30)
        consuming.cancel()
    finally:
        kit_bus.ACK_WAIT = kept
    assert calls == 1


async def test_an_urgent_message_waits_for_no_other_and_others_wait_for_it(bus: Bus, workspace_id: UUID) -> None:
    order: list[bytes] = []
    begun, first_ended, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        order.append(envelope.payload)
        if envelope.payload == b"0":
            await bus.publish(message("work.test.lanes.first", workspace_id, b"urgent"))
            await begun.wait()
            first_ended.set()
        if envelope.payload == b"urgent":
            begun.set()
            await first_ended.wait()
            assert order == [b"0", b"urgent"]
        if len(order) == 6:
            done.set()

    for number in range(5):
        await bus.publish(message("work.test.lanes.rest", workspace_id, b"%d" % number))
    subscription = Subscription("test__lanes", WORK, "work.test.lanes", handle, lanes=("first", "rest"))
    consuming = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(done.wait(), 20)
    consuming.cancel()
    assert order == [b"0", b"urgent", b"1", b"2", b"3", b"4"]


async def test_a_doorbell_wakes_those_who_listen(bus: Bus) -> None:
    async with bus.listen("progress.test") as rung:
        assert not rung.is_set()
        await bus.ring("progress.test")
        await asyncio.wait_for(rung.wait(), 10)
