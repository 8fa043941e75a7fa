"""Tells who calls from what they present: an access token or an API key."""

from __future__ import annotations

from dataclasses import dataclass

from coderai.gateway.accounts.api_keys import PREFIX, ApiKeys
from coderai.gateway.accounts.tokens import AccessTokens
from coderai.kit.errors import Unauthenticated
from coderai.kit.identity import Identity


@dataclass(frozen=True, slots=True)
class Callers:
    """Knows access tokens and API keys."""

    tokens: AccessTokens
    api_keys: ApiKeys

    async def identify(self, authorization: str, correlation_id: str) -> Identity:
        """Who calls with this `authorization` header (or metadata).

        Raises:
            Unauthenticated: it is not `Bearer` and a valid token or key.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("send an access token or an API key as Authorization: Bearer <token>")
        if token.startswith(PREFIX):
            return await self.api_keys.identify(token, correlation_id)
        return self.tokens.verify(token, correlation_id)
