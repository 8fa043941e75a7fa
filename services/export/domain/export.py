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
from coderai.services.export.domain.details import DETAILS
from coderai.services.export.domain.problems import (
    ExportCancelled,
    ExportExpired,
    ExportHasFailed,
    ExportInvalid,
    ExportNotReady,
    NoCodebookFile,
    NoSuchFile,
)

_NAME_BYTES = 120
CODEBOOK_ENDING = "-codebook.md"
"""Of the file that is the codebook for readers."""
BUNDLE = "BUNDLE"
"""The format that has every column beside values, in the wide layout, whatever is asked for."""
_NAME_OF_WINDOWS = re.compile("(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])")
"""Where these are names of devices, whatever their ending."""
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
    """Nobody wanted it any more before it was written."""
    EXPIRED = "EXPIRED"
    """It was COMPLETE; its files are removed."""


MOST_PENDING = 20
"""Exports of one workspace that are not written yet: one worker writes one at a time, and others' wait behind them."""


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
    pseudonyms: bool = False
    texts: bool = False
    """Of bundles: the documents' texts."""
    name: str = ""
    """What the files are called, before their endings; empty where they are named after project, content and day."""

    @classmethod
    def stored(cls, plain: Mapping[str, Any]) -> Self:
        """The options from their fields as a store keeps them."""
        return cls(**{**plain, "categories_as": CategoriesAs(plain.get("categories_as", CategoriesAs.LABELS))})

    @classmethod
    def define(cls, plain: Mapping[str, Any]) -> Self:
        """The options of a request; what is empty there is as it usually is.

        Raises:
            ExportInvalid: a CSV cannot have such a delimiter, or a file such a name.
        """
        options = cls(
            **{
                **plain,
                "categories_as": CategoriesAs(plain.get("categories_as") or CategoriesAs.LABELS),
                "delimiter": plain.get("delimiter") or ",",
                "name": unicodedata.normalize("NFC", plain.get("name", "")),
            }
        )
        if options.delimiter not in DELIMITERS:
            message = "must be a comma, a semicolon, a tab or a vertical bar"
            raise ExportInvalid(f"the delimiter {message}", fields={"options.delimiter": message})
        if options.name and not _is_name(options.name):
            message = 'may have letters and digits, and between them "-" and "_"; it must be no name that Windows keeps'
            raise ExportInvalid(f"the name {message}", fields={"options.name": message})
        return options

    def of_bundle(self) -> Self:
        """All columns beside values and candidates, written as they always are: a bundle's data are to be checked."""
        kept = {"pseudonyms": self.pseudonyms, "texts": self.texts, "name": self.name}
        return self.stored({**dict.fromkeys((*DETAILS, "candidates"), True), **kept})


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
    key: str
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
    files: tuple[ExportFile, ...] = ()
    """Of a COMPLETE one, the dataset first."""

    @classmethod
    def define(cls, id: UUID, project_id: UUID, job_id: UUID | None, plain: Mapping[str, Any]) -> Self:
        """A new export from a request's fields.

        Raises:
            ExportInvalid: its options or choice have mistakes.
        """
        choice = Choice.define(plain.get("choice") or {})
        for name in ("only_reviewed", "filter"):
            if getattr(choice, name) and job_id is not None:
                message = "is for the dataset, as the rows of a job are as the model gave them"
                raise ExportInvalid(f"{name} {message}", fields={f"choice.{name}": message})
        layout, options = Layout(plain.get("layout") or Layout.WIDE), Options.define(plain.get("options", {}))
        if plain["format"] == BUNDLE:
            layout, options = Layout.WIDE, options.of_bundle()
        return cls(id, project_id, job_id, plain["format"], layout, options, choice)

    @property
    def folder(self) -> str:
        """Where the blob store keeps its files."""
        return folder_of(self.project_id, self.id)

    def file(self, name: str, *, codebook: bool) -> ExportFile:
        """The file of this name, or the codebook in Markdown; else the dataset.

        Raises:
            ExportNotReady, ExportHasFailed, ExportCancelled, ExportExpired, NoCodebookFile, NoSuchFile
        """
        match self.status:
            case Status.PENDING:
                raise ExportNotReady()
            case Status.FAILED:
                raise ExportHasFailed(f"the export failed: {self.error}")
            case Status.CANCELLED:
                raise ExportCancelled()
            case Status.EXPIRED:
                raise ExportExpired()
        if name:
            found = next((file for file in self.files if file.name == name), None)
            if found is None:
                raise NoSuchFile(f"its files are {', '.join(file.name for file in self.files)}")
            return found
        if not codebook:
            return self.files[0]
        found = next((file for file in self.files if file.name.endswith(CODEBOOK_ENDING)), None)
        if found is None:
            raise NoCodebookFile()
        return found


def folder_of(project_id: UUID, export_id: UUID) -> str:
    """Where the blob store keeps an export's files."""
    return f"exports/{project_id}/{export_id}"


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an export that succeeded."""

    export_id: UUID
    files: tuple[ExportFile, ...]
    """The dataset first."""
    row_count: int
    notes: tuple[str, ...]
    """What the format could not hold as it is, a sentence each."""
    finished_at: datetime
    expires_at: datetime | None = None
    """When its files are to be removed; None to keep them for good."""


def file_name(project_name: str, what: str, at: datetime, ending: str) -> str:
    """A name that every file system takes: letters, marks and digits of any script, the day in UTC, the ending.

    file_name("Protests: 2020/21", "dataset", at, ".csv") is "Protests-2020-21-dataset-2026-11-22.csv".
    """
    name = unicodedata.normalize("NFC", project_name)
    kept = "".join(char if unicodedata.category(char)[0] in "LMN" else "-" for char in name)
    words = re.sub("-+", "-", kept).strip("-")
    short = words.encode()[:_NAME_BYTES].decode(errors="ignore").rstrip("-")
    return f"{short or 'project'}-{what}-{at.astimezone(UTC):%Y-%m-%d}{ending}"


def _is_name(text: str) -> bool:
    """Whether every file system takes it before any ending."""
    is_written = all(char in "-_" or unicodedata.category(char)[0] in "LMN" for char in text)
    return is_written and unicodedata.category(text[0])[0] in "LN" and not _NAME_OF_WINDOWS.fullmatch(text)
