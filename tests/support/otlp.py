"""A stand-in for a store of traces: takes spans by OTLP over HTTP, and lets tests look at them."""

from __future__ import annotations

import gzip
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1 import trace_pb2


@dataclass(frozen=True, slots=True)
class Sent:
    """A span as it was sent."""

    process: str
    """The service.name of who sent it."""
    name: str
    kind: str
    trace_id: str
    span_id: str
    parent_id: str
    """Empty for the first one of a trace."""
    links: Sequence[tuple[str, str]]
    """Trace and span ids."""
    attributes: Mapping[str, Any]
    events: Sequence[tuple[str, Mapping[str, Any]]]
    is_error: bool
    seconds: float
    began: float = 0.0
    """Seconds since 1970."""
    status: str = ""
    """What it says of an error."""

    @property
    def label(self) -> str:
        """The process and what it did there."""
        return f"{self.process}: {self.name}"


def edges(spans: Iterable[Sent]) -> Counter[tuple[str, str]]:
    """Which spans are within which, by their labels; a span within none of these is within ""."""
    by_id = {span.span_id: span for span in spans}
    return Counter(
        (by_id[span.parent_id].label if span.parent_id in by_id else "", span.label) for span in by_id.values()
    )


def above(spans: Iterable[Sent], span: Sent) -> list[str]:
    """The labels of the spans that a span is within, outermost first."""
    by_id = {one.span_id: one for one in spans}
    found: list[str] = []
    while span.parent_id in by_id:
        span = by_id[span.parent_id]
        found.insert(0, span.label)
    return found


@dataclass
class Receiver:
    """The spans that have come."""

    url: str = ""
    spans: list[Sent] = field(default_factory=list)
    _came: threading.Condition = field(default_factory=threading.Condition)

    def take(self, body: bytes) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        with self._came:
            self.spans += _spans(request)
            self._came.notify_all()

    def trace(self, trace_id: str) -> list[Sent]:
        """What has come of a trace, in the order in which it began."""
        with self._came:
            return sorted((span for span in self.spans if span.trace_id == trace_id), key=lambda span: span.began)

    def wait_for(self, condition: Callable[[Sequence[Sent]], Any], seconds: float = 30) -> Any:
        """What the condition says of the spans as soon as that is true; fails after `seconds`."""
        with self._came:
            found = self._came.wait_for(lambda: condition(self.spans), seconds)
        assert found, f"after {seconds} s: {Counter(span.label for span in self.spans)}"
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own while the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections are kept open, as by any collector

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.take(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _spans(request: ExportTraceServiceRequest) -> Iterator[Sent]:
    for of_process in request.resource_spans:
        process = _plain(of_process.resource.attributes)["service.name"]
        for scope in of_process.scope_spans:
            for span in scope.spans:
                yield _sent(process, span)


def _sent(process: str, span: trace_pb2.Span) -> Sent:
    return Sent(
        process=process,
        name=span.name,
        kind=trace_pb2.Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
        trace_id=span.trace_id.hex(),
        span_id=span.span_id.hex(),
        parent_id=span.parent_span_id.hex(),
        links=[(link.trace_id.hex(), link.span_id.hex()) for link in span.links],
        attributes=_plain(span.attributes),
        events=[(event.name, _plain(event.attributes)) for event in span.events],
        is_error=span.status.code == trace_pb2.Status.STATUS_CODE_ERROR,
        began=span.start_time_unix_nano / 1e9,
        status=span.status.message,
        seconds=(span.end_time_unix_nano - span.start_time_unix_nano) / 1e9,
    )


def _plain(attributes: Any) -> dict[str, Any]:
    return {one.key: _value(one.value) for one in attributes}


def _value(value: AnyValue) -> Any:
    kind = value.WhichOneof("value")
    if kind == "array_value":
        return [_value(one) for one in value.array_value.values]
    return getattr(value, kind) if kind else None
