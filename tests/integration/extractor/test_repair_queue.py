"""The queue of cells to mend: which come first, and which do not come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.kit import identity
from coderai.kit.db import Database
from coderai.kit.errors import InvalidInput
from coderai.kit.ids import new_id
from coderai.services.extractor.adapters.dataset_tables import cells
from coderai.services.extractor.entrypoints.review_service import ReviewServicer
from tests.support.dataset_rows import MODEL, Project, variable
from tests.support.stack import ServiceDatabases

A, B = variable("a"), variable("b")
_OF = {"a": A, "b": B}


@pytest.fixture
async def project(service_dsns: ServiceDatabases) -> AsyncIterator[Project]:
    db = Database(service_dsns["extractor"].application, "extractor")
    yield Project(db, Codebook("", (A, B), model=MODEL))
    await db.close()


async def cell(project: Project, name: str, confidence: float, value: Any = "x", **columns: Any) -> UUID:
    """A cell of a unit of its own; returns its unit."""
    document_id = await project.document()
    unit_id = await project.unit(document_id, 1, f"{name} {confidence}")
    said = {"confidence": confidence, **columns}
    of_extraction = {key: said[key] for key in ("confidence", "missing_reason", "status") if key in said}
    extraction_id = await project.extraction(
        await project.job(), unit_id, document_id, _OF[name], value, **of_extraction
    )
    await project.cell(unit_id, document_id, _OF[name], value, extraction_id=extraction_id, **said)
    return unit_id


async def queue(project: Project, who: identity.Identity | None = None, **fields: Any) -> pb.GetReviewQueueResponse:
    request = pb.GetReviewQueueRequest(project_id=str(project.id), queue=pb.REVIEW_QUEUE_REPAIR, **fields)
    other: Any = None
    parts: dict[str, Any] = {"reviews": other, "accepting": other, "sampling": other}
    servicer = ReviewServicer(open_store=project.open_store, projects=project, **parts)
    with identity.acting_as(who or project.who):
        return await servicer.GetReviewQueue(request, None)


def shown(found: pb.GetReviewQueueResponse) -> list[tuple[str, str]]:
    return [(item.extraction.entity_text, item.why) for item in found.items]


async def test_flagged_come_first_then_the_least_certain_of_each_variable_in_turn(project: Project) -> None:
    for name, confidence in (("a", 0.9), ("a", 0.4), ("a", 0.5), ("b", 0.8)):
        await cell(project, name, confidence)
    flags = {"status": "FLAGGED", "flags": ["LOW_CONFIDENCE", "UNCHECKED"]}
    await cell(project, "b", 0.95, **flags)
    await cell(project, "a", 0.0, None)
    found = await queue(project)
    assert shown(found) == [
        ("b 0.95", "flagged: LOW_CONFIDENCE, UNCHECKED"),
        ("a 0.4", "confidence 0.40"),
        ("b 0.8", "confidence 0.80"),
        ("a 0.5", "confidence 0.50"),
        ("a 0.9", "confidence 0.90"),
        ("a 0.0", "no value: NOT_STATED"),
    ]
    assert (found.total, found.next_page_token) == (6, "")
    assert (found.items[1].extraction.value.string_value, found.items[1].extraction.confidence) == ("x", 0.4)


async def test_what_nobody_can_mend_or_has_been_judged_does_not_come(project: Project) -> None:
    await cell(project, "a", 0.1, verdict="CORRECT")
    await cell(project, "a", 0.2, status="FAILED")
    await cell(project, "a", 0.0, None, missing_reason="NOT_APPLICABLE")
    left = await cell(project, "a", 0.9)
    disputed = await cell(project, "b", 0.95, verdict="INCORRECT", status="FLAGGED", flags=["DISPUTED"])
    assert [UUID(item.extraction.unit_id) for item in (await queue(project)).items] == [left]
    found = await queue(project, disputed=True)
    assert [UUID(item.extraction.unit_id) for item in found.items] == [disputed, left]
    assert (found.items[0].why, found.total) == ("people differ", 2)


async def test_pages_follow_one_another_though_cells_are_judged_meanwhile(project: Project) -> None:
    confidences = [0.1, 0.2, 0.3, 0.4, 0.5]
    unit_ids = [await cell(project, "a", confidence) for confidence in confidences]
    page = partial(queue, project, page_size=2)
    first = await page()
    async with project.session() as session:
        judged = update(cells).where(cells.c.unit_id.in_(unit_ids[:2])).values(verdict="CORRECT")
        await session.execute(judged)
        await session.commit()
    second = await page(page_token=first.next_page_token)
    third = await page(page_token=second.next_page_token)
    assert [text for text, _ in (*shown(first), *shown(second), *shown(third))] == [f"a {c}" for c in confidences]
    assert (third.next_page_token, third.total) == ("", 3)


async def test_one_variable_can_be_asked_for(project: Project) -> None:
    await cell(project, "a", 0.1)
    await cell(project, "b", 0.2)
    assert shown(await queue(project, variable="b")) == [("b 0.2", "confidence 0.20")]
    with pytest.raises(InvalidInput):
        await queue(project, variable="c")


async def test_no_other_workspace_sees_the_queue(project: Project) -> None:
    await cell(project, "a", 0.1)
    other = identity.Identity(new_id(), new_id(), identity.Role.EDITOR, "other")
    assert not (await queue(project, other)).items
