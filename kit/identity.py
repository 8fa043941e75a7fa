"""Who is calling: the identity that travels with every request and message, and the internal tokens that prove it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

import jwt
import structlog

from coderai.kit.errors import Forbidden, Unauthenticated

TOKEN_LIFETIME = timedelta(seconds=60)
_ALGORITHM = "HS256"


class Role(StrEnum):
    """What a member may do in a workspace; each may do all that those after it may."""

    OWNER = "OWNER"
    EDITOR = "EDITOR"
    VIEWER = "VIEWER"

    def includes(self, other: Role) -> bool:
        """Whether it may do all that the other may."""
        roles = list(Role)
        return roles.index(self) <= roles.index(other)

    def at_most(self, other: Role) -> Role:
        """The smaller of the two."""
        return other if self.includes(other) else self


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts, in which workspace, in which role, under which correlation id."""

    workspace_id: UUID
    user_id: UUID | None
    """None when a worker acts for the workspace."""
    role: Role
    correlation_id: str
    api_key_id: UUID | None = None
    """The API key by which the user acts; None when they are signed in."""

    def must_be(self, least: Role) -> None:
        """Refuses what the role does not allow.

        Raises:
            Forbidden: the role is smaller than `least`.
        """
        if not self.role.includes(least):
            has, needs = self.role.lower(), least.lower()
            raise Forbidden(f"this takes the role of {needs} in the workspace, and yours is {has}; ask an owner for it")


@dataclass(frozen=True, slots=True)
class Cause:
    """What had something done: it travels with messages, and is kept with work that may have to be sent again."""

    correlation_id: str
    traceparent: str = ""
    """The span to which what is done belongs, as W3C Trace Context writes it; empty where nothing is traced."""


_current: ContextVar[Identity | None] = ContextVar("identity", default=None)


def current() -> Identity:
    """The identity of the request or message being handled.

    Raises:
        Unauthenticated: no request or message is being handled.
    """
    identity = _current.get()
    if identity is None:
        raise Unauthenticated()
    return identity


@contextmanager
def acting_as(identity: Identity) -> Iterator[Identity]:
    """Makes an identity the current one; calls to peers and log lines carry it."""
    token = _current.set(identity)
    try:
        ids = {"correlation_id": identity.correlation_id, "workspace_id": str(identity.workspace_id)}
        with structlog.contextvars.bound_contextvars(**ids):
            yield identity
    finally:
        _current.reset(token)


def worker_identity(workspace_id: UUID, correlation_id: str) -> Identity:
    """The identity under which a worker acts for a workspace."""
    return Identity(workspace_id, None, Role.EDITOR, correlation_id)


class TokenKey:
    """Signs and checks the 60-second tokens by which services know who calls them."""

    def __init__(self, key: str) -> None:
        """Raises ValueError when the key has fewer than 32 bytes (RFC 7518, 3.2)."""
        if len(key.encode()) < 32:
            raise ValueError("the internal token key must have 32 bytes or more")
        self._key = key

    def mint(self, identity: Identity, audience: str) -> str:
        """A token that only the service `audience` accepts."""
        now = datetime.now(UTC)
        claims = {
            "aud": audience,
            "sub": str(identity.user_id or ""),
            "ws": str(identity.workspace_id),
            "role": identity.role.value,
            "cid": identity.correlation_id,
            "iat": now,
            "exp": now + TOKEN_LIFETIME,
        }
        if identity.api_key_id is not None:
            claims["key"] = str(identity.api_key_id)
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def verify(self, token: str, audience: str) -> Identity:
        """The identity that a token proves.

        Raises:
            Unauthenticated: the token is forged, expired, or for another service.
        """
        try:
            claims = jwt.decode(
                token, self._key, algorithms=[_ALGORITHM], audience=audience, options={"require": ["exp", "aud", "ws"]}
            )
            return Identity(
                workspace_id=UUID(claims["ws"]),
                user_id=UUID(claims["sub"]) if claims["sub"] else None,
                role=Role(claims["role"]),
                correlation_id=claims["cid"],
                api_key_id=UUID(claims["key"]) if "key" in claims else None,
            )
        except (jwt.PyJWTError, KeyError, ValueError) as error:
            raise Unauthenticated("the internal token is not valid for this service") from error
