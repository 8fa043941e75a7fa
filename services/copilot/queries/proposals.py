"""Reads of proposals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coderai.copilot.v1.proposal_service_pb2 import ListProposalsResponse, Proposal
from coderai.kit.db import Session
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.copilot.adapters.tables import proposals
from coderai.services.copilot.domain.problems import ProposalNotFound

_HIDDEN = ("workspace_id", "names", "key", "is_begun")


async def get_proposal(session: Session, proposal_id: UUID) -> Proposal:
    """A proposal, not told whether it can be applied as things are now. Raises ProposalNotFound."""
    row = (await session.execute(select(proposals).where(proposals.c.id == proposal_id))).one_or_none()
    if row is None:
        raise ProposalNotFound()
    return _message(row._mapping)


async def get_proposals(session: Session, proposal_ids: Sequence[UUID]) -> list[Proposal]:
    """Those that there are, in the order of their ids' list; not told whether they can be applied as things are now."""
    rows = (await session.execute(select(proposals).where(proposals.c.id.in_(proposal_ids)))).all()
    by_id = {row.id: _message(row._mapping) for row in rows}
    return [by_id[id] for id in proposal_ids if id in by_id]


async def list_proposals(session: Session, project_id: UUID, status: str, page: Page) -> ListProposalsResponse:
    """A page of a project's proposals, newest first; `status`: those of one alone, all when it is empty."""
    wanted = select(proposals).where(proposals.c.project_id == project_id)
    if status:
        wanted = wanted.where(proposals.c.status == status)
    if page.after:
        wanted = wanted.where(proposals.c.id < page.after)
    rows = (await session.execute(wanted.order_by(proposals.c.id.desc()).limit(page.size))).all()
    items = [_message(row._mapping) for row in rows]
    return ListProposalsResponse(items=items, next_page_token=page.next_token(rows))


def _message(row: Mapping[Any, Any]) -> Proposal:
    return from_plain(Proposal, {name: value for name, value in row.items() if name not in _HIDDEN})
