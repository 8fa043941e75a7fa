"""Live progress: every event of a job once and in order, over broken connections on either side."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.accounts.open_streams import OpenStreams
from coderai.gateway.http import watching as watching_module
from coderai.gateway.http.backend import Backend
from coderai.gateway.peers import Peers
from coderai.kit.identity import Role, TokenKey
from tests.integration.gateway.running import INTERNAL_KEY, Person, RunningGateway, Starter
from tests.integration.gateway.services import JobScript, Services

STARTED = pb.JOB_EVENT_TYPE_JOB_STARTED
DOC_STARTED = pb.JOB_EVENT_TYPE_DOC_STARTED
DOC_DONE = pb.JOB_EVENT_TYPE_DOC_COMPLETED
DOC_FAILED = pb.JOB_EVENT_TYPE_DOC_FAILED
PAUSED = pb.JOB_EVENT_TYPE_JOB_PAUSED
RESUMED = pb.JOB_EVENT_TYPE_JOB_RESUMED
COMPLETED = pb.JOB_EVENT_TYPE_JOB_COMPLETED


@dataclass(frozen=True)
class Sent:
    """One server-sent event."""

    id: int
    event: str
    data: dict[str, Any]


async def read_events(response: httpx.Response) -> AsyncIterator[Sent]:
    """A client's reading of an event stream, as the HTML standard has it."""
    fields: dict[str, str] = {}
    async for line in response.aiter_lines():
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Sent(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}


