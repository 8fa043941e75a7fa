"""Passes on what services stream; if a service's connection breaks, the client comes again with the last id it got."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, TypeVar

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.gateway.accounts.domain import CallerIdentity
from coderai.gateway.http.backend import Backend
from coderai.kit.identity import Role, acting_as
from coderai.kit.wire import to_plain

U = TypeVar("U")

HEARTBEAT = 15.0
"""Seconds of silence after which a stream shows that it lives."""
_ENDED = frozenset({pb.JOB_STATUS_COMPLETE, pb.JOB_STATUS_FAILED, pb.JOB_STATUS_CANCELLED})
_LAST_EVENTS = frozenset(
    {pb.JOB_EVENT_TYPE_JOB_COMPLETED, pb.JOB_EVENT_TYPE_JOB_FAILED, pb.JOB_EVENT_TYPE_JOB_CANCELLED}
)
_NAMES = {
    pb.JOB_EVENT_TYPE_DOC_COMPLETED: "document_completed",
    pb.JOB_EVENT_TYPE_DOC_FAILED: "document_failed",
    pb.JOB_EVENT_TYPE_JOB_COMPLETED: "job_completed",
    pb.JOB_EVENT_TYPE_JOB_PAUSED: "job_paused",
    pb.JOB_EVENT_TYPE_JOB_FAILED: "job_failed",
    pb.JOB_EVENT_TYPE_JOB_CANCELLED: "job_cancelled",
}
"""What a stream calls an event; all others are "progress"."""


def update_json(update: pb.WatchJobResponse) -> dict[str, Any]:
    """An update as clients get it: {type, sequence, event, job}; the event of a snapshot is null."""
    name = _NAMES.get(update.event.event, "progress") if update.HasField("event") else "snapshot"
    return {"type": name} | to_plain(update, nulls=True)


class Live:
    """One client's view of something that a service tells of as it happens."""

    def __init__(self, backend: Backend, caller: CallerIdentity) -> None:
        self._peers = backend.peers
        self._streams = backend.streams
        self._stopping = backend.stopping
        self._caller = caller

    async def _passed_on(self, source: AsyncGenerator[U]) -> AsyncGenerator[U | None]:
        """What the source gives, until it ends, or the gateway or the service stops.

        None stands for HEARTBEAT seconds without an update.

        Raises:
            AccessEnded: the caller may not watch any more.
            CoderAIError: the connection to the service broke.
        """
        access_ended = asyncio.Event()
        ending = [asyncio.create_task(event.wait()) for event in (self._stopping, access_ended)]
        coming = asyncio.create_task(self._next(source))
        try:
            with self._streams.watched(self._caller, Role.VIEWER, access_ended.set) as stream:
                while not self._stopping.is_set():
                    await asyncio.wait([coming, *ending], timeout=HEARTBEAT, return_when=asyncio.FIRST_COMPLETED)
                    stream.must_go_on()
                    if not coming.done():
                        yield None
                    elif (update := coming.result()) is None:
                        return
                    else:
                        yield update
                        coming = asyncio.create_task(self._next(source))
        finally:
            for task in (coming, *ending):
                task.cancel()
            await asyncio.wait([coming, *ending])
            await source.aclose()

    async def _next(self, source: AsyncGenerator[U]) -> U | None:
        # Not around the generator's yields: it is left in one task and entered again in another, with its own context.
        with acting_as(self._caller):
            return await anext(source, None)


class Watch(Live):
    """One client's view of one job."""

    def __init__(self, backend: Backend, caller: CallerIdentity, job_id: str) -> None:
        super().__init__(backend, caller)
        self._job_id = job_id

    async def snapshot(self) -> pb.WatchJobResponse:
        """The job as it stands, and the sequence number of its last event.

        Raises:
            NotFound: there is no such job.
        """
        with acting_as(self._caller):
            request = pb.WatchJobRequest(job_id=self._job_id)
            async with aclosing(self._peers.stream("extractor", "WatchJob", request)) as replies:
                snapshot: pb.WatchJobResponse = await anext(replies)
                return snapshot

    def updates(self, snapshot: pb.WatchJobResponse, after: int | None) -> AsyncGenerator[pb.WatchJobResponse | None]:
        """The snapshot and what follows it, or with `after` all events after that one, to the job's last event.

        Ends, waits and raises as `_passed_on` does.
        """
        return self._passed_on(self._source(snapshot, after))

    async def _source(self, snapshot: pb.WatchJobResponse, after: int | None) -> AsyncGenerator[pb.WatchJobResponse]:
        if after is None:
            yield snapshot
            after = snapshot.sequence
        if is_over(snapshot, after):
            return
        request = pb.WatchJobRequest(job_id=self._job_id, after_sequence=after)
        async with aclosing(self._peers.stream("extractor", "WatchJob", request)) as replies:
            async for update in replies:
                yield update


def is_over(snapshot: pb.WatchJobResponse, after: int) -> bool:
    """Whether nothing comes any more after that event."""
    return snapshot.job.status in _ENDED and snapshot.sequence <= after


def is_last(update: pb.WatchJobResponse) -> bool:
    """Whether the job is over with that update."""
    if update.HasField("event"):
        return update.event.event in _LAST_EVENTS
    return is_over(update, update.sequence)
