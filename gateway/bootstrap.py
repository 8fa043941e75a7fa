"""Builds the gateway's parts, wires them and serves both APIs in one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
import uvicorn
from fastapi import FastAPI

from coderai.gateway.accounts.api_keys import ApiKeys
from coderai.gateway.accounts.callers import Callers
from coderai.gateway.accounts.invitations import Invitations
from coderai.gateway.accounts.mail import Mailer
from coderai.gateway.accounts.mail_queue import MailQueue
from coderai.gateway.accounts.open_streams import OpenStreams
from coderai.gateway.accounts.passwords import Passwords
from coderai.gateway.accounts.security import AccountSecurity
from coderai.gateway.accounts.sessions import Sessions
from coderai.gateway.accounts.teams import Teams
from coderai.gateway.accounts.tokens import AccessTokens
from coderai.gateway.accounts.usecases import Accounts
from coderai.gateway.grpc_proxy import Proxy, serving
from coderai.gateway.housekeeping import sweep_forever
from coderai.gateway.http.app import create_app
from coderai.gateway.http.backend import Backend
from coderai.gateway.http.idempotency import Idempotency
from coderai.gateway.peers import Peers
from coderai.gateway.settings import GatewaySettings
from coderai.kit import telemetry
from coderai.kit.db import Database
from coderai.kit.identity import TokenKey
from coderai.kit.ids import new_id
from coderai.kit.process import until_stopped

log = structlog.get_logger()

_STOP_WITHIN = 5
"""Seconds that requests in hand have when the gateway stops."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """The two APIs over one backend."""

    app: FastAPI
    proxy: Proxy
    backend: Backend
    mails: MailQueue


def _now() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def building(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The gateway's parts, connected while the block runs."""
    db = Database(settings.database_url, "gateway", settings.database_pool)
    key = TokenKey(settings.internal_token_key)
    peers = Peers(settings.addresses, key)
    passwords = Passwords()
    mails = mail_queue(settings, db)
    backend = _backend(settings, db, peers, passwords, mails)
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
    try:
        app = create_app(backend, origins)
        yield Gateway(app, Proxy(peers, backend.callers, backend.streams, key), backend, mails)
    finally:
        await peers.close()
        await db.close()
        passwords.close()


def mail_queue(settings: GatewaySettings, db: Database) -> MailQueue:
    """The mails of an installation."""
    mailer = Mailer(settings.mail_url, settings.mail_from) if settings.mail_url else None
    return MailQueue(db, mailer, settings.public_url or f"http://{settings.http}", _now, new_id)


def _backend(settings: GatewaySettings, db: Database, peers: Peers, passwords: Passwords, mails: MailQueue) -> Backend:
    tokens, sessions, api_keys = AccessTokens(settings.token_key), Sessions(db, _now), ApiKeys(db, _now, new_id)
    invitations = Invitations(db, mails, _now, new_id)
    accounts = Accounts(db, passwords, tokens, invitations, mails, settings.who_registers, _now, new_id)
    return Backend(
        db=db,
        accounts=accounts,
        security=AccountSecurity(db, passwords, mails, accounts.count_attempt, _now, new_id),
        sessions=sessions,
        teams=Teams(db, _now, new_id),
        invitations=invitations,
        api_keys=api_keys,
        callers=Callers(tokens, sessions, api_keys),
        streams=OpenStreams(db),
        peers=peers,
        idempotency=Idempotency(db, _now, settings.token_key),
        public_url=mails.public_url,
    )


async def serve() -> None:
    """Serves HTTP and gRPC until SIGTERM or SIGINT."""
    settings = GatewaySettings.from_env("gateway")
    telemetry.configure("gateway", settings.log_level, settings.log_format)
    async with building(settings) as gateway, serving(settings.grpc, gateway.proxy):
        backend = gateway.backend
        http = partial(serve_http, gateway.app, settings.http, backend.stopping)
        log.info("registration", who=settings.who_registers.value, sends_mail=gateway.mails.is_on)
        await until_stopped(http, partial(sweep_forever, backend.db), backend.streams.run, gateway.mails.run)


async def serve_http(app: FastAPI, listen: str, stopping: asyncio.Event) -> None:
    """Serves the HTTP API on host:port until cancelled; then sets `stopping` and lets requests in hand finish.

    Raises:
        SystemExit: the address is in use.
    """
    host, _, port = listen.rpartition(":")
    config = uvicorn.Config(
        app,
        host or "127.0.0.1",
        int(port),
        http="httptools",
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_STOP_WITHIN,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        stopping.set()
        server.should_exit = True
        await running
        raise


class _Server(uvicorn.Server):
    """Leaves signals to kit.process, which stops all parts in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield
