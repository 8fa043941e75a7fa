"""Renewals ask what is stale and what depends on it, document by document, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_tables import cells as cells_table
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.entrypoints.dataset_service import DatasetServicer
from coderai.services.extractor.usecases.choosing import NothingReadable, NothingStale
from tests.integration.extractor.conftest import Extractor
from tests.integration.extractor.dataset import cells, say, units_of, variable_id
from tests.integration.extractor.events import TEXT, Model, asking


def servicer(extractor: Extractor) -> DatasetServicer:
    return DatasetServicer(
        open_store=extractor.open_store, projects=extractor.world, renewals=extractor.renewals, ledger=None
    )


async def renewed(extractor: Extractor, **fields: Any) -> list[Any]:
    """Renews the dataset; the events of the job."""
    request = pb.RenewDatasetRequest(project_id=str(extractor.project_id), **fields)
    with identity.acting_as(extractor.who):
        job = (await servicer(extractor).RenewDataset(request, None)).job
    return await extractor.events(UUID(job.id), after=0)


async def estimated(extractor: Extractor, **fields: Any) -> Any:
    request = pb.EstimateRenewalRequest(project_id=str(extractor.project_id), **fields)
    with identity.acting_as(extractor.who):
        return (await servicer(extractor).EstimateRenewal(request, None)).estimate


def reword(extractor: Extractor, name: str) -> None:
    """Another prompt for a variable."""
    prompt = {"id": str(new_id()), "version": 4, "text": f"{name}, in other words", "max_tokens": 99}
    extractor.world.plain["variables"] = [
        one | {"active_prompt": prompt} if one["name"] == name else one for one in extractor.world.plain["variables"]
    ]


async def outdate(extractor: Extractor, document_id: UUID, name: str, number: int) -> None:
    """Has the newest attempt at one cell failed."""
    [unit_id] = [unit.id for unit in await units_of(extractor, document_id) if unit.number == number]
    cell = update(cells_table).where(cells_table.c.unit_id == unit_id)
    async with extractor.db.session(extractor.who.workspace_id, ExtractorStore) as store:
        await store.execute(
            cell.where(cells_table.c.variable_id == variable_id(extractor, name)).values(outdated="FAILED")
        )
        await store.commit()


async def coded(extractor: Extractor, *texts: str, multiple: bool = True) -> Model:
    """Codes documents for a dataset of three variables."""
    model = asking(extractor, "kind", "town", "size", texts=texts or (TEXT,), multiple=multiple)
    await extractor.events(await extractor.start())
    model.forget()
    return model


async def test_nothing_stale_is_nothing_to_renew(extractor: Extractor) -> None:
    async with extractor.working():
        await coded(extractor)
    with pytest.raises(NothingStale):
        await renewed(extractor)
    with pytest.raises(NothingStale):
        await estimated(extractor)
    with pytest.raises(InvalidInput, match="nonsense"):
        await renewed(extractor, variables=["nonsense"])


async def test_another_prompt_is_asked_of_every_row_with_what_depends_on_it(extractor: Extractor) -> None:
    async with extractor.working():
        model = await coded(extractor, TEXT, TEXT)
        reword(extractor, "kind")
        foreseen = await estimated(extractor)
        before = [await cells(extractor, head.id) for head in extractor.world.heads_]
        events = await renewed(extractor)
        calls = sorted(model.asked)
        with pytest.raises(NothingStale):
            await renewed(extractor)
    rows = [f"the {name}" for name in model.names] * 2
    assert calls == sorted((row, [name]) for row in rows for name in ("kind", "town"))
    assert (model.identified, foreseen.calls, foreseen.documents) == (0, len(calls), 2)
    assert events[0].event.message.startswith("FULL job over 2 documents, asking only kind, town")
    for head, then in zip(extractor.world.heads_, before, strict=True):
        now = await cells(extractor, head.id)
        assert {n: now[n, "size"] for n in (1, 2, 3)} == {n: then[n, "size"] for n in (1, 2, 3)}
        assert all(now[n, "kind"].asked != then[n, "kind"].asked for n in (1, 2, 3))


async def test_each_document_is_asked_what_is_stale_in_it(extractor: Extractor) -> None:
    async with extractor.working():
        model = await coded(extractor, TEXT, TEXT, TEXT, multiple=False)
        first, second, _ = extractor.world.heads_
        await outdate(extractor, first.id, "kind", 0)
        await outdate(extractor, second.id, "size", 0)
        foreseen = await estimated(extractor)
        events = await renewed(extractor)
        assert sorted(model.asked) == [("", ["kind"]), ("", ["size"]), ("", ["town"])]
    assert (foreseen.documents, foreseen.calls) == (2, 3)
    assert list(events[-1].job.variables) == ["kind", "town", "size"]
    assert events[-1].job.documents_processed == 2
    with pytest.raises(NothingStale):
        await renewed(extractor)


async def test_only_named_variables_are_renewed_where_some_are_named(extractor: Extractor) -> None:
    async with extractor.working():
        model = await coded(extractor, multiple=False)
        reword(extractor, "kind")
        reword(extractor, "size")
        await renewed(extractor, variables=["size"])
        assert model.asked == [("", ["size"])]
        await renewed(extractor)
    assert model.asked[1:] == [("", ["kind"]), ("", ["town"])]


async def test_another_model_is_renewed_on_request(extractor: Extractor) -> None:
    async with extractor.working():
        model = await coded(extractor, multiple=False)
        extractor.world.plain["model"] = "openai:other"
        with pytest.raises(NothingStale):
            await renewed(extractor)
        await renewed(extractor, other_model=True)
    assert sorted(name for _, names in model.asked for name in names) == ["kind", "size", "town"]


async def test_documents_are_coded_whole_where_a_row_stands_for_something_else_now(extractor: Extractor) -> None:
    async with extractor.working():
        model = await coded(extractor, TEXT, TEXT)
        extractor.world.plain["unit"] = {
            **extractor.world.plain["unit"],
            "entity_identification_pattern": "Each strike.",
        }
        model.names = {"strike": "the strike"}
        model.forget()
        await extractor.events(await extractor.start(document_ids=[extractor.world.heads_[0].id]))
        foreseen, before = await estimated(extractor), model.identified
        events = await renewed(extractor)
        with pytest.raises(NothingStale):
            await renewed(extractor)
    assert (before, model.identified) == (1, 2)
    assert (events[0].event.message, list(events[-1].job.variables)) == (
        "FULL job over 1 documents; no sample has tried kind, town, size",
        [],
    )
    assert foreseen.documents == 1 and foreseen.calls > 2
    for head in extractor.world.heads_:
        assert [unit.text for unit in await units_of(extractor, head.id)] == ["the strike"]


async def test_documents_that_are_not_ready_are_left_out_and_told(extractor: Extractor) -> None:
    async with extractor.working():
        model = await coded(extractor, TEXT, TEXT, TEXT, multiple=False)
        first, second, third = extractor.world.heads_
        reword(extractor, "size")
        extractor.world.heads_ = [first, replace(second, status="PARSING"), replace(third, status="FAILED")]
        foreseen = await estimated(extractor)
        events = await renewed(extractor)
        reword(extractor, "size")
        extractor.world.heads_ = [replace(first, status="PARSING")]
        with pytest.raises(NothingReadable):
            await renewed(extractor)
    assert model.asked == [("", ["size"])]
    told = events[0].event
    assert "; 2 that are not READY are left out" in told.message
    assert told.metadata["not_read_left_out"] == 2
    assert "Documents that are not READY are left out: 2." in foreseen.notes


async def test_a_correction_is_there_after_a_renewal(extractor: Extractor) -> None:
    async with extractor.working():
        model = await coded(extractor, multiple=False)
        [head] = extractor.world.heads_
        await say(extractor, head.id, "kind", correction="march", judged="rained")
        reword(extractor, "kind")
        model.answers["kind"] = "Monday"
        await renewed(extractor)
    found = await cells(extractor, head.id)
    assert (found[0, "kind"].value, found[0, "town"].value) == ("march", "rained")
    assert model.asked == [("", ["kind"]), ("", ["town"])]
