"""The store of proposals in Postgres."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update

from coderai.codebook.plain import read_fields
from coderai.kit.db import Session
from coderai.services.copilot.adapters.tables import proposals
from coderai.services.copilot.domain.problems import ProposalNotFound
from coderai.services.copilot.domain.proposal import Proposal, ProposalStatus


class ProposalRows(Session):
    """The part of usecases.ports.Store that is about proposals."""

    async def lock_proposals(self, project_id: UUID) -> None:
        key = func.hashtextextended(f"proposals {project_id}", 0)
        await self.execute(select(func.pg_advisory_xact_lock(key)))

    async def add_proposals(self, new: Sequence[Proposal]) -> None:
        if new:
            rows = [{"workspace_id": self.workspace_id, **asdict(one)} for one in new]
            await self.execute(insert(proposals).values(rows))

    async def pending_proposals(self, project_id: UUID, keys: Collection[str]) -> tuple[int, dict[str, Proposal]]:
        pending = proposals.c.project_id == project_id, proposals.c.status == ProposalStatus.PROPOSED
        count = await self.execute(select(func.count()).select_from(proposals).where(*pending))
        alike = select(proposals).where(*pending, proposals.c.key.in_(keys)).order_by(proposals.c.id.desc())
        return count.scalar_one(), {row.key: proposal_from(row) for row in await self.execute(alike)}

    async def proposal(self, proposal_id: UUID) -> Proposal:
        rows = await self.execute(select(proposals).where(proposals.c.id == proposal_id).with_for_update())
        row = rows.one_or_none()
        if row is None:
            raise ProposalNotFound()
        return proposal_from(row)

    async def save_proposal(self, proposal: Proposal) -> None:
        await self.execute(update(proposals).where(proposals.c.id == proposal.id).values(**asdict(proposal)))


def proposal_from(row: Any) -> Proposal:
    """The proposal in a row of the table."""
    values = {field.name: getattr(row, field.name) for field in fields(Proposal)}
    return Proposal(**values | read_fields(Proposal, values))
