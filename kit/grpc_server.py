"""Serves gRPC: checks who calls and whether they may, maps errors, measures, tells its health, stops gracefully."""

from __future__ import annotations

import time
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
import structlog
from google.protobuf.message import DecodeError, Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health_aio
from grpc_reflection.v1alpha import reflection as grpc_reflection
from opentelemetry.trace import Span, SpanKind

from coderai.kit import identity, telemetry, tracing
from coderai.kit.contract import Rpc, methods_of, rpc_at
from coderai.kit.errors import CoderAIError, Internal, InvalidInput, Unauthenticated
from coderai.kit.grpc_errors import STATUS_NAMES, status_details, status_of
from coderai.kit.message_checks import check_message
from coderai.kit.message_ids import ids_of
from coderai.kit.sizes import check_sizes

log = structlog.get_logger()

MAX_MESSAGE = 128 * 2**20
"""Bytes of a reply: a document's text and chunks come in one (ingest's GetDocumentText)."""
MAX_REQUEST = 16 * 2**20
"""Bytes of a request between services: lists of ids (ingest's StreamDocumentHeads) have some 4 MiB at most."""
KEEPALIVE = [
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.ping_timeout_ms", 10_000),  # gRPC waits for the longer of both
    ("grpc.http2.max_pings_without_data", 0),  # as many as it takes: a stream may wait long for what it tells of
]
"""While a call is open: who answers no ping has gone without a word, with its machine or its network.

https://grpc.github.io/grpc/core/group__grpc__arg__keys.html
"""
OPTIONS = [
    *KEEPALIVE,
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.max_send_message_length", MAX_MESSAGE),
    ("grpc.max_receive_message_length", MAX_REQUEST),
    ("grpc.so_reuseport", 0),
]
HANDLERS: Mapping[tuple[bool, bool], Any] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}
"""What makes a method's handler, by whether requests and replies are streamed."""
STOP_WITHIN = 10.0
_OPEN = ("/grpc.health.v1.Health/", "/grpc.reflection.")

Handler = Any
Context = grpc.aio.ServicerContext[Any, Any]


class _AroundCalls(grpc.aio.ServerInterceptor):
    """What happens around every call of every service."""

    def __init__(self, service: str, key: identity.TokenKey) -> None:
        self._service = service
        self._key = key

    async def intercept_service(
        self, continuation: Callable[[grpc.HandlerCallDetails], Awaitable[Handler]], details: grpc.HandlerCallDetails
    ) -> Handler:
        handler = await continuation(details)
        if handler is None or details.method.startswith(_OPEN):
            return handler
        method = details.method
        wrap = self._wrap_stream if handler.response_streaming else self._wrap_unary
        make = HANDLERS[handler.request_streaming, handler.response_streaming]
        behaviour = handler.unary_unary or handler.unary_stream or handler.stream_unary or handler.stream_stream
        return make(
            wrap(method, behaviour),
            request_deserializer=_lenient(handler.request_deserializer),
            response_serializer=handler.response_serializer,
        )

    def _wrap_unary(self, method: str, behaviour: Handler) -> Handler:
        rpc = rpc_at(method)

        async def call(request: Any, context: Context) -> Any:
            try:
                with (
                    self._around(method, context) as span,
                    tracing.inside(span),
                    identity.acting_as(self._caller(rpc, context)),
                ):
                    return await behaviour(_checked(rpc, request), context)
            except CoderAIError as error:
                if isinstance(request, AsyncIterable):
                    await _hear_out(request)
                await _abort(context, error)

        return call

    def _wrap_stream(self, method: str, behaviour: Handler) -> Handler:
        rpc = rpc_at(method)

        async def call(request: Any, context: Context) -> AsyncIterator[Any]:
            try:
                with self._around(method, context) as span:
                    with tracing.inside(span):
                        caller = self._caller(rpc, context)
                        begun = behaviour(_checked(rpc, request), context)
                    async with aclosing(begun) as responses:
                        while True:
                            # Not around the yield: a client that leaves has this closed in another context.
                            with tracing.inside(span), identity.acting_as(caller):
                                response = await anext(responses, None)
                            if response is None:
                                return
                            yield response
            except CoderAIError as error:
                await _abort(context, error)

        return call

    @contextmanager
    def _around(self, method: str, context: Context) -> Iterator[Span]:
        started, status = time.monotonic(), "OK"
        span = tracing.begin(method.lstrip("/"), SpanKind.SERVER, traced_rpc(method), parent=_traceparent(context))
        try:
            yield span
        except CoderAIError as error:
            status = status_of(error).name
            tracing.note_failure(span, error)
            raise
        except Exception as error:
            status = grpc.StatusCode.INTERNAL.name
            tracing.note_failure(span, error)
            with tracing.inside(span):
                log.exception("call_failed", method=method)
            raise Internal() from error
        finally:
            span.set_attribute("rpc.response.status_code", status)
            span.end()
            telemetry.GRPC_REQUESTS.labels(method, status).inc()
            telemetry.GRPC_SECONDS.labels(method).observe(time.monotonic() - started, telemetry.exemplar(span))

    def _caller(self, rpc: Rpc, context: Context) -> identity.Identity:
        """Who calls; the call, which has a task of its own, is logged as theirs from now on."""
        for key, value in context.invocation_metadata() or ():
            if key == "authorization" and isinstance(value, str) and value.startswith("Bearer "):
                caller = self._key.verify(value.removeprefix("Bearer "), self._service)
                tracing.about(correlation_id=caller.correlation_id, workspace_id=str(caller.workspace_id))
                rpc.must_admit(caller)
                return caller
        raise Unauthenticated("an internal token is missing")


