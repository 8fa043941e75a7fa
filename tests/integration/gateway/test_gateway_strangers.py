"""What strangers send: bounded in size, number and time before it is known who calls, and nobody else is held up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

import httpx
import psutil
import pytest

from tests.integration.gateway.raw_http import ask, connect
from tests.integration.gateway.running import Person, RunningGateway, Starter, http_from, new_address
from tests.integration.gateway.services import Services

GET = b"GET /v1/projects HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
MIB = 2**20


@pytest.fixture(scope="module")
async def impatient(services: Services, starter: Starter) -> AsyncIterator[RunningGateway]:
    """A gateway that waits for half a second, and takes few connections."""
    limits = {"patience_seconds": 0.5, "connections": 12, "connections_of_address": 4}
    async with starter.run("impatient", services.addresses, **limits) as running:
        yield running


async def test_long_headers_are_refused(gateway: RunningGateway) -> None:
    answer = await ask(gateway.url, GET + b"X: " + b"y" * 100_000 + b"\r\n\r\n")

    assert answer is not None
    assert (answer.status, answer.problem["code"]) == (431, "headers_too_large")
    assert answer.headers["connection"] == "close"


async def test_many_headers_are_refused(gateway: RunningGateway) -> None:
    headers = [b"X-%d: y\r\n" % number for number in range(101)]
    few = await ask(gateway.url, GET + b"Connection: close\r\n" + b"".join(headers[:90]) + b"\r\n")
    many = await ask(gateway.url, GET + b"".join(headers) + b"\r\n")

    assert few is not None
    assert many is not None
    assert (few.status, many.status, many.problem["code"]) == (401, 431, "headers_too_large")


@pytest.mark.parametrize(
    "head",
    [
        GET + b"X: ",
        GET,
        b"GET /",
        POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ",
        POST + b"Transfer-Encoding: chunked\r\n\r\n1;",
    ],
    ids=["a value", "a name", "the address", "a trailer", "an extension of a piece"],
)
async def test_what_does_not_end_is_cut_off_and_not_kept(gateway: RunningGateway, head: bytes) -> None:
    process = psutil.Process(gateway.pid)
    before = process.memory_info().rss
    connection, sent = await connect(gateway.url), 0
    await connection.send(head)
    with suppress(ConnectionError):
        while sent < 64 * MIB:
            await connection.send(b"y" * 65_536)
            sent += 65_536
    connection.close()

    assert process.memory_info().rss - before < 16 * MIB


async def test_what_is_no_http_is_a_problem_too(gateway: RunningGateway) -> None:
    answer = await ask(gateway.url, b"\x16\x03\x01 hello\r\n\r\n")

    assert answer is not None
    assert (answer.status, answer.problem["code"]) == (400, "malformed_body")


@pytest.mark.parametrize(
    "half",
    [b"", GET, b"GET /v1", POST + b"Content-Length: 100\r\n\r\n{", POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{"],
    ids=["nothing", "a head", "a line", "a body", "a piece"],
)
async def test_a_request_that_is_never_completed_ends(impatient: RunningGateway, half: bytes) -> None:
    answer = await ask(impatient.url, half, new_address())

    assert answer is not None
    assert (answer.status, answer.problem["code"]) == (408, "too_slow")


@pytest.mark.parametrize("head", [GET, POST + b"Content-Length: 1000000\r\n\r\n"], ids=["its head", "its body"])
async def test_a_request_that_trickles_in_ends(impatient: RunningGateway, head: bytes) -> None:
    connection = await connect(impatient.url, new_address())
    await connection.send(head)

    async def trickle() -> None:
        while True:
            await connection.send(b"x")
            await asyncio.sleep(0.05)

    trickling = asyncio.create_task(trickle())
    answer = await connection.answer()
    trickling.cancel()
    await asyncio.gather(trickling, return_exceptions=True)
    connection.close()

    assert answer is not None
    assert answer.status == 408


async def test_a_request_after_another_has_its_own_time(impatient: RunningGateway) -> None:
    connection = await connect(impatient.url, new_address())
    await connection.send(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    await connection.reader.readuntil(b'"ok"}')
    await connection.send(b"GET /health/live")
    answer = await connection.answer()
    connection.close()

    assert answer is not None
    assert answer.status == 408


async def test_an_address_has_so_many_connections_and_keeps_out_nobody_else(impatient: RunningGateway) -> None:
    crowd = new_address()
    async with AsyncExitStack() as stack:
        for _ in range(4):
            connection = await connect(impatient.url, crowd)
            stack.callback(connection.close)
        refused = await ask(impatient.url, b"", crowd)
        async with http_from(new_address(), impatient.url) as other:
            assert (await other.get("/health/live")).status_code == 200

    assert refused is not None
    assert (refused.status, refused.problem["code"]) == (429, "too_many_connections")
    assert int(refused.headers["retry-after"]) > 0


async def test_all_addresses_together_have_so_many_connections(impatient: RunningGateway) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(12):
            connection = await connect(impatient.url, new_address())
            stack.callback(connection.close)
        refused = await ask(impatient.url, b"", new_address())

    assert refused is not None
    assert (refused.status, refused.problem["code"]) == (503, "too_many_connections")


@pytest.mark.parametrize("path", ["/v1/projects/", "/docs/", "/health/live/", "//evil.example/v1/projects/"])
async def test_nobody_is_sent_elsewhere(client: httpx.AsyncClient, path: str) -> None:
    response = await client.get(path, headers={"Host": "evil.example"})

    assert response.status_code == 404
    assert "location" not in response.headers
    assert "evil.example" not in str(response.headers)
    assert response.json()["code"] == "no_such_route"


async def test_only_the_names_that_the_operator_gave_are_served(services: Services, starter: Starter) -> None:
    settings = {"hosts": "coderai.example.org, localhost", "behind_tls": True}
    async with (
        starter.run("named", services.addresses, **settings) as running,
        httpx.AsyncClient(base_url=running.url) as client,
    ):
        known = await client.get("/v1/projects", headers={"Host": "CoderAI.example.org:443"})
        unknown = await client.get("/v1/projects", headers={"Host": "evil.example"})
        probe = await client.get("/health/live", headers={"Host": "10.0.0.7:8080"})

    assert (known.status_code, unknown.status_code, probe.status_code) == (401, 421, 200)
    assert unknown.json()["code"] == "unknown_host"
    assert "max-age=" in known.headers["strict-transport-security"]


async def test_every_answer_tells_browsers_to_be_careful(client: httpx.AsyncClient, gateway: RunningGateway) -> None:
    answers = [
        await client.get(path) for path in ("/health/live", "/v1/projects", "/nowhere", "/openapi.json", "/docs")
    ]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in answer.headers["permissions-policy"]
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "strict-transport-security" not in answer.headers
    refused = await ask(gateway.url, b"nonsense\r\n\r\n")
    assert refused is not None
    assert refused.headers["x-content-type-options"] == "nosniff"


async def test_a_signed_in_person_is_not_slowed_by_a_crowd(impatient: RunningGateway, person: Person) -> None:
    crowds = [await connect(impatient.url, new_address()) for _ in range(8)]
    async with http_from(new_address(), impatient.url) as http:
        assert (await http.get("/v1/projects", headers=person.headers)).status_code == 200
    for connection in crowds:
        connection.close()
