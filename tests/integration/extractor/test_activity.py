"""What goes on in projects, told of many at once: rows, reviewed cells, jobs, spend."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.ids import new_id
from coderai.kit.model_replies import Usage
from tests.integration.extractor.conftest import MODEL, USAGE, Extractor
from tests.integration.extractor.dataset import say


async def activity(extractor: Extractor, *project_ids: UUID, who: identity.Identity | None = None) -> list[Any]:
    request = pb.ListProjectActivityRequest(project_ids=[str(one) for one in project_ids])
    with identity.acting_as(who or extractor.who):
        return list((await extractor.servicer.ListProjectActivity(request, None)).items)


async def test_a_projects_rows_jobs_and_spend_are_told_beside_those_of_others(extractor: Extractor) -> None:
    extractor.world.add(3)
    other = new_id()
    async with extractor.working():
        first = await extractor.start()
        await extractor.events(first)
        second = await extractor.start(variables=["first"])
        await extractor.events(second)
        extractor.world.hold = asyncio.Event()
        running = await extractor.start(variables=["second"])
        held = await extractor.spending.reserve(extractor.who, other, 5_000)
        await extractor.spending.settle(extractor.who, held, other, MODEL, Usage(1, 400, 50))
        empty, own = await activity(extractor, other, extractor.project_id, other)
        extractor.world.hold.set()
        await extractor.events(running)

    assert (own.project_id, own.rows, own.reviewed_cells) == (str(extractor.project_id), 3, 0)
    assert (own.active_job.id, own.active_job.documents_total) == (str(running), 3)
    assert (own.last_job.id, bool(own.last_job.finished_at)) == (str(second), True)
    assert own.tokens == own.tokens_of_month == 6 * (USAGE.tokens_in + USAGE.tokens_out)
    assert own.cost == own.cost_of_month == pytest.approx(6 * (100 + 10 * 10) / 1e6)
    assert (empty.tokens, empty.rows, empty.HasField("active_job"), empty.HasField("last_job")) == (
        450,
        0,
        False,
        False,
    )
    (done,) = await activity(extractor, extractor.project_id)
    assert (done.HasField("active_job"), done.last_job.id) == (False, str(running))


async def test_reviewed_cells_are_counted_once_and_strangers_are_told_nothing(extractor: Extractor) -> None:
    extractor.world.add(2)
    async with extractor.working():
        await extractor.events(await extractor.start())
    for correction in ("three", "four"):
        await say(extractor, extractor.world.heads_[0].id, "first", correction=correction)
    await say(extractor, extractor.world.heads_[1].id, "second", correction="five")
    (own,) = await activity(extractor, extractor.project_id)
    assert (own.rows, own.reviewed_cells) == (2, 2)
    stranger = identity.Identity(new_id(), new_id(), identity.Role.OWNER, "test")
    (nothing,) = await activity(extractor, extractor.project_id, who=stranger)
    assert nothing == pb.ProjectActivity(project_id=str(extractor.project_id))
