"""Follows a job's event stream over lost connections, with no event missed or doubled."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx

from coderai.client.errors import ApiError, ConnectionFailed
from coderai.client.models import Job, JobUpdate
from coderai.client.session import Session
from coderai.client.sse import server_sent_events

_RECONNECT_DELAYS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0)
_LAST_EVENTS = frozenset({"JOB_COMPLETED", "JOB_FAILED", "JOB_CANCELLED", "JOB_PAUSED"})
_WAITS_FOR_A_PERSON = "PAUSED"
_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


def job_updates(session: Session, job_id: str, after: int | None) -> Iterator[JobUpdate]:
    """The job's updates until it is over or paused; with `after`, those after that sequence number.

    Raises:
        ApiError: the API refused.
        ConnectionFailed: the stream could not be had again for a minute.
    """
    delays = iter(_RECONNECT_DELAYS)
    while True:
        silent = True
        try:
            for update in _stream(session, job_id, after):
                silent = False
                delays = iter(_RECONNECT_DELAYS)
                if after is not None and update.event is not None and update.sequence <= after:
                    continue
                after = update.sequence
                yield update
                if _is_last(update):
                    return
            if silent and Job.model_validate(session.get(f"jobs/{job_id}")).ended:
                return  # `after` was the job's last event
            problem = "the stream ended before the job did"
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
            raise ConnectionFailed(f"lost the event stream of job {job_id}: {problem}")
        time.sleep(delay)


def _stream(session: Session, job_id: str, after: int | None) -> Iterator[JobUpdate]:
    headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": str(after)})
    with session.stream(f"jobs/{job_id}/events", headers) as response:
        for event in server_sent_events(response.iter_bytes()):
            yield JobUpdate.model_validate_json(event.data)


def _is_last(update: JobUpdate) -> bool:
    if update.event is not None:
        return update.event.event in _LAST_EVENTS
    return update.job.ended or update.job.status == _WAITS_FOR_A_PERSON
