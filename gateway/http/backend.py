"""What the HTTP endpoints work with, and who calls them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.requests import HTTPConnection

from gateway.accounts.tokens import AccessTokens
from gateway.accounts.usecases import Accounts
from gateway.http.idempotency import Idempotency
from gateway.peers import Peers
from kit.db import Database
from kit.errors import Unauthenticated
from kit.identity import Identity

_bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="The access token that logging in gives.")


@dataclass(frozen=True, slots=True)
class Backend:
    """Everything that endpoints call."""

    db: Database
    accounts: Accounts
    tokens: AccessTokens
    peers: Peers
    idempotency: Idempotency


def backend_of(connection: HTTPConnection) -> Backend:
    """The backend of the app that serves a connection."""
    backend: Backend = connection.app.state.backend
    return backend


async def _caller(
    request: HTTPConnection, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Identity:
    if credentials is None:
        raise Unauthenticated("send an access token: Authorization: Bearer <token>")
    return backend_of(request).tokens.verify(credentials.credentials, str(request.state.correlation_id))


Caller = Annotated[Identity, Depends(_caller)]
"""A parameter: who calls; 401 when nobody does."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="A text of your own, new for each request: a repetition with the same one within 24 hours gets the"
        " first answer again instead of doing it twice.",
    ),
]
"""A parameter of POSTs that create or start something."""
