"""Reads a stream of server-sent events (WHATWG HTML, 9.2.6 'Interpreting an event stream')."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    """One event as it was dispatched."""

    event: str
    data: str
    id: str


def server_sent_events(chunks: Iterable[bytes]) -> Iterator[ServerSentEvent]:
    """The events in a body that arrives in chunks of any size; one that the end of the body cuts off is dropped."""
    event, data, last_id = "", list[str](), ""
    for line in _lines(chunks):
        if not line:
            if data:
                yield ServerSentEvent(event or "message", "\n".join(data), last_id)
            event, data = "", []
            continue
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            event = value
        elif field == "data":
            data.append(value)
        elif field == "id":
            last_id = value


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    # Not str.splitlines: it also breaks at U+2028 and its like, which may stand unescaped inside JSON.
    rest = b""
    for chunk in chunks:
        *complete, rest = (rest + chunk).split(b"\n")
        for line in complete:
            yield line.removesuffix(b"\r").decode()
