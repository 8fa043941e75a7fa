"""The gRPC API: passes calls of public methods through unread, the user's token swapped for an internal one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import grpc
import structlog
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health_aio
from opentelemetry.trace import Span, SpanKind

from coderai.gateway.accounts.callers import Callers
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.accounts.open_streams import OpenStreams
from coderai.gateway.addresses import grpc_peer
from coderai.gateway.admission import Admission
from coderai.gateway.http.edge import correlation_id
from coderai.gateway.peers import SERVICES, Peers, served_by
from coderai.kit import telemetry, tracing
from coderai.kit.contract import rpc_of
from coderai.kit.errors import CoderAIError, InvalidInput
from coderai.kit.grpc_errors import STATUS_NAMES, from_rpc, status_details, status_of
from coderai.kit.grpc_server import HANDLERS, MAX_MESSAGE, STOP_WITHIN, reflect, traced_rpc
from coderai.kit.identity import Identity, Role, TokenKey
from coderai.kit.message_ids import ids_of

log = structlog.get_logger()

_CORRELATION, _TRACE = "x-correlation-id", "x-trace-id"
_READ = 64 * 2**10
"""Bytes of a message up to which it is read for what it is about."""

MAX_REQUEST = 4 * 2**20
"""Bytes of a message that a client sends; replies may be larger (a document's text), files come and go in pieces."""
_OPTIONS = [
    ("grpc.max_send_message_length", MAX_MESSAGE),
    ("grpc.max_receive_message_length", MAX_REQUEST),
    ("grpc.so_reuseport", 0),
    ("grpc.max_concurrent_streams", 100),
    ("grpc.server_handshake_timeout_ms", 15_000),
    ("grpc.max_connection_idle_ms", 300_000),
    # Who does not answer a ping is gone; who pings more than once in ten seconds is cut off.
    ("grpc.keepalive_time_ms", 60_000),
    ("grpc.keepalive_timeout_ms", 15_000),
    ("grpc.http2.ping_timeout_ms", 15_000),
    ("grpc.http2.min_ping_interval_without_data_ms", 10_000),
    ("grpc.http2.max_ping_strikes", 3),
]
"""https://grpc.github.io/grpc/core/group__grpc__arg__keys.html"""

Context = grpc.aio.ServicerContext[bytes, bytes]


class NothingAsked(InvalidInput):
    """The call ended, or its time passed, without the message that it is about."""


@dataclass(frozen=True, slots=True)
class GrpcServer:
    """How gRPC is served."""

    listen: str
    """host:port."""
    connections: int
    """Most at a time."""
    reflection: bool
    """Whether it tells which methods there are."""


class Proxy(grpc.GenericRpcHandler):
    """Handles every method that its contract declares public, and no other, whatever its arity."""

    def __init__(
        self,
        peers: Peers,
        callers: Callers,
        admission: Admission,
        streams: OpenStreams,
        key: TokenKey,
        patience: float,
    ) -> None:
        """`patience`: seconds that a call has for the message that it is about."""
        self.patience = patience
        self.streams = streams
        self._callers = callers
        self._admission = admission
        self._key = key
        self._handlers = {
            f"/{descriptor.full_name}/{method.name}": self._handler(peers.wire(service), served_by(service), method)
            for service, descriptor in SERVICES.items()
            for method in descriptor.methods
            if rpc_of(method).is_public
        }
        telemetry.expect(telemetry.GRPC_REQUESTS, self._handlers, STATUS_NAMES)

    def service(self, handler_call_details: Any) -> Any:
        """The handler of a method; None for one that is not public."""
        return self._handlers.get(handler_call_details.method)

    def _handler(self, wire: grpc.aio.Channel, service: str, method: MethodDescriptor) -> Any:
        """A handler that passes raw bytes: without serializers gRPC leaves them alone.

        To gRPC all requests are streams: that way nothing of one is read before it is known who calls.
        """
        path = f"/{method.containing_service.full_name}/{method.name}"
        arity = (method.client_streaming, method.server_streaming)
        call: Any = {
            (False, False): wire.unary_unary,
            (False, True): wire.unary_stream,
            (True, False): wire.stream_unary,
            (True, True): wire.stream_stream,
        }[arity](path)
        passed = _Passed(self, service, path, method, call)
        return HANDLERS[True, method.server_streaming](passed.stream if method.server_streaming else passed.unary)

    @asynccontextmanager
    async def admitted(self, context: Context, told: _Told) -> AsyncIterator[CallerIdentity]:
        """Who calls; the call counts as theirs while the block runs.

        Raises:
            Unauthenticated: the metadata holds no `authorization: Bearer` with a valid access token or API key.
            LimitReached: too many calls come from the caller or the address, or are open.
        """
        metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        admission = self._admission
        address = admission.addresses.caller(grpc_peer(context.peer()), metadata.get("x-forwarded-for", ""))
        with admission.call(address):
            # Not around the yield: who leaves has this closed in another context.
            with tracing.inside(told.span):
                await admission.of_address(address)
                caller = await self._callers.identify(metadata.get("authorization", ""), told.correlation_id)
                told.about(workspace_id=str(caller.workspace_id))
                await admission.of_caller(caller)
            with admission.stream(caller):
                yield caller

    def internal_metadata(self, caller: Identity, service: str, span: Span) -> tuple[tuple[str, str], ...]:
        """The metadata by which a service knows the caller, and the span that the call belongs to."""
        token, traceparent = f"Bearer {self._key.mint(caller, service)}", tracing.carried(span)
        return (("authorization", token), *((("traceparent", traceparent),) if traceparent else ()))


@dataclass(frozen=True, slots=True)
class _Told:
    """What is told of a call, in its log line, its span and its metadata."""

    span: Span
    correlation_id: str
    ids: dict[str, str] = field(default_factory=dict)

    def about(self, **ids: str) -> None:
        """Names what the call is about."""
        self.ids.update(ids)
        with tracing.inside(self.span):
            tracing.about(**ids)

    def metadata(self) -> tuple[tuple[str, str], ...]:
        """By which whoever calls finds the call in logs and traces."""
        named = ((_CORRELATION, self.correlation_id), (_TRACE, tracing.trace_id(self.span)))
        return tuple((name, value) for name, value in named if value)


class _Passed:
    """One method, passed through."""

    def __init__(
        self, proxy: Proxy, service: str, path: str, method: MethodDescriptor, call: Callable[..., Any]
    ) -> None:
        self._proxy = proxy
        self._service = service
        self._path = path
        self._rpc = rpc_of(method)
        self._takes_many = method.client_streaming
        self._request = GetMessageClass(method.input_type)
        self._call = call

    async def unary(self, requests: AsyncIterator[bytes], context: Context) -> bytes:
        """Passes a call with one reply."""
        async with self._answering(context) as told, self._forwarded(requests, context, told) as call:
            reply: bytes = await call
        return reply

    async def stream(self, requests: AsyncIterator[bytes], context: Context) -> AsyncGenerator[bytes]:
        """Passes a call with many replies."""
        async with self._answering(context) as told, self._forwarded(requests, context, told) as call:
            async for reply in call:
                yield reply

    @asynccontextmanager
    async def _forwarded(self, requests: AsyncIterator[bytes], context: Context, told: _Told) -> AsyncIterator[Any]:
        """The call to the service; it is cancelled when the block is left, or the caller's access ends."""
        async with self._proxy.admitted(context, told) as caller:
            self._rpc.must_admit(caller)
            await context.send_initial_metadata(told.metadata())
            metadata = self._proxy.internal_metadata(caller, self._service, told.span)
            request: Any
            if self._takes_many:
                request = self._first_told(requests, told)
            else:
                request = await _only(requests, self._proxy.patience)
                self._tell(request, told)
            call = self._call(request, metadata=metadata, timeout=context.time_remaining())
            with self._proxy.streams.watched(caller, self._rpc.role or Role.OWNER, call.cancel) as stream:
                try:
                    yield call
                except asyncio.CancelledError:
                    stream.must_go_on()
                    raise
                finally:
                    call.cancel()

    async def _first_told(self, requests: AsyncIterator[bytes], told: _Told) -> AsyncIterator[bytes]:
        """Passes messages on as they are; tells what the first one is about."""
        is_first = True
        async for request in requests:
            if is_first:
                self._tell(request, told)
            is_first = False
            yield request

    def _tell(self, request: bytes, told: _Told) -> None:
        """Tells what a message is about, unless it is too large to be read here, or none."""
        if len(request) <= _READ:
            with suppress(DecodeError):
                told.about(**ids_of(self._request.FromString(request)))

    @asynccontextmanager
    async def _answering(self, context: Context) -> AsyncIterator[_Told]:
        """Answers errors: ours as kit does, a service's unchanged; and accounts for the call."""
        started, status = time.monotonic(), grpc.StatusCode.CANCELLED
        sent = {key: str(value) for key, value in context.invocation_metadata() or ()}
        # A client's trace is linked to, as in gateway.http.edge.
        link = sent.get("traceparent", "")
        span = tracing.begin(self._path.lstrip("/"), SpanKind.SERVER, traced_rpc(self._path), link=link)
        told = _Told(span, correlation_id(sent.get(_CORRELATION)))
        told.about(correlation_id=told.correlation_id)
        try:
            yield told
            status = grpc.StatusCode.OK
        except CoderAIError as error:
            status = status_of(error)
            tracing.note_failure(span, error)
            await context.abort(status, error.message, (*status_details(error), *told.metadata()))
        except grpc.aio.AioRpcError as error:
            status = error.code()
            tracing.note_failure(span, from_rpc(error))
            details = tuple(error.trailing_metadata() or ())
            await context.abort(status, error.details() or "", (*details, *told.metadata()))
        finally:
            seconds = time.monotonic() - started
            span.set_attribute("rpc.response.status_code", status.name)
            span.end()
            telemetry.GRPC_REQUESTS.labels(self._path, status.name).inc()
            telemetry.GRPC_SECONDS.labels(self._path).observe(seconds, telemetry.exemplar(span))
            with tracing.inside(span):
                log.info("grpc_request", method=self._path, status=status.name, ms=round(seconds * 1000, 1), **told.ids)


async def _only(requests: AsyncIterator[bytes], patience: float) -> bytes:
    """The message of a call that is about one."""
    try:
        async with asyncio.timeout(patience):
            return await anext(aiter(requests))
    except (StopAsyncIteration, TimeoutError):
        raise NothingAsked() from None


@asynccontextmanager
async def serving(how: GrpcServer, proxy: Proxy) -> AsyncIterator[int]:
    """Serves while the block runs; yields the port. Leaving it lets calls in hand finish for 10 seconds.

    Raises:
        RuntimeError: the address is in use.
    """
    options = [*_OPTIONS, ("grpc.max_allowed_incoming_connections", how.connections)]
    server = grpc.aio.server(options=options)
    server.add_generic_rpc_handlers((proxy,))
    health = health_aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    if how.reflection:
        reflect(server, [descriptor.full_name for descriptor in SERVICES.values()])
    port = server.add_insecure_port(how.listen)
    await server.start()
    await health.set("", health_pb2.HealthCheckResponse.SERVING)
    log.info("serving_grpc", port=port)
    try:
        yield port
    finally:
        await health.enter_graceful_shutdown()
        await server.stop(STOP_WITHIN)
