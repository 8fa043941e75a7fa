"""The RPCs of the template service: each calls a use case or a query, and answers with its message."""

from __future__ import annotations

from coderai.projects.v1 import template_service_pb2_grpc


class TemplateServicer(template_service_pb2_grpc.TemplateServiceServicer):
    """coderai.projects.v1.TemplateService."""
