"""A job's events as server-sent events, and the same over a WebSocket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Annotated, Any, TypeVar

import structlog
from fastapi import APIRouter, Header, Query, Request, WebSocket
from fastapi.responses import Response, StreamingResponse
from fastapi.sse import KEEPALIVE_COMMENT, format_sse_event
from pydantic_core import to_json as dump

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.http.backend import Watcher, backend_of, watcher_of
from coderai.gateway.http.endpoints import PREFIX
from coderai.gateway.http.problems import may_answer
from coderai.gateway.http.streams import Stream
from coderai.gateway.http.updates import sent_as_events
from coderai.gateway.http.watching import Watch, is_last, is_over, update_json
from coderai.kit.errors import CoderAIError, Forbidden, LimitReached, NotFound, TimedOut, Unauthenticated, Unavailable

U = TypeVar("U")

log = structlog.get_logger()

router = APIRouter(tags=["extractor"])

_SUBPROTOCOL = "bearer"
_COME_AGAIN_AFTER = 2000
"""Milliseconds."""
_CLOSE_CODES = {
    Unauthenticated: 4401,
    Forbidden: 4403,
    NotFound: 4404,
    LimitReached: 1013,
    Unavailable: 1013,
    TimedOut: 1013,
}
_DONE, _INTERNAL_ERROR, _RESTARTING = 1000, 1011, 1012
_STREAM: dict[int | str, dict[str, Any]] = {
    200: sent_as_events(
        "JobUpdate",
        "`id: <sequence>`, `event: <type>`, `data: <a JobUpdate>`; ends with the job's last event.",
    ),
    204: {"description": "The job is over, and there is no event after the one named."},
    **may_answer(404, 504),
}
ResumeAfter = Annotated[
    int | None,
    Header(alias="Last-Event-ID", ge=0, description="The id of the last event that came: to go on after it."),
]
LastEventId = Annotated[int | None, Query(ge=0, description="As the header Last-Event-ID, which goes before it.")]


@router.get(
    f"{PREFIX}/jobs/{{job_id}}/events",
    response_class=StreamingResponse,
    responses=_STREAM,
    operation_id="watchJob",
    summary="Watch a job live",
)
async def job_events(
    request: Request,
    job_id: str,
    caller: Watcher,
    resume_after: ResumeAfter = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Streams a snapshot of the job, then every event; with Last-Event-ID, every event after that one.

    A stream that ends before the job does is to be asked for again with the last id that came, as browsers do.
    """
    after = last_event_id if resume_after is None else resume_after
    watch = Watch(backend_of(request), caller, job_id)
    try:
        snapshot = await watch.snapshot()
    except (Unavailable, TimedOut):
        if after is None:
            raise
        # Browsers that are refused on their way back never come again (WHATWG HTML, 9.2.3), but to a stream that ends.
        return come_again()
    if after is not None and is_over(snapshot, after):
        return Response(status_code=204)
    return server_sent(watch.updates(snapshot, after), update_json)


@router.websocket("/ws/jobs/{job_id}")
async def job_socket(
    socket: WebSocket, job_id: str, token: str = "", ticket: str = "", last_event_id: LastEventId = None
) -> None:
    """Sends what the event stream sends, as JSON messages {type, sequence, event, job}.

    The access token comes in the Authorization header, or from browsers, which cannot set it, as the second of the
    subprotocols `bearer, <token>`; or `?ticket=` has one of POST /v1/tickets, good for this socket, once. `?token=`
    works too, but shows the token to whatever logs addresses on the way. A page of the own origin needs none of them:
    its session's cookie counts.
    Closes with 1000 after the job's last event, 4401 without a valid token or when access ends,
    4403 when a cookie comes from a page of another origin, 4404 when there is no
    such job, 1012 and 1013 when the client should come again; 1013 too when it has too many open.
    """
    offered = socket.scope["subprotocols"]
    await socket.accept(_SUBPROTOCOL if _SUBPROTOCOL in offered else None)
    try:
        authorization = _authorization(socket, offered, token)
        caller = await watcher_of(socket, authorization, ticket)
        with backend_of(socket).admission.stream(caller):
            await _relay(socket, caller, job_id, last_event_id)
    except CoderAIError as error:
        code = next((code for kind, code in _CLOSE_CODES.items() if isinstance(error, kind)), _INTERNAL_ERROR)
        await socket.close(code, error.code)


def come_again() -> Response:
    """A stream that ends at once, for a client that will then come again."""
    return Stream(_ended(), "text/event-stream", {})


def server_sent(updates: AsyncGenerator[U | None], as_json: Callable[[U], dict[str, Any]]) -> Response:
    """Updates as a stream of server-sent events, each with its `type` as its name and its `sequence` as its id."""
    return Stream(_events(updates, as_json), "text/event-stream", {"X-Accel-Buffering": "no"})


async def _ended() -> AsyncGenerator[bytes]:
    """A stream without an event, which says after how long to come again."""
    yield format_sse_event(retry=_COME_AGAIN_AFTER)


async def _events(updates: AsyncGenerator[U | None], as_json: Callable[[U], dict[str, Any]]) -> AsyncGenerator[bytes]:
    try:
        async with aclosing(updates):
            async for update in updates:
                if update is None:
                    yield KEEPALIVE_COMMENT
                else:
                    content = as_json(update)
                    yield format_sse_event(data_str=_text(content), event=content["type"], id=str(content["sequence"]))
    except CoderAIError as error:
        # The client comes again by itself, with the id of the last event that it got.
        log.warning("stream_broke_off", error=error)


async def _relay(socket: WebSocket, caller: CallerIdentity, job_id: str, after: int | None) -> None:
    """Sends updates until the job is over or the client leaves."""
    watch = Watch(backend_of(socket), caller, job_id)
    sending = asyncio.create_task(_send_all(socket, watch, await watch.snapshot(), after))
    leaving = asyncio.create_task(_until_left(socket))
    try:
        await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            await socket.close(_DONE if sending.result() else _RESTARTING)
    finally:
        for task in (sending, leaving):
            task.cancel()
        await asyncio.wait([sending, leaving])


async def _send_all(socket: WebSocket, watch: Watch, snapshot: pb.WatchJobResponse, after: int | None) -> bool:
    """Sends updates as long as there are some; returns whether the job is over with them."""
    has_ended = after is not None and is_over(snapshot, after)
    async with aclosing(watch.updates(snapshot, after)) as updates:
        async for update in updates:
            if update is not None:
                has_ended = is_last(update)
                await socket.send_text(_text(update_json(update)))
    return has_ended


async def _until_left(socket: WebSocket) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        continue


def _authorization(socket: WebSocket, offered: list[str], from_query: str) -> str:
    if header := socket.headers.get("authorization"):
        return header
    from_protocol = offered[1] if len(offered) > 1 and offered[0] == _SUBPROTOCOL else ""
    token = from_protocol or from_query
    return f"Bearer {token}" if token else ""


def _text(content: Any) -> str:
    return dump(content, inf_nan_mode="null").decode()
