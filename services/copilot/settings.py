"""Settings of the copilot service."""

from __future__ import annotations

from coderai.kit.settings import ProcessSettings


class CopilotSettings(ProcessSettings):
    """Read from CODERAI_COPILOT_<NAME>, else CODERAI_<NAME>; those of the models are kit.llm.LLMSettings."""

    projects_address: str
    """host:port of the projects service's gRPC server."""
    ingest_address: str
    """host:port of the ingest service's gRPC server."""
    extractor_address: str
    """host:port of the extractor's gRPC server, which keeps the ledger of what is spent on models."""
