"""The message bus: streams for work and facts, one consume loop for all of it, and doorbells."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID

import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from coderai.kit import identity, message_spans, telemetry, tracing
from coderai.kit.cancellation import raise_if_cancelled
from coderai.kit.errors import CoderAIError

log = structlog.get_logger()

WORK, EVENTS = "WORK", "EVENTS"
ACK_WAIT = timedelta(seconds=15)
PULL_FOR = timedelta(seconds=5)
"""How long the server holds a pull: one that it forgot, as it was started again, is repeated after this time."""
FINISH_WITHIN = timedelta(seconds=20)
"""What a stopped consumer has in hand ends within this time, or is handed back: the process has ended within 30 s."""
CLOSE_WITHIN = 15.0
"""Seconds after which a connection to a server that takes nothing more is left as it is."""
LOOK_AGAIN = 2.0
"""Seconds after which a listener looks again although no bell rang: one may have been lost with its connection."""
RETRY_DELAYS = tuple(timedelta(seconds=s) for s in (1, 5, 15, 30, 60))
"""Waits before the second and later deliveries of a message whose handler failed."""


class MessageInvalid(CoderAIError):
    """The message lacks what every message of ours has beside its payload."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.told = message


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message with what travels beside it."""

    id: UUID
    """Of its outbox row; JetStream drops a second one with the same id."""
    subject: str
    payload: bytes
    workspace_id: UUID
    correlation_id: str
    attempt: int = 1
    """Counts deliveries, from 1."""
    traceparent: str = ""
    """The span that had it sent, as W3C Trace Context writes it; empty where nothing is traced."""
    sender: str = ""
    """The traceparent of the span in which it is sent, where that is known; it does not travel."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which messages a consumer takes and what it does with them."""

    name: str
    """Durable name: <service>__<message>, the same in all replicas."""
    stream: str
    subject: str
    handle: Callable[[Envelope], Awaitable[None]]
    """Does the work and commits it; returning acks, raising has the message delivered again. May run twice."""
    give_up: Callable[[Envelope, Exception], Awaitable[None]] | None = None
    """Records the failure of a message whose last delivery failed."""
    concurrency: int = 1
    """Messages handled at a time in this process; urgent ones may be in hand beside as many others."""
    lanes: tuple[str, ...] = ()
    """Last parts of the subject, most urgent first, each a consumer of its own; none for the subject as it is."""
    attempts: int = 5
    """Deliveries before give_up."""
    patience: float = math.inf
    """Deliveries before give_up when the last one met a passing fault (a retryable error): something is away."""
    retry_delays: tuple[timedelta, ...] = RETRY_DELAYS
    own_trace: bool = False
    """Each message is handled in a trace of its own, linked to the one that had it sent: for many of one request."""


