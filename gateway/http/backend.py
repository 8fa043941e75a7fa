"""What the HTTP endpoints work with, and who calls them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import structlog
from fastapi import Depends, Header, Request, Security
from fastapi.responses import Response
from fastapi.security import APIKeyCookie, APIKeyQuery, HTTPBearer
from starlette.requests import HTTPConnection

from coderai.gateway.accounts.api_keys import ApiKeys
from coderai.gateway.accounts.audit import AuditList
from coderai.gateway.accounts.browser_sessions import BrowserSessions, Cookie
from coderai.gateway.accounts.callers import Callers
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.accounts.first_account import FirstAccount
from coderai.gateway.accounts.invitations import Invitations
from coderai.gateway.accounts.open_streams import OpenStreams
from coderai.gateway.accounts.security import AccountSecurity
from coderai.gateway.accounts.sessions import Sessions
from coderai.gateway.accounts.teams import Teams
from coderai.gateway.accounts.tickets import Tickets
from coderai.gateway.accounts.usecases import Accounts
from coderai.gateway.admission import Admission
from coderai.gateway.http.cookies import NAME, TLS_NAME, must_be_same_origin, secret_of, set_cookie
from coderai.gateway.http.idempotency import Idempotency, fingerprint_of
from coderai.gateway.peers import Peers
from coderai.kit import tracing
from coderai.kit.db import Database
from coderai.kit.identity import Identity
from coderai.kit.message_ids import as_ids

_bearer = HTTPBearer(auto_error=False, description="The access token that logging in gives, or an API key.")
cookie_scheme = APIKeyCookie(
    name=NAME,
    scheme_name="SessionCookie",
    auto_error=False,
    description=f"The cookie that `POST /v1/auth/session` sets; over TLS it is called `{TLS_NAME}`. It counts for"
    " requests of pages of the own origin alone, which browsers tell by Sec-Fetch-Site or Origin (else 403"
    " `cross_origin_request`), and only where there is neither an Authorization header nor a ticket.",
)
_ticket = APIKeyQuery(
    name="ticket",
    scheme_name="Ticket",
    auto_error=False,
    description="Opens one event stream, once, within 30 seconds; from `POST /v1/tickets`. For browsers' EventSource,"
    " which sends no Authorization header; where there is one, that counts.",
)


@dataclass(frozen=True, slots=True)
class Backend:
    """Everything that endpoints call."""

    db: Database
    accounts: Accounts
    security: AccountSecurity
    sessions: Sessions
    teams: Teams
    invitations: Invitations
    api_keys: ApiKeys
    tickets: Tickets
    callers: Callers
    browsers: BrowserSessions
    first: FirstAccount
    audit: AuditList
    streams: OpenStreams
    peers: Peers
    idempotency: Idempotency
    admission: Admission
    public_url: str = ""
    """Where people reach this installation, for the links that they are given."""
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the gateway stops: event streams end then, and clients resume them at another replica."""


def backend_of(connection: HTTPConnection) -> Backend:
    """The backend of the app that serves a connection."""
    backend: Backend = connection.app.state.backend
    return backend


def address_of(connection: HTTPConnection) -> str:
    """The address that a connection comes from (gateway.addresses)."""
    return str(connection.state.address)


def is_tls(connection: HTTPConnection) -> bool:
    """Whether the browser speaks TLS, as far as a setting or a trusted proxy says so."""
    client = connection.client
    said = connection.headers.get("x-forwarded-proto", "")
    return backend_of(connection).admission.is_tls(client.host if client else "", said)


async def _log_address(connection: HTTPConnection) -> None:
    structlog.contextvars.bind_contextvars(address=address_of(connection))


LogsAddress: Any = Depends(_log_address)
"""A dependency of routes whose log lines name the address that the request comes from."""


async def _caller(
    request: HTTPConnection,
    _: Annotated[Any, Security(_bearer)],
    __: Annotated[Any, Security(cookie_scheme)],
) -> CallerIdentity:
    return await caller_of(request, request.headers.get("authorization", ""))


