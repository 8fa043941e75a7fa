"""Jobs over some variables, and what becomes of units: nothing else is rewritten, and people's changes hold."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, update

from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import new_id
from coderai.kit.model_replies import ModelReplyInvalid
from coderai.services.extractor.adapters.dataset_tables import units
from coderai.services.extractor.adapters.store import ExtractorStore
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.usecases.jobs import SampleFirst
from tests.integration.extractor.conftest import Extractor, codebook
from tests.integration.extractor.dataset import cells, say, units_of
from tests.integration.extractor.events import MARCH, STRIKE, TEXT, VIGIL, Model, asking


async def run(extractor: Extractor, kind: JobKind = JobKind.FULL, **fields: Any) -> UUID:
    job_id = await extractor.start(kind, **fields)
    await extractor.events(job_id)
    return job_id


async def extractions(extractor: Extractor, job_id: UUID) -> list[Any]:
    request = pb.ListExtractionsRequest(project_id=str(extractor.project_id), job_id=str(job_id), page_size=200)
    with identity.acting_as(extractor.who):
        return list((await extractor.servicer.ListExtractions(request, None)).items)


async def write(extractor: Extractor, *statements: Any) -> None:
    async with extractor.db.session(extractor.who.workspace_id, ExtractorStore) as store:
        for statement in statements:
            await store.execute(statement)
        await store.commit()


async def test_a_job_over_one_variable_asks_it_and_what_depends_on_it_and_rewrites_nothing_else(
    extractor: Extractor,
) -> None:
    model = asking(extractor, "kind", "town", "size")
    [head] = extractor.world.heads_
    async with extractor.working():
        first = await run(extractor)
        before, rows = await cells(extractor, head.id), await units_of(extractor, head.id)
        model.forget()
        model.answers["kind"] = "Monday"
        second = await run(extractor, variables=["kind"])
    assert model.identified == 0
    assert sorted(model.asked) == sorted((f"the {one}", [v]) for one in model.names for v in ("kind", "town"))
    job = await extractor.job(second)
    assert list(job.variables) == ["kind", "town"]
    message = (await extractor.events(second, after=0))[0].event.message
    assert message.startswith("FULL job over 1 documents, asking only kind, town;")
    after = await cells(extractor, head.id)
    assert {key: row.job_id for key, row in after.items()} == {
        (number, name): first if name == "size" else second for number in (1, 2, 3) for name in ("kind", "town", "size")
    }
    assert [after[n, "size"] for n in (1, 2, 3)] == [before[n, "size"] for n in (1, 2, 3)]
    assert await units_of(extractor, head.id) == rows
    assert [(e.variable, e.entity_index, e.unit_id) for e in await extractions(extractor, second)] == [
        (name, row.number, str(row.id)) for row in rows for name in ("kind", "town")
    ]


async def test_units_keep_their_ids_over_jobs_that_call_them_otherwise(extractor: Extractor) -> None:
    model = asking(extractor, "kind")
    [head] = extractor.world.heads_
    async with extractor.working():
        await run(extractor)
        before = {row.text: row.id for row in await units_of(extractor, head.id)}
        model.names = {"strike": "walk-out of nurses", "march": "protest", "vigil": "the vigil"}
        await run(extractor)
    after = {row.text: row.id for row in await units_of(extractor, head.id)}
    assert after == {
        "protest": before["the march"],
        "walk-out of nurses": before["the strike"],
        "the vigil": before["the vigil"],
    }


def added(extractor: Extractor, document_id: UUID, number: int, text: str, quote: str) -> Any:
    span = {"start": TEXT.index(quote), "end": TEXT.index(quote) + len(quote), "page": 1}
    row = {"id": new_id(), "workspace_id": extractor.who.workspace_id, "project_id": extractor.project_id}
    row |= {"document_id": document_id, "number": number, "text": text, "mentions": [span], "state": "PRESENT"}
    return insert(units).values(**row, added=True, text_version=0)


@pytest.mark.parametrize("variables", [[], ["kind"]])
async def test_what_people_made_of_units_holds_in_every_job(extractor: Extractor, variables: list[str]) -> None:
    """The strike is merged into the march, the vigil is split into two, and one event was missed."""
    model = asking(extractor, "kind")
    [head] = extractor.world.heads_
    async with extractor.working():
        await run(extractor)
        march, strike, vigil = [row.id for row in await units_of(extractor, head.id)]
        await write(
            extractor,
            update(units).where(units.c.id == strike).values(state="MERGED", merged_into=march),
            update(units).where(units.c.id == vigil).values(state="SPLIT"),
            added(extractor, head.id, 4, "teachers' protest", "teachers"),
            added(extractor, head.id, 5, "Ostermund vigil", "a vigil in Ostermund"),
            added(extractor, head.id, 6, "the rain", "It rained"),
        )
        model.forget()
        job_id = await run(extractor, variables=variables)
    asked = [name for name, _ in model.asked]
    assert sorted(asked) == sorted(["the march", "teachers' protest", "Ostermund vigil", "the rain"])
    by_unit = {e.unit_id: e.entity_text for e in await extractions(extractor, job_id)}
    present = [row for row in await units_of(extractor, head.id) if row.state == "PRESENT"]
    assert by_unit == {str(row.id): row.text for row in present} and str(march) in by_unit
    if not variables:
        [merged] = [row for row in present if row.id == march]
        assert [TEXT[one["start"] : one["end"]] for one in merged.mentions] == [MARCH, STRIKE]
    states = {row.id: row.state for row in await units_of(extractor, head.id)}
    assert (states[strike], states[vigil]) == ("MERGED", "SPLIT")


@pytest.mark.parametrize("variables", [[], ["kind"]])
async def test_what_people_removed_is_not_asked_again(extractor: Extractor, variables: list[str]) -> None:
    model = asking(extractor, "kind")
    [head] = extractor.world.heads_
    async with extractor.working():
        await run(extractor)
        vigil = next(row.id for row in await units_of(extractor, head.id) if row.text == "the vigil")
        await write(extractor, update(units).where(units.c.id == vigil).values(state="REMOVED"))
        model.forget()
        model.names["vigil"] = VIGIL
        await run(extractor, variables=variables)
    assert sorted(model.asked) == [("the march", ["kind"]), ("the strike", ["kind"])]
    assert [row.state for row in await units_of(extractor, head.id) if row.id == vigil] == ["REMOVED"]


async def test_a_document_in_which_no_event_was_found_is_not_searched_again_for_one_variable(
    extractor: Extractor,
) -> None:
    model = asking(extractor, "kind")
    model.names = {}
    async with extractor.working():
        await run(extractor)
        model.forget()
        await run(extractor, variables=["kind"])
        assert (model.identified, model.asked) == (0, [])
        await run(extractor)
    assert model.identified == 1


async def test_conditions_look_at_what_people_say(extractor: Extractor) -> None:
    model = asking(extractor, "kind", "town", multiple=False)
    model.answers["kind"] = ""
    [head] = extractor.world.heads_
    async with extractor.working():
        await run(extractor)
        assert model.asked == [("", ["kind"])]
        await say(extractor, head.id, "kind", correction="march", judged=None)
        model.forget()
        await run(extractor, variables=["town"])
        assert model.asked == [("", ["town"])]
        model.forget()
        await run(extractor)
    assert model.asked == [("", ["kind"]), ("", ["town"])]
    found = await cells(extractor, head.id)
    assert (found[0, "kind"].value, found[0, "town"].value) == ("march", "rained")


async def test_unknown_variables_are_named(extractor: Extractor) -> None:
    asking(extractor, "kind")
    project_id = str(extractor.project_id)
    wanted = {"project_id": project_id, "kind": pb.JOB_KIND_FULL, "variables": ["kind", "nonsense"]}
    with identity.acting_as(extractor.who):
        with pytest.raises(InvalidInput, match="nonsense") as refused:
            await extractor.servicer.StartJob(pb.StartJobRequest(**wanted), None)
        assert list(refused.value.fields) == ["variables"]
        with pytest.raises(InvalidInput, match="nonsense"):
            await extractor.servicer.EstimateJob(pb.EstimateJobRequest(**wanted), None)
        with pytest.raises(InvalidInput, match="SAMPLE or FULL"):
            trial = pb.StartJobRequest(project_id=project_id, kind=pb.JOB_KIND_TRIAL)
            await extractor.servicer.StartJob(trial, None)


async def test_a_full_job_over_variables_needs_a_sample_that_has_tried_them(extractor: Extractor) -> None:
    asking(extractor, "kind")
    async with extractor.working():
        await run(extractor, JobKind.SAMPLE)
        extractor.world.plain["variables"] += codebook("size")["variables"]
        with pytest.raises(SampleFirst, match="no sample has tried size"):
            await extractor.start(skip_sample=False, variables=["kind", "size"])
        await run(extractor, skip_sample=False, variables=["kind"])
        sample = await run(extractor, JobKind.SAMPLE, variables=["size"])
        assert {e.variable for e in await extractions(extractor, sample)} == {"size"}
        await run(extractor, skip_sample=False, variables=["kind", "size"])


async def test_an_estimate_counts_what_is_asked_of_the_rows_that_there_are(extractor: Extractor) -> None:
    model = asking(extractor, "kind", "town", "size", texts=(TEXT, TEXT))

    async def foreseen(**fields: Any) -> Any:
        with identity.acting_as(extractor.who):
            return await extractor.estimates.job(extractor.who, extractor.wanted(**fields))

    new = await foreseen(variables=["size"])
    assert new.calls == 2 * (1 + 4), "one call finds four entities, as is assumed, and each is asked"
    async with extractor.working():
        await run(extractor)
        model.forget()
        some, every = await foreseen(variables=["size"]), await foreseen()
        await run(extractor, variables=["size"])
    assert some.calls == len(model.asked) == 6
    assert (some.calls, some.tokens_in) < (every.calls, every.tokens_in)
    assert some.same_calls == 0
    assert any("Only these variables are asked: size" in note for note in some.notes)
    assert not any("codebook has changed" in note for note in some.notes)


async def test_of_a_document_that_fails_only_what_was_asked_is_missing(extractor: Extractor) -> None:
    model = asking(extractor, "kind", "town", "size")
    async with extractor.working():
        await run(extractor)
        extractor.open_engine = Broken().open
        job_id = await run(extractor, variables=["size"])
    assert [(e.variable, e.missing_reason) for e in await extractions(extractor, job_id)] == [
        ("size", pb.MISSING_REASON_MODEL_FAILED)
    ]
    found = await cells(extractor, extractor.world.heads_[0].id)
    assert {name: (row.value, row.outdated) for (number, name), row in found.items() if number == 1} == {
        "kind": ("rained", ""),
        "town": ("rained", ""),
        "size": ("rained", "FAILED"),
    }
    assert model.identified == 1


class Broken(Model):
    async def ask(self, call: Any) -> Any:
        raise ModelReplyInvalid("no JSON")
