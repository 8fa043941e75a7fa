"""Samples of the dataset's cells: who can be drawn, with which probability, and the order in which they are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import VariableType
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import InvalidInput, NotFound
from coderai.kit.ids import new_id
from coderai.measuring.design import FLOOR, NothingToDraw, stratify
from coderai.services.extractor.adapters.dataset_tables import cells, sample_cells, units
from coderai.services.extractor.adapters.reviewing import SampleStore
from coderai.services.extractor.entrypoints.review_service import ReviewServicer
from coderai.services.extractor.usecases.reviewing import Sampling
from tests.support.dataset_rows import MODEL, Project, variable
from tests.support.stack import ServiceDatabases

PLACE, COUNT = variable("place"), variable("count", VariableType.NUMBER)
CONFIDENCES = (0.95, 0.95, 0.8, 0.8, 0.8, 0.6, 0.3, None, None, None)
"""Of the cells of ten units of one variable; None: there is no value."""


@pytest.fixture
async def project(service_dsns: ServiceDatabases) -> AsyncIterator[Project]:
    db = Database(service_dsns["extractor"].application, "extractor")
    yield Project(db, Codebook("", (PLACE, COUNT), model=MODEL))
    await db.close()


async def fill(project: Project, tens: int) -> list[UUID]:
    """So many documents with ten units each, and a cell with its extraction for each unit and variable; the units."""
    job_id, unit_ids, rows = await project.job(), list[UUID](), list[dict[str, Any]]()
    for _ in range(tens):
        document_id = await project.document()
        for number, confidence in enumerate(CONFIDENCES, start=1):
            unit_ids.append(await project.unit(document_id, number, f"unit {number}"))
            for of in project.codebook.variables:
                value = None if confidence is None else 7 if of is COUNT else "Kyiv"
                said: dict[str, Any] = {"confidence": confidence or 0.0}
                extraction_id = await project.extraction(
                    job_id, unit_ids[-1], document_id, of, value, entity_index=number, **said
                )
                said |= {"extraction_id": extraction_id, "job_id": job_id}
                rows.append(project.cell_row(unit_ids[-1], document_id, of, value, **said))
    await project.add(cells, rows)
    return unit_ids


def servicer(project: Project) -> ReviewServicer:
    sampling = Sampling(partial(project.db.session, kind=SampleStore), project, new_id)
    other: Any = None
    return ReviewServicer(
        open_store=project.open_store, projects=project, reviews=other, accepting=other, sampling=sampling
    )


async def draw(project: Project, who: identity.Identity | None = None, **fields: Any) -> pb.ReviewSample:
    request = pb.DrawReviewSampleRequest(project_id=str(project.id), **fields)
    with identity.acting_as(who or project.who):
        return (await servicer(project).DrawReviewSample(request, None)).sample


async def drawn(project: Project, sample: pb.ReviewSample) -> Sequence[Any]:
    wanted = select(sample_cells).where(sample_cells.c.sample_id == UUID(sample.id)).order_by(sample_cells.c.position)
    async with project.session() as session:
        return (await session.execute(wanted)).all()


async def change(project: Project, table: Any, where: Any, **columns: Any) -> None:
    async with project.session() as session:
        await session.execute(update(table).where(where).values(**columns))
        await session.commit()


async def test_a_stratified_sample_keeps_its_design_with_each_cells_probability(project: Project) -> None:
    await fill(project, 4)
    sample = await draw(project, size=60)
    assert sample.design == pb.SAMPLE_DESIGN_STRATIFIED
    assert (sample.size, sample.population, list(sample.variables)) == (60, 80, ["place", "count"])
    found = {one.name: (one.population, one.drawn) for one in sample.strata}
    assert found["place, confidence 0.9 to 1"][0] == 8
    assert found["count, missing: NOT_STATED"][0] == 12
    assert all(many >= FLOOR for _, many in found.values())
    rows = await drawn(project, sample)
    assert Counter(row.stratum for row in rows) == {name: many for name, (_, many) in found.items()}
    assert all(row.inclusion_probability == found[row.stratum][1] / found[row.stratum][0] for row in rows), (
        "what is stored is what was drawn of how many"
    )
    assert [row.position for row in rows] == list(range(60))
    assert {(row.value, row.missing_reason) for row in rows} == {("Kyiv", ""), (7, ""), (None, "NOT_STATED")}


async def test_a_uniform_sample_draws_every_cell_with_the_same_probability(project: Project) -> None:
    await fill(project, 2)
    sample = await draw(project, size=10, design=pb.SAMPLE_DESIGN_UNIFORM, blind=True)
    assert (sample.blind, sample.size, sample.population) == (True, 10, 40)
    assert [(one.name, one.population) for one in sample.strata] == [("place", 20), ("count", 20)]
    rows = await drawn(project, sample)
    assert {row.inclusion_probability for row in rows} == {0.25}
    assert Counter(row.stratum for row in rows) == Counter({one.name: one.drawn for one in sample.strata if one.drawn})


@pytest.mark.parametrize("design", [pb.SAMPLE_DESIGN_UNIFORM, pb.SAMPLE_DESIGN_STRATIFIED])
async def test_a_seed_draws_the_same_again_in_the_same_order(project: Project, design: Any) -> None:
    await fill(project, 2)
    samples = [await draw(project, size=12, design=design, seed=seed) for seed in (5, 5, 6)]
    orders = [[(row.unit_id, row.variable_id) for row in await drawn(project, sample)] for sample in samples]
    assert orders[0] == orders[1]
    assert set(orders[0]) != set(orders[2])
    assert [sample.seed for sample in samples] == [5, 5, 6]
    assert (await draw(project, size=12)).seed != (await draw(project, size=12)).seed


async def test_each_cell_is_drawn_as_often_as_its_probability_says(project: Project) -> None:
    """200 draws of 18 of 40 cells, of some strata more: each cell's count lies within four standard deviations."""
    await fill(project, 4)
    ids, draws = [UUID(PLACE.id)], 200
    async with project.db.session(project.who.workspace_id, SampleStore) as store:
        plan = stratify(await store.count_kinds(project.id, ids), {ids[0]: "place"}, 18)
        uniform = [one.unit_id for seed in range(draws) for one in await store.pick(project.id, ids, 18, seed, [])]
        stratified = [one for seed in range(draws) for one in await store.pick(project.id, ids, 18, seed, plan)]
    probabilities = {one.unit_id: plan[one.stratum].take / one.population for one in stratified}
    assert len(set(probabilities.values())) > 1
    for counts, expected in (
        (Counter(uniform), dict.fromkeys(probabilities, 0.45)),
        (Counter(one.unit_id for one in stratified), probabilities),
    ):
        assert len(counts) == 40, "every cell can be drawn"
        for unit_id, probability in expected.items():
            spread = (draws * probability * (1 - probability)) ** 0.5
            assert abs(counts[unit_id] - draws * probability) <= 4 * spread


