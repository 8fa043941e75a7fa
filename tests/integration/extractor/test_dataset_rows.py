"""The dataset's rows, filtered, sorted and paged in the database, against the same done by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import Random
from typing import Any

import pytest

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import VariableType
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import InvalidInput, NotFound
from coderai.kit.ids import new_id
from coderai.kit.wire import to_plain
from coderai.services.extractor.entrypoints.dataset_service import DatasetServicer
from tests.support.dataset_by_hand import BY_NAME, FILTERS, stale, values
from tests.support.dataset_rows import Project
from tests.support.random_dataset import CODEBOOK, Row, fill
from tests.support.stack import ServiceDatabases


@pytest.fixture
async def project(service_dsns: ServiceDatabases) -> AsyncIterator[Project]:
    db = Database(service_dsns["extractor"].application, "extractor")
    yield Project(db, CODEBOOK)
    await db.close()


async def listed(project: Project, project_id: Any = None, **fields: Any) -> pb.ListDatasetRowsResponse:
    request = pb.ListDatasetRowsRequest(project_id=str(project_id or project.id), **fields)
    with identity.acting_as(project.who):
        return await DatasetServicer(open_store=project.open_store, projects=project).ListDatasetRows(request, None)


async def ids(project: Project, **fields: Any) -> list[str]:
    found = await listed(project, **{"page_size": 200, **fields})
    assert found.total == len(found.items)
    return [row.unit_id for row in found.items]


@pytest.mark.parametrize("seed", range(3))
async def test_every_filter_finds_what_a_look_at_each_row_finds(project: Project, seed: int) -> None:
    rows = await fill(project, Random(seed), 40)
    for text, holds in FILTERS.items():
        assert await ids(project, filter=[text]) == [str(row.unit_id) for row in rows if holds(row)], text
    chosen = Random(seed).sample(list(FILTERS.items()), 12)
    for (one, holds), (other, holds_too) in zip(chosen[::2], chosen[1::2], strict=True):
        both = [str(row.unit_id) for row in rows if holds(row) and holds_too(row)]
        assert await ids(project, filter=[one, other]) == both, (one, other)
    by_id = f"document.id={rows[0].document_id}"
    assert await ids(project, filter=[by_id]) == [str(r.unit_id) for r in rows if r.document_id == rows[0].document_id]


def sort_key(name: str, row: Row) -> Any:
    """What a row is sorted by; None where it has nothing."""
    if name == "document":
        return row.document_name.lower()
    if name == "entity":
        return row.entity_text.lower()
    name, _, field = name.partition(".")
    found = row.cells.get(name)
    if found is None or found["value"] is None:
        return None
    if field:
        return found["confidence"]
    kind = BY_NAME[name].type
    if kind is VariableType.NUMBER or kind is VariableType.DATE:
        return values(row, name)[0]
    return found["label"].lower()


@pytest.mark.parametrize("sort", ["document", "entity", *(n for n in BY_NAME if n != "days"), "place.confidence"])
@pytest.mark.parametrize("descending", [False, True])
async def test_pages_of_sorted_rows_have_no_gaps_and_no_doubles(project: Project, sort: str, descending: bool) -> None:
    rows = await fill(project, Random(7), 20)
    ordered = sorted(rows, key=lambda row: (row.document_id, row.entity_index))
    has = [row for row in ordered if sort_key(sort, row) is not None]
    has.sort(key=lambda row: sort_key(sort, row), reverse=descending)
    if descending:
        keys = sorted({sort_key(sort, row) for row in has}, reverse=True)
        has = [row for key in keys for row in ordered if sort_key(sort, row) == key]
    expected = [str(row.unit_id) for row in (*has, *(row for row in ordered if sort_key(sort, row) is None))]
    text = f"-{sort}" if descending else sort
    assert await ids(project, sort=text) == expected
    for size in (1, 4, len(rows)):
        token, found = "", list[str]()
        while True:
            page = await listed(project, sort=text, page_size=size, page_token=token)
            assert page.total == len(rows) and len(page.items) <= size
            found += [row.unit_id for row in page.items]
            token = page.next_page_token
            if not token:
                break
        assert found == expected
    passed = await listed(project, sort=text, page_size=3, offset=5)
    assert [row.unit_id for row in passed.items] == expected[5:8] and passed.total == len(rows)


async def test_pages_go_on_where_they_were_when_their_last_row_is_gone(project: Project) -> None:
    document_id = await project.document()
    units = [await project.unit(document_id, n, f"entity {n}") for n in range(1, 6)]
    first = await listed(project, page_size=2)
    project.codebook = CODEBOOK
    async with project.session() as session:
        await session.connection.exec_driver_sql(f"update units set state = 'REMOVED' where id = '{units[1]}'")
        await session.commit()
    rest = await listed(project, page_size=9, page_token=first.next_page_token)
    assert [row.entity_text for row in rest.items] == ["entity 3", "entity 4", "entity 5"]
    assert (rest.total, rest.next_page_token) == (4, "")


async def test_a_row_shows_the_cells_of_the_codebook_in_the_order_of_its_columns(project: Project) -> None:
    [row, *_] = await fill(project, Random(3), 3)
    [shown] = [one for one in (await listed(project)).items if one.unit_id == str(row.unit_id)]
    assert (shown.document_id, shown.document_name) == (str(row.document_id), row.document_name)
    assert (shown.entity_index, shown.entity_text) == (row.entity_index, row.entity_text)
    assert [one.variable for one in shown.cells] == list(BY_NAME)
    for one in shown.cells:
        plain, stored = to_plain(one), row.cells.get(one.variable)
        assert one.stale == stale(row, one.variable)
        if stored is None:
            assert to_plain(pb.DatasetCell(variable=one.variable, stale="NEVER_ASKED")) == plain
            continue
        assert plain.get("value") == stored["value"]
        assert plain["extraction_id"] == str(stored["extraction_id"] or "")
        for name in ("confidence", "status", "flags", "missing_reason", "support", "origin", "verdict"):
            assert plain[name] == stored[name]


async def test_only_the_cells_that_are_wanted_are_shown(project: Project) -> None:
    await fill(project, Random(3), 3)
    found = await listed(project, variables=["police_force", "place"])
    assert all([one.variable for one in row.cells] == ["place", "police_force"] for row in found.items)
    with pytest.raises(InvalidInput, match="there is no variable 'gone'"):
        await listed(project, variables=["gone"])


async def test_rows_of_an_empty_page_are_counted_all_the_same(project: Project) -> None:
    rows = await fill(project, Random(3), 3)
    beyond = await listed(project, offset=100)
    assert (list(beyond.items), beyond.total, beyond.next_page_token) == ([], len(rows), "")
    nothing = await listed(project, filter=["place=nowhere"])
    assert (list(nothing.items), nothing.total) == ([], 0)


@pytest.mark.parametrize(
    "fields",
    [
        {"offset": -1},
        {"page_size": 201},
        {"page_size": -1},
        {"page_token": "nonsense"},
        {"page_token": "bnVsbA"},
        {"page_token": "W10"},
        {"sort": "hurt"},
        {"filter": ["place=x", "hurt=1"]},
    ],
)
async def test_requests_that_make_no_sense_are_refused(project: Project, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        await listed(project, **fields)


async def test_a_token_is_of_one_order(project: Project) -> None:
    await fill(project, Random(3), 5)
    token = (await listed(project, page_size=1, sort="injured")).next_page_token
    for fields in ({}, {"sort": "place"}, {"sort": "-injured"}, {"sort": "injured", "offset": 2}):
        with pytest.raises(InvalidInput):
            await listed(project, page_token=token, **fields)


async def test_other_projects_and_other_workspaces_see_nothing(project: Project) -> None:
    await fill(project, Random(3), 3)
    elsewhere = Project(project.db, CODEBOOK, id=project.id)
    beside = Project(project.db, CODEBOOK, who=project.who)
    for other in (elsewhere, beside):
        found = await listed(other)
        assert (list(found.items), found.total) == ([], 0)
    with pytest.raises(NotFound):
        await listed(project, new_id())


async def test_a_project_without_variables_has_rows_without_cells(project: Project) -> None:
    rows = await fill(project, Random(3), 3)
    project.codebook = Codebook("", ())
    found = await listed(project)
    assert found.total == len(rows) and not any(row.cells for row in found.items)
