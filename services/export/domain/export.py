"""An export: what was asked for, where it stands, and what its files are called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from coderai.services.export.domain.choice import WHOLE, Choice
from coderai.services.export.domain.problems import ExportHasFailed, ExportInvalid, ExportNotReady, NoCodebookFile

_NAME_BYTES = 120
DELIMITERS = (",", ";", "\t", "|")
"""What may stand between the columns of a CSV."""


class Layout(StrEnum):
    """What a row of the dataset is."""

    WIDE = "WIDE"
    """A row per unit of observation, a column per variable."""
    LONG = "LONG"
    """A row per value."""


class Status(StrEnum):
    """Where an export stands."""

    PENDING = "PENDING"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class CategoriesAs(StrEnum):
    """How a CATEGORY's values are written where the format leaves a choice."""

    LABELS = "LABELS"
    CODES = "CODES"


@dataclass(frozen=True, slots=True)
class Options:
    """Which columns stand beside each variable's values, and how values are written."""

    confidence: bool = False
    source: bool = False
    """The quote."""
    page: bool = False
    prompt_version: bool = False
    missing_reason: bool = False
    status: bool = False
    flags: bool = False
    support: bool = False
    origin: bool = False
    bounds: bool = False
    """Both ends of every number and date, even where none has two."""
    candidates: bool = False
    """In JSON: what was in question for cells without a value."""
    model: bool = False
    verdict: bool = False
    reviewer: bool = False
    weight: bool = False
    """Of judged cells of a probability sample: how many cells each stands for."""
    categories_as: CategoriesAs = CategoriesAs.LABELS
    delimiter: str = ","
    """Of CSV."""
    byte_order_mark: bool = False
    replace_line_breaks: bool = False
    texts: bool = False
    """Of HTML and BUNDLE: whether documents' texts go along."""
    pseudonyms: bool = False

    @classmethod
    def stored(cls, plain: Mapping[str, Any]) -> Self:
        """The options from their fields as a store keeps them."""
        return cls(**{**plain, "categories_as": CategoriesAs(plain.get("categories_as", CategoriesAs.LABELS))})

    @classmethod
    def define(cls, plain: Mapping[str, Any]) -> Self:
        """The options of a request; what is empty there is as it usually is.

        Raises:
            ExportInvalid: a CSV cannot have such a delimiter.
        """
        options = cls(
            **{
                **plain,
                "categories_as": CategoriesAs(plain.get("categories_as") or CategoriesAs.LABELS),
                "delimiter": plain.get("delimiter") or ",",
            }
        )
        if options.delimiter not in DELIMITERS:
            message = "must be a comma, a semicolon, a tab or a vertical bar"
            raise ExportInvalid(f"the delimiter {message}", fields={"options.delimiter": message})
        return options


class FileRole(StrEnum):
    """What a file of an export is."""

    DATASET = "DATASET"
    CODEBOOK = "CODEBOOK"
    SCRIPT = "SCRIPT"


@dataclass(frozen=True, slots=True)
class ExportFile:
    """One file of a complete export."""

    name: str
    role: FileRole
    size: int
    """Bytes."""
    sha256: str
    """In hexadecimal."""
    media_type: str
    key: str = ""
    """Where the blob store keeps it."""


@dataclass(frozen=True, slots=True)
class Export:
    """One file of a project's dataset, or of one job's rows."""

    id: UUID
    project_id: UUID
    job_id: UUID | None
    """None for the dataset."""
    format: str
    """What kind of file the dataset becomes: the short name of a coderai.export.v1.ExportFormat."""
    layout: Layout = Layout.WIDE
    options: Options = Options()
    choice: Choice = WHOLE
    status: Status = Status.PENDING
    error: str = ""
    """Why it FAILED."""
    codebook_file_name: str = ""
    """Of a COMPLETE one; empty when the codebook is inside the dataset's file."""

    @classmethod
    def define(cls, id: UUID, project_id: UUID, job_id: UUID | None, plain: Mapping[str, Any]) -> Self:
        """A new export from a request's fields.

        Raises:
            ExportInvalid: its options or choice have mistakes.
        """
        choice = Choice.define(plain.get("choice") or {})
        if choice.only_reviewed and job_id is not None:
            message = "is for the dataset, as the rows of a job are as the model gave them"
            raise ExportInvalid(f"only_reviewed {message}", fields={"choice.only_reviewed": message})
        return cls(
            id,
            project_id,
            job_id,
            plain["format"],
            Layout(plain.get("layout") or Layout.WIDE),
            Options.define(plain.get("options", {})),
            choice,
        )

    @property
    def dataset_key(self) -> str:
        """Where the blob store keeps the dataset."""
        return f"exports/{self.project_id}/{self.id}/dataset.{self.format.lower()}"

    @property
    def codebook_key(self) -> str:
        """Where the blob store keeps the codebook, when it is a file of its own."""
        return f"exports/{self.project_id}/{self.id}/codebook.md"

    def file_key(self, codebook: bool) -> str:
        """Where the blob store keeps the dataset, or the codebook beside it.

        Raises:
            ExportNotReady, ExportHasFailed, NoCodebookFile
        """
        if self.status is Status.PENDING:
            raise ExportNotReady()
        if self.status is Status.FAILED:
            raise ExportHasFailed(f"the export failed: {self.error}")
        if codebook and not self.codebook_file_name:
            raise NoCodebookFile()
        return self.codebook_key if codebook else self.dataset_key


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an export that succeeded."""

    export_id: UUID
    file_name: str
    codebook_file_name: str
    """Empty when the codebook is inside the dataset's file."""
    size: int
    """Bytes."""
    row_count: int
    finished_at: datetime


def file_name(project_name: str, what: str, at: datetime, ending: str) -> str:
    """A name that every file system takes: letters, marks and digits of any script, the day in UTC, the ending.

    file_name("Protests: 2020/21", "dataset", at, ".csv") is "Protests-2020-21-dataset-2026-11-22.csv".
    """
    name = unicodedata.normalize("NFC", project_name)
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in name)
    words = re.sub("-+", "-", kept).strip("-")
    short = words.encode()[:_NAME_BYTES].decode(errors="ignore").rstrip("-")
    return f"{short or 'project'}-{what}-{at.astimezone(UTC):%Y-%m-%d}{ending}"
