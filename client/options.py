"""The arguments and options that commands share, and what follows from them."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Literal, cast

import typer

from coderai.client.errors import UsageError
from coderai.client.installation import Where
from coderai.client.models import ExportColumns
from coderai.client.truth import TruthRow
from coderai.client.wanted import EXPORT_FORMATS, Sample, Wanted
from coderai.messages.requests import ExportFormat, Verify

_OPENAI = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CODERAI_OPENAI_API_KEY", "CODERAI_OPENAI_BASE_URL")
DEFAULT_FORMATS = "csv,xlsx,json"
EXPORT_COLUMNS = tuple(ExportColumns.__annotations__)
_AS_COLUMNS_ARE_CALLED = {"quote": "source", "missing": "missing_reason", "low": "bounds", "high": "bounds"}
"""The endings of columns, of which the API's options have other names."""
_COLUMN_WORDS = tuple(dict.fromkeys((*EXPORT_COLUMNS, *_AS_COLUMNS_ARE_CALLED)))
SHOWN_COLUMNS = ", ".join({"source": "quote", "missing_reason": "missing"}.get(one, one) for one in EXPORT_COLUMNS)
"""In help texts and errors."""
DEFAULT_COLUMNS = "confidence,quote,missing"
_SAMPLE_SIZE = 5
_LONGEST_COMPARED = 100
"""Characters of a word that is none of the known ones."""
_WHERE, _WHAT = "Where to run", "What comes out"

ProjectPath = Annotated[
    Path,
    typer.Argument(
        metavar="PROJECT.yaml",
        help="What a row is and which variables to code; or a bundle, whose codebook is run again.",
        show_default=False,
    ),
]
Documents = Annotated[
    list[str],
    typer.Argument(metavar="DOCUMENTS", help="Files, folders or patterns such as 'reports/*.pdf'.", show_default=False),
]
ProjectChoice = Annotated[
    str, typer.Argument(metavar="PROJECT", help="The project: its id, or its name.", show_default=False)
]
Variables = Annotated[
    str, typer.Option(metavar="A,B", help="Only these variables, and what depends on them.", show_default=False)
]
Out = Annotated[Path, typer.Option(help="The folder for the dataset and its codebook.", rich_help_panel=_WHAT)]
ResumeOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="The folder for the dataset; else that of the run which began the job.",
        show_default=False,
        rich_help_panel=_WHAT,
    ),
]
Formats = Annotated[
    str,
    typer.Option(
        help=f"Which files to write: {', '.join(EXPORT_FORMATS).lower()}, with commas between them; else the project "
        f"file's `formats`, or {DEFAULT_FORMATS}.",
        show_default=False,
        rich_help_panel=_WHAT,
    ),
]
ResumeFormats = Annotated[
    str,
    typer.Option(
        "--formats",
        help=f"Which files to write; else those of the run which began the job, or {DEFAULT_FORMATS}.",
        show_default=False,
        rich_help_panel=_WHAT,
    ),
]
Columns = Annotated[
    str,
    typer.Option(
        help=f"Which columns stand beside each variable's: any of {SHOWN_COLUMNS}. bounds are both ends of numbers and "
        "dates; candidates, in JSON alone, are what was in question for cells without a value.",
        rich_help_panel=_WHAT,
    ),
]
Truth = Annotated[
    Path | None,
    typer.Option(
        help="A CSV of hand-coded values to compare the dataset with; else the project file's `truth`.",
        show_default=False,
        rich_help_panel=_WHAT,
    ),
]
ResumeTruth = Annotated[
    Path | None,
    typer.Option(
        "--truth",
        help="A CSV of hand-coded values to compare the dataset with.",
        show_default=False,
        rich_help_panel=_WHAT,
    ),
]
Model = Annotated[
    str,
    typer.Option(
        help="The model that codes, such as openai:gpt-5-mini, or offline; else the project file's.", show_default=False
    ),
]
TextColumn = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Of tables (CSV, XLSX, JSON, Parquet): the column that holds each row's text; else it is guessed.",
        show_default=False,
    ),
]
LeaveOutDuplicates = Annotated[
    bool, typer.Option("--leave-out-duplicates", help="Do not code documents that repeat another.")
]
KeepGoing = Annotated[
    bool,
    typer.Option("--keep-going", help="Go on when the job pauses after failures, as long as some documents succeed."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Code all documents after the sample, without asking.")]
SampleOnly = Annotated[bool, typer.Option("--sample-only", help="End after the sample, without asking.")]
Fresh = Annotated[bool, typer.Option("--fresh", help="Make a new project, in place of going on with that of before.")]
SampleSize = Annotated[
    int | None,
    typer.Option(
        "--sample",
        min=0,
        metavar="N",
        help="Documents to try first, drawn at random by format, language and length; 0 for none. Else the project "
        "file's `sample_size`, or 5.",
        show_default=False,
    ),
]
SampleSeed = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=2**31 - 1,
        metavar="N",
        help="Draw the same sample again: the number that an earlier run told.",
        show_default=False,
    ),
]
FirstDocuments = Annotated[
    bool, typer.Option("--first-documents", help="Try the first documents, in place of random ones.")
]
VerifyCells = Annotated[
    Verify | None,
    typer.Option(
        "--verify",
        case_sensitive=False,
        help="Which cells a second, cheap call judges (does the quote state the value?): none, those that code leaves "
        "undecided, or all; else the project file's, or DOUBTFUL.",
        show_default=False,
    ),
]
ReasoningEffort = Annotated[
    Literal["minimal", "low", "medium", "high"] | None,
    typer.Option(
        case_sensitive=False,
        help="How much a model that thinks may think; else the project file's, or the provider's usual.",
        show_default=False,
    ),
]
Url = Annotated[
    str,
    typer.Option(
        envvar="CODERAI_URL",
        help="A running CoderAI, such as http://127.0.0.1:8080; else one is started for this command.",
        show_default=False,
        rich_help_panel=_WHERE,
    ),
]
Email = Annotated[
    str, typer.Option(envvar="CODERAI_EMAIL", help="Your account at --url.", show_default=False, rich_help_panel=_WHERE)
]
Password = Annotated[
    str,
    typer.Option(
        envvar="CODERAI_PASSWORD",
        help="Its password; better in the environment, where `ps` does not show it.",
        show_default=False,
        rich_help_panel=_WHERE,
    ),
]
Token = Annotated[
    str,
    typer.Option(
        envvar="CODERAI_TOKEN",
        help="An API key, or an access token, in place of email and password.",
        show_default=False,
        rich_help_panel=_WHERE,
    ),
]
Extractors = Annotated[
    int,
    typer.Option(
        min=1, metavar="N", help="Workers of a CoderAI that is started for this command.", rich_help_panel=_WHERE
    ),
]


