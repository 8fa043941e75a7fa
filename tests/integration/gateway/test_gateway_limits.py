"""How often and how much at a time: by address before it is known who calls, by caller after, over all gateways."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import grpc
import httpx
import pytest
from websockets.asyncio.client import connect as connect_socket
from websockets.exceptions import ConnectionClosed, InvalidStatus

from coderai.extractor.v1 import extractor_service_pb2 as extractor
from coderai.extractor.v1 import extractor_service_pb2_grpc
from coderai.gateway.accounts.passwords import MOST_OF_ONE_ADDRESS, MOST_WAITING, Passwords, PasswordsBusy
from coderai.projects.v1 import projects_service_pb2 as projects
from coderai.projects.v1 import projects_service_pb2_grpc
from tests.integration.gateway.running import Person, RunningGateway, Starter, http_from, new_address, register
from tests.integration.gateway.services import JobScript, Services

LIMITS = {
    "requests_per_minute_of_address": 40,
    "requests_per_minute_of_caller": 20,
    "streams_of_caller": 2,
    "connections_of_address": 3,
    "trusted_proxies": "127.77.0.0/16, 10.0.0.1",
    "registration": "OPEN",
}
PROXY = "127.77.0.1"
BURST_OF_ADDRESS, BURST_OF_CALLER = 20, 10


@pytest.fixture(scope="module")
async def strict(services: Services, starter: Starter) -> AsyncIterator[RunningGateway]:
    """A gateway with narrow limits."""
    async with starter.run("strict", services.addresses, **LIMITS) as running:
        yield running


@pytest.fixture
async def somewhere(strict: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of the strict gateway at an address of its own."""
    async with http_from(new_address(), strict.url) as http:
        yield http


@pytest.fixture
def job(services: Services) -> str:
    """A job of which nothing happens."""
    identifier = str(uuid4())
    services.extractor.jobs[identifier] = JobScript([])
    return identifier


def bearer(person: Person) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {person.tokens['access_token']}"),)


async def statuses(http: httpx.AsyncClient, count: int, headers: dict[str, str] | None = None) -> list[int]:
    """The statuses of so many requests, one after the other."""
    return [(await http.get("/v1/projects", headers=headers)).status_code for _ in range(count)]


async def test_an_address_that_asks_too_often_waits_and_no_other_does(
    strict: RunningGateway, somewhere: httpx.AsyncClient
) -> None:
    assert 429 not in await statuses(somewhere, BURST_OF_ADDRESS - 1)
    assert 429 in await statuses(somewhere, 30)

    refused = await somewhere.get("/v1/projects")
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert refused.json()["code"] == "too_many_requests"
    assert int(refused.headers["retry-after"]) > 0
    assert (await somewhere.get("/health/live")).status_code == 200
    async with http_from(new_address(), strict.url) as other:
        assert (await other.get("/v1/projects")).status_code == 401


async def test_a_caller_has_one_limit_from_everywhere(strict: RunningGateway, person: Person) -> None:
    seen: list[int] = []
    for _ in range(3):
        async with http_from(new_address(), strict.url) as http:
            seen += await statuses(http, 8, person.headers)

    assert 429 not in seen[: BURST_OF_CALLER - 1]
    assert 429 in seen
    async with http_from(new_address(), strict.url) as http:
        assert (await http.get("/v1/projects")).status_code == 401


async def test_all_gateways_count_together(services: Services, starter: Starter, strict: RunningGateway) -> None:
    address = new_address()
    async with (
        starter.run("second", services.addresses, **LIMITS) as second,
        http_from(address, strict.url) as here,
        http_from(address, second.url) as there,
    ):
        await statuses(here, 40)
        assert await statuses(there, 3) == [429] * 3


async def test_a_trusted_proxy_tells_whose_request_it_is(strict: RunningGateway) -> None:
    async with http_from(PROXY, strict.url) as proxy:
        one, other = {"X-Forwarded-For": "192.0.2.1, 203.0.113.1"}, {"X-Forwarded-For": "192.0.2.1, 203.0.113.2"}
        assert 429 in await statuses(proxy, 40, one)
        assert await statuses(proxy, 1, other) == [401]


async def test_sessions_and_log_name_the_address_that_a_trusted_proxy_tells(strict: RunningGateway) -> None:
    async with http_from(PROXY, strict.url) as proxy:
        proxy.headers["X-Forwarded-For"] = "203.0.113.9"
        person = await register(proxy)
        listed = (await proxy.get("/v1/auth/sessions", headers=person.headers)).json()["items"]

    assert [session["address"] for session in listed] == ["203.0.113.9"]
    [line] = [
        each for each in strict.log.read_text().splitlines() if "] registered " in each and person.user_id in each
    ]
    assert "address=203.0.113.9" in line


