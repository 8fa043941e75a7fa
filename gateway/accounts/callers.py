"""Tells who calls from what they present: an access token or an API key."""

from __future__ import annotations

from dataclasses import dataclass

from coderai.gateway.accounts.api_keys import PREFIX, ApiKeys
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.accounts.sessions import Sessions
from coderai.gateway.accounts.tokens import AccessTokens
from coderai.kit.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Callers:
    """Knows access tokens and API keys."""

    tokens: AccessTokens
    sessions: Sessions
    api_keys: ApiKeys

    async def identify(self, authorization: str, correlation_id: str) -> CallerIdentity:
        """Who calls with this `authorization` header (or metadata), in the role that they have now.

        Raises:
            Unauthenticated: it is not `Bearer` and a valid token or key.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("send an access token or an API key as Authorization: Bearer <token>")
        if token.startswith(PREFIX):
            return await self.api_keys.identify(token, correlation_id)
        return await self.sessions.identify(self.tokens.verify(token), correlation_id)
