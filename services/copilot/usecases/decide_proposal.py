"""Does with a proposal what a person decides: nothing else changes a project."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.kit.audit import Fact
from coderai.kit.errors import CoderAIError
from coderai.kit.identity import Identity
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.services.copilot.domain.fitting import try_changes
from coderai.services.copilot.domain.proposal import Proposal, ProposalStatus
from coderai.services.copilot.usecases.ports import OpenStore, Projects


@dataclass(frozen=True, slots=True)
class DecideProposal:
    """The use cases with what they need of the world."""

    open_store: OpenStore
    projects: Projects
    clock: Callable[[], datetime]

    async def apply(self, who: Identity, proposal_id: UUID) -> Proposal:
        """Makes the change, whole or not at all; the same again changes nothing.

        Raises:
            ProposalNotFound
            ProposalDecided: it was rejected.
            CoderAIError: what it was proposed for has changed since (code ground_changed), or it cannot be done.
        """
        proposal, _ = await self.apply_and_show(who, proposal_id)
        return proposal

    async def apply_and_show(self, who: Identity, proposal_id: UUID) -> tuple[Proposal, Sequence[Variable]]:
        """The same, with the variables that it created or changed, as they are now.

        It is noted first that it begins: whoever asks again after a fault finds out whether it was done, as the
        projects service does each proposal once, and nobody rejects what is being applied.
        """
        async with self.open_store() as store:
            proposal = (await store.proposal(proposal_id)).begun()
            await store.save_proposal(proposal)
            await store.commit()
        try:
            variables = await self.projects.change(proposal)
        except CoderAIError as error:
            if not error.retryable:
                await self._give_up(proposal_id)
            raise
        async with self.open_store() as store:
            before = await store.proposal(proposal_id)
            ids = tuple(variable.id for variable in variables)
            proposal = before.applied(ids, who.user_id, self.clock())
            await store.save_proposal(proposal)
            if before.status is not ProposalStatus.APPLIED:
                kind = audit.AUDIT_KIND_PROPOSAL_APPLIED
                await store.record(Fact(kind, proposal.project_id, proposal.id, proposal.title))
            await store.commit()
        return proposal, variables

    async def reject(self, who: Identity, proposal_id: UUID) -> Proposal:
        """Notes that nobody wants it; the same again changes nothing.

        Raises:
            ProposalNotFound
            ProposalDecided: it was applied, or is being applied.
        """
        async with self.open_store() as store:
            proposal = (await store.proposal(proposal_id)).rejected(who.user_id, self.clock())
            await store.save_proposal(proposal)
            await store.commit()
        return proposal

    async def obstacle(self, proposal_id: UUID) -> str:
        """Why it cannot be applied as things are now; empty when it can be, and once it is decided, or may have been.

        Raises:
            ProposalNotFound
            CoderAIError: there is no such project any more.
        """
        async with self.open_store() as store:
            proposal = await store.proposal(proposal_id)
        if proposal.status is not ProposalStatus.PROPOSED or proposal.is_begun:
            return ""
        schema = await self.projects.schema(proposal.project_id)
        try:
            await asyncio.to_thread(try_changes, schema, proposal.changes, proposal.names)
        except CoderAIError as error:
            return error.message
        return ""

    async def _give_up(self, proposal_id: UUID) -> None:
        async with self.open_store() as store:
            await store.save_proposal((await store.proposal(proposal_id)).given_up())
            await store.commit()
