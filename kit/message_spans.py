"""The spans of messages: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from opentelemetry.trace import Span, SpanKind

from coderai.kit import tracing

if TYPE_CHECKING:
    from coderai.kit.bus import Envelope, Subscription


@contextmanager
def sending(envelope: Envelope) -> Iterator[str]:
    """The span of sending a message, and the traceparent that goes with it."""
    if not envelope.sender:
        yield envelope.traceparent
        return
    span = tracing.begin(f"send {envelope.subject}", SpanKind.PRODUCER, _about(envelope), parent=envelope.sender)
    try:
        yield tracing.carried(span) if envelope.sender == envelope.traceparent else envelope.traceparent
    except BaseException as error:
        tracing.note_failure(span, error)
        raise
    finally:
        span.end()


def begin_handling(subscription: Subscription, envelope: Envelope) -> Span:
    """The span of handling one delivery of a message; to be ended.

    A short one before it tells that the delivery has come: it is sent soon, also when the process is killed later.
    """
    attempt = {"coderai.delivery.attempt": envelope.attempt}
    cause = {"link": envelope.traceparent} if subscription.own_trace else {"parent": envelope.traceparent}
    name, trace_of = f"receive {envelope.subject}", str(envelope.id)
    received = tracing.begin(name, SpanKind.CONSUMER, attempt, trace_of=trace_of, **cause)
    received.end()
    about = {**_about(envelope), "messaging.consumer.group.name": subscription.name, **attempt}
    return tracing.begin(f"process {envelope.subject}", SpanKind.CONSUMER, about, parent=tracing.carried(received))


def _about(envelope: Envelope) -> tracing.Attributes:
    return {
        "messaging.system": "nats",
        "messaging.destination.name": envelope.subject,
        "messaging.message.id": str(envelope.id),
        "coderai.workspace_id": str(envelope.workspace_id),
        "coderai.correlation_id": envelope.correlation_id,
    }
