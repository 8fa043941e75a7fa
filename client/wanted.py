"""What a user wants of a run: which files, which sample, which settings, and what comes out where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from coderai.client.models import ExportColumns
from coderai.client.truth import TruthRow
from coderai.messages.requests import ExportFormat, Verify

EXPORT_FORMATS: Sequence[ExportFormat] = get_args(ExportFormat)
OFFLINE = "offline"
"""The model of the built-in engine."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to come out of a job, and where."""

    out: Path
    formats: Sequence[ExportFormat]
    columns: ExportColumns
    truth: Sequence[TruthRow] = ()
    keep_going: bool = False
    """Whether to go on by itself when the job pauses."""
    how_to_go_on: str = ""
    """The command that goes on where this one was ended."""


@dataclass(frozen=True, slots=True)
class Files:
    """What is to be uploaded, and which of it is coded."""

    paths: Sequence[Path]
    text_column: str = ""
    """Of tables: the column that holds each row's text; guessed when empty."""
    leave_out_duplicates: bool = False
    hidden: Sequence[Path] = ()
    """Files of the folders that are passed over."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Which documents are tried first."""

    size: int | None
    """0 for none; None for the project file's, or 5."""
    seed: int | None = None
    """Draws the sample that it drew before."""
    first_documents: bool = False
    """Whether they are the first ones, in place of random ones."""


@dataclass(frozen=True, slots=True)
class JobSettings:
    """What the jobs have in place of the project's settings; what is empty is the project's."""

    verify: Verify | None = None
    reasoning_effort: str = ""
    variables: Sequence[str] = ()
    """Names of the only ones to ask, with those that depend on them; all when there is none."""


@dataclass(frozen=True, slots=True)
class Consent:
    """How far a run goes without asking."""

    yes: bool = False
    """Whether all documents are coded after the sample, unasked."""
    sample_only: bool = False
    how_to_say_yes: str = ""
    """The command that goes on after the sample."""


DEFAULT_SAMPLE, PROJECTS_OWN = Sample(None), JobSettings()