@dataclass(frozen=True, slots=True)
class Output:
    """What is to come out, as the options have it."""

    out: Path
    formats: str = ""
    """Empty where the project file says, or nobody does."""
    columns: str = DEFAULT_COLUMNS
    truth: Path | None = None

    def check(self) -> None:
        """Raises UsageError when a list names something that the API does not have."""
        read_formats(self.formats or DEFAULT_FORMATS)
        read_columns(self.columns)

    def wanted(
        self,
        truth: Sequence[TruthRow],
        how_to_go_on: str,
        *,
        keep_going: bool = False,
        formats: Sequence[ExportFormat] = (),
    ) -> Wanted:
        """The same checked; `truth` are the rows of the file, `how_to_go_on` is a command.

        `formats`: those that are written where the options name none.

        Raises:
            UsageError: the folder cannot be written to, or a list names something that the API does not have.
        """
        columns = read_columns(self.columns)
        named = formats if formats and not self.formats else read_formats(self.formats or DEFAULT_FORMATS)
        return Wanted(writable_folder(self.out), named, columns, truth, keep_going, how_to_go_on)


def writable_folder(out: Path) -> Path:
    """The folder for the dataset: better known now than after the work that it cannot be written to.

    Raises:
        UsageError: it cannot be made, or not be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=out):
            return out
    except OSError as error:
        raise UsageError(f"--out {out}: files cannot be written there ({error.strerror})") from None


def read_formats(text: str, option: str = "--formats") -> list[ExportFormat]:
    """The formats in a list such as csv,xlsx.

    Raises:
        UsageError: there is none, or one that the API does not have.
    """
    known: dict[str, ExportFormat] = {name.lower(): name for name in EXPORT_FORMATS}
    names = listed(option, text, known)
    if not names:
        raise UsageError(f"{option} takes at least one of {', '.join(known)}")
    return [known[name] for name in names]


def read_columns(text: str, option: str = "--columns") -> ExportColumns:
    """The columns in a list such as quote,flags; none when it is empty.

    They may be called as the options of the API are (source), or as the columns themselves end (quote).

    Raises:
        UsageError: there is one that the API does not have.
    """
    names = listed(option, text, _COLUMN_WORDS, SHOWN_COLUMNS)
    return cast(ExportColumns, dict.fromkeys((_AS_COLUMNS_ARE_CALLED.get(name, name) for name in names), True))


def read_names(text: str) -> list[str]:
    """Names with commas between them, each once; whether there are such variables is the API's to say."""
    return list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def shell_word(path: Path) -> str:
    """A path as it is written in a command."""
    return shlex.quote(str(path))


def listed(option: str, text: str, known: Collection[str], shown: str = "") -> list[str]:
    """The words of a list with commas between them, each once, in small letters.

    `shown`: the known words as the error has them.

    Raises:
        UsageError: one of them is none of the known ones; names the nearest.
    """
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            nearest = nearest_of(name, known)
            raise UsageError(
                f"{option} takes {shown or ', '.join(known)}, with commas between them; not {name!r}{nearest}"
            )
    return list(dict.fromkeys(names))


def nearest_of(word: str, known: Collection[str]) -> str:
    """The end of an error about a word that is none of the known ones: which of them is meant, if one is near."""
    near = get_close_matches(word[:_LONGEST_COMPARED], known, n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def checked_sample(sample: Sample, file_size: int | None) -> Sample:
    """The sample with its size: as given, the project file's, or 5.

    Raises:
        UsageError: it cannot be drawn as asked.
    """
    size = next(n for n in (sample.size, file_size, _SAMPLE_SIZE) if n is not None)
    if sample.seed is not None and sample.first_documents:
        raise UsageError("--sample-seed draws a sample, --first-documents takes the first ones: give one of them")
    if not size and (sample.seed is not None or sample.first_documents):
        raise UsageError("--sample-seed and --first-documents are for a sample, and its size is 0")
    return replace(sample, size=size)


def model_note(named: str, where: Where) -> str:
    """What codes the documents, and why.

    Raises:
        UsageError: the model named needs a key that is not set.
    """
    if named:
        if where.is_own and named.startswith("openai:") and not any(os.environ.get(name) for name in _OPENAI):
            raise UsageError(
                f"the model {named} needs OPENAI_API_KEY in the environment, or OPENAI_BASE_URL for a server of your "
                "own; without a model the built-in offline engine codes"
            )
        return f"model: {named}"
    if not where.is_own:
        return f"no model is named: the default of {where.url} codes"
    if os.environ.get("OPENAI_API_KEY"):
        return "no model is named: the built-in offline engine codes; --model openai:gpt-5-mini would use your key"
    return "no OPENAI_API_KEY: the built-in offline engine codes, without network and with low confidence"