async def test_nobody_else_tells_whose_request_it_is(somewhere: httpx.AsyncClient) -> None:
    seen = [await statuses(somewhere, 1, {"X-Forwarded-For": f"203.0.113.{number}"}) for number in range(40)]

    assert [429] in seen


async def test_a_proxy_may_have_more_connections(strict: RunningGateway) -> None:
    async with http_from(PROXY, strict.url) as http:
        answers = await asyncio.gather(*(http.get("/health/live") for _ in range(12)))

    assert {answer.status_code for answer in answers} == {200}


async def test_grpc_counts_with_http(strict: RunningGateway, client: httpx.AsyncClient) -> None:
    person = await register(client)
    async with grpc.aio.insecure_channel(strict.grpc) as channel:
        stub: Any = projects_service_pb2_grpc.ProjectsServiceStub(channel)
        codes = []
        for _ in range(2 * BURST_OF_CALLER + 4):
            try:
                await stub.ListProjects(projects.ListProjectsRequest(), metadata=bearer(person))
                codes.append(grpc.StatusCode.OK)
            except grpc.aio.AioRpcError as error:
                codes.append(error.code())

    assert set(codes) == {grpc.StatusCode.OK, grpc.StatusCode.RESOURCE_EXHAUSTED}
    async with http_from(new_address(), strict.url) as http:
        assert 429 in await statuses(http, 2, person.headers)


async def test_a_caller_has_so_many_streams_of_all_kinds_at_a_time(
    strict: RunningGateway, client: httpx.AsyncClient, job: str
) -> None:
    person = await register(client)
    path, socket = f"/v1/jobs/{job}/events", strict.url.replace("http", "ws") + f"/ws/jobs/{job}"
    async with (
        asyncio.timeout(30),
        http_from(PROXY, strict.url) as http,
        grpc.aio.insecure_channel(strict.grpc) as channel,
        http.stream("GET", path, headers=person.headers) as first,
    ):
        seen = first.aiter_raw()
        await anext(seen)
        async with connect_socket(socket, additional_headers=person.headers, local_addr=(PROXY, 0)) as second:
            await second.recv()
            refused = await http.get(path, headers=person.headers)
            assert (refused.status_code, refused.json()["code"]) == (429, "too_many_open")
            async with connect_socket(socket, additional_headers=person.headers, local_addr=(PROXY, 0)) as third:
                with pytest.raises(ConnectionClosed) as closed:
                    await third.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
            stub: Any = extractor_service_pb2_grpc.ExtractorServiceStub(channel)
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await anext(aiter(stub.WatchJob(extractor.WatchJobRequest(job_id=job), metadata=bearer(person))))
            assert failed.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_stream_that_was_closed_makes_room(strict: RunningGateway, client: httpx.AsyncClient, job: str) -> None:
    person = await register(client)
    async with asyncio.timeout(30), http_from(PROXY, strict.url) as http:
        for _ in range(4):
            async with http.stream("GET", f"/v1/jobs/{job}/events", headers=person.headers) as watched:
                assert watched.status_code == 200
                await anext(watched.aiter_raw())


async def test_a_socket_of_an_address_that_asks_too_often_is_not_opened(
    strict: RunningGateway, somewhere: httpx.AsyncClient, job: str
) -> None:
    address = new_address()
    async with http_from(address, strict.url) as http:
        await statuses(http, 40)
    with pytest.raises(InvalidStatus) as refused:
        await connect_socket(strict.url.replace("http", "ws") + f"/ws/jobs/{job}", local_addr=(address, 0))
    assert refused.value.response.status_code == 403


async def test_one_address_does_not_fill_the_queue_of_passwords() -> None:
    passwords = Passwords()
    flood = [asyncio.create_task(passwords.matches("a guess", None, "there")) for _ in range(3 * MOST_OF_ONE_ADDRESS)]
    await asyncio.sleep(0)
    hashed = await passwords.hash("a password", "here")
    outcomes = await asyncio.gather(*flood, return_exceptions=True)

    assert hashed.startswith("$argon2id$")
    assert sum(isinstance(outcome, PasswordsBusy) for outcome in outcomes) == 2 * MOST_OF_ONE_ADDRESS
    assert await passwords.matches("a password", hashed, "there")
    passwords.close()


async def test_the_queue_of_passwords_ends() -> None:
    passwords = Passwords()
    crowd = [asyncio.create_task(passwords.matches("x", None, str(number))) for number in range(MOST_WAITING + 5)]
    outcomes = await asyncio.gather(*crowd, return_exceptions=True)
    passwords.close()

    assert sum(isinstance(outcome, PasswordsBusy) for outcome in outcomes) == 5
