"""Settings of the export service."""

from __future__ import annotations

import tempfile

from pydantic import Field

from coderai.kit.settings import ProcessSettings


class ExportSettings(ProcessSettings):
    """Read from CODERAI_EXPORT_<NAME>, else CODERAI_<NAME>."""

    ingest_address: str
    """host:port of ingest's gRPC server."""
    extractor_address: str
    """host:port of the extractor's gRPC server."""
    blob_url: str
    """Where files are kept: file:///folder or s3://bucket/prefix."""
    work_folder: str = tempfile.gettempdir()
    """Where a worker keeps the file that it is writing; it needs room for the job's extractions twice."""
    keep_days: int = Field(30, ge=0)
    """For how long the files of exports are kept; 0 for good."""
