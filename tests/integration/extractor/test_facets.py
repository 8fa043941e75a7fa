"""What the dataset's facets count, against the same counted by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from random import Random
from typing import Any

import pytest

from coderai.codebook.codebook import Codebook
from coderai.codebook.ranges import make_range
from coderai.codebook.variable import IfMultipleValues, VariableType
from coderai.extractor.v1 import dataset_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import InvalidInput
from coderai.kit.wire import from_value
from coderai.services.extractor.entrypoints.dataset_service import DatasetServicer
from tests.support.dataset_by_hand import FILTERS, stale
from tests.support.dataset_rows import Project, number, variable
from tests.support.random_dataset import CODEBOOK, VARIABLES, Row, fill
from tests.support.stack import ServiceDatabases


@pytest.fixture
async def project(service_dsns: ServiceDatabases) -> AsyncIterator[Project]:
    db = Database(service_dsns["extractor"].application, "extractor")
    yield Project(db, CODEBOOK)
    await db.close()


async def facets(project: Project, **fields: Any) -> pb.GetDatasetFacetsResponse:
    request = pb.GetDatasetFacetsRequest(project_id=str(project.id), **fields)
    with identity.acting_as(project.who):
        return await DatasetServicer(open_store=project.open_store, projects=project).GetDatasetFacets(request, None)


def frozen(value: Any) -> Any:
    return tuple(sorted(value.items(), key=str)) if isinstance(value, dict) else (type(value) is bool, value)


def check(facet: pb.Facet, name: str, type: VariableType, rows: Sequence[Row]) -> None:
    """Compares a facet with what the cells of these rows hold."""
    cells = [row.cells[name] for row in rows if name in row.cells]
    answered = [cell for cell in cells if cell["value"] is not None]
    values = [one for c in answered for one in (c["value"] if isinstance(c["value"], list) else [c["value"]])]
    assert (facet.variable, facet.units, facet.answered) == (name, len(rows), len(answered))
    for counted, column in ((facet.status, "status"), (facet.missing, "missing_reason"), (facet.verdicts, "verdict")):
        assert dict(counted) == Counter(cell[column] for cell in cells if cell[column])
    assert dict(facet.flags) == Counter(flag for cell in cells for flag in cell["flags"])
    assert facet.stale == sum(stale(row, name) != "" for row in rows)
    counts = Counter(map(frozen, values))
    assert facet.distinct == len(counts)
    listed = [(frozen(from_value(one.value)), one.count) for one in facet.top]
    assert [count for _, count in listed] == sorted(counts.values(), reverse=True)[:10]
    assert all(counts[value] == count for value, count in listed) and len(dict(listed)) == len(listed)
    bins = [min(int(cell["confidence"] * 10), 9) for cell in answered]
    assert [one.count for one in facet.confidence] == [bins.count(n) for n in range(10)]
    numbers = [number(value, type) for value in values]
    check_histogram(facet.histogram, [n for n in numbers if n is not None])


def check_histogram(bins: Sequence[pb.Bin], numbers: Sequence[float]) -> None:
    assert sum(one.count for one in bins) == len(numbers)
    if not numbers:
        return
    edges = [(getattr(one, "from"), one.to) for one in bins]
    assert (edges[0][0], edges[-1][1]) == (min(numbers), max(numbers))
    assert len(bins) == (10 if len(set(numbers)) > 1 else 1)
    for one, (low, high) in zip(bins, edges, strict=True):
        is_last = high == max(numbers)
        assert one.count == sum(low <= n < high or (is_last and n == high) for n in numbers)


@pytest.mark.parametrize("seed", range(4))
async def test_facets_count_what_the_rows_hold(project: Project, seed: int) -> None:
    rows = await fill(project, Random(seed), 60)
    for text, holds in [("", lambda row: True), *Random(seed).sample(list(FILTERS.items()), 6)]:
        matched = [row for row in rows if holds(row)]
        found = await facets(project, filter=[text] if text else [])
        assert found.total == len(matched)
        for facet, of in zip(found.items, VARIABLES, strict=True):
            check(facet, of.name, of.type, matched)


async def test_only_the_variables_that_are_wanted_are_counted(project: Project) -> None:
    rows = await fill(project, Random(1), 10)
    found = await facets(project, variables=["injured", "place"], top=1)
    assert [facet.variable for facet in found.items] == ["place", "injured"]
    assert found.total == len(rows) and all(len(facet.top) <= 1 for facet in found.items)


async def test_of_several_values_each_counts_and_of_two_ends_the_lower(project: Project) -> None:
    amounts = variable("amounts", VariableType.NUMBER, if_multiple_values=IfMultipleValues.ALL)
    project.codebook = Codebook("", (amounts,))
    document_id = await project.document()
    for index, value in enumerate([[1, 10, 10], 10, [make_range(5, 9), make_range(None, 3)], None, 1e300], start=1):
        await project.cell(await project.unit(document_id, index), document_id, amounts, value)
    [facet] = (await facets(project)).items
    assert (facet.units, facet.answered, facet.distinct) == (5, 4, 5)
    assert [(from_value(one.value), one.count) for one in facet.top][:2] == [(10, 3), (1, 1)]
    assert [one.count for one in facet.histogram] == [6, 0, 0, 0, 0, 0, 0, 0, 0, 1]


async def test_long_texts_that_begin_alike_are_different_values(project: Project) -> None:
    demand = variable("demand")
    project.codebook = Codebook("", (demand,))
    document_id = await project.document()
    for index, end in enumerate("aab", start=1):
        text = "w" * 300 + end
        await project.cell(await project.unit(document_id, index), document_id, demand, text, label=text[:200])
    [facet] = (await facets(project)).items
    assert [(from_value(one.value)[-1], one.count) for one in facet.top] == [("a", 2), ("b", 1)]
    assert facet.distinct == 2


async def test_facets_of_no_rows(project: Project) -> None:
    found = await facets(project)
    assert found.total == 0 and len(found.items) == len(VARIABLES)
    for facet in found.items:
        assert (facet.units, facet.answered, facet.distinct, facet.stale) == (0, 0, 0, 0)
        assert not facet.top and not facet.histogram
    project.codebook = Codebook("", ())
    assert not (await facets(project)).items


async def test_rows_without_cells_are_stale(project: Project) -> None:
    document_id = await project.document()
    await project.unit(document_id)
    found = await facets(project)
    assert [(facet.units, facet.stale) for facet in found.items] == [(1, 1)] * len(VARIABLES)


async def test_other_workspaces_and_other_projects_count_nothing(project: Project) -> None:
    await fill(project, Random(1), 5)
    for other in (Project(project.db, CODEBOOK, id=project.id), Project(project.db, CODEBOOK, who=project.who)):
        assert (await facets(other)).total == 0


@pytest.mark.parametrize("fields", [{"top": 101}, {"top": -1}, {"variables": ["hurt"]}, {"filter": ["hurt=1"]}])
async def test_requests_that_make_no_sense_are_refused(project: Project, fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        await facets(project, **fields)
