"""What is stale in a dataset, by variable and reason, on a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from coderai.codebook.codebook import Codebook, Unit
from coderai.codebook.variable import VariableType
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import to_plain
from coderai.services.extractor.adapters.staleness import stale_variables
from coderai.services.extractor.entrypoints.dataset_service import DatasetServicer
from tests.support.dataset_rows import MODEL, Project, reworded, variable
from tests.support.stack import ServiceDatabases

FIRST, SECOND = variable("first"), variable("second", VariableType.NUMBER)

UNUSED: Any = None


@pytest.fixture
async def project(service_dsns: ServiceDatabases) -> AsyncIterator[Project]:
    db = Database(service_dsns["extractor"].application, "extractor")
    yield Project(db, Codebook("", (FIRST, SECOND), model=MODEL))
    await db.close()


async def fresh(project: Project) -> tuple[UUID, UUID]:
    """A document with one unit and nothing stale: its id and that of the unit."""
    document_id = await project.document()
    unit_id = await project.unit(document_id)
    await project.cell(unit_id, document_id, FIRST, "one")
    await project.cell(unit_id, document_id, SECOND, 2)
    return document_id, unit_id


async def staleness(project: Project, project_id: UUID | None = None, **fields: Any) -> pb.GetStalenessResponse:
    request = pb.GetStalenessRequest(project_id=str(project_id or project.id), **fields)
    with identity.acting_as(project.who):
        servicer = DatasetServicer(open_store=project.open_store, projects=project, renewals=UNUSED, ledger=UNUSED)
        return await servicer.GetStaleness(request, None)


async def reasons(project: Project, **fields: Any) -> dict[str, dict[str, int]]:
    """By variable, how many cells are stale for which reason."""
    found = await staleness(project, **fields)
    assert found.cells == sum(one.cells for one in found.items)
    assert all(one.cells == sum(one.reasons.values()) for one in found.items)
    return {one.variable: dict(one.reasons) for one in found.items}


async def stale(project: Project, *names: str, other_model: bool = False) -> dict[UUID, list[str]]:
    async with project.session() as session:
        return await stale_variables(session, project.id, project.codebook, names, other_model)


async def test_what_was_asked_as_it_stands_is_not_stale(project: Project) -> None:
    await fresh(project)
    found = await staleness(project)
    assert to_plain(found) == to_plain(pb.GetStalenessResponse(of_cells=2))
    assert await stale(project) == {}


async def test_another_prompt_makes_the_cells_of_its_variable_stale(project: Project) -> None:
    document_id, _ = await fresh(project)
    project.codebook = replace(project.codebook, variables=(FIRST, reworded(SECOND)))
    assert await reasons(project) == {"second": {"ASKED_OTHERWISE": 1}}
    assert await stale(project) == {document_id: ["second"]}
    assert await stale(project, "first") == {}


async def test_another_unit_of_observation_makes_every_cell_stale(project: Project) -> None:
    document_id, _ = await fresh(project)
    project.codebook = replace(project.codebook, unit=Unit("one strike"))
    assert await reasons(project) == {"first": {"ASKED_OTHERWISE": 1}, "second": {"ASKED_OTHERWISE": 1}}
    assert await stale(project) == {document_id: ["first", "second"]}


async def test_where_it_is_not_known_what_was_asked_nothing_is_stale_by_that(project: Project) -> None:
    document_id = await project.document()
    unit_id = await project.unit(document_id)
    for of in (FIRST, SECOND):
        await project.cell(unit_id, document_id, of, asked="", model="")
    assert await reasons(project, other_model=True) == {}


async def test_a_variable_that_has_come_later_was_never_asked(project: Project) -> None:
    document_id, _ = await fresh(project)
    later = variable("later")
    project.codebook = replace(project.codebook, variables=(later, FIRST, SECOND))
    assert await reasons(project) == {"later": {"NEVER_ASKED": 1}}
    assert await stale(project) == {document_id: ["later"]}


async def test_a_cell_without_an_extraction_was_never_asked_unless_it_is_not_applicable(project: Project) -> None:
    document_id = await project.document()
    unit_id = await project.unit(document_id)
    await project.cell(unit_id, document_id, FIRST, extraction_id=None, asked="")
    await project.cell(unit_id, document_id, SECOND, extraction_id=None, missing_reason="NOT_APPLICABLE")
    assert await reasons(project) == {"first": {"NEVER_ASKED": 1}}


async def test_what_is_not_applicable_is_not_asked_otherwise_nor_of_another_model(project: Project) -> None:
    document_id = await project.document()
    unit_id = await project.unit(document_id)
    for of in (FIRST, SECOND):
        await project.cell(unit_id, document_id, of, missing_reason="NOT_APPLICABLE", asked="x", model="x")
    assert await reasons(project, other_model=True) == {}


@pytest.mark.parametrize("reason", ["FAILED", "UNIT_CHANGED", "REREAD"])
async def test_what_is_outdated_says_why(project: Project, reason: str) -> None:
    document_id = await project.document()
    unit_id = await project.unit(document_id)
    await project.cell(unit_id, document_id, FIRST, "one", outdated=reason, asked="x")
    await project.cell(unit_id, document_id, SECOND, 2)
    assert await reasons(project) == {"first": {reason: 1}}
    assert await stale(project) == {document_id: ["first"]}


async def test_another_model_counts_where_it_is_asked_for(project: Project) -> None:
    document_id, _ = await fresh(project)
    project.codebook = replace(project.codebook, model="openai:other")
    assert await reasons(project) == {}
    assert await reasons(project, other_model=True) == {"first": {"OTHER_MODEL": 1}, "second": {"OTHER_MODEL": 1}}
    assert await stale(project, other_model=True) == {document_id: ["first", "second"]}


async def test_only_present_units_count(project: Project) -> None:
    document_id = await project.document()
    for state in ("REMOVED", "MERGED", "SPLIT", "LOST"):
        await project.unit(document_id, state=state)
    assert to_plain(await staleness(project)) == to_plain(pb.GetStalenessResponse())


async def test_documents_are_counted_once(project: Project) -> None:
    for _ in range(2):
        document_id = await project.document()
        for number in (1, 2, 3):
            await project.unit(document_id, number, f"entity {number}")
    found = await staleness(project)
    assert (found.cells, found.documents, found.of_cells) == (12, 2, 12)
    assert [(one.variable, one.cells, one.documents) for one in found.items] == [("first", 6, 2), ("second", 6, 2)]


async def test_other_projects_and_other_workspaces_are_not_seen(project: Project) -> None:
    document_id, _ = await fresh(project)
    other = Project(project.db, project.codebook, who=project.who)
    elsewhere = Project(project.db, project.codebook, id=project.id)
    for somebody in (other, elsewhere):
        assert (await staleness(somebody)).of_cells == 0
    await other.unit(await other.document())
    assert await reasons(project) == {}
    project.codebook = replace(project.codebook, unit=Unit("one strike"))
    assert await stale(project) == {document_id: ["first", "second"]}


async def test_a_project_without_variables_has_nothing_stale_and_none_is_not_found(project: Project) -> None:
    await fresh(project)
    project.codebook = Codebook("", ())
    assert to_plain(await staleness(project)) == to_plain(pb.GetStalenessResponse())
    with pytest.raises(NotFound):
        await staleness(project, new_id())