class Bus:
    """A connection to NATS."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._stream: JetStreamContext = client.jetstream()

    @classmethod
    async def connect(cls, url: str, name: str) -> Self:
        """Connects and makes sure that the two streams exist; reconnects for ever afterwards.

        `name`: the service, which is its user at the server, too (deploy.bus_rights).
        """
        client = await nats.connect(
            url,
            name=name,
            inbox_prefix=f"_INBOX.{name}",  # answers to one service are for no other
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.5,
            error_cb=_log_error,
            disconnected_cb=_log_disconnect,
            drain_timeout=5,
        )
        bus = cls(client)
        await bus._ensure_streams()
        return bus

    async def _ensure_streams(self) -> None:
        work = StreamConfig(
            name=WORK, subjects=["work.>"], retention=RetentionPolicy.WORK_QUEUE, storage=StorageType.FILE
        )
        events = StreamConfig(
            name=EVENTS,
            subjects=["event.>"],
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.OLD,
            max_age=timedelta(days=7).total_seconds(),
        )
        for config in (work, events):
            await self._stream.add_stream(config)

    async def publish(self, envelope: Envelope) -> None:
        """Publishes to the stream of the subject and waits for its acknowledgement."""
        headers = {
            "Nats-Msg-Id": str(envelope.id),
            "Coderai-Workspace": str(envelope.workspace_id),
            "Coderai-Correlation": envelope.correlation_id,
        }
        with message_spans.sending(envelope) as traceparent:
            if traceparent:
                headers["traceparent"] = traceparent
            await self._stream.publish(envelope.subject, envelope.payload, headers=headers, timeout=10)

    async def ring(self, doorbell: str) -> None:
        """Wakes whoever waits at a doorbell now; nothing is stored."""
        await self._client.publish(doorbell, b"")

    @asynccontextmanager
    async def listen(self, doorbell: str) -> AsyncIterator[asyncio.Event]:
        """Yields an event that each ring sets; the listener clears it before it looks at the truth again."""
        rung = asyncio.Event()

        async def on_ring(_: Msg) -> None:
            rung.set()

        subscription = await self._client.subscribe(doorbell, cb=on_ring)
        try:
            yield rung
        finally:
            with suppress(NatsError):
                await subscription.unsubscribe()

    async def consume(self, subscription: Subscription) -> None:
        """Handles a subscription's messages until cancelled; what is in hand then is finished or handed back.

        A handler that has not ended FINISH_WITHIN after that is cancelled; another replica gets its message at once.
        A lane asks for a message when fewer than `concurrency` of its own and of more urgent ones are in hand: an
        urgent message never waits for others, and they make room for it as they end.
        """
        in_hand: dict[asyncio.Task[None], int] = {}
        telemetry.expect(telemetry.MESSAGES, [subscription.name], telemetry.MESSAGE_OUTCOMES)
        try:
            async with asyncio.TaskGroup() as lanes:
                for rank, lane in enumerate(subscription.lanes or ("",)):
                    lanes.create_task(self._consume_lane(subscription, _config(subscription, lane), rank, in_hand))
        finally:
            await _finish(set(in_hand))

    async def _consume_lane(
        self, subscription: Subscription, config: ConsumerConfig, rank: int, in_hand: dict[asyncio.Task[None], int]
    ) -> None:
        await self._stream.add_consumer(subscription.stream, config)
        pull = await self._stream.pull_subscribe_bind(str(config.durable_name), subscription.stream)
        try:
            while True:
                while sum(of <= rank for of in in_hand.values()) >= subscription.concurrency:
                    await asyncio.wait(in_hand, return_when=asyncio.FIRST_COMPLETED)
                message = await self._next(pull, subscription.stream, config)
                try:
                    raise_if_cancelled()
                except asyncio.CancelledError:
                    await message.nak()
                    raise
                handling = asyncio.create_task(_deliver(subscription, message))
                in_hand[handling] = rank
                handling.add_done_callback(in_hand.pop)
        finally:
            await _leave(pull)

    async def _next(self, pull: JetStreamContext.PullSubscription, stream: str, config: ConsumerConfig) -> Msg:
        """The next message, however long it takes; a server that has lost its data gets streams and consumer again."""
        while True:
            try:
                return (await pull.fetch(1, timeout=PULL_FOR.total_seconds()))[0]
            except TimeoutError:
                pass
            except NatsError as error:
                log.warning("pull_failed", consumer=config.durable_name, error=error)
                await asyncio.sleep(1)
                with suppress(NatsError):
                    await self._ensure_streams()
                    await self._stream.add_consumer(stream, config)
            raise_if_cancelled()

    async def ping(self) -> None:
        """Asks the server for a sign of life; raises when there is none within 2 seconds."""
        await self._client.flush(timeout=2)

    async def close(self) -> None:
        """Sends what is buffered and disconnects; from a server that is away or silent too."""
        closing = asyncio.create_task(self._close())
        await asyncio.wait([closing], timeout=CLOSE_WITHIN)
        if not closing.cancel():
            await closing

    async def _close(self) -> None:
        try:
            await self._client.drain()
        except NatsError:
            await self._client.close()


async def wait_for_ring(rung: asyncio.Event) -> None:
    """Waits until the bell of `Bus.listen` has rung, or for LOOK_AGAIN seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_AGAIN):
            await rung.wait()


def _config(subscription: Subscription, lane: str) -> ConsumerConfig:
    """JetStream's consumer for a subscription, or for one of its lanes."""
    name = f"{subscription.name}_{lane}" if lane else subscription.name
    return ConsumerConfig(
        name=name,  # with it, the subject that asks for the consumer says its filter, and rights can be given for that
        durable_name=name,
        filter_subject=f"{subscription.subject}.{lane}" if lane else subscription.subject,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT.total_seconds(),
        max_deliver=-1,
        max_ack_pending=-1,
    )


async def _extend(message: Msg) -> None:
    """Tells JetStream every third of the ack wait that the message is being worked on."""
    while True:
        await asyncio.sleep(ACK_WAIT.total_seconds() / 3)
        with suppress(NatsError):
            await message.in_progress()


