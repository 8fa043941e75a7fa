"""Traces: spans of what a process does, sent by OTLP to where OTEL_EXPORTER_OTLP_ENDPOINT says; without it, nothing.

The variables OTEL_* are the standard's own, so that one setting serves all that an installation runs:
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ (endpoint, headers, sampler and its
argument, resource attributes, delays and sizes of the queue). A span names ids, codes and numbers: never a text, a
name, an address or an error's message, any of which may come from a document.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog
from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from coderai.kit import errors, identity

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

NO_SPAN: Span = trace.INVALID_SPAN
"""Stands for a span that is not recorded; takes all calls and keeps nothing."""
_NOT_TRACED = nullcontext(NO_SPAN)
Attributes = Mapping[str, str | int | float | bool | Sequence[str]]

_SENT_WITHIN_MS = "1000"
"""Milliseconds after its end within which a span is sent: what a worker had done is known when it is killed then."""
_ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_CALLERS_FAULTS = (
    errors.InvalidInput,
    errors.Unauthenticated,
    errors.Forbidden,
    errors.NotFound,
    errors.AlreadyExists,
    errors.Conflict,
    errors.TooLarge,
    errors.LimitReached,
)
_W3C = TraceContextTextMapPropagator()


@dataclass
class _Tracing:
    """How this process traces."""

    tracer: Tracer | None = None
    """None while tracing is off."""


_tracing = _Tracing()
_chosen_trace: ContextVar[int] = ContextVar("chosen_trace", default=0)
_origin: ContextVar[str] = ContextVar("trace_origin", default="")


@asynccontextmanager
async def sending(process: str) -> AsyncIterator[None]:
    """Has the process's spans sent while the block runs, if the environment says where to, and the last ones after it.

    Importing what sends them takes 0.2 s.
    """
    if not any(os.environ.get(name) for name in _ENDPOINTS) or os.environ.get("OTEL_SDK_DISABLED", "") == "true":
        yield
        return
    provider = _provider(process)
    _tracing.tracer = provider.get_tracer("coderai")
    try:
        yield
    finally:
        _tracing.tracer = None
        await asyncio.to_thread(provider.shutdown)


def _provider(process: str) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.id_generator import RandomIdGenerator

    class Ids(RandomIdGenerator):
        """Random ids, but for a trace whose id was chosen."""

        def generate_trace_id(self) -> int:
            return _chosen_trace.get() or super().generate_trace_id()

    named = {
        "service.namespace": "coderai",
        "service.name": os.environ.get("OTEL_SERVICE_NAME", process),
        "service.instance.id": str(uuid4()),
    }
    os.environ.setdefault("OTEL_BSP_SCHEDULE_DELAY", _SENT_WITHIN_MS)
    provider = TracerProvider(resource=Resource.create(named), id_generator=Ids())
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider


def begin(
    name: str,
    kind: SpanKind,
    attributes: Attributes | None = None,
    *,
    parent: str = "",
    link: str = "",
    trace_of: str = "",
) -> Span:
    """A span of something that reaches the process from outside; whoever begins it ends it.

    `parent`: the traceparent that it goes on from; without one it begins a trace. `link`: the traceparent of a trace
    that had this one begun. `trace_of`: what begins twice with the same words is in one trace.
    """
    if _tracing.tracer is None:
        return NO_SPAN
    links = [Link(trace.get_current_span(_read(link)).get_span_context())] if link else []
    chosen = _chosen_trace.set(int.from_bytes(hashlib.sha256(trace_of.encode()).digest()[:16]) if trace_of else 0)
    try:
        within = _read(parent) if parent else Context()
        return _tracing.tracer.start_span(name, within, kind, attributes, links, record_exception=False)
    finally:
        _chosen_trace.reset(chosen)


def begin_step(name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None) -> Span:
    """A span within the current one, if that is recorded: what nobody waits for is not traced. To be ended."""
    if _tracing.tracer is None or not trace.get_current_span().is_recording():
        return NO_SPAN
    return _tracing.tracer.start_span(name, None, kind, attributes, record_exception=False)


def step(
    name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Attributes | None = None
) -> AbstractContextManager[Span]:
    """As begin_step; the span is the current one while the block runs, and ends with it."""
    begun = begin_step(name, kind, attributes)
    return _NOT_TRACED if begun is NO_SPAN else _stepping(begun)


@contextmanager
def _stepping(begun: Span) -> Iterator[Span]:
    try:
        with inside(begun):
            yield begun
    except BaseException as error:
        note_failure(begun, error)
        raise
    finally:
        begun.end()


def inside(span: Span) -> AbstractContextManager[Span]:
    """Makes a span the current one while the block runs; it neither ends it nor notes what went wrong."""
    return _NOT_TRACED if span is NO_SPAN else _Inside(span)


class _Inside(AbstractContextManager[Span]):
    """As OpenTelemetry's use_span, which takes three times as long."""

    def __init__(self, span: Span) -> None:
        self._span = span

    def __enter__(self) -> Span:
        self._token = context.attach(trace.set_span_in_context(self._span))
        return self._span

    def __exit__(self, *_: object) -> None:
        context.detach(self._token)


def note_failure(span: Span, error: BaseException) -> None:
    """Says what ended a span, by the error's code; what is the caller's own fault is no failure of what it called."""
    span.set_attribute("error.type", error.code if isinstance(error, errors.CoderAIError) else type(error).__name__)
    is_ours = not isinstance(error, _CALLERS_FAULTS)
    if is_ours or not hasattr(span, "kind") or span.kind is not SpanKind.SERVER:
        span.set_status(StatusCode.ERROR)


def about(**ids: str) -> None:
    """Has the current span and all that is logged from now on, in this task, name these ids."""
    if ids:
        structlog.contextvars.bind_contextvars(**ids)
        trace.get_current_span().set_attributes({f"coderai.{name}": value for name, value in ids.items()})


def carried(span: Span | None = None) -> str:
    """The traceparent of a span, else of the current one; empty where there is none."""
    found = (span or trace.get_current_span()).get_span_context()
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}" if found.is_valid else ""


def trace_id(span: Span | None = None) -> str:
    """Of a span, else of the current one, in hexadecimal; empty where there is none."""
    found = (span or trace.get_current_span()).get_span_context()
    return f"{found.trace_id:032x}" if found.is_valid else ""


def cause() -> identity.Cause:
    """What is said to have caused the messages that are sent now."""
    return identity.Cause(identity.current().correlation_id, _origin.get() or carried())


@contextmanager
def caused_by(traceparent: str) -> Iterator[None]:
    """Has what the block causes belong to this trace, not to the one that it is in itself."""
    before = _origin.set(traceparent)
    try:
        yield
    finally:
        _origin.reset(before)


def _read(traceparent: str) -> Context:
    """The context that a traceparent stands for; an empty one when it is none."""
    return _W3C.extract({"traceparent": traceparent}, Context())