async def caller_of(connection: HTTPConnection, authorization: str) -> CallerIdentity:
    """Who calls with this `authorization`, or else with the session's cookie.

    Counts the request; its log lines name their workspace and the path's ids.

    Raises:
        Unauthenticated: nobody.
        CrossOriginRequest: the cookie comes from a page of another origin.
        TooManyRequests: they have asked too often.
    """
    if not authorization and (secret := secret_of(connection.headers, is_tls=is_tls(connection))):
        return await _admitted(connection, _of_cookie(connection, secret))
    correlation_id = str(connection.state.correlation_id)
    return await _admitted(connection, backend_of(connection).callers.identify(authorization, correlation_id))


async def _of_cookie(connection: HTTPConnection, secret: str) -> CallerIdentity:
    scope, over_tls = connection.scope, is_tls(connection)
    must_be_same_origin(scope["type"], scope.get("method", ""), connection.headers, is_tls=over_tls)
    correlation_id, address = str(connection.state.correlation_id), address_of(connection)
    may_renew = scope["type"] == "http"  # the answer to a WebSocket has been sent already
    browsers = backend_of(connection).browsers
    caller, cookie = await browsers.identify(secret, correlation_id, address, may_renew=may_renew)
    if cookie:
        keep_cookie(connection, cookie)
    return caller


def keep_cookie(connection: HTTPConnection, cookie: Cookie) -> None:
    """Has the answer, whatever it will be, tell the browser to keep a cookie (gateway.http.edge)."""
    connection.state.set_cookie = set_cookie(cookie, is_tls=is_tls(connection))


async def watcher_of(connection: HTTPConnection, authorization: str, ticket: str) -> CallerIdentity:
    """Who opens a stream: by an `authorization`, a ticket for this path or the cookie; raises as `caller_of` does."""
    if authorization or not ticket:
        return await caller_of(connection, authorization)
    path, correlation_id = connection.scope["path"], str(connection.state.correlation_id)
    return await _admitted(connection, backend_of(connection).callers.identify_by_ticket(ticket, path, correlation_id))


async def _admitted(connection: HTTPConnection, identifying: Awaitable[CallerIdentity]) -> CallerIdentity:
    tracing.about(**as_ids(connection.path_params))
    caller = await identifying
    tracing.about(workspace_id=str(caller.workspace_id))
    await backend_of(connection).admission.of_caller(caller)
    return caller


Caller = Annotated[CallerIdentity, Depends(_caller)]
"""A parameter: who calls; 401 when nobody does."""


async def _watcher(
    request: HTTPConnection,
    _: Annotated[Any, Security(_bearer)],
    __: Annotated[Any, Security(cookie_scheme)],
    ticket: Annotated[str | None, Security(_ticket)],
) -> AsyncGenerator[CallerIdentity]:
    caller = await watcher_of(request, request.headers.get("authorization", ""), ticket or "")
    with backend_of(request).admission.stream(caller):
        yield caller


Watcher = Annotated[CallerIdentity, Depends(_watcher)]
"""The same for an event stream, which a ticket opens too; it counts as open until it has ended, 429 when there are too
many of the caller's."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A text of your own, new for each request: a repetition with the same one within 24 hours gets the"
        " first answer again instead of doing it twice.",
    ),
]
"""A parameter of POSTs that create or start something."""


async def once(
    request: Request,
    caller: Identity,
    key: str | None,
    act: Callable[[], Awaitable[Response]],
    *,
    body: bytes | None = None,
) -> Response:
    """The answer of `act`, or what the caller's earlier request with this Idempotency-Key was answered.

    A repetition has the same method, path and body; `body` stands in the place of one that is not at hand as a whole.
    """
    body = await request.body() if body is None else body
    fingerprint = fingerprint_of(caller, request.method, request.url.path, body)
    return await backend_of(request).idempotency.once(caller.workspace_id, key, fingerprint, act)
