"""What the scripted API plays of the conversation: messages, and replies that stream and break."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

Json = dict[str, Any]


@dataclass
class ScriptedConversation:
    """The state."""

    parts: list[str] = field(default_factory=lambda: ["One ", "two\n", "three."])
    """Of every reply."""
    ending: Json = field(default_factory=dict)
    """What a reply becomes, beside its text."""
    breaks: list[int] = field(default_factory=list)
    """After how many updates each of the next streams ends; whole when there are none."""
    sent: list[str] = field(default_factory=list)
    resets: int = 0
    stops: int = 0
    resumed_after: list[str | None] = field(default_factory=list)
    """Last-Event-ID of every connection."""

    @property
    def reply(self) -> Json:
        """The reply as it has become."""
        return {"id": "m2", "role": "COPILOT", "status": "COMPLETE", "text": "".join(self.parts), **self.ending}


def _list(api: Any, request: Request) -> Response:
    items = [{"id": "m1", "role": "USER", "status": "COMPLETE", "text": text} for text in api.conversation.sent]
    return JSONResponse({"items": [*items, api.conversation.reply], "next_page_token": ""})


async def _send(api: Any, request: Request) -> Response:
    text = (await request.json())["text"]
    api.conversation.sent.append(text)
    message = {"id": "m1", "role": "USER", "status": "COMPLETE", "text": text}
    reply = {"id": "m2", "role": "COPILOT", "status": "STREAMING", "text": ""}
    return JSONResponse({"message": message, "reply": reply}, 201)


def _reset(api: Any, request: Request) -> Response:
    api.conversation.resets += 1
    return Response(status_code=204)


def _get(api: Any, request: Request) -> Response:
    return JSONResponse(api.conversation.reply)


def _stop(api: Any, request: Request) -> Response:
    api.conversation.stops += 1
    return JSONResponse({**api.conversation.reply, "status": "STOPPED"})


def _events(api: Any, request: Request) -> Response:
    conversation = api.conversation
    after = request.headers.get("Last-Event-ID")
    conversation.resumed_after.append(after)
    updates = [
        {"type": "part", "sequence": number, "part": part, "message": None}
        for number, part in enumerate(conversation.parts, start=1)
    ]
    updates.append({"type": "ended", "sequence": len(updates) + 1, "part": "", "message": conversation.reply})
    due = [update for update in updates if update["sequence"] > int(after or 0)]
    if not due:
        return Response(status_code=204)
    most = conversation.breaks.pop(0) if conversation.breaks else len(due)
    return StreamingResponse(_sent(due[:most]), media_type="text/event-stream")


def _sent(updates: list[Json]) -> Iterator[str]:
    for update in updates:
        yield f"id: {update['sequence']}\nevent: {update['type']}\ndata: {json.dumps(update)}\n\n"


CONVERSATION_ROUTES = [
    ("GET", "projects/{id}/copilot/messages", _list),
    ("POST", "projects/{id}/copilot/messages", _send),
    ("DELETE", "projects/{id}/copilot/messages", _reset),
    ("GET", "messages/{id}", _get),
    ("POST", "messages/{id}/stop", _stop),
    ("GET", "messages/{id}/events", _events),
]