def traced_rpc(method: str) -> tracing.Attributes:
    """What a span says of a call of /package.Service/Method: https://opentelemetry.io/docs/specs/semconv/rpc/."""
    return {"rpc.system.name": "grpc", "rpc.method": method.lstrip("/")}


def _traceparent(context: Context) -> str:
    """The span of whoever calls, if they tell."""
    found = (value for key, value in context.invocation_metadata() or () if key == "traceparent")
    return str(next(found, ""))


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """What is no message of the method's type; deserializing it must not fail, as gRPC answers that with INTERNAL."""

    size: int

    def ByteSize(self) -> int:
        return self.size


def _lenient(deserialize: Callable[[bytes], Any] | None) -> Callable[[bytes], Any] | None:
    if deserialize is None:
        return None

    def read(data: bytes) -> Any:
        try:
            return deserialize(data)
        except DecodeError:
            return _Unreadable(len(data))

    return read


def _checked(rpc: Rpc, request: Any) -> Any:
    """The request, or the requests, once they hold nothing that no service could keep; from outside, nothing too large.

    All that is logged from now on names the ids that they name.

    Raises:
        InvalidInput, InputTooLarge
    """
    if isinstance(request, AsyncIterable):
        return _checked_each(rpc, request)
    if isinstance(request, _Unreadable):
        raise InvalidInput("the request is no message of the type that this method takes")
    if isinstance(request, Message):
        check_message(request)
        if rpc.is_public:
            check_sizes(request)
        tracing.about(**ids_of(request))
    return request


async def _checked_each(rpc: Rpc, requests: AsyncIterable[Any]) -> AsyncIterator[Any]:
    async for request in requests:
        yield _checked(rpc, request)


async def _hear_out(requests: AsyncIterable[Any]) -> None:
    """Reads what a client still sends, up to MAX_MESSAGE bytes: else its failed write would hide the answer from it."""
    left = MAX_MESSAGE
    async for request in requests:
        left -= request.ByteSize()
        if left < 0:
            return


async def _abort(context: Context, error: CoderAIError) -> None:
    context.set_trailing_metadata(status_details(error))
    await context.abort(status_of(error), error.message)


def reflect(server: grpc.aio.Server, service_names: Sequence[str]) -> None:
    """Has a server tell which methods it has."""
    names = [*service_names, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name]
    grpc_reflection.enable_server_reflection(names, server)


@asynccontextmanager
async def serving(
    service: str,
    listen: str,
    key: identity.TokenKey,
    register: Callable[[grpc.aio.Server], None],
    service_names: Sequence[str],
    reflection: bool = False,
) -> AsyncIterator[int]:
    """Serves while the block runs; yields the port. Leaving it lets calls in hand finish for 10 seconds.

    With `reflection` the server tells which methods the services of those names have.

    Raises:
        RuntimeError: the address is in use.
    """
    server = grpc.aio.server(interceptors=[_AroundCalls(service, key)], options=OPTIONS)
    register(server)
    telemetry.expect(telemetry.GRPC_REQUESTS, methods_of(service_names), STATUS_NAMES)
    health = health_aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    if reflection:
        reflect(server, service_names)
    port = server.add_insecure_port(listen)
    await server.start()
    await health.set("", health_pb2.HealthCheckResponse.SERVING)
    log.info("serving", service=service, port=port)
    try:
        yield port
    finally:
        await health.enter_graceful_shutdown()
        await server.stop(STOP_WITHIN)
