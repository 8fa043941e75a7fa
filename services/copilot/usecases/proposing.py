"""Keeps what engines propose, where it could be applied as things are now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.fitting import fit_drafts, told
from coderai.services.copilot.domain.proposal import Draft, Proposal, ProposalOrigin, ProposalStatus
from coderai.services.copilot.usecases.ports import OpenStore, Projects

MOST_PENDING = 500
"""Proposals of a project that may wait for a decision."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of drafts."""

    proposals: tuple[Proposal, ...]
    """In the order of their drafts; one that waits for a decision already is the earlier one."""
    left_out: tuple[str, ...]
    """Why drafts were left out, a sentence each."""


@dataclass(frozen=True, slots=True)
class Proposing:
    """The use case with what it needs of the world."""

    open_store: OpenStore
    projects: Projects
    new_id: Callable[[], UUID]

    async def keep(
        self,
        who: Identity,
        project_id: UUID,
        drafts: Sequence[Draft],
        origin: ProposalOrigin,
        model: str,
        message_id: UUID | None = None,
    ) -> Kept:
        """Keeps the drafts that the project could take, in one transaction; what is proposed already is not kept twice.

        Raises:
            CoderAIError: there is no such project.
        """
        schema = await self.projects.schema(project_id)
        fitted, left_out = await asyncio.to_thread(fit_drafts, drafts, schema, self.projects.read_changes)
        new = [
            Proposal(
                id=self.new_id(),
                project_id=project_id,
                status=ProposalStatus.PROPOSED,
                origin=origin,
                key=one.key,
                diff=one.diff,
                model=model,
                author=who.user_id,
                names=schema.names,
                message_id=message_id,
                **{field.name: getattr(one.draft, field.name) for field in fields(Draft)},
            )
            for one in fitted
        ]
        kept = await self._add(project_id, {one.key: one for one in reversed(new)})
        lost = sum(one.key not in kept for one in new)
        if lost:
            left_out.append(f"{lost} more are left out: {MOST_PENDING} proposals wait for a decision already")
        return Kept(tuple(kept[key] for key in dict.fromkeys(one.key for one in new) if key in kept), told(left_out))

    async def _add(self, project_id: UUID, new: Mapping[str, Proposal]) -> Mapping[str, Proposal]:
        """Adds those that nobody has proposed yet, as long as there is room; gives what waits by the keys."""
        async with self.open_store() as store:
            await store.lock_proposals(project_id)
            pending, known = await store.pending_proposals(project_id, new.keys())
            unknown = [one for one in new.values() if one.key not in known]
            added = sorted(unknown, key=lambda one: one.id)[: max(0, MOST_PENDING - pending)]
            await store.add_proposals(added)
            await store.commit()
        return {**known, **{one.key: one for one in added}}
