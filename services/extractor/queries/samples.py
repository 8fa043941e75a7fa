"""The samples that were drawn from a project's dataset, as messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select

from coderai.codebook.codebook import Codebook
from coderai.extractor.v1 import review_service_pb2 as pb
from coderai.kit.db import Session, any_of
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.extractor.adapters.dataset_tables import feedback, review_samples, sample_cells

IS_JUDGED: ColumnElement[bool] = exists().where(
    feedback.c.unit_id == sample_cells.c.unit_id,
    feedback.c.variable_id == sample_cells.c.variable_id,
    feedback.c.sample_id == sample_cells.c.sample_id,
    feedback.c.undone_at.is_(None),
)
"""Holds for a cell on which somebody gave a verdict in its sample that is not taken back."""

_SHOWN = ("id", "project_id", "design", "blind", "seed", "size", "population", "author", "created_at")
_OF_STRATUM = ("name", "population", "drawn", "inclusion_probability")


async def list_samples(
    session: Session, project_id: UUID, codebook: Codebook, page: Page
) -> pb.ListReviewSamplesResponse:
    """A page of a project's samples, newest first."""
    wanted = select(review_samples).where(review_samples.c.project_id == project_id)
    wanted = wanted.order_by(review_samples.c.id.desc()).limit(page.size)
    if page.after:
        wanted = wanted.where(review_samples.c.id < page.after)
    rows = (await session.execute(wanted)).all()
    judged = await _judged(session, [row.id for row in rows])
    items = [_message(row, codebook, judged) for row in rows]
    return pb.ListReviewSamplesResponse(items=items, next_page_token=page.next_token(rows))


async def get_sample(session: Session, sample_id: UUID, codebook: Codebook) -> pb.ReviewSample:
    """A sample that there is."""
    row = (await session.execute(select(review_samples).where(review_samples.c.id == sample_id))).one()
    return _message(row, codebook, await _judged(session, [sample_id]))


async def _judged(session: Session, sample_ids: Collection[UUID]) -> Counter[tuple[UUID, str]]:
    """How many cells are judged, by sample and stratum."""
    place = (sample_cells.c.sample_id, sample_cells.c.stratum)
    counted = select(*place, func.count().label("cells")).where(
        and_(sample_cells.c.sample_id == any_of(sample_ids), IS_JUDGED)
    )
    found = await session.execute(counted.group_by(*place))
    return Counter({(row.sample_id, row.stratum): row.cells for row in found})


def _message(row: Any, codebook: Codebook, judged: Counter[tuple[UUID, str]]) -> pb.ReviewSample:
    ids = set(row.variable_ids)
    strata = [{name: one[name] for name in _OF_STRATUM} | {"judged": judged[row.id, one["name"]]} for one in row.strata]
    shown = {name: row._mapping[name] for name in _SHOWN} | {
        "variables": [variable.name for variable in codebook.variables if UUID(variable.id) in ids],
        "strata": strata,
        "judged": sum(one["judged"] for one in strata),
    }
    return from_plain(pb.ReviewSample, shown)
