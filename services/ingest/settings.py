"""Settings of the ingest service and its workers."""

from __future__ import annotations

from pydantic import Field, field_validator

from coderai.kit.settings import ProcessSettings, Settings
from coderai.services.ingest.domain.isolation import measures


class ReadingSettings(Settings):
    """What reading one file may take, and how scans are read."""

    reading_seconds: int = Field(default=120, ge=1)
    """The longest that reading one file may take, or until the next of its parts or scanned pages is read.

    That is for large files: 15 s and 20 s for each MiB are the most in any case.
    """
    reading_memory_mib: int = Field(default=1536, ge=768)
    """The most memory (address space) that reading one file may take."""
    ocr_languages: str = "auto"
    """What scans may be read in by tesseract's names, as in eng+deu; all that is installed when "auto".

    Of these each file is read in its own language and English. Scans are not read when empty, or without tesseract.
    """
    ocr_pages: int = Field(default=200, ge=1)
    """Scanned pages of one file that are read, some 4 s each; the others are named in a warning."""
    required_isolation: str = ""
    """Measures, as in files,network,system_calls, without which the worker does not start: what keeps a file that takes
    over the process that reads it from doing harm. Those that the host has are always taken, the others logged."""

    @field_validator("required_isolation")
    @classmethod
    def _names_measures(cls, wanted: str) -> str:
        measures(wanted)
        return wanted


class IngestSettings(ProcessSettings, ReadingSettings):
    """Read from CODERAI_INGEST_<NAME>, else CODERAI_<NAME>."""

    projects_address: str
    extractor_address: str
    blob_url: str
    """Where files are kept: file:///folder or s3://bucket/prefix."""
    concurrency: int = Field(default=2, ge=1)
    """Files that one worker reads at a time, each in a process of its own; more urgent ones beside them, as many of
    each of the two more urgent lanes."""
    page_processes: int = Field(default=2, ge=1)
    """Pages of documents that one server draws at a time, each in a process of its own; of one workspace one less."""
    most_documents: int = Field(default=1_000_000, ge=1)
    """Documents that one workspace may keep, those in tables and archives counted one by one."""
    most_gib: int = Field(default=200, ge=1)
    """GiB of uploaded files and of texts that one workspace may keep."""
    most_unfinished_uploads: int = Field(default=200, ge=1)
    """Uploads that go on after a break, of 50 MiB at most each, that one workspace may have begun and not finished."""
