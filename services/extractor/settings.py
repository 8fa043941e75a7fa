"""Settings of the extractor service and its workers."""

from __future__ import annotations

from pydantic import Field

from coderai.kit.llm import LLMSettings
from coderai.kit.settings import ProcessSettings
from coderai.services.extractor.domain.jobs.spending import Caps


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
    tokens_a_day: int = Field(default=0, ge=0)
    """Tokens that one workspace may use of models in a day (UTC), the co-pilot's too; 0 for no limit."""
    dollars_a_day: float = Field(default=0.0, ge=0)
    """US dollars that one workspace may spend on models in a day (UTC), as far as prices are known; 0 for no limit."""

    @property
    def caps(self) -> Caps:
        """The two."""
        return Caps(self.tokens_a_day, self.dollars_a_day)
