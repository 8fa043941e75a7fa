"""Tickets: one stream, once, within 30 seconds, in the name of who asked for it, at whichever gateway."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from coderai.extractor.v1 import extractor_service_pb2 as pb
from tests.integration.gateway.running import Person, RunningGateway, Starter, register
from tests.integration.gateway.services import JobScript, Services


@pytest.fixture
def job(services: Services) -> str:
    """The id of a job that is over after two events."""
    job_id = str(uuid4())
    script = services.extractor.jobs[job_id] = JobScript([])
    script.events += [pb.JOB_EVENT_TYPE_JOB_STARTED, pb.JOB_EVENT_TYPE_JOB_COMPLETED]
    return job_id


def events_of(job: str) -> str:
    return f"/v1/jobs/{job}/events"


async def new_ticket(client: httpx.AsyncClient, path: str, headers: dict[str, str]) -> str:
    made = await client.post("/v1/tickets", json={"path": path}, headers=headers)
    assert made.status_code == 201, made.text
    assert made.json()["path"] == path
    return str(made.json()["ticket"])


async def test_a_ticket_opens_its_stream_once(client: httpx.AsyncClient, person: Person, job: str) -> None:
    path = events_of(job)
    ticket = await new_ticket(client, path, person.headers)

    opened = await client.get(path, params={"ticket": ticket, "last_event_id": 1})
    again = await client.get(path, params={"ticket": ticket})

    assert opened.status_code == 200
    assert opened.text.count("event: ") == 1
    assert (again.status_code, again.json()["code"]) == (401, "ticket_invalid")


async def test_of_two_who_use_it_at_once_one_is_let_in(client: httpx.AsyncClient, person: Person, job: str) -> None:
    path = events_of(job)
    ticket = await new_ticket(client, path, person.headers)

    answers = await asyncio.gather(*(client.get(path, params={"ticket": ticket}) for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401, 401, 401]


async def test_a_ticket_opens_a_socket(
    gateway: RunningGateway, client: httpx.AsyncClient, person: Person, job: str
) -> None:
    path = f"/ws/jobs/{job}"
    ticket = await new_ticket(client, path, person.headers)
    url = f"{gateway.url.replace('http', 'ws', 1)}{path}?ticket={ticket}"

    async with asyncio.timeout(20), connect(url) as socket:
        assert json.loads(await socket.recv())["type"] == "snapshot"
    async with asyncio.timeout(20), connect(url) as socket:
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
    assert closed.value.rcvd
    assert closed.value.rcvd.code == 4401


async def test_a_ticket_for_another_stream_is_used_up_and_opens_nothing(
    client: httpx.AsyncClient, person: Person, job: str, services: Services
) -> None:
    other = str(uuid4())
    services.extractor.jobs[other] = JobScript([])
    ticket = await new_ticket(client, events_of(other), person.headers)

    assert (await client.get(events_of(job), params={"ticket": ticket})).status_code == 401
    assert (await client.get(events_of(other), params={"ticket": ticket})).status_code == 401


async def test_a_ticket_opens_nothing_but_streams(client: httpx.AsyncClient, person: Person, job: str) -> None:
    ticket = await new_ticket(client, events_of(job), person.headers)

    assert (await client.get(f"/v1/jobs/{job}", params={"ticket": ticket})).status_code == 401
    for path in (
        "/v1/projects",
        f"/v1/jobs/{job}",
        f"/v1/jobs/{job}/events?x=1",
        "/v1/jobs/../events",
        "",
        "//evil/ws",
    ):
        refused = await client.post("/v1/tickets", json={"path": path}, headers=person.headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "no_such_stream"), path


async def test_a_ticket_is_no_token(client: httpx.AsyncClient, person: Person, job: str) -> None:
    ticket = await new_ticket(client, events_of(job), person.headers)

    assert (await client.get("/v1/projects", headers={"Authorization": f"Bearer {ticket}"})).status_code == 401
    assert (await client.post("/v1/tickets", json={"path": events_of(job)})).status_code == 401


async def test_a_ticket_expires(
    client: httpx.AsyncClient, person: Person, job: str, psql: Callable[[str], str]
) -> None:
    ticket = await new_ticket(client, events_of(job), person.headers)
    psql(f"update gateway.tickets set expires_at = now() where path = '{events_of(job)}'")

    assert (await client.get(events_of(job), params={"ticket": ticket})).status_code == 401


async def test_what_its_holder_may_is_asked_when_it_is_used(
    client: httpx.AsyncClient, person: Person, job: str
) -> None:
    ticket = await new_ticket(client, events_of(job), person.headers)
    await client.post("/v1/auth/logout", json={"refresh_token": person.tokens["refresh_token"]})

    assert (await client.get(events_of(job), params={"ticket": ticket})).status_code == 401


async def test_a_key_gets_tickets_as_long_as_it_is_there(client: httpx.AsyncClient, person: Person, job: str) -> None:
    key = (await client.post("/v1/api-keys", json={"name": "web server"}, headers=person.headers)).json()
    headers = {"Authorization": f"Bearer {key['key']}"}
    first, second = [await new_ticket(client, events_of(job), headers) for _ in range(2)]

    assert (await client.get(events_of(job), params={"ticket": first})).status_code == 200
    await client.delete(f"/v1/api-keys/{key['id']}", headers=person.headers)
    assert (await client.get(events_of(job), params={"ticket": second})).status_code == 401


async def test_a_stream_is_its_holders(client: httpx.AsyncClient, person: Person, job: str, services: Services) -> None:
    other = await register(client)
    ticket = await new_ticket(client, events_of(job), other.headers)
    await client.get(events_of(job), params={"ticket": ticket})

    assert str(services.extractor.watched_by[-1].workspace_id) == other.workspace != person.workspace


async def test_all_gateways_know_it(
    client: httpx.AsyncClient, person: Person, job: str, services: Services, starter: Starter
) -> None:
    ticket = await new_ticket(client, events_of(job), person.headers)
    async with (
        starter.run("another", services.addresses) as another,
        httpx.AsyncClient(base_url=another.url, timeout=30) as there,
    ):
        assert (await there.get(events_of(job), params={"ticket": ticket})).status_code == 200
        assert ticket not in another.log.read_text()
    assert (await client.get(events_of(job), params={"ticket": ticket})).status_code == 401


@pytest.mark.parametrize("ticket", ["", "x", "0" * 32, "\x00", "é" * 40])
async def test_nonsense_is_no_ticket(client: httpx.AsyncClient, job: str, ticket: str) -> None:
    assert (await client.get(events_of(job), params={"ticket": ticket})).status_code == 401


async def test_only_digests_are_stored(
    client: httpx.AsyncClient, person: Person, job: str, psql: Callable[[str], str]
) -> None:
    ticket = await new_ticket(client, events_of(job), person.headers)

    assert ticket not in psql("select t::text from gateway.tickets t")
