"""The RPCs of the setup service: each calls a use case or a query, and answers with its message."""

from __future__ import annotations

from coderai.copilot.v1 import setup_service_pb2_grpc


class SetupServicer(setup_service_pb2_grpc.SetupServiceServicer):
    """coderai.copilot.v1.SetupService."""
