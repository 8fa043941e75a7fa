"""Each delivery of a message is told of in one trace, which goes on from that of its sender or is linked to it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from opentelemetry.trace import SpanKind

from coderai.kit import tracing
from coderai.kit.bus import WORK, Bus, Envelope, Subscription
from coderai.kit.ids import new_id
from tests.support.otlp import Receiver, edges, receiving

SUBJECT = "work.test.traced"


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with receiving() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url)
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
        yield receiver


async def handled_at_the_second_attempt(bus: Bus, workspace_id: UUID, *, own_trace: bool) -> str:
    """Sends a message within a span, whose traceparent it returns, and has its first delivery fail."""
    done = asyncio.Event()

    async def handle(envelope: Envelope) -> None:
        if envelope.attempt == 1:
            raise ConnectionError("passing")
        done.set()

    span = tracing.begin("request", SpanKind.SERVER)
    sender = tracing.carried(span)
    envelope = Envelope(new_id(), SUBJECT, b"x", workspace_id, "correlation", traceparent=sender)
    await bus.publish(replace(envelope, sender=sender))
    span.end()
    soon = (timedelta(milliseconds=10),)
    subscription = Subscription("test__traced", WORK, SUBJECT, handle, retry_delays=soon, own_trace=own_trace)
    consuming = asyncio.create_task(bus.consume(subscription))
    await asyncio.wait_for(done.wait(), 20)
    consuming.cancel()
    await asyncio.wait([consuming])
    return sender


async def test_a_document_s_redelivery_is_in_its_own_trace(bus: Bus, workspace_id: UUID, receiver: Receiver) -> None:
    async with tracing.sending("worker"):
        sender = await handled_at_the_second_attempt(bus, workspace_id, own_trace=True)

    received = [span for span in receiver.spans if span.name == f"receive {SUBJECT}"]
    processed = [span for span in receiver.spans if span.name == f"process {SUBJECT}"]
    (sent,) = (span for span in receiver.spans if span.name == f"send {SUBJECT}")
    assert sent.trace_id == sender.split("-")[1]
    assert len({span.trace_id for span in received + processed}) == 1
    assert {span.links[0] for span in received} == {(sent.trace_id, sent.span_id)}
    assert [span.attributes["coderai.delivery.attempt"] for span in received] == [1, 2]
    ended = [(s.attributes["coderai.delivery.attempt"], s.attributes["coderai.outcome"], s.is_error) for s in processed]
    assert ended == [(1, "retried", True), (2, "done", False)]
    assert processed[0].attributes["error.type"] == "ConnectionError" and processed[0].status == ""


async def test_another_message_s_redelivery_is_in_the_trace_that_had_it_sent(
    bus: Bus, workspace_id: UUID, receiver: Receiver
) -> None:
    async with tracing.sending("worker"):
        sender = await handled_at_the_second_attempt(bus, workspace_id, own_trace=False)

    inside = edges(receiver.trace(sender.split("-")[1]))
    assert inside["worker: request", f"worker: send {SUBJECT}"] == 1
    assert inside[f"worker: send {SUBJECT}", f"worker: receive {SUBJECT}"] == 2
    assert inside[f"worker: receive {SUBJECT}", f"worker: process {SUBJECT}"] == 2