async def _leave(pull: JetStreamContext.PullSubscription) -> None:
    """Ends a pull, so that the server sends nothing more to it, and returns what had arrived for it."""
    with suppress(NatsError):
        await pull.unsubscribe()
        while pull.pending_msgs:
            (message,) = await pull.fetch(1, timeout=0.1)
            await message.nak()


async def _finish(in_hand: set[asyncio.Task[None]]) -> None:
    """Waits for what is in hand, and cancels what takes too long."""
    if not in_hand:
        return
    _, late = await asyncio.wait(in_hand, timeout=FINISH_WITHIN.total_seconds())
    for handling in late:
        handling.cancel()
    await asyncio.gather(*late, return_exceptions=True)


async def _deliver(subscription: Subscription, message: Msg) -> None:
    """Handles one delivery: ack, or nak with a delay, or give up and term; cancelled, it hands the message back."""
    started = time.monotonic()
    try:
        envelope = _open(message)
    except MessageInvalid as error:
        await _reject(subscription, message, error)
        return
    extending = asyncio.create_task(_extend(message))
    span = message_spans.begin_handling(subscription, envelope)
    outcome = "unknown"
    with (
        tracing.inside(span),
        tracing.caused_by(envelope.traceparent if subscription.own_trace else ""),
        identity.acting_as(identity.worker_identity(envelope.workspace_id, envelope.correlation_id)),
    ):
        logger = log.bind(consumer=subscription.name, attempt=envelope.attempt)
        try:
            await subscription.handle(envelope)
            await message.ack()
            outcome = "done"
        except asyncio.CancelledError:
            logger.warning("message_handed_back")
            outcome = "handed_back"
            await message.nak()
            raise
        except Exception as error:  # noqa: BLE001 - whatever it was: delivered again, or recorded
            tracing.note_failure(span, error)
            outcome = await _failed(subscription, envelope, message, error)
        finally:
            extending.cancel()
            span.set_attribute("coderai.outcome", outcome)
            span.end()
        seconds = time.monotonic() - started
        logger.info("message_handled", outcome=outcome, seconds=round(seconds, 3))
    telemetry.MESSAGES.labels(subscription.name, outcome).inc(1, telemetry.exemplar(span))
    telemetry.MESSAGE_SECONDS.labels(subscription.name).observe(seconds, telemetry.exemplar(span))


async def _failed(subscription: Subscription, envelope: Envelope, message: Msg, error: Exception) -> str:
    delays = subscription.retry_delays
    delay = delays[min(envelope.attempt, len(delays)) - 1].total_seconds()
    attempts: float = subscription.attempts
    if isinstance(error, CoderAIError):
        delay = max(delay, error.retry_after or 0.0)
        attempts = subscription.patience if error.retryable else attempts
    logger = log.bind(consumer=subscription.name, attempt=envelope.attempt, error=error)
    if envelope.attempt < attempts:
        logger.warning("message_failed", retry_in=delay)
        await message.nak(delay=delay)
        return "retried"
    try:
        if subscription.give_up is not None:
            await subscription.give_up(envelope, error)
    except Exception as second:  # noqa: BLE001 - the failure could not be recorded: the message must come back
        logger.error("give_up_failed", give_up_error=second)
        await message.nak(delay=delay)
        return "retried"
    # What has a name is understood without a trace.
    logger.error("message_given_up", exc_info=None if isinstance(error, CoderAIError) else error)
    await message.term()
    return "given_up"


async def _reject(subscription: Subscription, message: Msg, error: MessageInvalid) -> None:
    """Has a message forgotten that no service of ours has sent: it says not in whose workspace it acts."""
    log.error("message_rejected", consumer=subscription.name, subject=message.subject, error=error)
    telemetry.MESSAGES.labels(subscription.name, "rejected").inc()
    await message.term()


def _open(message: Msg) -> Envelope:
    """Raises MessageInvalid."""
    headers = message.headers or {}
    try:
        return Envelope(
            id=UUID(headers["Nats-Msg-Id"]),
            subject=message.subject,
            payload=message.data,
            workspace_id=UUID(headers["Coderai-Workspace"]),
            correlation_id=headers["Coderai-Correlation"],
            attempt=message.metadata.num_delivered or 1,
            traceparent=headers.get("traceparent", ""),
        )
    except KeyError as error:
        raise MessageInvalid(f"the message has no header {error.args[0]}") from None
    except ValueError:
        raise MessageInvalid("the message's id or workspace is none") from None


async def _log_error(error: Exception) -> None:
    log.warning("nats_error", error=error)


async def _log_disconnect() -> None:
    log.warning("nats_disconnected")
