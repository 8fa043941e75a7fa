"""The arguments and options that commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
