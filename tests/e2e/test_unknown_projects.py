"""Nothing is read under a project that there is not, or that another workspace has: over HTTP and over gRPC alike."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import grpc
import pytest
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message_factory import GetMessageClass

from coderai.deploy.stack import LocalStack
from coderai.gateway.http.route import Route
from coderai.gateway.http.routes import ROUTES
from coderai.gateway.peers import SERVICES
from tests.support.tenant import Tenant

NAMED = {"PreviewPrompt": {"document_id": str(uuid4())}, "PreviewTemplate": {"template_id": "news-events"}}
"""What a read needs besides its project."""
READS = [route for route in ROUTES if route.method == "GET" and route.path.startswith("/projects/{project_id}/")]


@pytest.fixture(scope="module")
def tenant(stack: LocalStack) -> Iterator[Tenant]:
    with Tenant(stack.url) as tenant:
        yield tenant


@pytest.fixture(scope="module", params=["unknown", "another's"])
def project(request: pytest.FixtureRequest, stack: LocalStack) -> str:
    """A project that the tenant does not have."""
    if request.param == "unknown":
        return str(uuid4())
    with Tenant(stack.url) as other:
        made: str = other.post("projects", {"name": "Theirs"})["id"]
        return made


@pytest.fixture(scope="module")
def own(tenant: Tenant) -> str:
    """A project of the tenant's with nothing in it."""
    made: str = tenant.post("projects", {"name": "Empty"})["id"]
    return made


@pytest.mark.parametrize("route", READS, ids=lambda route: route.rpc)
def test_it_is_not_found_over_http(tenant: Tenant, project: str, route: Route) -> None:
    query = NAMED.get(route.rpc, {})

    answer = tenant.http.get("/v1" + route.path.format(project_id=project), params=query)

    assert (answer.status_code, answer.json()["code"]) == (404, "project_not_found")
    assert answer.json()["correlation_id"] == answer.headers["x-correlation-id"]


@pytest.mark.parametrize("route", READS, ids=lambda route: route.rpc)
def test_it_is_not_found_over_grpc(stack: LocalStack, tenant: Tenant, project: str, route: Route) -> None:
    method: MethodDescriptor = SERVICES[route.service].methods_by_name[route.rpc]
    request = GetMessageClass(method.input_type)(project_id=project, **NAMED.get(route.rpc, {}))
    metadata = (("authorization", tenant.http.headers["Authorization"]),)
    with grpc.insecure_channel(stack.grpc) as channel, pytest.raises(grpc.RpcError) as raised:
        call = channel.unary_unary(f"/{SERVICES[route.service].full_name}/{method.name}")
        call(request.SerializeToString(), metadata=metadata, timeout=30)
    assert raised.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("route", [r for r in READS if r.rpc.startswith("List")], ids=lambda route: route.rpc)
def test_an_empty_project_has_empty_lists(tenant: Tenant, own: str, route: Route) -> None:
    assert tenant.get(route.path.format(project_id=own).removeprefix("/"))["items"] == []
