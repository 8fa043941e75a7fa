"""What operators see: health, metrics, migrations, settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping

import httpx

from tests.integration.gateway.running import RunningGateway, Starter, until
from tests.integration.gateway.services import Services
from tests.support.stack import ServiceDatabases


async def test_readiness_reports_each_part(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/live")).json() == {"status": "ok"}

    ready = await client.get("/health/ready")

    assert ready.status_code == 200
    parts = ("database", "projects", "ingest", "extractor", "copilot", "export")
    assert ready.json() == {"status": "ok", "checks": dict.fromkeys(parts, "ok")}


async def test_a_part_that_is_away_makes_it_unready(unreachable: httpx.AsyncClient) -> None:
    ready = await unreachable.get("/health/ready")

    assert ready.status_code == 503
    assert ready.json()["status"] == "unavailable"
    assert ready.json()["checks"]["database"] == "ok"
    assert ready.json()["checks"]["projects"] == "unreachable"
    assert (await unreachable.get("/health/live")).status_code == 200


async def test_metrics_count_by_route_and_never_by_what_is_in_it(
    signed_in: httpx.AsyncClient, gateway: RunningGateway
) -> None:
    await signed_in.get("/v1/projects/some-id-of-mine")
    await signed_in.get("/no/such/path")

    metrics = (await signed_in.get(gateway.metrics)).text

    assert 'coderai_http_requests_total{method="GET",route="/v1/projects/{project_id}",status="404"}' in metrics
    assert 'route="unmatched",status="404"' in metrics
    assert 'route="/v1/auth/register"' in metrics
    assert "some-id-of-mine" not in metrics
    assert "/no/such" not in metrics


async def test_what_limits_counted_by_is_removed_when_it_is_past(
    services: Services, starter: Starter, psql: Callable[[str], str]
) -> None:
    psql(
        "insert into gateway.request_rates values ('address long gone', now() - interval '1 second');"
        "insert into gateway.sign_in_attempts values ('past@example.org', 'x', 1, now() - interval '2 days', now())"
    )
    left = (
        "select count(*) from gateway.request_rates r full join gateway.sign_in_attempts s on false"
        " where r.who = 'address long gone' or s.email = 'past@example.org'"
    )
    async with starter.run("sweeping", services.addresses):
        await until(lambda: psql(left).strip() == "0")


async def test_metrics_are_not_served_where_the_api_is(client: httpx.AsyncClient) -> None:
    assert (await client.get("/metrics")).status_code == 404


async def test_answers_are_neither_sniffed_nor_cached(client: httpx.AsyncClient) -> None:
    response = await client.get("/health/live")

    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    assert "server" not in response.headers


async def test_browsers_of_other_origins_are_not_let_in(client: httpx.AsyncClient) -> None:
    response = await client.get("/health/live", headers={"Origin": "https://evil.example"})

    assert "access-control-allow-origin" not in response.headers


def gateway_command(command: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coderai.gateway", command],
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def test_migrating_again_changes_nothing(service_dsns: ServiceDatabases, gateway: RunningGateway) -> None:
    env = os.environ | {"CODERAI_GATEWAY_MIGRATION_URL": service_dsns["gateway"].owner}

    done = gateway_command("migrate", env)

    assert done.returncode == 0, done.stderr


def test_a_missing_setting_is_named() -> None:
    env = {key: value for key, value in os.environ.items() if not key.startswith("CODERAI_")}
    env["CODERAI_GATEWAY_TOKEN_KEY"] = "short-secret"

    done = gateway_command("serve", env)

    assert done.returncode == 1
    for name in ("CODERAI_DATABASE_URL", "CODERAI_INTERNAL_TOKEN_KEY", "CODERAI_TOKEN_KEY", "CODERAI_PROJECTS_ADDRESS"):
        assert name in done.stderr
    assert "short-secret" not in done.stderr
