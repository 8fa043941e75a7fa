"""The built-in engine: suggests by what recurs in the documents, deterministically and without a network."""

from services.copilot.domain.offline.engine import suggest

__all__ = ["suggest"]
