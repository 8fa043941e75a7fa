"""Reviews all variables of a project together, and with a sample of its documents."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from coderai.kit.identity import Identity
from coderai.services.copilot.domain.fitting import key_of
from coderai.services.copilot.domain.proposal import Draft, Proposal, ProposalOrigin
from coderai.services.copilot.domain.suggesting.checking import Drafted
from coderai.services.copilot.domain.suggesting.findings import Finding
from coderai.services.copilot.domain.suggesting.reviewing import checked
from coderai.services.copilot.usecases.suggesting import Suggesting


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What a review has found."""

    findings: tuple[Finding, ...]
    """The gravest first; each with the id of the proposal that would mend it, if there is one."""
    proposals: tuple[Proposal, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewSchema:
    """The use case with what it needs of the world."""

    suggesting: Suggesting

    async def __call__(
        self, who: Identity, project_id: UUID, origin: ProposalOrigin = ProposalOrigin.SUGGESTION
    ) -> Reviewed:
        """Says what is wrong or doubtful, and proposes what would mend it; nothing of the project is changed.

        What code alone can tell is told without documents too.

        Raises:
            CoderAIError: there is no such project, or its model cannot be asked.
        """
        asked = await self.suggesting.of_project(project_id, without_documents=True)
        question = asked.question
        ideas = await asked.engine.review(question) if question.documents and question.variables else ()
        found = await asyncio.to_thread(checked, ideas, question)
        drafts = tuple(one.draft for one in found.findings if one.draft is not None)
        kept = await self.suggesting.keep(who, asked, Drafted(drafts, found.left_out), origin)
        findings = (replace(one.finding, proposal_id=_id_of(one.draft, kept.proposals)) for one in found.findings)
        return Reviewed(tuple(findings), kept.proposals, kept.left_out)


def _id_of(draft: Draft | None, proposals: Sequence[Proposal]) -> str:
    """The id of the proposal that came of a draft; empty when none did."""
    if draft is None:
        return ""
    key = key_of(draft.changes)
    titled = (one for one in proposals if (one.kind, one.title) == (draft.kind, draft.title))
    same = (one for one in proposals if key_of(one.changes) == key)
    return next((str(one.id) for one in (*same, *titled)), "")
