"""Calls peers: carries the caller's identity, sets deadlines, repeats what may be repeated, raises named errors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from opentelemetry.trace import Span, SpanKind
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from coderai.kit import identity, tracing
from coderai.kit.contract import rpc_at
from coderai.kit.errors import Unavailable
from coderai.kit.grpc_errors import from_rpc
from coderai.kit.grpc_server import KEEPALIVE, MAX_MESSAGE, traced_rpc

DEADLINE = 30.0
"""Seconds that a unary call may take whose contract does not say another number."""
WIRE_OPTIONS = [
    *KEEPALIVE,
    ("grpc.max_send_message_length", MAX_MESSAGE),
    ("grpc.max_receive_message_length", MAX_MESSAGE),
]
"""Of every channel to a service."""
_OPTIONS = [
    *WIRE_OPTIONS,
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2000),
]


class PeerChannel(grpc.aio.Channel):
    """A channel to one service, for its generated stub; every call acts as the current identity.

    Calls raise kit.errors. A peer that is not up yet is waited for until the deadline; a unary
    call that the contract declares repeatable is tried four times.
    """

    def __init__(self, service: str, address: str, key: identity.TokenKey) -> None:
        self._service = service
        self._key = key
        self._channel = grpc.aio.insecure_channel(address, options=_OPTIONS)

    def _metadata(self, span: Span) -> tuple[tuple[str, str], ...]:
        """What proves the current identity to the peer, and the span that the call belongs to."""
        token = ("authorization", f"Bearer {self._key.mint(identity.current(), self._service)}")
        traceparent = tracing.carried(None if span is tracing.NO_SPAN else span)
        return (token, ("traceparent", traceparent)) if traceparent else (token,)

    @contextmanager
    def _calling(self, method: str) -> Iterator[Span]:
        """The span of a call, and the named error in place of gRPC's."""
        # It is not made the current span: a reader that leaves has its stream ended in another context.
        span = tracing.begin_step(method.lstrip("/"), SpanKind.CLIENT, traced_rpc(method))
        try:
            yield span
        except grpc.aio.AioRpcError as error:
            named = from_rpc(error)
            tracing.note_failure(span, named)
            raise named from None
        finally:
            span.end()

    def unary_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        inner = self._channel.unary_unary(method, *args, **kwargs)
        deadline = rpc_at(method).seconds or DEADLINE

        async def once(request: Any, timeout: float | None = None) -> Any:
            with self._calling(method) as span:
                metadata = self._metadata(span)
                return await inner(request, timeout=timeout or deadline, metadata=metadata, wait_for_ready=True)

        async def with_retries(request: Any, timeout: float | None = None) -> Any:
            retrying = AsyncRetrying(
                retry=retry_if_exception_type(Unavailable),
                stop=stop_after_attempt(4),
                wait=wait_exponential_jitter(multiplier=0.1, max=2, jitter=0.1),
                reraise=True,
            )
            return await retrying(once, request, timeout)

        return with_retries if rpc_at(method).is_repeatable else once

    def stream_unary(self, method: str, *args: Any, **kwargs: Any) -> Any:
        inner = self._channel.stream_unary(method, *args, **kwargs)

        async def call(requests: Any, timeout: float | None = None) -> Any:
            with self._calling(method) as span:
                return await inner(requests, timeout=timeout, metadata=self._metadata(span), wait_for_ready=True)

        return call

    def unary_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._streamed(method, self._channel.unary_stream(method, *args, **kwargs))

    def stream_stream(self, method: str, *args: Any, **kwargs: Any) -> Any:
        return self._streamed(method, self._channel.stream_stream(method, *args, **kwargs))

    def _streamed(self, method: str, inner: Any) -> Any:
        async def call(request: Any, timeout: float | None = None) -> AsyncIterator[Any]:
            with self._calling(method) as span:
                stream = inner(request, timeout=timeout, metadata=self._metadata(span), wait_for_ready=True)
                try:
                    async for response in stream:
                        yield response
                finally:
                    stream.cancel()

        return call

    async def close(self, grace: float | None = None) -> None:
        await self._channel.close(grace)

    def get_state(self, try_to_connect: bool = False) -> grpc.ChannelConnectivity:
        return self._channel.get_state(try_to_connect)

    async def wait_for_state_change(self, last_observed_state: grpc.ChannelConnectivity) -> None:
        await self._channel.wait_for_state_change(last_observed_state)

    async def channel_ready(self) -> None:
        await self._channel.channel_ready()

    async def __aenter__(self) -> PeerChannel:
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()
