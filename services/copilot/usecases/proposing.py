"""Keeps what engines propose, where it could be applied as things are now."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.fitting import Fitted, fit_drafts, key_of, told
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

        def proposal(one: Fitted) -> Proposal:
            return Proposal(
                id=self.new_id(),
                project_id=project_id,
                status=ProposalStatus.PROPOSED,
                origin=origin,
                diff=one.diff,
                model=model,
                author=who.user_id,
                names=schema.names,
                message_id=message_id,
                **{field.name: getattr(one.draft, field.name) for field in fields(Draft)},
            )

        async with self.open_store() as store:
            await store.lock_proposals(project_id)
            pending = await store.pending_proposals(project_id)
            known = {key_of(earlier.changes): earlier for earlier in pending}
            room = MOST_PENDING - len(pending)
            new = {one.key: proposal(one) for one in fitted if one.key not in known}
            added = dict(islice(new.items(), max(0, room)))
            await store.add_proposals(list(added.values()))
            await store.commit()
        if len(added) < len(new):
            left_out.append(
                f"{len(new) - len(added)} more are left out: {MOST_PENDING} proposals wait for a decision already"
            )
        found = {**known, **added}
        kept = dict.fromkeys(one.key for one in fitted if one.key in found)
        return Kept(tuple(found[key] for key in kept), told(left_out))