@asynccontextmanager
async def watching(
    client: httpx.AsyncClient, job_id: str, after: int | None = None
) -> AsyncIterator[AsyncIterator[Sent]]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with client.stream("GET", f"/v1/jobs/{job_id}/events", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield read_events(response)


@pytest.fixture
def job(services: Services) -> str:
    """The id of a job without any event yet."""
    job_id = str(uuid4())
    services.extractor.jobs[job_id] = JobScript([])
    return job_id


async def test_a_snapshot_then_every_event_then_the_end(
    signed_in: httpx.AsyncClient, services: Services, job: str
) -> None:
    script = services.extractor.jobs[job]
    await script.add(STARTED, DOC_STARTED)
    async with asyncio.timeout(20), watching(signed_in, job) as events:
        snapshot = await anext(events)
        await script.add(DOC_DONE)
        await script.add(DOC_FAILED, PAUSED, RESUMED, COMPLETED)
        rest = [event async for event in events]

    assert (snapshot.id, snapshot.event, snapshot.data["event"]) == (2, "snapshot", None)
    assert snapshot.data["job"]["status"] == "PROCESSING"
    names = ["document_completed", "document_failed", "job_paused", "progress", "job_completed"]
    assert [(event.id, event.event) for event in rest] == list(zip(range(3, 8), names, strict=True))
    done = rest[0].data
    assert (done["type"], done["sequence"]) == ("document_completed", 3)
    assert (done["event"]["event"], done["event"]["document_id"]) == ("DOC_COMPLETED", "d3")
    assert done["job"]["documents_processed"] == 1
    assert rest[-1].data["job"]["status"] == "COMPLETE"


async def test_a_client_resumes_after_the_last_event_it_saw(
    signed_in: httpx.AsyncClient, services: Services, job: str
) -> None:
    script = services.extractor.jobs[job]
    await script.add(STARTED, DOC_DONE, DOC_DONE)
    async with watching(signed_in, job, after=0) as events:
        seen = [await anext(events), await anext(events)]
    await script.add(DOC_DONE, COMPLETED)
    async with asyncio.timeout(20), watching(signed_in, job, after=seen[-1].id) as events:
        seen += [event async for event in events]

    assert [event.id for event in seen] == [1, 2, 3, 4, 5]
    assert seen[-1].event == "job_completed"


async def test_the_header_goes_before_the_query(signed_in: httpx.AsyncClient, services: Services, job: str) -> None:
    await services.extractor.jobs[job].add(STARTED, DOC_DONE, COMPLETED)
    path = f"/v1/jobs/{job}/events?last_event_id=1"

    by_query = await signed_in.get(path)
    by_header = await signed_in.get(path, headers={"Last-Event-ID": "2"})

    assert by_query.text.count("event: ") == 2
    assert by_header.text.count("event: ") == 1


async def test_broken_connections_to_the_service_lose_and_double_nothing(
    signed_in: httpx.AsyncClient, services: Services, job: str
) -> None:
    script = services.extractor.jobs[job]
    script.breaks = [0, 2, 1, 0, 5, 3]
    await script.add(STARTED, *[DOC_DONE] * 12, COMPLETED)
    asked_before = len(services.extractor.watched_from)

    seen = list[int]()
    async with asyncio.timeout(30):
        while seen[-1:] != [14]:
            async with watching(signed_in, job, after=seen[-1] if seen else 0) as events:
                seen += [event.id async for event in events]

    assert seen == list(range(1, 15))
    assert services.extractor.watched_from[asked_before:] == [0, 0, 2, 3, 3, 8, 11]


async def test_a_browser_comes_again_by_itself_while_the_service_restarts(
    signed_in: httpx.AsyncClient, services: Services, job: str
) -> None:
    """As the HTML standard has EventSource do: on when a stream ends, never again when it is refused (9.2.3)."""
    script = services.extractor.jobs[job]
    script.breaks = [2]
    await script.add(STARTED, DOC_DONE, DOC_DONE, COMPLETED)
    last, seen, connections = "0", list[int](), 0
    async with asyncio.timeout(30):
        while True:
            connections += 1
            services.extractor.away = connections in (2, 3)
            async with signed_in.stream("GET", f"/v1/jobs/{job}/events", headers={"Last-Event-ID": last}) as response:
                if response.status_code == 204:
                    break
                assert response.status_code == 200, "the browser would give up"
                assert response.headers["content-type"].startswith("text/event-stream")
                seen += [event.id async for event in read_events(response)]
            last = str(seen[-1])
    assert (seen, connections) == ([1, 2, 3, 4], 5)


async def test_who_comes_first_while_the_service_restarts_is_told_so(
    signed_in: httpx.AsyncClient, services: Services, job: str
) -> None:
    services.extractor.away = True
    try:
        refused = await signed_in.get(f"/v1/jobs/{job}/events")
    finally:
        services.extractor.away = False
    assert refused.status_code == 503


async def test_when_nothing_is_left_to_come_there_is_no_stream(
    signed_in: httpx.AsyncClient, services: Services, job: str
) -> None:
    await services.extractor.jobs[job].add(STARTED, COMPLETED)

    response = await signed_in.get(f"/v1/jobs/{job}/events", headers={"Last-Event-ID": "2"})

    assert (response.status_code, response.content) == (204, b"")


async def test_a_job_that_is_over_is_a_snapshot(signed_in: httpx.AsyncClient, services: Services, job: str) -> None:
    await services.extractor.jobs[job].add(STARTED, COMPLETED)

    async with asyncio.timeout(20), watching(signed_in, job) as events:
        assert [event.event async for event in events] == ["snapshot"]


async def test_what_goes_wrong_before_the_stream_is_a_problem(signed_in: httpx.AsyncClient, job: str) -> None:
    absent = await signed_in.get("/v1/jobs/none/events")
    assert (absent.status_code, absent.json()["code"]) == (404, "job_not_found")
    no_number = await signed_in.get(f"/v1/jobs/{job}/events", headers={"Last-Event-ID": "x"})
    assert (no_number.status_code, no_number.json()["errors"][0]["field"]) == (422, "Last-Event-ID")
    nobody = await signed_in.get(f"/v1/jobs/{job}/events", headers={"Authorization": ""})
    assert nobody.status_code == 401


def socket_url(gateway: RunningGateway, job: str, query: str = "") -> str:
    return f"{gateway.url.replace('http', 'ws', 1)}/ws/jobs/{job}{query}"


async def received(url: str, **options: Any) -> tuple[list[dict[str, Any]], int]:
    """The messages of a WebSocket, and the code that it closes with."""
    messages = []
    async with asyncio.timeout(20), connect(url, **options) as socket:
        try:
            while True:
                messages.append(json.loads(await socket.recv()))
        except ConnectionClosed as closed:
            assert closed.rcvd
            return messages, closed.rcvd.code


async def test_a_socket_sends_what_the_stream_sends(
    gateway: RunningGateway, signed_in: httpx.AsyncClient, person: Person, services: Services, job: str
) -> None:
    await services.extractor.jobs[job].add(STARTED, DOC_DONE, COMPLETED)
    async with watching(signed_in, job, after=0) as events:
        streamed = [event.data async for event in events]

    token = person.tokens["access_token"]
    for options, query in (
        ({"additional_headers": person.headers}, "?last_event_id=0"),
        ({"subprotocols": [Subprotocol("bearer"), Subprotocol(token)]}, "?last_event_id=0"),
        ({}, f"?token={token}&last_event_id=0"),
    ):
        assert await received(socket_url(gateway, job, query), **options) == (streamed, 1000)
    snapshot, _ = await received(socket_url(gateway, job), additional_headers=person.headers)
    assert [message["type"] for message in snapshot] == ["snapshot"]


async def test_a_socket_whose_source_breaks_tells_the_client_to_come_again(
    gateway: RunningGateway, person: Person, services: Services, job: str
) -> None:
    script = services.extractor.jobs[job]
    script.breaks = [2]
    await script.add(STARTED, DOC_DONE, COMPLETED)

    url = socket_url(gateway, job, "?last_event_id=0")
    messages, code = await received(url, additional_headers=person.headers)

    assert ([message["sequence"] for message in messages], code) == ([1, 2], 1013)


async def test_a_socket_follows_a_job_live(
    gateway: RunningGateway, person: Person, services: Services, job: str
) -> None:
    async with asyncio.timeout(20), connect(socket_url(gateway, job), additional_headers=person.headers) as socket:
        assert json.loads(await socket.recv())["type"] == "snapshot"
        await services.extractor.jobs[job].add(STARTED)
        assert json.loads(await socket.recv())["type"] == "progress"
    # The client has left: the next one finds everything as before.
    await services.extractor.jobs[job].add(COMPLETED)
    messages, code = await received(socket_url(gateway, job, "?last_event_id=1"), additional_headers=person.headers)
    assert ([message["type"] for message in messages], code) == (["job_completed"], 1000)


async def test_a_gateway_that_stops_ends_its_streams_for_others_to_resume(
    starter: Starter,
    gateway: RunningGateway,
    signed_in: httpx.AsyncClient,
    person: Person,
    services: Services,
    job: str,
) -> None:
    script = services.extractor.jobs[job]
    await script.add(STARTED)
    async with AsyncExitStack() as stack:
        stopping = await stack.enter_async_context(starter.run("stopping", services.addresses))
        other = await stack.enter_async_context(httpx.AsyncClient(base_url=stopping.url, headers=person.headers))
        socket = await stack.enter_async_context(connect(socket_url(stopping, job), additional_headers=person.headers))
        events = await stack.enter_async_context(watching(other, job))
        seen = [(await anext(events)).id]
        os.kill(stopping.pid, signal.SIGTERM)
        async with asyncio.timeout(20):
            assert [event async for event in events] == []
            with pytest.raises(ConnectionClosed) as closed:
                while True:
                    await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1012
    assert "Traceback" not in stopping.log.read_text()

    await script.add(DOC_DONE, COMPLETED)
    async with asyncio.timeout(20), watching(signed_in, job, after=seen[-1]) as events:
        assert [event.id async for event in events] == [2, 3]


async def test_sockets_are_closed_with_the_reason(gateway: RunningGateway, person: Person, job: str) -> None:
    assert await received(socket_url(gateway, job)) == ([], 4401)
    assert await received(socket_url(gateway, job, "?token=forged")) == ([], 4401)
    assert await received(socket_url(gateway, "none"), additional_headers=person.headers) == ([], 4404)


async def test_a_viewer_may_watch(client: httpx.AsyncClient, viewer: Person, services: Services, job: str) -> None:
    await services.extractor.jobs[job].add(STARTED, COMPLETED)

    response = await client.get(f"/v1/jobs/{job}/events", headers=viewer.headers)

    assert response.status_code == 200


async def test_a_silent_stream_shows_that_it_lives(
    services: Services, job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching_module, "HEARTBEAT", 0.05)
    caller = CallerIdentity(uuid4(), uuid4(), Role.VIEWER, "test", session_id=uuid4())
    peers = Peers(services.addresses, TokenKey(INTERNAL_KEY))
    unneeded: Any = None
    backend = Backend(
        db=unneeded,
        accounts=unneeded,
        security=unneeded,
        sessions=unneeded,
        teams=unneeded,
        invitations=unneeded,
        api_keys=unneeded,
        tickets=unneeded,
        callers=unneeded,
        browsers=unneeded,
        first=unneeded,
        audit=unneeded,
        streams=OpenStreams(unneeded),
        peers=peers,
        idempotency=unneeded,
        admission=unneeded,
    )
    watch = watching_module.Watch(backend, caller, job)
    async with asyncio.timeout(20), aclosing(watch.updates(await watch.snapshot(), None)) as updates:
        seen = [await anext(updates) for _ in range(3)]
        await services.extractor.jobs[job].add(STARTED)
        event = next(filter(None, [await anext(updates), await anext(updates)]))
    await peers.close()

    assert [update is None for update in seen] == [False, True, True]
    assert event.sequence == 1
