"""The ETags of the dataset's cells, made by the database: they tell what a person judges from what another made of it.

A cell has another one once its newest extraction, what that says, or the feedback that decides it has changed. Flags,
confidence and staleness do not count.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, func, select

from coderai.kit.db import Session, any_of
from coderai.services.extractor.adapters.dataset_tables import cells

_c = cells.c
_told = cast(func.row(_c.extraction_id, _c.feedback_id, _c.missing_reason, _c.value), Text)
CELL_ETAG: ColumnElement[Any] = func.concat('"', func.md5(_told), '"').label("etag")
"""Of a row of `cells`; in quotation marks, as headers have it."""


async def etags_of_cells(session: Session, unit_ids: Collection[UUID]) -> dict[tuple[UUID, UUID], str]:
    """The ETags of the cells of some units, by unit and variable."""
    wanted = select(_c.unit_id, _c.variable_id, CELL_ETAG).where(_c.unit_id == any_of(unit_ids))
    return {(row.unit_id, row.variable_id): row.etag for row in await session.execute(wanted)}
