"""What ends access ends it at the next request, at every replica, and for streams that are open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1 import extractor_service_pb2_grpc
from coderai.ingest.v1 import ingest_service_pb2 as ingest
from coderai.ingest.v1 import ingest_service_pb2_grpc
from tests.integration.gateway.running import PASSWORD, Person, RunningGateway, Starter, client_of, invited, register
from tests.integration.gateway.services import JobScript, Services

WITHIN = 10


@pytest.fixture(scope="session")
async def replica(services: Services, starter: Starter) -> AsyncIterator[RunningGateway]:
    """Another gateway on the same database."""
    async with starter.run("replica", services.addresses) as running:
        yield running


@pytest.fixture(scope="session")
async def elsewhere(replica: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the other gateway."""
    async with client_of(replica.url) as http:
        yield http


@pytest.fixture
async def member(client: httpx.AsyncClient, person: Person) -> Person:
    """An editor in the person's workspace, signed in to it."""
    return await invited(client, person, person.workspace, await register(client), "EDITOR")


@pytest.fixture
def job(services: Services) -> str:
    job_id = str(uuid4())
    services.extractor.jobs[job_id] = JobScript([extractor.JOB_EVENT_TYPE_JOB_STARTED])
    return job_id


async def status(client: httpx.AsyncClient, token: str, method: str = "GET") -> int:
    headers = {"Authorization": f"Bearer {token}"}
    body = {"name": "x"} if method == "POST" else None
    return (await client.request(method, "/v1/projects", json=body, headers=headers)).status_code


def of(member: Person, owner: Person) -> str:
    return f"/v1/workspaces/{owner.workspace}/members/{member.user_id}"


async def make_key(client: httpx.AsyncClient, who: Person, **fields: Any) -> dict[str, Any]:
    made = await client.post("/v1/api-keys", json={"name": "script", **fields}, headers=who.headers)
    assert made.status_code == 201, made.text
    key: dict[str, Any] = made.json()
    return key


async def test_a_removed_member_is_out_at_the_next_request(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, person: Person, member: Person
) -> None:
    key = (await make_key(client, member))["key"]
    assert [await status(elsewhere, token) for token in (member.token, key)] == [200, 200]

    assert (await client.delete(of(member, person), headers=person.headers)).status_code == 204

    for replica in (client, elsewhere):
        assert [await status(replica, token) for token in (member.token, key)] == [401, 401]
    assert (await client.post("/v1/auth/refresh", json={"refresh_token": member.tokens["refresh_token"]})).is_error


async def test_whoever_comes_back_does_not_bring_their_old_keys_and_sessions(
    client: httpx.AsyncClient, person: Person, member: Person
) -> None:
    key = (await make_key(client, member))["key"]
    await client.delete(of(member, person), headers=person.headers)

    again = await invited(client, person, person.workspace, await _at_home(client, member), "EDITOR")

    assert await status(client, again.token) == 200
    assert [await status(client, token) for token in (member.token, key)] == [401, 401]


async def _at_home(client: httpx.AsyncClient, who: Person) -> Person:
    response = await client.post("/v1/auth/login", json={"email": who.email, "password": PASSWORD})
    return Person(who.email, response.json())


async def test_a_downgraded_member_has_the_smaller_role_at_the_next_request(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, person: Person, member: Person
) -> None:
    key = (await make_key(client, member))["key"]
    assert [await status(elsewhere, token, "POST") for token in (member.token, key)] == [201, 201]

    await client.patch(of(member, person), json={"role": "VIEWER"}, headers=person.headers)

    assert [await status(elsewhere, token, "POST") for token in (member.token, key)] == [403, 403]
    assert [await status(elsewhere, token) for token in (member.token, key)] == [200, 200]
    me = (await elsewhere.get("/v1/auth/me", headers=member.headers)).json()
    assert me["workspace"]["role"] == "VIEWER"


async def test_logging_out_ends_the_access_token_too(
    client: httpx.AsyncClient, elsewhere: httpx.AsyncClient, person: Person
) -> None:
    await client.post("/v1/auth/logout", json={"refresh_token": person.tokens["refresh_token"]})

    refused = await elsewhere.get("/v1/projects", headers=person.headers)
    assert (refused.status_code, refused.json()["code"]) == (401, "session_ended")


async def test_a_reused_refresh_token_ends_the_access_tokens_of_its_login(
    client: httpx.AsyncClient, person: Person
) -> None:
    body = {"refresh_token": person.tokens["refresh_token"]}
    thief = (await client.post("/v1/auth/refresh", json=body)).json()["access_token"]
    assert await status(client, thief) == 200

    assert (await client.post("/v1/auth/refresh", json=body)).status_code == 401

    assert [await status(client, token) for token in (thief, person.token)] == [401, 401]


async def test_a_deactivated_user_is_out_at_the_next_request(
    client: httpx.AsyncClient, person: Person, psql: Callable[[str], str]
) -> None:
    psql(f"update gateway.users set is_active = false where id = '{person.user_id}'")

    assert await status(client, person.token) == 401


