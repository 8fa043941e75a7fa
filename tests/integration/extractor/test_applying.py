"""A changed codebook is applied to what was extracted: nothing is asked, and what was not heard of is made up for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select, text

from coderai.kit.errors import Conflict
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_codebooks import projects_behind
from coderai.services.extractor.adapters.dataset_tables import cells as cells_table
from coderai.services.extractor.adapters.dataset_tables import units
from coderai.services.extractor.domain.dataset.units import first_id
from coderai.services.extractor.entrypoints import consumer
from coderai.services.extractor.usecases.applying import Codebooks
from tests.integration.extractor.conftest import Extractor, Stall, codebook
from tests.integration.extractor.dataset import (
    cells,
    hear_of_codebook,
    now_depends,
    now_has,
    run,
    say,
    saying,
    units_of,
)
from tests.integration.extractor.test_sets import statements

WAITS = text("select count(*) from pg_locks where not granted")


async def waits_or_ends(extractor: Extractor, task: asyncio.Task[None]) -> None:
    """Returns when a transaction waits for another one's lock, or the task has ended."""
    async with asyncio.timeout(20):
        while not task.done():
            async with extractor.db.sweep() as connection:
                if (await connection.execute(WAITS)).scalar_one():
                    return
            await asyncio.sleep(0.01)


def of_another(extractor: Extractor, document_id: UUID) -> dict[str, Any]:
    """The row of another unit of a document."""
    own = {"workspace_id": extractor.who.workspace_id, "project_id": extractor.project_id, "document_id": document_id}
    unit = {"number": 1, "text": "Ada", "mentions": [], "state": "PRESENT", "added": False, "text_version": 0}
    return {"id": new_id()} | own | unit


async def test_conditions_are_looked_at_again_without_a_call(extractor: Extractor) -> None:
    extractor.world.add(3)
    ids = [head.id for head in extractor.world.heads_]
    async with extractor.working():
        await run(extractor)
    before = [await cells(extractor, document_id) for document_id in ids]
    calls = list(extractor.world.calls)

    now_depends(extractor, "second", operator="EQUALS", value="three")
    await say(extractor, ids[2], "first", correction="three")
    await hear_of_codebook(extractor)
    shown = [(await cells(extractor, document_id))[0, "second"] for document_id in ids]
    assert [cell.value for cell in shown] == [None, None, "two"]
    assert [cell.missing_reason for cell in shown] == ["NOT_APPLICABLE", "NOT_APPLICABLE", ""]
    assert {cell.settings for cell in shown}.isdisjoint({of[0, "second"].settings for of in before})

    now_depends(extractor, "second")
    await hear_of_codebook(extractor)
    assert [await cells(extractor, document_id) for document_id in ids[:2]] == before[:2]
    assert extractor.world.calls == calls


async def test_a_threshold_is_applied_again_to_what_was_kept_without_a_call(extractor: Extractor) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    async with extractor.working():
        await run(extractor)
    before, calls = await cells(extractor, head.id), list(extractor.world.calls)
    for threshold, uncertain, seen in (
        (1.0, "FLAG", ("one", "", "FLAGGED")),
        (1.0, "SKIP", (None, "BELOW_THRESHOLD", "EXTRACTED")),
        (0.1, "SKIP", ("one", "", "EXTRACTED")),
    ):
        now_has(extractor, "first", confidence_threshold=threshold, if_uncertain=uncertain)
        await hear_of_codebook(extractor)
        shown = await cells(extractor, head.id)
        first = shown[0, "first"]
        assert (first.value, first.missing_reason, first.status) == seen
        assert (first.extraction_id, first.asked) == (before[0, "first"].extraction_id, before[0, "first"].asked)
        assert shown[0, "second"] == before[0, "second"]
    assert extractor.world.calls == calls


async def test_variables_that_are_gone_take_their_cells_and_new_ones_have_some_that_were_never_asked(
    extractor: Extractor,
) -> None:
    extractor.world.add(2)
    ids = [head.id for head in extractor.world.heads_]
    async with extractor.working():
        await run(extractor)
    (new,) = codebook("third")["variables"]
    first, _ = extractor.world.plain["variables"]
    extractor.world.plain = {**extractor.world.plain, "hash": "other", "variables": [first, new]}
    await hear_of_codebook(extractor)
    for document_id in ids:
        shown = await cells(extractor, document_id)
        assert shown.keys() == {(0, "first"), (0, "third")}
        third = shown[0, "third"]
        assert (third.extraction_id, third.value, third.missing_reason, third.asked) == (None, None, "", "")


