"""The RPCs of the proposal service: each calls a use case or a query, and answers with its message."""

from __future__ import annotations

from coderai.copilot.v1 import proposal_service_pb2_grpc


class ProposalServicer(proposal_service_pb2_grpc.ProposalServiceServicer):
    """coderai.copilot.v1.ProposalService."""
