"""The gRPC API: passes calls of public methods through unread, the user's token swapped for an internal one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import grpc
import structlog
from google.protobuf.descriptor import MethodDescriptor
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1.health import aio as health_aio
from grpc_reflection.v1alpha import reflection

from coderai.gateway.accounts.callers import Callers
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.accounts.open_streams import OpenStreams
from coderai.gateway.http.edge import correlation_id
from coderai.gateway.peers import SERVICES, Peers
from coderai.kit import telemetry
from coderai.kit.contract import Rpc, rpc_of
from coderai.kit.errors import CoderAIError
from coderai.kit.grpc_errors import status_details, status_of
from coderai.kit.grpc_server import HANDLERS, OPTIONS, STOP_WITHIN
from coderai.kit.identity import Identity, Role, TokenKey

log = structlog.get_logger()

_CORRELATION = "x-correlation-id"

Context = grpc.aio.ServicerContext[bytes, bytes]


class Proxy(grpc.GenericRpcHandler):
    """Handles every method that its contract declares public, and no other, whatever its arity."""

    def __init__(self, peers: Peers, callers: Callers, streams: OpenStreams, key: TokenKey) -> None:
        self._callers = callers
        self.streams = streams
        self._key = key
        self._handlers = {
            f"/{descriptor.full_name}/{method.name}": self._handler(peers.wire(service), service, method)
            for service, descriptor in SERVICES.items()
            for method in descriptor.methods
            if rpc_of(method).is_public
        }

    def service(self, handler_call_details: Any) -> Any:
        """The handler of a method; None for one that is not public."""
        return self._handlers.get(handler_call_details.method)

    def _handler(self, wire: grpc.aio.Channel, service: str, method: MethodDescriptor) -> Any:
        """A handler that passes raw bytes: without serializers gRPC leaves them alone."""
        path = f"/{method.containing_service.full_name}/{method.name}"
        arity = (method.client_streaming, method.server_streaming)
        call: Any = {
            (False, False): wire.unary_unary,
            (False, True): wire.unary_stream,
            (True, False): wire.stream_unary,
            (True, True): wire.stream_stream,
        }[arity](path)
        passed = _Passed(self, service, path, rpc_of(method), call)
        return HANDLERS[arity](passed.stream if method.server_streaming else passed.unary)

    async def caller(self, context: Context) -> CallerIdentity:
        """Who calls.

        Raises:
            Unauthenticated: the metadata holds no `authorization: Bearer` with a valid access token or API key.
        """
        metadata = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        authorization = metadata.get("authorization", "")
        return await self._callers.identify(authorization, correlation_id(metadata.get(_CORRELATION)))

    def internal_metadata(self, caller: Identity, service: str) -> tuple[tuple[str, str], ...]:
        """The metadata by which a service knows the caller."""
        return (("authorization", f"Bearer {self._key.mint(caller, service)}"),)


class _Passed:
    """One method, passed through."""

    def __init__(self, proxy: Proxy, service: str, path: str, rpc: Rpc, call: Callable[..., Any]) -> None:
        self._proxy = proxy
        self._service = service
        self._path = path
        self._rpc = rpc
        self._call = call

    async def unary(self, request: Any, context: Context) -> bytes:
        """Passes a call with one reply; `request` is bytes, or an iterator of bytes."""
        async with self._answering(context), self._forwarded(request, context) as call:
            reply: bytes = await call
        return reply

    async def stream(self, request: Any, context: Context) -> AsyncGenerator[bytes]:
        """Passes a call with many replies; `request` is bytes, or an iterator of bytes."""
        async with self._answering(context), self._forwarded(request, context) as call:
            async for reply in call:
                yield reply

    @asynccontextmanager
    async def _forwarded(self, request: Any, context: Context) -> AsyncIterator[Any]:
        """The call to the service; it is cancelled when the block is left, or the caller's access ends."""
        caller = await self._proxy.caller(context)
        self._rpc.must_admit(caller)
        await context.send_initial_metadata(((_CORRELATION, caller.correlation_id),))
        metadata = self._proxy.internal_metadata(caller, self._service)
        call = self._call(request, metadata=metadata, timeout=context.time_remaining())
        with self._proxy.streams.watched(caller, self._rpc.role or Role.OWNER, call.cancel) as stream:
            try:
                yield call
            except asyncio.CancelledError:
                stream.must_go_on()
                raise
            finally:
                call.cancel()

    @asynccontextmanager
    async def _answering(self, context: Context) -> AsyncIterator[None]:
        """Answers errors: ours as kit does, a service's unchanged; and accounts for the call."""
        started, status = time.monotonic(), grpc.StatusCode.CANCELLED
        try:
            yield
            status = grpc.StatusCode.OK
        except CoderAIError as error:
            status = status_of(error)
            await context.abort(status, error.message, status_details(error))
        except grpc.aio.AioRpcError as error:
            status = error.code()
            await context.abort(status, error.details() or "", tuple(error.trailing_metadata() or ()))
        finally:
            seconds = time.monotonic() - started
            telemetry.GRPC_REQUESTS.labels(self._path, status.name).inc()
            telemetry.GRPC_SECONDS.labels(self._path).observe(seconds)
            log.info("grpc_request", method=self._path, status=status.name, ms=round(seconds * 1000, 1))


@asynccontextmanager
async def serving(listen: str, proxy: Proxy) -> AsyncIterator[int]:
    """Serves while the block runs; yields the port. Leaving it lets calls in hand finish for 10 seconds.

    Raises:
        RuntimeError: the address is in use.
    """
    server = grpc.aio.server(options=OPTIONS)
    server.add_generic_rpc_handlers((proxy,))
    health = health_aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health, server)
    names = [descriptor.full_name for descriptor in SERVICES.values()]
    reflection.enable_server_reflection([*names, health_pb2.DESCRIPTOR.services_by_name["Health"].full_name], server)
    port = server.add_insecure_port(listen)
    await server.start()
    await health.set("", health_pb2.HealthCheckResponse.SERVING)
    log.info("serving_grpc", port=port)
    try:
        yield port
    finally:
        await health.enter_graceful_shutdown()
        await server.stop(STOP_WITHIN)