async def test_it_is_done_a_few_documents_at_a_time_goes_on_where_it_ended_and_once_is_enough(
    extractor: Extractor,
) -> None:
    extractor.world.add(5)
    ids = [head.id for head in extractor.world.heads_]
    async with extractor.working():
        await run(extractor)
    now_depends(extractor, "second", operator="EQUALS", value="three")
    async with extractor.open_store(extractor.who.workspace_id) as store:
        await store.keep_codebook(extractor.project_id, extractor.world.plain, extractor.now())
        await store.commit()
    async with extractor.open_store(extractor.who.workspace_id) as store:
        assert await store.documents_behind(extractor.project_id) == ids
        await store.recast_documents(ids[:2])
        await store.commit()
    async with extractor.open_store(extractor.who.workspace_id) as store:
        assert await store.documents_behind(extractor.project_id) == ids[2:]
    await hear_of_codebook(extractor)
    after = [await cells(extractor, document_id) for document_id in ids]
    assert {of[0, "second"].missing_reason for of in after} == {"NOT_APPLICABLE"}
    with statements(extractor.db) as written:
        await hear_of_codebook(extractor)
    assert not [one for one in written if "insert into cells" in one]
    assert [await cells(extractor, document_id) for document_id in ids] == after


async def test_a_document_that_is_entered_under_the_codebook_of_before_is_shown_under_that_of_now(
    extractor: Extractor,
) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    stall = extractor.world.stalls = Stall(1)
    async with extractor.working():
        job_id = await extractor.start()
        await stall.reached.wait()
        now_depends(extractor, "second", operator="EQUALS", value="three")
        await hear_of_codebook(extractor)
        stall.released.set()
        await extractor.events(job_id)
    assert (await cells(extractor, head.id))[0, "second"].missing_reason == "NOT_APPLICABLE"


async def test_who_enters_a_document_under_the_codebook_of_before_is_waited_for(extractor: Extractor) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    async with extractor.working():
        job_id = await run(extractor)
    async with extractor.open_store(extractor.who.workspace_id) as store:
        await store.job(job_id)
        await store.recast([first_id(head.id, 0)])
        now_depends(extractor, "second", operator="EQUALS", value="three")
        applying = asyncio.create_task(hear_of_codebook(extractor))
        await waits_or_ends(extractor, applying)
        # As a worker that has seen the codebook of before: it makes a row of which nobody else knows yet.
        await store.execute(insert(units).values(**of_another(extractor, head.id)))
        await store.commit()
    await applying
    found = {unit.id for unit in await units_of(extractor, head.id)}
    async with extractor.open_store(extractor.who.workspace_id) as store:
        judged = (await store.execute(select(cells_table.c.unit_id))).scalars()
        assert set(judged) == found
    assert len(found) == 2


async def test_what_a_person_says_while_the_codebook_is_applied_is_not_lost(extractor: Extractor) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    async with extractor.working():
        await run(extractor)
    now_has(extractor, "first", required=True)
    async with saying(extractor, head.id, "first", correction="right"):
        applying = asyncio.create_task(hear_of_codebook(extractor))
        await waits_or_ends(extractor, applying)
    await applying
    first = (await cells(extractor, head.id))[0, "first"]
    assert (first.value, first.status) == ("right", "VALIDATED")


async def test_a_change_that_nobody_heard_of_is_found_out_when_a_job_starts(extractor: Extractor) -> None:
    extractor.world.add(2)
    ids = [head.id for head in extractor.world.heads_]
    codebooks = Codebooks(extractor.open_store, extractor.world, extractor.now)
    async with extractor.working():
        await run(extractor)
        await hear_of_codebook(extractor)
        assert extractor.project_id not in [project_id for _, project_id in await projects_behind(extractor.db)]
        now_depends(extractor, "second", operator="EQUALS", value="three")
        await run(extractor, document_ids=ids[:1])
    assert (extractor.who.workspace_id, extractor.project_id) in await projects_behind(extractor.db)
    await consumer.apply_missed_changes(codebooks, extractor.db)
    for document_id in ids:
        assert (await cells(extractor, document_id))[0, "second"].missing_reason == "NOT_APPLICABLE"
    assert extractor.project_id not in [project_id for _, project_id in await projects_behind(extractor.db)]


async def test_a_project_without_variables_has_rows_without_cells(
    extractor: Extractor, monkeypatch: pytest.MonkeyPatch
) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    async with extractor.working():
        await run(extractor)

    async def refused(project_id: UUID) -> Mapping[str, Any]:
        raise Conflict("the project has no variables yet: define at least one")

    monkeypatch.setattr(extractor.world, "freeze", refused)
    await hear_of_codebook(extractor)
    assert (len(await units_of(extractor, head.id)), await cells(extractor, head.id)) == (1, {})
