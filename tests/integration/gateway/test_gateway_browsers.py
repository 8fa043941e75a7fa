"""Pages of other origins: those that are named may call the API and read its answers, all others may not."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from coderai.gateway.origins import must_be_origin
from tests.integration.gateway.running import RunningGateway, Starter, http_from, new_address, register, until
from tests.integration.gateway.services import Services

OURS, THEIRS = "http://localhost:5173", "https://evil.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST"}


@pytest.fixture(scope="module")
async def opened(services: Services, starter: Starter) -> AsyncIterator[RunningGateway]:
    """A gateway that lets two origins in."""
    origins = f"{OURS}, https://app.example.org"
    async with starter.run(
        "opened", services.addresses, cors_origins=origins, requests_per_minute_of_address=40
    ) as running:
        yield running


@pytest.fixture
async def web(opened: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    """An HTTP client of that gateway, from an address of its own."""
    async with http_from(new_address(), opened.url) as http:
        yield http


def shared_with(answer: httpx.Response) -> str | None:
    return answer.headers.get("access-control-allow-origin")


@pytest.mark.parametrize("origin", [OURS, "https://app.example.org"])
async def test_a_preflight_allows_what_the_api_takes(web: httpx.AsyncClient, origin: str) -> None:
    asked = "authorization, content-type, idempotency-key, last-event-id"
    headers = {"Origin": origin, "Access-Control-Request-Headers": asked}
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = await web.options("/v1/projects", headers=headers | {"Access-Control-Request-Method": method})
        assert (answer.status_code, shared_with(answer)) == (200, origin)
        assert method in answer.headers["access-control-allow-methods"].split(", ")
        allowed = answer.headers["access-control-allow-headers"].lower().split(", ")
        assert set(asked.split(", ")) <= set(allowed)
        assert "access-control-allow-credentials" not in answer.headers
        assert "Origin" in answer.headers["vary"]


async def test_a_page_reads_answers_and_refusals(web: httpx.AsyncClient) -> None:
    person = await register(web)
    answer = await web.get("/v1/projects", headers=person.headers | {"Origin": OURS})
    refused = await web.get("/v1/projects", headers={"Origin": OURS})
    absent = await web.get("/v1/nothing", headers={"Origin": OURS})

    assert [answer.status_code, refused.status_code, absent.status_code] == [200, 401, 404]
    for each in (answer, refused, absent):
        assert shared_with(each) == OURS
        exposed = each.headers["access-control-expose-headers"]
        for name in ("X-Correlation-Id", "Retry-After", "Content-Disposition"):
            assert name in exposed
        assert "access-control-allow-credentials" not in each.headers


async def test_a_page_that_asks_too_often_can_read_that(web: httpx.AsyncClient) -> None:
    answers = [await web.get("/v1/projects", headers={"Origin": OURS}) for _ in range(50)]
    too_many = [answer for answer in answers if answer.status_code == 429]

    assert too_many
    assert {shared_with(answer) for answer in too_many} == {OURS}


async def test_other_origins_are_refused_and_told_of_once(web: httpx.AsyncClient, opened: RunningGateway) -> None:
    for _ in range(2):
        preflight = await web.options("/v1/projects", headers=PREFLIGHT | {"Origin": THEIRS})
        assert (preflight.status_code, shared_with(preflight)) == (400, None)
        assert shared_with(await web.get("/v1/projects", headers={"Origin": THEIRS})) is None
    for alike in ("null", "http://localhost:5174", "https://localhost:5173", "http://LOCALHOST:5173", f"{OURS}/"):
        assert shared_with(await web.get("/health/live", headers={"Origin": alike})) is None

    await until(lambda: THEIRS in opened.log.read_text())
    told = [line for line in opened.log.read_text().splitlines() if "origin_refused" in line]
    assert len([line for line in told if THEIRS in line]) == 1
    assert all("CODERAI_GATEWAY_CORS_ORIGINS" in line for line in told)
    assert not [line for line in told if "null" in line]


async def test_pages_of_the_gateway_itself_are_not_told_of(web: httpx.AsyncClient, opened: RunningGateway) -> None:
    await web.post("/v1/auth/logout", json={"refresh_token": "x"}, headers={"Origin": opened.url})

    assert not [line for line in opened.log.read_text().splitlines() if "origin_refused" in line and opened.url in line]


async def test_the_log_says_at_start_who_is_let_in(opened: RunningGateway, gateway: RunningGateway) -> None:
    assert f"origins=['{OURS}', 'https://app.example.org']" in _line_of_start(opened)
    assert "origins=[]" in _line_of_start(gateway)


async def test_nobody_is_let_in_where_nobody_is_named(client: httpx.AsyncClient, gateway: RunningGateway) -> None:
    answer = await client.options("/v1/projects", headers=PREFLIGHT | {"Origin": "https://nobody.example"})

    assert shared_with(answer) is None
    await until(lambda: "https://nobody.example" in gateway.log.read_text())


@pytest.mark.parametrize("text", ["*", "null", "localhost:5173", "https://a.example/", "https://A.example", "ftp://a"])
def test_a_setting_that_no_browser_would_send_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="origin"):
        must_be_origin(text)


def test_the_usual_port_is_not_written() -> None:
    for text in ("https://a.example:443", "http://a.example:80"):
        with pytest.raises(ValueError, match="usual one"):
            must_be_origin(text)
    assert must_be_origin("http://[::1]:5173") == "http://[::1]:5173"


def _line_of_start(gateway: RunningGateway) -> str:
    [line] = [line for line in gateway.log.read_text().splitlines() if " pages_let_in " in line]
    return line
