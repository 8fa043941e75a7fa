"""Replies of the co-pilot, live: every part once and in order, over broken connections on either side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import httpx
import pytest

from tests.integration.gateway.running import Person
from tests.integration.gateway.services import ReplyScript, Services
from tests.integration.gateway.test_gateway_events import Sent, read_events


@asynccontextmanager
async def watching(
    client: httpx.AsyncClient, message_id: str, after: int | None = None, query: str = ""
) -> AsyncIterator[AsyncIterator[Sent]]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    async with client.stream("GET", f"/v1/messages/{message_id}/events{query}", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        yield read_events(response)


@pytest.fixture
def reply(services: Services) -> str:
    """The id of a reply of which nothing has come yet."""
    message_id = str(uuid4())
    services.conversation.replies[message_id] = ReplyScript()
    return message_id


async def test_parts_come_as_they_are_said_and_then_the_end(
    signed_in: httpx.AsyncClient, services: Services, reply: str
) -> None:
    script = services.conversation.replies[reply]
    async with asyncio.timeout(20), watching(signed_in, reply) as events:
        await script.say("One ")
        first = await anext(events)
        await script.say("two.", end=True)
        rest = [event async for event in events]
    assert (first.id, first.event) == (1, "part")
    assert first.data == {"type": "part", "sequence": 1, "part": "One ", "message": None}
    assert [(event.id, event.event) for event in rest] == [(2, "part"), (3, "ended")]
    assert (rest[-1].data["part"], rest[-1].data["message"]["text"]) == ("", "One two.")


async def test_broken_connections_lose_and_double_nothing(
    signed_in: httpx.AsyncClient, services: Services, reply: str
) -> None:
    script = services.conversation.replies[reply]
    script.breaks = [0, 2, 1, 3]
    await script.say(*"abcdefgh", end=True)
    seen: list[Sent] = []
    async with asyncio.timeout(30):
        while not seen or seen[-1].event != "ended":
            async with watching(signed_in, reply, after=seen[-1].id if seen else 0) as events:
                seen += [event async for event in events]
    assert [event.id for event in seen] == list(range(1, 10))
    assert "".join(event.data["part"] for event in seen) == "abcdefgh"


async def test_nothing_after_the_end_says_so(signed_in: httpx.AsyncClient, services: Services, reply: str) -> None:
    await services.conversation.replies[reply].say("Done.", end=True)
    response = await signed_in.get(f"/v1/messages/{reply}/events", headers={"Last-Event-ID": "2"})
    assert (response.status_code, response.content) == (204, b"")
    async with asyncio.timeout(20), watching(signed_in, reply, query="?last_event_id=1") as events:
        assert [event.event async for event in events] == ["ended"]


async def test_a_browser_comes_again_while_the_service_restarts(
    signed_in: httpx.AsyncClient, services: Services, reply: str
) -> None:
    services.conversation.away = True
    try:
        again = await signed_in.get(f"/v1/messages/{reply}/events", headers={"Last-Event-ID": "1"})
        refused = await signed_in.get(f"/v1/messages/{reply}/events")
    finally:
        services.conversation.away = False
    assert (again.status_code, again.text.strip()) == (200, "retry: 2000")
    assert refused.status_code == 503


async def test_a_ticket_opens_it_once(
    client: httpx.AsyncClient, signed_in: httpx.AsyncClient, services: Services, reply: str
) -> None:
    await services.conversation.replies[reply].say("Done.", end=True)
    path = f"/v1/messages/{reply}/events"
    made = await signed_in.post("/v1/tickets", json={"path": path})
    query = f"?ticket={made.json()['ticket']}"
    async with asyncio.timeout(20), watching(client, reply, query=query) as events:
        assert [event.event async for event in events] == ["part", "ended"]
    assert (await client.get(f"{path}{query}")).status_code == 401


async def test_who_may_not_watch_is_refused(
    client: httpx.AsyncClient, signed_in: httpx.AsyncClient, viewer: Person, services: Services, reply: str
) -> None:
    await services.conversation.replies[reply].say("Done.", end=True)
    absent = await signed_in.get(f"/v1/messages/{uuid4()}/events")
    assert (absent.status_code, absent.json()["code"]) == (404, "message_not_found")
    assert (await client.get(f"/v1/messages/{reply}/events")).status_code == 401
    assert (await client.get(f"/v1/messages/{reply}/events", headers=viewer.headers)).status_code == 200
