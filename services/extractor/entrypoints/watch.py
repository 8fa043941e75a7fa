"""Streams a job's log as it grows: reads what is there, waits for the doorbell, and reads again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit.bus import Bus, wait_for_ring
from coderai.kit.db import Session
from coderai.kit.identity import Identity
from coderai.kit.wire import from_plain
from coderai.services.extractor.queries import jobs as job_queries

BATCH = 200
GATHER = 0.1
"""Seconds between a bell and the reading: what happens meanwhile is read at once, and nobody sees the delay."""
_ENDED = frozenset({pb.JOB_STATUS_COMPLETE, pb.JOB_STATUS_FAILED, pb.JOB_STATUS_CANCELLED})


@dataclass(frozen=True, slots=True)
class Watch:
    """Follows jobs."""

    bus: Bus
    open_session: Callable[[UUID], AbstractAsyncContextManager[Session]]

    async def job(self, who: Identity, job_id: UUID, after: int | None) -> AsyncIterator[pb.WatchJobResponse]:
        """A snapshot (unless `after` is given), then every event after it, until the job has ended.

        Raises:
            JobNotFound
        """
        async with self.bus.listen(f"progress.{job_id}") as bell:
            async with self.open_session(who.workspace_id) as session:
                job, last = await job_queries.get_job(session, job_id)
            if after is None:
                after = last
                yield pb.WatchJobResponse(sequence=last, job=job)
            while True:
                bell.clear()
                async with self.open_session(who.workspace_id) as session:
                    job, last = await job_queries.get_job(session, job_id)
                    events = await job_queries.events_after(session, job_id, after, BATCH)
                for event, progress in events:
                    after = event.sequence
                    yield pb.WatchJobResponse(sequence=after, event=event, job=_as_it_stood(job, progress))
                if after >= last and job.status in _ENDED:
                    return
                if len(events) < BATCH:
                    await wait_for_ring(bell)
                    await asyncio.sleep(GATHER)


def _as_it_stood(job: pb.Job, progress: dict[str, Any]) -> pb.Job:
    """The job with the counters that it had when the event was written."""
    then = pb.Job()
    then.CopyFrom(job)
    for name in progress:
        then.ClearField(name)  # type: ignore[arg-type]
    then.MergeFrom(from_plain(pb.Job, progress))
    return then
