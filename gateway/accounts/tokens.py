"""Access tokens: the JWTs by which a client proves who is calling, for fifteen minutes."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import jwt
from jwt.types import Options

from coderai.gateway.accounts.domain import ACCESS_LIFETIME, Membership
from coderai.kit.errors import Unauthenticated
from coderai.kit.identity import Identity, Role

_ALGORITHM = "HS256"
_AUDIENCE = "coderai"


class AccessTokenInvalid(Unauthenticated):
    """The access token is not valid; refresh it or sign in again."""


class AccessTokens:
    """Signs access tokens and checks them."""

    def __init__(self, key: str) -> None:
        """`key` has 32 bytes or more."""
        self._key = key

    def mint(self, user_id: UUID, membership: Membership, now: datetime | None = None) -> str:
        """A token for a member acting in a workspace."""
        issued = now or datetime.now(UTC)
        claims = {
            "aud": _AUDIENCE,
            "sub": str(user_id),
            "ws": str(membership.workspace_id),
            "role": membership.role.value,
            "iat": issued,
            "exp": issued + ACCESS_LIFETIME,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    def verify(self, token: str, correlation_id: str) -> Identity:
        """Who calls.

        Raises:
            AccessTokenInvalid: the token is forged, malformed or expired.
        """
        required: Options = {"require": ["exp", "iat", "aud", "sub", "ws", "role"]}
        try:
            claims = jwt.decode(token, self._key, algorithms=[_ALGORITHM], audience=_AUDIENCE, options=required)
            return Identity(UUID(claims["ws"]), UUID(claims["sub"]), Role(claims["role"]), correlation_id)
        except jwt.ExpiredSignatureError:
            raise AccessTokenInvalid("the access token has expired; refresh it") from None
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError):
            raise AccessTokenInvalid() from None
