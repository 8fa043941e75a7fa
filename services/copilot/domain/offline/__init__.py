"""The built-in engine: suggests by what recurs in the documents, deterministically and without a network."""

from coderai.services.copilot.domain.offline.engine import suggest

__all__ = ["suggest"]
