"""What suggestions answer, as messages made of the proposals that were kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from coderai.copilot.v1 import copilot_service_pb2 as pb
from coderai.copilot.v1.proposal_service_pb2 import Proposal
from coderai.copilot.v1.schema_review_pb2 import SchemaFinding
from coderai.kit.wire import from_plain
from coderai.services.copilot.domain.suggesting.findings import Finding


def suggestion(proposal: Proposal) -> pb.VariableSuggestion:
    """The variable that a proposal adds."""
    added = proposal.changes[0].variable_after
    return pb.VariableSuggestion(
        variable=added, reason=proposal.reason, proposal_id=proposal.id, quotes=proposal.quotes
    )


def first(proposals: Sequence[Proposal]) -> Proposal | None:
    """The one proposal, if there is one."""
    return proposals[0] if proposals else None


def findings(found: Iterable[Finding]) -> list[SchemaFinding]:
    """What a review has found."""
    return [from_plain(SchemaFinding, asdict(finding)) for finding in found]
