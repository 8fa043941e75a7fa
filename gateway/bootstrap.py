"""Builds the gateway's parts, wires them and serves both APIs in one process."""

from __future__ import annotations

import resource
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from fastapi import FastAPI

from coderai.gateway.accounts.api_keys import ApiKeys
from coderai.gateway.accounts.audit import AuditList
from coderai.gateway.accounts.browser_sessions import BrowserSessions, Lifetimes
from coderai.gateway.accounts.callers import Callers
from coderai.gateway.accounts.first_account import FirstAccount
from coderai.gateway.accounts.invitations import Invitations
from coderai.gateway.accounts.mail import Mailer
from coderai.gateway.accounts.mail_queue import MailQueue
from coderai.gateway.accounts.open_streams import OpenStreams
from coderai.gateway.accounts.passwords import Passwords
from coderai.gateway.accounts.security import AccountSecurity
from coderai.gateway.accounts.sessions import Sessions
from coderai.gateway.accounts.teams import Teams
from coderai.gateway.accounts.tickets import Tickets
from coderai.gateway.accounts.tokens import AccessTokens
from coderai.gateway.accounts.usecases import Accounts
from coderai.gateway.addresses import Addresses
from coderai.gateway.admission import Admission
from coderai.gateway.grpc_proxy import GrpcServer, Proxy, serving
from coderai.gateway.housekeeping import sweep_forever
from coderai.gateway.http.app import create_app
from coderai.gateway.http.backend import Backend
from coderai.gateway.http.browsers import SETTING
from coderai.gateway.http.connections import Connections
from coderai.gateway.http.idempotency import Idempotency
from coderai.gateway.http.server import serve_http
from coderai.gateway.open_calls import OpenCalls
from coderai.gateway.peers import Peers
from coderai.gateway.rates import Rates
from coderai.gateway.settings import GatewaySettings, listed
from coderai.kit import telemetry, tracing
from coderai.kit.db import Database
from coderai.kit.identity import TokenKey
from coderai.kit.ids import new_id
from coderai.kit.process import until_stopped

log = structlog.get_logger()

_OTHER_FILES = 256
"""What the process has open beside its clients' connections: the database, the services."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """The two APIs over one backend."""

    app: FastAPI
    proxy: Proxy
    backend: Backend
    mails: MailQueue


def _now() -> datetime:
    return datetime.now(UTC)


def _admission(settings: GatewaySettings, db: Database) -> Admission:
    return Admission(
        addresses=Addresses(listed(settings.trusted_proxies)),
        address_rate=Rates(db, "address", settings.requests_per_minute_of_address),
        caller_rate=Rates(db, "caller", settings.requests_per_minute_of_caller),
        streams=OpenCalls(settings.streams_of_caller),
        strangers=OpenCalls(settings.connections_of_address),
        hosts=[host.lower() for host in listed(settings.hosts)],
        is_behind_tls=settings.behind_tls,
    )


def _allow_files(count: int) -> None:
    """Lets the process hold so many connections and files open, as far as the system does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(soft, count), hard), hard))


@asynccontextmanager
async def building(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    """The gateway's parts, connected while the block runs."""
    db = Database(settings.database_url, "gateway", settings.database_pool)
    key = TokenKey(settings.internal_token_key)
    peers = Peers(settings.addresses, key)
    passwords, admission, mails = Passwords(), _admission(settings, db), mail_queue(settings, db)
    backend = _backend(settings, db, peers, passwords, mails, admission)
    app = create_app(backend, listed(settings.cors_origins))
    proxy = Proxy(peers, backend.callers, admission, backend.streams, key, settings.patience_seconds)
    try:
        yield Gateway(app, proxy, backend, mails)
    finally:
        await peers.close()
        await db.close()
        passwords.close()


def mail_queue(settings: GatewaySettings, db: Database) -> MailQueue:
    """The mails of an installation."""
    mailer = Mailer(settings.mail_url, settings.mail_from) if settings.mail_url else None
    return MailQueue(db, mailer, settings.public_url or f"http://{settings.http}", _now, new_id)


def _backend(
    settings: GatewaySettings,
    db: Database,
    peers: Peers,
    passwords: Passwords,
    mails: MailQueue,
    admission: Admission,
) -> Backend:
    tokens, sessions, api_keys = AccessTokens(settings.token_key), Sessions(db, _now), ApiKeys(db, _now, new_id)
    tickets = Tickets(db, _now, new_id)
    invitations = Invitations(db, mails, _now, new_id)
    accounts = Accounts(db, passwords, tokens, invitations, mails, settings.who_registers, _now, new_id)
    lifetimes = Lifetimes(timedelta(days=settings.session_idle_days), timedelta(days=settings.session_days))
    first = FirstAccount(db, _now, new_id, is_ours_alone=settings.is_ours_alone)
    return Backend(
        db=db,
        accounts=accounts,
        security=AccountSecurity(db, passwords, mails, _now, new_id),
        sessions=sessions,
        teams=Teams(db, _now, new_id),
        invitations=invitations,
        api_keys=api_keys,
        tickets=tickets,
        callers=Callers(tokens, sessions, api_keys, tickets),
        browsers=BrowserSessions(db, accounts, first, lifetimes, _now, new_id),
        first=first,
        audit=AuditList(db),
        streams=OpenStreams(db),
        peers=peers,
        idempotency=Idempotency(db, _now, settings.token_key),
        admission=admission,
        public_url=mails.public_url,
    )


async def serve() -> None:
    """Serves HTTP and gRPC until SIGTERM or SIGINT."""
    settings = GatewaySettings.from_env("gateway")
    telemetry.configure("gateway", settings.log_level, settings.log_format, settings.metrics_listen)
    _allow_files(2 * settings.connections + _OTHER_FILES)
    grpc = GrpcServer(settings.grpc, settings.connections, settings.grpc_reflection)
    async with tracing.sending("gateway"), building(settings) as gateway, serving(grpc, gateway.proxy):
        backend = gateway.backend
        bounds = Connections(
            settings.connections,
            settings.connections_of_address,
            backend.admission.addresses,
            settings.patience_seconds,
        )
        http = partial(serve_http, gateway.app, settings.http, backend.stopping, bounds)
        log.info("pages_let_in", origins=listed(settings.cors_origins), setting=SETTING)
        log.info("registration", who=settings.who_registers.value, sends_mail=gateway.mails.is_on)
        await until_stopped(http, partial(sweep_forever, backend.db), backend.streams.run, gateway.mails.run)
