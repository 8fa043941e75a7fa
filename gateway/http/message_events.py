"""A reply of the co-pilot as server-sent events, part by part."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from coderai.copilot.v1 import conversation_service_pb2 as pb
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.http.backend import Backend, Watcher, backend_of
from coderai.gateway.http.endpoints import PREFIX
from coderai.gateway.http.events import LastEventId, ResumeAfter, come_again, server_sent
from coderai.gateway.http.problems import may_answer
from coderai.gateway.http.updates import sent_as_events
from coderai.gateway.http.watching import Live
from coderai.kit.errors import TimedOut, Unavailable
from coderai.kit.identity import acting_as
from coderai.kit.wire import to_plain

router = APIRouter(tags=["conversation"])

_STREAM: dict[int | str, dict[str, Any]] = {
    200: sent_as_events(
        "MessageUpdate",
        "`id: <sequence>`, `event: <type>`, `data: <a MessageUpdate>`; ends with what the reply has become.",
    ),
    204: {"description": "The reply has ended, and nothing comes after the event named."},
    **may_answer(404, 504),
}


class MessageWatch(Live):
    """One client's view of one reply."""

    def __init__(self, backend: Backend, caller: CallerIdentity, message_id: str) -> None:
        super().__init__(backend, caller)
        self._message_id = message_id

    async def is_over(self, after: int) -> bool:
        """Whether the reply has ended, and nothing comes after that number.

        Raises:
            NotFound: there is no such message.
        """
        with acting_as(self._caller):
            request = pb.GetMessageRequest(message_id=self._message_id)
            message = (await self._peers.call("conversation", "GetMessage", request)).message
            if message.status == pb.MESSAGE_STATUS_STREAMING or not after:
                return False
            async with aclosing(self._source(after)) as left:
                return await anext(left, None) is None

    def updates(self, after: int) -> AsyncGenerator[pb.WatchMessageResponse | None]:
        """Every part after that number, then what the reply has become; ends, waits and raises as `_passed_on` does."""
        return self._passed_on(self._source(after))

    async def _source(self, after: int) -> AsyncGenerator[pb.WatchMessageResponse]:
        request = pb.WatchMessageRequest(message_id=self._message_id, after_sequence=after)
        async with aclosing(self._peers.stream("conversation", "WatchMessage", request)) as replies:
            async for update in replies:
                yield update


@router.get(
    f"{PREFIX}/messages/{{message_id}}/events",
    response_class=StreamingResponse,
    responses=_STREAM,
    operation_id="watchMessage",
    summary="Watch a reply come",
)
async def message_events(
    request: Request,
    message_id: str,
    caller: Watcher,
    resume_after: ResumeAfter = None,
    last_event_id: LastEventId = None,
) -> Response:
    """Streams a reply part by part from its beginning, or after Last-Event-ID, then what it has become.

    A stream that ends before the reply does is to be asked for again with the last id that came, as browsers do.
    """
    after = last_event_id if resume_after is None else resume_after
    watch = MessageWatch(backend_of(request), caller, message_id)
    try:
        if await watch.is_over(after or 0):
            return Response(status_code=204)
    except (Unavailable, TimedOut):
        if after is None:
            raise
        return come_again()
    return server_sent(watch.updates(after or 0), message_update_json)


def message_update_json(update: pb.WatchMessageResponse) -> dict[str, Any]:
    """An update as clients get it: {type, sequence, part, message}; the message of a part is null."""
    return {"type": "ended" if update.HasField("message") else "part"} | to_plain(update, nulls=True)
