"""Tells who calls from what they present: an access token, an API key or, for a stream, a ticket."""

from __future__ import annotations

from dataclasses import dataclass

from coderai.gateway.accounts.api_keys import PREFIX, ApiKeys
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.accounts.sessions import Sessions
from coderai.gateway.accounts.tickets import TicketInvalid, Tickets
from coderai.gateway.accounts.tokens import AccessClaims, AccessTokens
from coderai.kit.errors import Unauthenticated


@dataclass(frozen=True, slots=True)
class Callers:
    """Knows access tokens, API keys and tickets."""

    tokens: AccessTokens
    sessions: Sessions
    api_keys: ApiKeys
    tickets: Tickets

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

    async def identify_by_ticket(self, ticket: str, path: str, correlation_id: str) -> CallerIdentity:
        """Who opens the stream at this path with a ticket, in the role that they have now; the ticket is used up.

        Raises:
            Unauthenticated: the ticket is not valid for this, or what its holder came with is not valid any more.
        """
        holder = await self.tickets.use(ticket, path)
        if holder.session_id is not None:
            claims = AccessClaims(holder.user_id, holder.workspace_id, holder.session_id)
            return await self.sessions.identify(claims, correlation_id)
        if holder.api_key_id is None:
            raise TicketInvalid()
        return await self.api_keys.identify_by_id(holder.workspace_id, holder.api_key_id, correlation_id)
