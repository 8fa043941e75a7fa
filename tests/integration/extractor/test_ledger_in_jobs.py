"""What people have made of units holds in the jobs that come after, and what they take back is as it was."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from coderai.kit.ids import new_id
from coderai.measuring.feedback import Verdict
from coderai.services.extractor.usecases.feedback import Reviews
from coderai.services.extractor.usecases.feedback_ports import Said
from coderai.services.extractor.usecases.units import Named, Units
from tests.integration.extractor.conftest import Extractor
from tests.integration.extractor.dataset import cells, reads, run, units_of

TEXT = "d0: Ada's first is one. Bob's first is two. Eve's first is three. Nobody had seen Zoe."


async def shown(extractor: Extractor, document_id: UUID) -> dict[str, tuple[Any, str]]:
    """What the rows show of the first variable and why it is outdated, by the unit's name, in the order of the rows."""
    names = {unit.id: unit.text for unit in await units_of(extractor, document_id)}
    found = await cells(extractor, document_id)
    of_first = sorted((number, cell) for (number, name), cell in found.items() if name == "first")
    return {names[cell.unit_id]: (cell.value, cell.outdated) for _, cell in of_first}


async def test_the_ledger_holds_in_every_job_and_can_be_taken_back_after_it(extractor: Extractor) -> None:
    reads(extractor)
    extractor.world.plain["unit"] = {"row_is": "one person", "rows_per_document": "MULTIPLE"}
    extractor.world.add_texts(TEXT)
    (head,) = extractor.world.heads_
    ports = (extractor.open_store, extractor.world, extractor.world, new_id, extractor.now)
    ledger, reviews, who = Units(*ports), Reviews(*ports), extractor.who
    as_found = {"Ada": ("one", ""), "Bob": ("two", ""), "Eve": ("three", "")}
    async with extractor.working():
        await run(extractor)
        beginning = {unit.text: unit.id for unit in await units_of(extractor, head.id)}
        assert await shown(extractor, head.id) == as_found

        of_bob = (await cells(extractor, head.id))[2, "first"].extraction_id
        await reviews.give(who, Said(extraction_id=of_bob, verdict=Verdict.INCORRECT, value="right"))
        changes = [
            await ledger.remove(who, beginning["Eve"], ""),
            await ledger.merge(who, beginning["Ada"], [beginning["Bob"]], ""),
            await ledger.add(who, extractor.project_id, head.id, Named("Zoe"), ""),
        ]
        assert await shown(extractor, head.id) == {"Ada": ("right", "UNIT_CHANGED"), "Zoe": (None, "")}
        await run(extractor)
        assert await shown(extractor, head.id) == {"Ada": ("right", ""), "Zoe": (None, "")}
        states = {unit.text: unit.state for unit in await units_of(extractor, head.id)}
        assert states == {"Ada": "PRESENT", "Bob": "MERGED", "Eve": "REMOVED", "Zoe": "PRESENT"}

        for change_id in reversed(changes):
            await ledger.undo(who, change_id)
        # Ada was asked while Bob was a part of her.
        assert await shown(extractor, head.id) == as_found | {"Ada": ("one", "UNIT_CHANGED"), "Bob": ("right", "")}
        await run(extractor)
        assert await shown(extractor, head.id) == as_found | {"Bob": ("right", "")}
    assert {unit.text: unit.id for unit in await units_of(extractor, head.id)} == beginning
