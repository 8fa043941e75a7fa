"""Settings of the extractor service and its workers."""

from __future__ import annotations

from pydantic import Field

from kit.settings import ProcessSettings


class ExtractorSettings(ProcessSettings):
    """Read from CODERAI_EXTRACTOR_<NAME>, else CODERAI_<NAME>."""

    projects_address: str
    ingest_address: str
    concurrency: int = Field(default=8, ge=1)
    """Documents that one worker codes at a time."""
    window: int = Field(default=128, ge=1)
    """Tasks of one job that are in the queue at a time, so that a small job never waits behind a huge one."""