async def watch_by_sse(gateway: RunningGateway, token: str, job: str, opened: asyncio.Event) -> str:
    headers = {"Authorization": f"Bearer {token}"}
    async with (
        httpx.AsyncClient(base_url=gateway.url, timeout=30, headers=headers) as http,
        http.stream("GET", f"/v1/jobs/{job}/events") as response,
    ):
        async for line in response.aiter_lines():
            if line.startswith("event: snapshot"):
                opened.set()
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers) as http:
        return str((await http.get(f"/v1/jobs/{job}/events")).status_code)


async def watch_by_socket(gateway: RunningGateway, token: str, job: str, opened: asyncio.Event) -> str:
    url, headers = f"{gateway.url.replace('http', 'ws', 1)}/ws/jobs/{job}", {"Authorization": f"Bearer {token}"}
    async with connect(url, additional_headers=headers) as socket:
        try:
            while True:
                assert json.loads(await socket.recv())
                opened.set()
        except ConnectionClosed as closed:
            assert closed.rcvd
            return str(closed.rcvd.code)


async def watch_by_grpc(gateway: RunningGateway, token: str, job: str, opened: asyncio.Event) -> str:
    async with grpc.aio.insecure_channel(gateway.grpc) as channel:
        stub: Any = extractor_service_pb2_grpc.ExtractorServiceStub(channel)
        request = extractor.WatchJobRequest(job_id=job, after_sequence=0)
        try:
            async for _ in stub.WatchJob(request, metadata=(("authorization", f"Bearer {token}"),)):
                opened.set()
        except grpc.aio.AioRpcError as error:
            return error.code().name
    return "ended"


async def upload_by_grpc(gateway: RunningGateway, token: str, _: str, opened: asyncio.Event) -> str:
    async def parts() -> AsyncIterator[Any]:
        yield ingest.UploadDocumentRequest(head=ingest.UploadDocumentHead(project_id="p1", name="a.txt"))
        opened.set()
        await asyncio.Event().wait()

    async with grpc.aio.insecure_channel(gateway.grpc) as channel:
        stub: Any = ingest_service_pb2_grpc.IngestServiceStub(channel)
        try:
            await stub.UploadDocument(parts(), metadata=(("authorization", f"Bearer {token}"),))
        except grpc.aio.AioRpcError as error:
            return error.code().name
    return "ended"


STREAMS = [
    (watch_by_sse, "401"),
    (watch_by_socket, "4401"),
    (watch_by_grpc, "UNAUTHENTICATED"),
    (upload_by_grpc, "UNAUTHENTICATED"),
]
Watch = Callable[[RunningGateway, str, str, asyncio.Event], Awaitable[str]]


@pytest.mark.parametrize(("watch", "ending"), STREAMS, ids=lambda value: getattr(value, "__name__", ""))
async def test_an_open_stream_of_a_removed_member_ends(
    client: httpx.AsyncClient,
    replica: RunningGateway,
    person: Person,
    member: Person,
    job: str,
    watch: Watch,
    ending: str,
) -> None:
    opened = asyncio.Event()
    async with asyncio.timeout(WITHIN + 10):
        watching = asyncio.create_task(watch(replica, member.token, job, opened))
        await opened.wait()
        await client.delete(of(member, person), headers=person.headers)
        assert await watching == ending


@pytest.mark.parametrize("end", ["delete", "expire", "log out", "deactivate"])
async def test_whatever_ends_access_ends_an_open_stream(
    client: httpx.AsyncClient, replica: RunningGateway, person: Person, job: str, end: str, psql: Callable[[str], str]
) -> None:
    key, opened = await make_key(client, person), asyncio.Event()
    token = key["key"] if end in ("delete", "expire") else person.token
    async with asyncio.timeout(WITHIN + 10):
        watching = asyncio.create_task(watch_by_socket(replica, token, job, opened))
        await opened.wait()
        if end == "delete":
            await client.delete(f"/v1/api-keys/{key['id']}", headers=person.headers)
        elif end == "expire":
            psql(f"update gateway.api_keys set expires_at = now() where id = '{key['id']}'")
        elif end == "log out":
            await client.post("/v1/auth/logout", json={"refresh_token": person.tokens["refresh_token"]})
        else:
            await client.post("/v1/auth/deactivate", json={"password": PASSWORD}, headers=person.headers)
        assert await watching == "4401"


async def test_a_viewer_goes_on_watching_but_not_uploading(
    client: httpx.AsyncClient, replica: RunningGateway, person: Person, member: Person, job: str, services: Services
) -> None:
    watched, uploaded = asyncio.Event(), asyncio.Event()
    async with asyncio.timeout(WITHIN + 10):
        watching = asyncio.create_task(watch_by_socket(replica, member.token, job, watched))
        uploading = asyncio.create_task(upload_by_grpc(replica, member.token, job, uploaded))
        await asyncio.gather(watched.wait(), uploaded.wait())
        await client.patch(of(member, person), json={"role": "VIEWER"}, headers=person.headers)

        assert await uploading == "UNAUTHENTICATED"
        assert not watching.done()
        await services.extractor.jobs[job].add(extractor.JOB_EVENT_TYPE_JOB_COMPLETED)
        assert await watching == "1000"