async def test_only_what_a_model_says_of_a_row_can_be_drawn(project: Project) -> None:
    one, two, three, four, *rest = await fill(project, 1)
    await change(project, units, units.c.id == one, state="REMOVED")
    await change(project, cells, cells.c.unit_id == two, status="FAILED")
    await change(project, cells, cells.c.unit_id == three, extraction_id=None)
    corrected = {
        "origin": "CORRECTED",
        "value": "Odesa",
        "confidence": 1.0,
        "status": "VALIDATED",
        "missing_reason": "",
    }
    await change(project, cells, cells.c.unit_id == four, **corrected)
    sample = await draw(project, size=1000, variables=["place"])
    rows = {row.unit_id: row for row in await drawn(project, sample)}
    assert set(rows) == {four, *rest}
    assert (rows[four].value, rows[four].confidence) == ("Kyiv", 0.8), "the model's, not the person's"
    assert {one.inclusion_probability for one in sample.strata} == {1.0}


async def test_what_cannot_be_drawn_says_why(project: Project) -> None:
    with pytest.raises(NothingToDraw):
        await draw(project)
    await fill(project, 1)
    wrong: Mapping[str, dict[str, Any]] = {
        "size": {"size": 0},
        "seed": {"seed": -1},
        "variables": {"variables": ["nothing"]},
    }
    for field, fields in wrong.items():
        with pytest.raises(InvalidInput) as refused:
            await draw(project, **fields)
        assert field in refused.value.fields
    with pytest.raises(InvalidInput, match="a cell of each variable"):
        await draw(project, size=1)


async def test_no_other_workspace_sees_or_draws_anything(project: Project) -> None:
    await fill(project, 1)
    await draw(project, size=5)
    other = identity.Identity(new_id(), new_id(), identity.Role.EDITOR, "other")
    with pytest.raises(NothingToDraw):
        await draw(project, other)
    with identity.acting_as(other):
        listed = await servicer(project).ListReviewSamples(
            pb.ListReviewSamplesRequest(project_id=str(project.id)), None
        )
    assert not listed.items


async def test_samples_are_listed_newest_first_with_what_is_judged(project: Project) -> None:
    await fill(project, 1)
    samples = [await draw(project, size=6) for _ in range(3)]
    first, second, *_ = await drawn(project, samples[2])
    for row, sample, undone in ((first, samples[2], None), (second, samples[2], "now"), (second, samples[1], None)):
        of = PLACE if row.variable_id == UUID(PLACE.id) else COUNT
        taken_back = {"undone_at": row.created_at if undone else None}
        await project.said(row.unit_id, row.document_id, of, sample_id=UUID(sample.id), **taken_back)
    with identity.acting_as(project.who):
        page = partial(pb.ListReviewSamplesRequest, project_id=str(project.id), page_size=2)
        newest = await servicer(project).ListReviewSamples(page(), None)
        oldest = await servicer(project).ListReviewSamples(page(page_token=newest.next_page_token), None)
    listed = [*newest.items, *oldest.items]
    assert [one.id for one in listed] == [one.id for one in reversed(samples)]
    assert listed[0].judged == 1
    assert [one.name for one in listed[0].strata if one.judged] == [first.stratum]
    assert oldest.next_page_token == ""


async def test_a_project_that_is_not_there_has_no_samples(project: Project) -> None:
    project.id = new_id()
    with pytest.raises(NotFound):
        project.must_exist = _nothing  # type: ignore[method-assign]
        await draw(project)


async def _nothing(project_id: UUID) -> None:
    raise NotFound("there is no such project", code="project_not_found")
