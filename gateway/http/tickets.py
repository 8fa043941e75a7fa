"""The route that gives tickets: what opens one event stream or WebSocket where a browser cannot send a token."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from coderai.gateway.http.backend import Caller, IdempotencyKey, backend_of, once
from coderai.gateway.http.bodies import BoundedRoute
from coderai.gateway.http.endpoints import PREFIX, json_response
from coderai.gateway.http.models import Body, Reply, Text, Time
from coderai.gateway.http.problems import may_answer
from coderai.kit.errors import InvalidInput
from coderai.kit.wire import rfc3339

router = APIRouter(prefix=f"{PREFIX}/tickets", tags=["accounts"], route_class=BoundedRoute)

STREAMS = ("/v1/jobs/{job_id}/events", "/v1/messages/{message_id}/events", "/ws/jobs/{job_id}")
"""The paths that a ticket opens."""
_STREAM = re.compile("|".join(re.sub(r"{\w+}", r"[A-Za-z0-9-]{1,64}", path) for path in STREAMS))


class NoSuchStream(InvalidInput):
    """A ticket is for the path of an event stream, without a query: /v1/jobs/{job_id}/events, for instance."""


class NewTicket(Body):
    """Which stream is to be opened."""

    path: Annotated[Text, Field(max_length=200)] = Field(
        description=f"The stream's path, as one of {', '.join(f'`{path}`' for path in STREAMS)}; without a query.",
        examples=["/v1/jobs/0191a000-0000-7000-8000-000000000004/events"],
    )


class TicketReply(Reply):
    """A ticket."""

    ticket: str = Field(description="For the query: `<path>?ticket=<ticket>`. It opens that stream, once.")
    path: str = Field(description="The stream that it opens.")
    expires_at: Time = Field(description="Until when the stream is to be opened; one that is open then goes on.")


@router.post(
    "",
    status_code=201,
    response_model=TicketReply,
    operation_id="createTicket",
    responses=may_answer(409),
    summary="Get a ticket for a stream",
)
async def create_ticket(
    request: Request, caller: Caller, body: NewTicket, idempotency_key: IdempotencyKey = None
) -> Response:
    """Makes a ticket that opens one stream as the caller, once, within 30 seconds: for EventSource and WebSocket.

    What the caller may see is asked again when it is used. A browser that comes again, as EventSource does by itself,
    is refused: ask for another ticket, and open the stream anew with `last_event_id` in the query.
    """
    if not _STREAM.fullmatch(body.path):
        raise NoSuchStream(fields={"path": "is not the path of a stream"})
    tickets = backend_of(request).tickets

    async def act() -> Response:
        ticket = await tickets.make(caller, body.path)
        content = {"ticket": ticket.text, "path": body.path, "expires_at": rfc3339(ticket.expires_at)}
        return json_response(content, 201)

    return await once(request, caller, idempotency_key, act)
