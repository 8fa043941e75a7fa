"""Follows event streams over lost connections, with no event missed or doubled: a job's, and a reply's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Generic, Protocol, TypeVar

import httpx

from coderai.client.errors import ApiError, ConnectionFailed
from coderai.client.models import JobUpdate, MessageUpdate
from coderai.client.session import Session
from coderai.client.sse import server_sent_events

_RECONNECT_DELAYS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)
_LAST_EVENTS = frozenset({"JOB_COMPLETED", "JOB_FAILED", "JOB_CANCELLED", "JOB_PAUSED"})
_WAITS_FOR_A_PERSON = "PAUSED"
_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


class Update(Protocol):
    """What a stream sends."""

    sequence: int


U = TypeVar("U", bound=Update)


@dataclass(frozen=True, slots=True)
class _Stream(Generic[U]):
    """One stream, and what its updates mean."""

    path: str
    of: str
    """What it is of, as errors name it."""
    read: Callable[[str], U]
    is_event: Callable[[U], bool]
    """Whether it counts: a snapshot may have the number of the last event."""
    is_last: Callable[[U], bool]


def job_updates(session: Session, job_id: str, after: int | None) -> Iterator[JobUpdate]:
    """The job's updates until it is over or paused; with `after`, those after that sequence number.

    Raises:
        ApiError: the API refused.
        ConnectionFailed: the stream could not be had again for a minute.
    """
    stream = _Stream(
        path=f"jobs/{job_id}/events",
        of=f"job {job_id}",
        read=JobUpdate.model_validate_json,
        is_event=lambda update: update.event is not None,
        is_last=_is_last_of_job,
    )
    return _followed(session, stream, after)


def message_updates(session: Session, message_id: str, after: int) -> Iterator[MessageUpdate]:
    """A reply's parts after a number, then what it has become; raises as `job_updates` does."""
    stream = _Stream(
        path=f"messages/{message_id}/events",
        of=f"message {message_id}",
        read=MessageUpdate.model_validate_json,
        is_event=lambda update: True,
        is_last=lambda update: update.message is not None,
    )
    return _followed(session, stream, after)


def _followed(session: Session, stream: _Stream[U], after: int | None) -> Iterator[U]:
    delays = iter(_RECONNECT_DELAYS)
    while True:
        try:
            for update in _sent(session, stream, after):
                if update is None:
                    return
                delays = iter(_RECONNECT_DELAYS)
                if after is not None and stream.is_event(update) and update.sequence <= after:
                    continue
                after = update.sequence
                yield update
                if stream.is_last(update):
                    return
            problem = "the stream ended too early"
        except httpx.ReadTimeout:
            continue  # a long time without an event is no failure
        except httpx.TransportError as error:
            problem = str(error) or type(error).__name__
        except ApiError as error:
            if error.status < _SERVER_ERROR and error.status != _TOO_MANY_REQUESTS:
                raise
            problem = str(error)
        delay = next(delays, None)
        if delay is None:
            raise ConnectionFailed(f"lost the event stream of {stream.of}: {problem}")
        time.sleep(delay)


def _sent(session: Session, stream: _Stream[U], after: int | None) -> Iterator[U | None]:
    """What one connection brings; None where `after` was the last one's number."""
    headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": str(after)})
    with session.stream(stream.path, headers) as response:
        if response.status_code == HTTPStatus.NO_CONTENT:
            yield None
        for event in server_sent_events(response.iter_bytes()):
            yield stream.read(event.data)


def _is_last_of_job(update: JobUpdate) -> bool:
    if update.event is not None:
        return update.event.event in _LAST_EVENTS
    return update.job.ended or update.job.status == _WAITS_FOR_A_PERSON
