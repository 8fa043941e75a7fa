"""The values and rules of accounts: users, workspaces, members, tokens; no I/O."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from coderai.kit.errors import AlreadyExists, Forbidden, LimitReached, Unauthenticated
from coderai.kit.identity import Identity, Role

ACCESS_LIFETIME = timedelta(minutes=15)
REFRESH_LIFETIME = timedelta(days=30)
_SECRET_BYTES = 32


class EmailTaken(AlreadyExists):
    """An account with this e-mail exists already; sign in instead."""


class WrongCredentials(Unauthenticated):
    """The e-mail or the password is wrong."""


class RefreshTokenInvalid(Unauthenticated):
    """The refresh token is not valid any more; sign in again."""


class SignInNeeded(Forbidden):
    """This takes a person who is signed in; an API key cannot do it."""


class TooManyAttempts(LimitReached):
    """Too many wrong passwords of late; wait before you try again."""

    def __init__(self, retry_after: int) -> None:
        """`retry_after` is in seconds."""
        super().__init__(f"too many wrong passwords; try again in {retry_after} seconds")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class User:
    """A person."""

    id: UUID
    email: str
    password_hash: str
    """Empty when none was ever set: nobody signs in by password then."""
    is_active: bool
    verified_at: datetime | None = None
    """When it was shown that the e-mail address is theirs; None when it was not."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A workspace as one of its members sees it."""

    workspace_id: UUID
    workspace_name: str
    role: Role


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """What is kept of a refresh token; its text is with the client alone."""

    id: UUID
    user_id: UUID
    session_id: UUID
    """The sign-in that it and all its successors come from."""
    expires_at: datetime
    rotated_at: datetime | None


@dataclass(frozen=True, slots=True)
class CallerIdentity(Identity):
    """Who calls, and what by: a session of theirs or one of their API keys."""

    session_id: UUID | None = None

    def person(self) -> UUID:
        """The id of the user, who is signed in.

        Raises:
            SignInNeeded: an API key calls.
        """
        if self.session_id is None or self.user_id is None:
            raise SignInNeeded()
        return self.user_id


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a client gets when somebody signs in, or refreshes."""

    user: User
    membership: Membership
    access_token: str
    refresh_token: str


def workspace_secret(workspace_id: UUID) -> str:
    """A new secret text that names its workspace, so that it can be looked up inside it: 32 random bytes."""
    return f"{workspace_id.hex}{secrets.token_urlsafe(_SECRET_BYTES)}"


def workspace_of(secret: str) -> UUID | None:
    """The workspace that a secret text names; None when it is no such text. It proves nothing yet."""
    try:
        return UUID(hex=secret[:32])
    except ValueError:
        return None


def digest(secret: str) -> bytes:
    """What is stored of a secret with 256 random bits, for which a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode(errors="replace")).digest()
