"""The store of guided setups in Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from coderai.codebook.plain import read
from coderai.kit.db import Session, any_of
from coderai.kit.ids import new_id
from coderai.services.copilot.adapters.proposal_rows import proposal_from
from coderai.services.copilot.adapters.tables import proposals, setups
from coderai.services.copilot.domain.proposal import Proposal
from coderai.services.copilot.domain.setup.setup import Setup, StepState


class SetupRows(Session):
    """The part of usecases.ports.Store that is about setups."""

    async def setup(self, project_id: UUID) -> Setup:
        # A setup that nobody has begun has no row to lock.
        await self.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"setup {project_id}", 0))))
        row = (await self.execute(select(setups.c.steps).where(setups.c.project_id == project_id))).one_or_none()
        return Setup(project_id) if row is None else Setup(project_id, tuple(read(StepState, one) for one in row.steps))

    async def save_setup(self, setup: Setup) -> None:
        steps = [asdict(one) for one in setup.steps]
        row = {"id": new_id(), "workspace_id": self.workspace_id, "project_id": setup.project_id, "steps": steps}
        added = insert(setups).values(row)
        await self.execute(added.on_conflict_do_update(index_elements=["project_id"], set_={"steps": steps}))

    async def proposals(self, proposal_ids: Sequence[UUID]) -> list[Proposal]:
        rows = await self.execute(select(proposals).where(proposals.c.id == any_of(proposal_ids)))
        return [proposal_from(row) for row in rows]
