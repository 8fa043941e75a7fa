"""Who may call what: every RPC of the contracts, at the gateway over gRPC and over HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import grpc
import httpx
import pytest
from google.protobuf.descriptor import MethodDescriptor

from coderai.gateway.http.route import Route
from coderai.gateway.http.routes import ROUTES
from coderai.gateway.peers import SERVICES
from coderai.kit.contract import rpc_of
from coderai.kit.identity import Role
from tests.integration.gateway.running import Person, RunningGateway

METHODS = [method for service in SERVICES.values() for method in service.methods]
INTERNAL = [method for method in METHODS if not rpc_of(method).is_public]
EDITORS = [method for method in METHODS if rpc_of(method).is_public and rpc_of(method).role is Role.EDITOR]
EDITORS_ROUTES = [
    route for route in ROUTES if rpc_of(SERVICES[route.service].methods_by_name[route.rpc]).role is Role.EDITOR
]


async def answered(gateway: RunningGateway, method: MethodDescriptor, token: str) -> grpc.StatusCode:
    """What the gateway answers a call with an empty request."""
    kind = f"{'stream' if method.client_streaming else 'unary'}_{'stream' if method.server_streaming else 'unary'}"
    metadata = (("authorization", f"Bearer {token}"),)
    async with grpc.aio.insecure_channel(gateway.grpc) as channel:
        call = getattr(channel, kind)(f"/{method.containing_service.full_name}/{method.name}")
        reply = call(iter([b""]) if method.client_streaming else b"", metadata=metadata)
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await (anext(aiter(reply)) if method.server_streaming else reply)
    return raised.value.code()


@pytest.mark.parametrize("method", INTERNAL, ids=lambda method: method.name)
async def test_what_is_internal_is_not_reached(gateway: RunningGateway, person: Person, method: Any) -> None:
    assert await answered(gateway, method, person.token) is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize("method", EDITORS, ids=lambda method: method.name)
async def test_viewers_are_refused_over_grpc(gateway: RunningGateway, viewer: Person, method: Any) -> None:
    assert await answered(gateway, method, viewer.token) is grpc.StatusCode.PERMISSION_DENIED


@pytest.mark.parametrize("route", EDITORS_ROUTES, ids=lambda route: route.rpc)
async def test_viewers_are_refused_over_http(client: httpx.AsyncClient, viewer: Person, route: Route) -> None:
    body = None if route.method == "DELETE" else dict(route.example or {})

    response = await client.request(
        route.method, "/v1" + re.sub(r"{\w+}", "x", route.path), json=body, headers=viewer.headers
    )

    assert (response.status_code, response.json()["code"]) == (403, "forbidden")


async def test_a_viewer_does_not_get_what_an_editor_was_answered(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    headers = {"Idempotency-Key": "the first import"}
    assert (await client.post("/v1/projects", json={"name": "x"}, headers=person.headers | headers)).is_success

    psql(f"update gateway.memberships set role = 'VIEWER' where user_id = '{person.user_id}'")
    assert (await client.post("/v1/projects", json={"name": "x"}, headers=person.headers | headers)).status_code == 403
