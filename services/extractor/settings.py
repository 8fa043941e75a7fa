"""Settings of the extractor service and its workers."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, Json, PositiveInt

from coderai.kit.llm import LLMSettings
from coderai.kit.settings import ProcessSettings
from coderai.services.extractor.adapters.rate_limit import ModelLimit


class ExtractorSettings(ProcessSettings, LLMSettings):
    """Read from CODERAI_EXTRACTOR_<NAME>, else CODERAI_<NAME>."""

    projects_address: str
    ingest_address: str
    concurrency: int = Field(default=8, ge=1)
    """Documents that one worker codes at a time."""
    window: int = Field(default=128, ge=1)
    """Tasks of one job that are in the queue at a time, so that a small job never waits behind a huge one."""
    most_jobs: int = Field(default=20, ge=1)
    """Running and paused jobs that a workspace may have."""
    most_documents_waiting: int = Field(default=100_000, ge=1)
    """Documents of all running jobs that may wait to be coded; beyond that no further job is started."""
    model_limits: Json[dict[str, ModelLimit]] = Field(default_factory=dict)
    """JSON, over all replicas: {"openai:gpt-5-mini": {"requests_per_minute": 500, "tokens_per_minute": 200000}}."""
    context_tokens: Json[dict[str, PositiveInt]] = Field(default_factory=dict)
    """JSON: the most tokens of one call, prompt and reply together, by model, "*" for all others: {"*": 60000}.

    Else what is known of the model's family, 16,000 when nothing is. Documents that fit go out whole.
    """
    prices: Path = Path(__file__).with_name("prices.yaml")
    """The price table."""
