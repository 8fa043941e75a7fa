"""Reads of refinements."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coderai.copilot.v1.copilot_service_pb2 import ListRefinementsResponse, Refinement
from coderai.kit.db import Session
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.copilot.adapters.tables import refinements
from coderai.services.copilot.domain.problems import RefinementNotFound
from coderai.services.copilot.domain.refining.refinement import RefinementStatus

_HIDDEN = ("workspace_id", "asked", "chosen_option")


async def get_refinement(session: Session, refinement_id: UUID) -> Refinement:
    """A refinement without what its trials show. Raises RefinementNotFound."""
    row = (await session.execute(select(refinements).where(refinements.c.id == refinement_id))).one_or_none()
    if row is None:
        raise RefinementNotFound()
    return _message(row._mapping)


async def list_refinements(session: Session, variable_id: UUID, page: Page) -> ListRefinementsResponse:
    """A page of a variable's refinements, newest first."""
    wanted = select(refinements).where(refinements.c.variable_id == variable_id)
    if page.after:
        wanted = wanted.where(refinements.c.id < page.after)
    rows = (await session.execute(wanted.order_by(refinements.c.id.desc()).limit(page.size))).all()
    items = [_message(row._mapping) for row in rows]
    return ListRefinementsResponse(items=items, next_page_token=page.next_token(rows))


def _message(row: Mapping[Any, Any]) -> Refinement:
    plain = {name: value for name, value in row.items() if name not in _HIDDEN}
    applied = row["chosen_option"] if row["status"] == RefinementStatus.APPLIED else 0
    return from_plain(Refinement, {**plain, "applied_option": applied})
