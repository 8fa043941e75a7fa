"""The RPCs of the conversation service: each calls a use case or a query, and answers with its message."""

from __future__ import annotations

from coderai.copilot.v1 import conversation_service_pb2_grpc


class ConversationServicer(conversation_service_pb2_grpc.ConversationServiceServicer):
    """coderai.copilot.v1.ConversationService."""
