"""The part of the API that is about what the co-pilot proposes, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.client.calls import Calls
from coderai.client.models import AppliedProposal, Proposal


class ProposalCalls(Calls):
    """Changes that the co-pilot proposes; nothing changes until a person applies one."""

    def proposals(self, project_id: str, *, status: str = "") -> Iterator[Proposal]:
        """A project's proposals, newest first; `status`: only those that are PROPOSED, APPLIED or REJECTED."""
        return self._items(Proposal, f"projects/{project_id}/proposals", status=status)

    def proposal(self, proposal_id: str) -> Proposal:
        """One proposal; its `stale` says why it cannot be applied as things are now."""
        return Proposal.model_validate(self._session.get(f"proposals/{proposal_id}"))

    def apply_proposal(self, proposal_id: str) -> AppliedProposal:
        """Makes the change, whole or not at all; twice is once."""
        return AppliedProposal.model_validate(self._session.post(f"proposals/{proposal_id}/apply"))

    def reject_proposal(self, proposal_id: str) -> Proposal:
        """Leaves everything as it is; twice is once."""
        return Proposal.model_validate(self._session.post(f"proposals/{proposal_id}/reject"))
