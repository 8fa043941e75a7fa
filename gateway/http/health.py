"""What operators ask: is the process alive, is everything that it needs there."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Literal

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from coderai.gateway.http.backend import backend_of
from coderai.gateway.http.endpoints import json_response
from coderai.gateway.http.models import Reply
from coderai.kit.db import Database

log = structlog.get_logger()

router = APIRouter(tags=["operations"])

_WITHIN = 2.0
"""Seconds that Postgres has for a sign of life."""


class Alive(Reply):
    """The process answers."""

    status: Literal["ok"] = Field(description="That it does.")


class Readiness(Reply):
    """Whether everything is there."""

    status: Literal["ok", "unavailable"] = Field(description="`ok`, or `unavailable` when any check is not `ok`.")
    checks: dict[str, str] = Field(description="For the database and each service: `ok`, or what is wrong.")


@router.get("/health/live", response_model=Alive, operation_id="live", summary="Tell whether the process lives")
async def live() -> Response:
    """Whether the gateway's process answers."""
    return json_response({"status": "ok"})


@router.get(
    "/health/ready",
    response_model=Readiness,
    operation_id="ready",
    summary="Tell whether all is ready",
    responses={503: {"model": Readiness}},
)
async def ready(request: Request) -> Response:
    """Whether the database and all services can be reached; 503 when one cannot."""
    backend = backend_of(request)
    database, services = await asyncio.gather(_database(backend.db), backend.peers.health())
    checks = {"database": database, **services}
    if all(state == "ok" for state in checks.values()):
        return json_response({"status": "ok", "checks": checks})
    return json_response({"status": "unavailable", "checks": checks}, HTTPStatus.SERVICE_UNAVAILABLE)


async def _database(db: Database) -> str:
    try:
        async with asyncio.timeout(_WITHIN):
            await db.ping()
    except Exception as error:  # noqa: BLE001 - whatever keeps Postgres from answering
        log.warning("database_not_ready", error=error)
        return "unreachable"
    return "ok"
