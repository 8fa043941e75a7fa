"""What jobs give enters the dataset: the newest job counts, a failure replaces nothing, and what people say stays."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from coderai.codebook.codebook import read_codebook
from coderai.kit import identity
from coderai.kit.ids import new_id
from coderai.kit.model_replies import ModelRefusedRequest
from coderai.services.extractor.domain.dataset.units import first_id
from coderai.services.extractor.domain.jobs.job import TaskStatus
from coderai.services.extractor.usecases.ports import NOTHING_KNOWN, Known, Task
from tests.integration.extractor.conftest import Extractor, Stall
from tests.integration.extractor.dataset import cells, document, reads, retry, run, say, units_of

SAYS = "{} says first is {} and second is two."


async def test_the_newest_job_is_shown_and_an_older_one_that_is_taken_up_again_changes_nothing(
    extractor: Extractor,
) -> None:
    reads(extractor)
    extractor.world.add_texts(SAYS.format("d0", "one"), SAYS.format("d1", "one"))
    ids = [head.id for head in extractor.world.heads_]
    extractor.world.faults = {"d1": [ModelRefusedRequest("no")]}
    async with extractor.working():
        older = await run(extractor)
        (failed,) = {cell.status for cell in (await cells(extractor, ids[1])).values()}
        newer = await run(extractor)
        extractor.world.texts[ids[1]] = SAYS.format("d1", "three")
        await retry(extractor, older)
        for document_id in ids:
            shown = await cells(extractor, document_id)
            assert {name: cell.value for (_, name), cell in shown.items()} == {"first": "one", "second": "two"}
            assert {cell.job_id for cell in shown.values()} == {newer}
            assert {cell.outdated for cell in shown.values()} == {""}
            assert (await document(extractor, document_id)).job_id == newer
        newest = await run(extractor)
    assert failed == "FAILED"
    cell = (await cells(extractor, ids[1]))[0, "first"]
    assert (cell.value, cell.label, cell.job_id) == ("three", "three", newest)
    assert len(await units_of(extractor, ids[1])) == 1


async def test_a_failed_attempt_makes_values_stale_and_replaces_none(extractor: Extractor) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    async with extractor.working():
        first = await run(extractor)
        before = await cells(extractor, head.id)
        extractor.world.faults = {"d0": [ModelRefusedRequest("no")]}
        second = await run(extractor)
        after = await cells(extractor, head.id)
        assert {cell.outdated for cell in after.values()} == {"FAILED"}
        assert {key: cell.value for key, cell in after.items()} == {key: cell.value for key, cell in before.items()}
        assert {cell.job_id for cell in after.values()} == {first}
        assert (await document(extractor, head.id)).status == "DONE"
        await retry(extractor, second)
    assert {(cell.outdated, cell.job_id) for cell in (await cells(extractor, head.id)).values()} == {("", second)}


async def test_an_older_job_neither_replaces_nor_outdates_what_a_newer_one_asked(extractor: Extractor) -> None:
    reads(extractor)
    extractor.world.add_texts(SAYS.format("d0", "one"))
    (head,) = extractor.world.heads_
    async with extractor.working():
        await run(extractor)
        extractor.world.faults = {"d0": [ModelRefusedRequest("no")]}
        older = await run(extractor)
        newer = await run(extractor, variables=["second"])
        extractor.world.faults = {"d0": [ModelRefusedRequest("no")]}
        await retry(extractor, older)
        failed = await cells(extractor, head.id)
        extractor.world.texts[head.id] = "d0 says first is three and second is four."
        await retry(extractor, older)
        done = await cells(extractor, head.id)
    assert {name: (cell.value, cell.outdated) for (_, name), cell in failed.items()} == {
        "first": ("one", "FAILED"),
        "second": ("two", ""),
    }
    assert {name: (cell.value, cell.job_id, cell.outdated) for (_, name), cell in done.items()} == {
        "first": ("three", older, ""),
        "second": ("two", newer, ""),
    }


async def test_what_failed_is_not_stale_any_more_when_its_job_has_it_in_the_end(extractor: Extractor) -> None:
    extractor.world.add(2)
    ids = [head.id for head in extractor.world.heads_]
    extractor.world.faults = {name: [ModelRefusedRequest("no")] for name in ("d0", "d1")}
    async with extractor.working():
        job_id = await run(extractor)
        await say(extractor, ids[0], "first", correction="right")
        failed = (await cells(extractor, ids[0]))[0, "first"]
        await retry(extractor, job_id)
    assert (failed.value, failed.outdated) == ("right", "FAILED")
    for document_id in ids:
        assert {cell.outdated for cell in (await cells(extractor, document_id)).values()} == {""}


async def test_a_task_knows_the_units_and_what_it_does_not_ask(extractor: Extractor) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    variables = read_codebook(extractor.world.plain).variables
    task = Task(new_id(), new_id(), head.id, head.name, TaskStatus.QUEUED)

    async def known(only: tuple[str, ...] | None) -> Known:
        async with extractor.open_store(extractor.who.workspace_id) as store:
            return await store.known(replace(task, variables=only), variables)

    assert await known(None) == NOTHING_KNOWN
    async with extractor.working():
        await run(extractor)
    unit_id = first_id(head.id, 0)
    assert [unit.id for unit in (await known(None)).units] == [unit_id]
    assert (await known(None)).values == {}
    assert (await known(("first",))).values == {unit_id: {"second": "two"}}
    await say(extractor, head.id, "first", correction="right")
    await say(extractor, head.id, "second", judged="two")
    assert (await known(None)).values == {unit_id: {"first": "right"}}, "what is only said to be wrong is not known"
    assert (await known(("first",))).values == {unit_id: {"first": "right", "second": "two"}}


async def test_documents_that_were_never_read_have_failed_cells_until_they_are(extractor: Extractor) -> None:
    extractor.world.add(1, "FAILED", "it is empty")
    extractor.world.add(1)
    head = extractor.world.heads_[0]
    async with extractor.working():
        await run(extractor)
        shown = await cells(extractor, head.id)
        assert {(c.status, c.missing_reason, c.outdated) for c in shown.values()} == {
            ("FAILED", "UNREADABLE", "FAILED")
        }
        of_document = await document(extractor, head.id)
        assert (of_document.status, of_document.error, of_document.job_id) == ("FAILED", "it is empty", None)
        extractor.world.heads_[0] = type(head)(head.id, head.name, "READY", "", 9, 1)
        await run(extractor)
    assert {cell.outdated for cell in (await cells(extractor, head.id)).values()} == {""}
    assert (await document(extractor, head.id)).status == "DONE"


async def test_a_correction_survives_whatever_is_run_again(extractor: Extractor) -> None:
    reads(extractor)
    extractor.world.add_texts(SAYS.format("d0", "one"), SAYS.format("d1", "one"))
    ids = [head.id for head in extractor.world.heads_]
    async with extractor.working():
        await run(extractor)
        said = await say(extractor, ids[0], "first", correction="right")
        await say(extractor, ids[0], "second", verdict="CORRECT", judged="two", author=new_id())
        extractor.world.texts[ids[0]] = "d0 says first is three and second is four."
        for fields in ({"document_ids": ids[:1]}, {}):
            job_id = await run(extractor, **fields)
            shown = await cells(extractor, ids[0])
            first, second = shown[0, "first"], shown[0, "second"]
            assert (first.value, first.status, first.origin) == ("right", "VALIDATED", "CORRECTED")
            assert (first.verdict, first.feedback_id) == ("INCORRECT", said)
            assert first.corrected_by == extractor.who.user_id
            assert (second.value, second.verdict, second.origin) == ("two", "CORRECT", "CORRECTED")
            assert first.job_id == second.job_id == job_id
        extractor.world.faults = {"d0": [ModelRefusedRequest("no")]}
        await run(extractor)
    first = (await cells(extractor, ids[0]))[0, "first"]
    assert (first.value, first.outdated, first.job_id) == ("right", "FAILED", job_id)


async def test_entities_are_rows_and_one_that_is_not_found_again_is_kept_if_people_have_judged_it(
    extractor: Extractor,
) -> None:
    reads(extractor)
    extractor.world.plain["unit"] = {"row_is": "one person", "rows_per_document": "MULTIPLE"}
    extractor.world.add_texts("d0: Ada's first is one. Bob's first is one. Eve's first is one.")
    (head,) = extractor.world.heads_
    async with extractor.working():
        await run(extractor)
        assert [(unit.number, unit.text) for unit in await units_of(extractor, head.id)] == [
            (1, "Ada"),
            (2, "Bob"),
            (3, "Eve"),
        ]
        assert all(unit.mentions and unit.state == "PRESENT" for unit in await units_of(extractor, head.id))
        said = await say(extractor, head.id, "first", correction="right", number=2)
        text = extractor.world.texts[head.id]
        extractor.world.texts[head.id] = "d0: Ada's first is one."
        await run(extractor)
        found = {unit.text: unit for unit in await units_of(extractor, head.id)}
        assert {text: unit.state for text, unit in found.items()} == {"Ada": "PRESENT", "Bob": "LOST"}
        assert {number for number, _ in await cells(extractor, head.id)} == {1}
        extractor.world.texts[head.id] = text
        await run(extractor)
    bob = (await cells(extractor, head.id))[2, "first"]
    assert (bob.unit_id, bob.value, bob.feedback_id) == (found["Bob"].id, "right", said)
    assert {unit.state for unit in await units_of(extractor, head.id)} == {"PRESENT"}


async def test_people_and_workers_at_the_same_documents_neither_wait_for_each_other_for_ever_nor_lose_a_word(
    extractor: Extractor,
) -> None:
    extractor.world.add(8)
    ids = [head.id for head in extractor.world.heads_]
    people = [new_id() for _ in range(3)]

    async def judge(person: object) -> None:
        for document_id in ids if person == people[0] else ids[::-1]:
            await say(extractor, document_id, "first", correction="right", author=person)  # type: ignore[arg-type]

    async with extractor.working(), asyncio.timeout(60):
        await run(extractor)
        job_id = await extractor.start()
        await asyncio.gather(*(judge(person) for person in people), extractor.events(job_id))
    for document_id in ids:
        shown = await cells(extractor, document_id)
        assert {name: cell.value for (_, name), cell in shown.items()} == {"first": "right", "second": "two"}
        assert {cell.job_id for cell in shown.values()} == {job_id}


async def test_a_killed_worker_leaves_the_dataset_as_it_was(extractor: Extractor) -> None:
    extractor.world.add(1)
    (head,) = extractor.world.heads_
    async with extractor.working():
        first = await run(extractor)
        await say(extractor, head.id, "first", correction="right")
        before = await cells(extractor, head.id)
    job_id = await extractor.start()
    (task_id,) = await extractor.queued(job_id)
    stall = extractor.world.stalls = Stall(2)
    with identity.acting_as(extractor.who):
        killed = asyncio.create_task(extractor.tasks.run(extractor.who.workspace_id, task_id))
        await stall.reached.wait()
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
    assert await cells(extractor, head.id) == before
    assert {cell.job_id for cell in before.values()} == {first}
    extractor.world.stalls = None
    await extractor.run(task_id)
    shown = await cells(extractor, head.id)
    assert {cell.job_id for cell in shown.values()} == {job_id}
    assert shown[0, "first"].value == "right"
