"""Access tokens: the JWTs by which a client names its session, for fifteen minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import jwt
from jwt.types import Options

from coderai.gateway.accounts.domain import ACCESS_LIFETIME
from coderai.kit.errors import Unauthenticated

_ALGORITHM = "HS256"
_AUDIENCE = "coderai"


class AccessTokenInvalid(Unauthenticated):
    """The access token is not valid; refresh it or sign in again."""


@dataclass(frozen=True, slots=True)
class AccessClaims:
    """What an access token says. Whether the session lives and what its user may do is for the database to say."""

    user_id: UUID
    workspace_id: UUID
    session_id: UUID


class AccessTokens:
    """Signs access tokens and checks them."""

    def __init__(self, key: str) -> None:
        """`key` has 32 bytes or more."""
        self._key = key

    def mint(self, claims: AccessClaims, now: datetime | None = None) -> str:
        """A token for a session."""
        issued = now or datetime.now(UTC)
        content = {
            "aud": _AUDIENCE,
            "sub": str(claims.user_id),
            "ws": str(claims.workspace_id),
            "sid": str(claims.session_id),
            "iat": issued,
            "exp": issued + ACCESS_LIFETIME,
        }
        return jwt.encode(content, self._key, algorithm=_ALGORITHM)

    def verify(self, token: str) -> AccessClaims:
        """What a token says.

        Raises:
            AccessTokenInvalid: the token is forged, malformed or expired.
        """
        required: Options = {"require": ["exp", "iat", "aud", "sub", "ws", "sid"]}
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM], audience=_AUDIENCE, options=required)
            return AccessClaims(UUID(claims["sub"]), UUID(claims["ws"]), UUID(claims["sid"]))
        except jwt.ExpiredSignatureError:
            raise AccessTokenInvalid("the access token has expired; refresh it") from None
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
            raise AccessTokenInvalid() from None
