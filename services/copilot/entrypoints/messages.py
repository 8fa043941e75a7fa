"""What suggestions answer, as messages."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coderai.copilot.v1 import copilot_service_pb2 as pb
from coderai.copilot.v1.proposal_service_pb2 import Proposal, SourceQuote
from coderai.copilot.v1.schema_review_pb2 import SchemaFinding
from coderai.kit.wire import from_plain
from coderai.projects.v1.codebook_pb2 import Variable
from coderai.services.copilot.domain import proposal as domain
from coderai.services.copilot.usecases.proposing import Kept
from coderai.services.copilot.usecases.review_schema import Reviewed


def variables_response(found: Kept) -> pb.SuggestVariablesResponse:
    """A suggestion for each proposal, which adds one variable."""
    items = [
        pb.VariableSuggestion(
            variable=from_plain(Variable, one.changes[0].variable_after or {}),
            reason=one.reason,
            proposal_id=str(one.id),
            quotes=[from_plain(SourceQuote, asdict(quote)) for quote in one.quotes],
        )
        for one in found.proposals
    ]
    return pb.SuggestVariablesResponse(items=items, left_out=found.left_out)


def unit_response(found: Kept) -> pb.SuggestUnitResponse:
    """The proposed units."""
    return pb.SuggestUnitResponse(items=map(proposal_message, found.proposals), left_out=found.left_out)


def categories_response(found: Kept) -> pb.SuggestCategoriesResponse:
    """The one proposal, if there is one."""
    return pb.SuggestCategoriesResponse(proposal=_only(found), left_out=found.left_out)


def instructions_response(found: Kept) -> pb.SuggestInstructionsResponse:
    """The one proposal, if there is one."""
    return pb.SuggestInstructionsResponse(proposal=_only(found), left_out=found.left_out)


def review_response(found: Reviewed) -> pb.ReviewSchemaResponse:
    """The findings, and the proposals that they name."""
    return pb.ReviewSchemaResponse(
        items=[from_plain(SchemaFinding, asdict(finding)) for finding in found.findings],
        proposals=map(proposal_message, found.proposals),
        left_out=found.left_out,
    )


def proposal_message(proposal: domain.Proposal) -> Proposal:
    """A proposal as callers see it."""
    return from_plain(Proposal, asdict(proposal))


def _only(found: Kept) -> Any:
    return proposal_message(found.proposals[0]) if found.proposals else None
