"""Over the queue limit no further job is started, and the refusal says what to do."""

from __future__ import annotations

import pytest

from coderai.kit import identity
from coderai.kit.errors import LimitReached
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.store import documents_waiting
from coderai.services.extractor.usecases.jobs import QueueFull, TooManyJobs
from tests.integration.extractor.conftest import MOST_JOBS, MOST_WAITING, Extractor


async def test_a_workspace_has_so_many_jobs_at_a_time(extractor: Extractor) -> None:
    extractor.world.add(1)
    started = []
    for _ in range(MOST_JOBS):
        extractor.project_id = new_id()
        started.append(await extractor.start())
    extractor.project_id = new_id()
    with pytest.raises(TooManyJobs, match="cancel one") as refused:
        await extractor.start()
    assert isinstance(refused.value, LimitReached)
    with identity.acting_as(extractor.who):
        await extractor.jobs.pause(extractor.who, started[0])
        with pytest.raises(TooManyJobs):
            await extractor.start()
        await extractor.jobs.cancel(extractor.who, started[0])
    await extractor.start()


async def test_nobody_starts_a_job_while_the_queue_is_full(extractor: Extractor) -> None:
    extractor.world.add(1)
    extractor.world.waiting_ = MOST_WAITING
    with pytest.raises(QueueFull, match="1,000 documents are waiting"):
        await extractor.start()
    extractor.world.waiting_ -= 1
    await extractor.start()


async def test_what_waits_is_counted_over_all_workspaces(extractor: Extractor) -> None:
    extractor.world.add(7)
    mine, before = extractor.who, await documents_waiting(extractor.db)
    await extractor.start()
    extractor.who = identity.Identity(new_id(), new_id(), identity.Role.EDITOR, "another")
    extractor.project_id = new_id()
    await extractor.start()
    assert await documents_waiting(extractor.db) == before + 14
    await extractor.remove_jobs()
    extractor.who = mine
    assert await documents_waiting(extractor.db) == before + 7
