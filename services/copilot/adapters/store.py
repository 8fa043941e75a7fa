"""The store of refinements and of all else that the co-pilot keeps, in Postgres."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from coderai.codebook.plain import read_fields
from coderai.kit.audit_entries import RecordingSession
from coderai.services.copilot.adapters.message_rows import MessageRows
from coderai.services.copilot.adapters.proposal_rows import ProposalRows
from coderai.services.copilot.adapters.setup_rows import SetupRows
from coderai.services.copilot.adapters.tables import messages, proposals, refinements, setups
from coderai.services.copilot.domain.problems import RefinementNotFound
from coderai.services.copilot.domain.refining.refinement import Refinement


class CopilotStore(ProposalRows, SetupRows, MessageRows, RecordingSession):
    """usecases.ports.Store over one tenant transaction."""

    async def add_refinement(self, refinement: Refinement) -> None:
        await self.execute(insert(refinements).values(workspace_id=self.workspace_id, **asdict(refinement)))

    async def refinement(self, refinement_id: UUID) -> Refinement:
        rows = await self.execute(select(refinements).where(refinements.c.id == refinement_id).with_for_update())
        row = rows.one_or_none()
        if row is None:
            raise RefinementNotFound()
        return refinement_from(row)

    async def save_refinement(self, refinement: Refinement) -> None:
        await self.execute(update(refinements).where(refinements.c.id == refinement.id).values(**asdict(refinement)))

    async def remove_project(self, project_id: UUID) -> None:
        for table in (refinements, proposals, messages, setups):
            await self.execute(delete(table).where(table.c.project_id == project_id))


def refinement_from(row: Any) -> Refinement:
    """The refinement in a row of the table."""
    values = {field.name: getattr(row, field.name) for field in fields(Refinement)}
    return Refinement(**values | read_fields(Refinement, values))
