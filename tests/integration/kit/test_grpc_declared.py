"""What the contracts declare of an RPC holds for every one: who may call it, and whether a call is tried again."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor, ServiceDescriptor
from google.protobuf.message_factory import GetMessageClass

from coderai.gateway.peers import SERVICES
from coderai.kit import identity
from coderai.kit.contract import rpc_of
from coderai.kit.errors import Forbidden, Unavailable
from coderai.kit.grpc_channel import DEADLINE, PeerChannel
from coderai.kit.grpc_server import HANDLERS, serving
from coderai.kit.identity import Role
from coderai.kit.ids import new_id

KEY = identity.TokenKey("k" * 32)
METHODS = [method for service in SERVICES.values() for method in service.methods]


@dataclass
class Offline:
    """All services, none of which can answer now."""

    channels: dict[str, PeerChannel] = field(default_factory=dict)
    """By the service's full name."""
    calls: Counter[str] = field(default_factory=Counter)
    """How often each method was reached, by its full name."""
    deadlines: dict[str, float] = field(default_factory=dict)
    """Seconds that were left of the last call, by the method's full name."""

    def register(self, service: ServiceDescriptor, server: grpc.aio.Server) -> None:
        handlers = {method.name: self._handler(method) for method in service.methods}
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service.full_name, handlers),))

    def _handler(self, method: MethodDescriptor) -> Any:
        async def once(request: Any, context: Any) -> Any:
            self.calls[method.full_name] += 1
            self.deadlines[method.full_name] = context.time_remaining()
            raise Unavailable("not now")

        async def streamed(request: Any, context: Any) -> AsyncIterator[Any]:
            yield await once(request, context)

        return HANDLERS[method.client_streaming, method.server_streaming](
            streamed if method.server_streaming else once,
            request_deserializer=GetMessageClass(method.input_type).FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )

    async def call(self, method: MethodDescriptor, role: Role) -> None:
        """Calls as a member of that role; raises what the service answers."""
        channel = self.channels[method.containing_service.full_name]
        kind = f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"
        call = getattr(channel, kind)(
            f"/{method.containing_service.full_name}/{method.name}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        request = GetMessageClass(method.input_type)()
        with identity.acting_as(identity.Identity(new_id(), new_id(), role, "test")):
            reply = call(_one(request) if method.client_streaming else request)
            await (anext(aiter(reply)) if method.server_streaming else reply)


async def _one(request: Any) -> AsyncIterator[Any]:
    yield request


@pytest.fixture(scope="module")
async def offline() -> AsyncIterator[Offline]:
    """The services over real gRPC."""
    running = Offline()
    async with AsyncExitStack() as stack:
        for name, service in SERVICES.items():
            server = serving(name, "127.0.0.1:0", KEY, partial(running.register, service), [])
            channel = PeerChannel(name, f"127.0.0.1:{await stack.enter_async_context(server)}", KEY)
            running.channels[service.full_name] = await stack.enter_async_context(channel)
        yield running


@pytest.mark.parametrize("role", list(Role))
async def test_a_call_reaches_its_service_when_the_role_allows_it(offline: Offline, role: Role) -> None:
    before = Counter(offline.calls)
    # Side by side, as those that may be repeated are tried again for a second.
    answers = await asyncio.gather(*(offline.call(method, role) for method in METHODS), return_exceptions=True)

    for method, answer in zip(METHODS, answers, strict=True):
        least = rpc_of(method).role
        assert least is not None, method.full_name
        may_call = list(Role).index(role) <= list(Role).index(least)
        assert type(answer) is (Unavailable if may_call else Forbidden), (method.full_name, answer)
        assert (offline.calls[method.full_name] > before[method.full_name]) == may_call, method.full_name


async def test_a_call_is_tried_again_when_it_may_be_repeated(offline: Offline) -> None:
    unary = [method for method in METHODS if not method.client_streaming and not method.server_streaming]
    offline.calls.clear()

    answers = await asyncio.gather(*(offline.call(method, Role.OWNER) for method in unary), return_exceptions=True)

    assert {type(answer) for answer in answers} == {Unavailable}
    for method in unary:
        assert offline.calls[method.full_name] == (4 if rpc_of(method).is_repeatable else 1), method.full_name


async def test_a_call_that_asks_a_model_has_the_time_that_its_contract_says(offline: Offline) -> None:
    longer = [method for method in METHODS if rpc_of(method).seconds]
    assert {"SuggestVariables", "ProposeSetupStep", "CreateRefinement"} <= {method.name for method in longer}
    usual = next(method for method in METHODS if method.name == "GetSetup")
    await asyncio.gather(*(offline.call(method, Role.OWNER) for method in (usual, *longer)), return_exceptions=True)
    assert offline.deadlines[usual.full_name] < 2 * DEADLINE
    for method in longer:
        assert 2 * DEADLINE < offline.deadlines[method.full_name] < 2 * rpc_of(method).seconds, method.full_name
