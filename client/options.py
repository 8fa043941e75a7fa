"""The arguments and options that commands share, and what follows from them."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, get_args

import typer

from coderai.client.errors import UsageError
from coderai.client.installation import Where
from coderai.client.run import JOB
from coderai.messages.requests import ExportFormat

_OPENAI = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CODERAI_OPENAI_API_KEY", "CODERAI_OPENAI_BASE_URL")
_WHERE, _WHAT = "Where to run", "What comes out"

ProjectPath = Annotated[
    Path, typer.Argument(metavar="PROJECT.yaml", help="What a row is and which variables to code.", show_default=False)
]
Documents = Annotated[
    list[str],
    typer.Argument(metavar="DOCUMENTS", help="Files, folders or patterns such as 'reports/*.pdf'.", show_default=False),
]
Out = Annotated[Path, typer.Option(help="The folder for dataset.csv, .xlsx and .json.", rich_help_panel=_WHAT)]
Formats = Annotated[str, typer.Option(help="Which files to write.", rich_help_panel=_WHAT)]
Truth = Annotated[
    Path | None,
    typer.Option(
        help="A CSV of hand-coded values to compare the dataset with; else the project file's `truth`.",
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
        help="Of tables (CSV, JSON, Parquet): the column that holds each row's text; else it is guessed, and told.",
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


def read_formats(text: str) -> list[ExportFormat]:
    """The formats in a list such as csv,xlsx.

    Raises:
        UsageError: there is none, or one that the API does not have.
    """
    known: dict[str, ExportFormat] = {name.lower(): name for name in get_args(ExportFormat)}
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise UsageError(f"--formats takes {', '.join(known)}, with commas between them; not {text!r}")
    return [known[name] for name in dict.fromkeys(names)]


def resume_command(out: Path, formats: str, truth: Path | None, url: str) -> str:
    """The command that goes on with a job; what it needs to sign in is the user's to add."""
    options = {"--out": str(out), "--formats": formats, "--truth": str(truth or ""), "--url": url}
    given = [part for pair in options.items() if pair[1] for part in pair]
    return f"coderai resume {JOB} {shlex.join(given)}"


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
