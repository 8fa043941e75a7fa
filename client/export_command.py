"""`coderai export` and `coderai exports`: a project's dataset as files, and which of its exports there are."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from coderai.client.api import CoderAI
from coderai.client.command_line import program, same_command
from coderai.client.errors import ApiError, ClientError, ExportExpired, ExportFailed, UsageError
from coderai.client.exit_status import exit_status
from coderai.client.export_memory import ExportMemory
from coderai.client.export_options import (
    AllColumns,
    AsCategories,
    ByteOrderMark,
    Delimiter,
    ExportAsked,
    ExportDocuments,
    ExportVariables,
    Formats,
    JobId,
    Layout,
    Name,
    OnlyReviewed,
    Pseudonyms,
    ReplaceLineBreaks,
    RowFilters,
    Statuses,
    Texts,
    With,
    explained,
    options_again,
)
from coderai.client.exporting import Exporting
from coderai.client.installation import Where, own_data, signed_in
from coderai.client.job_progress import Interrupted
from coderai.client.listing import Most, tell_rest, time_here
from coderai.client.models import Export, Project
from coderai.client.options import DEFAULT_COLUMNS, Email, Password, Token, Url, writable_folder
from coderai.client.project_choice import chosen_or_last
from coderai.client.screen import Screen, file_size, printable
from coderai.client.tables import plain_table, words

OptionalProject = Annotated[
    str,
    typer.Argument(
        metavar="[PROJECT]", help="Its id or name; else that of the last run in this folder.", show_default=False
    ),
]
Into = Annotated[Path, typer.Option(metavar="FOLDER", help="The folder for the files.")]
ExportId = Annotated[
    str, typer.Option("--id", help="Download this export again; `coderai exports` lists them.", show_default=False)
]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Have it written, and do not wait for it.")]
FreshExport = Annotated[
    bool, typer.Option("--fresh", help="Make a new export, in place of going on with one that has not arrived whole.")
]


def export(
    project: OptionalProject = "",
    formats: Formats = None,
    layout: Layout = "wide",
    job: JobId = "",
    variables: ExportVariables = "",
    documents: ExportDocuments = None,
    statuses: Statuses = "",
    only_reviewed: OnlyReviewed = False,
    filters: RowFilters = None,
    columns: With = DEFAULT_COLUMNS,
    all_columns: AllColumns = False,
    categories_as: AsCategories = "labels",
    delimiter: Delimiter = "",
    bom: ByteOrderMark = False,
    replace_line_breaks: ReplaceLineBreaks = False,
    pseudonyms: Pseudonyms = False,
    texts: Texts = False,
    name: Name = "",
    out: Into = Path("dataset"),
    export_id: ExportId = "",
    no_wait: NoWait = False,
    fresh: FreshExport = False,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """Write a project's dataset into a folder: data, codebook, and scripts that read it in R, Stata and Python.

    What has been corrected by people is in it; nothing is asked of a model. A download that breaks off goes on where it
    was, by itself and when the same command is given again. Ctrl-C cancels what is being written.

    Examples:

    - `coderai export`

    - `coderai export Strikes --format xlsx,parquet --with quote,page,support --out strikes`

    - `coderai export Strikes --format csv --delimiter ';' --bom --variables place,workers --only-reviewed`

    - `coderai export Strikes --format xlsx --where 'workers>=100' --where 'place=Leeds'`

    - `coderai export Strikes --format bundle --texts --pseudonyms`

    - `coderai export --id 0199d3c5-6f1e-7b2a-9c55-1f0b8d8f4c11`

    Exit status: 0 done; 1 something failed; 2 wrong usage, nothing was started; 130 interrupted.
    """
    asked = ExportAsked(
        formats=formats or (),
        layout=layout,
        job_id=job,
        variables=variables,
        documents=documents or (),
        statuses=statuses,
        only_reviewed=only_reviewed,
        filters=filters or (),
        columns=columns,
        all_columns=all_columns,
        categories_as=categories_as,
        delimiter=delimiter,
        byte_order_mark=bom,
        replace_line_breaks=replace_line_breaks,
        pseudonyms=pseudonyms,
        texts=texts,
        name=name,
    )
    with exit_status():
        asked.check()
        if export_id and (project or no_wait or asked != ExportAsked()):
            raise UsageError("--id downloads an export as it was made: give it with --out alone")
        screen, where = Screen(), Where(url, email, password, token, own_data())
        if not no_wait:
            writable_folder(out)
        with signed_in(where, screen) as api:
            exporting = Exporting(api, screen, out, same_command(without=("--fresh",)))
            if export_id:
                _download_again(exporting, export_id)
                return
            found = chosen_or_last(api, project, where)
            screen.note(f"project: {found.name} ({found.id})")
            if no_wait:
                _start(exporting, found, asked, where)
            else:
                _make(exporting, found, asked, fresh=fresh)


def exports(
    project: OptionalProject = "",
    most: Most = 20,
    url: Url = "",
    email: Email = "",
    password: Password = "",
    token: Token = "",
) -> None:
    """List a project's exports, newest first: how they stand, how large they are, until when they can be downloaded.

    `coderai export --id ID` downloads one of them.

    Examples:

    - `coderai exports`

    - `coderai exports Strikes`
    """
    with exit_status():
        screen, where = Screen(), Where(url, email, password, token, own_data())
        with signed_in(where, screen) as api:
            found = chosen_or_last(api, project, where)
            all_of_it = list(api.exports(found.id))
            screen.show(_exports_table(found, all_of_it[:most]))
            tell_rest(len(all_of_it) - most, "exports", screen)


def _make(exporting: Exporting, project: Project, asked: ExportAsked, *, fresh: bool) -> None:
    order = asked.order(exporting.api, project.id)
    memory = ExportMemory(exporting.out, project.id, order)
    made = {} if fresh else memory.recall(exporting.api)
    if made:
        since = min(export.created_at for export in made.values() if export.created_at)
        exporting.screen.note(
            f"going on with what was exported {time_here(since)} and has not arrived whole (--fresh exports again)"
        )
    else:
        memory.forget()
    try:
        with _in_words_of(asked, exporting.api, project.id):
            exporting.make(project.id, order, made, memory.note)
    except ExportFailed:
        memory.forget()
        raise
    except Interrupted:
        with suppress(ClientError):
            if not memory.recall(exporting.api):  # what was being written is cancelled
                memory.forget()
        raise
    memory.forget()


def _start(exporting: Exporting, project: Project, asked: ExportAsked, where: Where) -> None:
    order = asked.order(exporting.api, project.id)
    with _in_words_of(asked, exporting.api, project.id):
        started = exporting.start(project.id, order)
    for one in started:
        exporting.screen.done(f"{one.format} is being written (export {one.id}); to download it:")
        exporting.screen.detail(f"{program()} export --id {one.id} --out {shlex.quote(str(exporting.out))}")
    if where.is_own:
        exporting.screen.note("it is written while a CoderAI runs on this folder's data: give that command soon")


@contextmanager
def _in_words_of(asked: ExportAsked, api: CoderAI, project_id: str) -> Iterator[None]:
    """Raises UsageError where the API refuses what an option names."""
    try:
        yield
    except ApiError as error:
        told = explained(error, asked, api, project_id)
        if told is error:
            raise
        raise told from None


def _download_again(exporting: Exporting, export_id: str) -> None:
    try:
        exporting.fetch(export_id)
    except ExportExpired as error:
        again = f"{program()} export {shlex.join(options_again(exporting.api.export(export_id)))}"
        raise ExportExpired(f"{error}\nTo export the same part of the dataset as it is now: {again}") from None


def _exports_table(project: Project, found: list[Export]) -> Table:
    name = printable(project.name)
    table = plain_table(f"Exports of {name}, newest first" if found else f"{name} has not been exported yet")
    for column in ("export", "format", "of", "status", "rows", "size", "made", "until"):
        table.add_column(column, no_wrap=True)
    for one in found:
        is_written = one.status in ("COMPLETE", "EXPIRED")
        table.add_row(
            one.id,
            one.format,
            ("job" if one.job_id else "dataset") + (", long" if one.layout == "LONG" else ""),
            f"writing, {one.progress:.0f} %" if one.status == "PENDING" else words(one.status),
            f"{one.row_count:,}" if is_written else "",
            file_size(sum(file.size for file in one.files) or one.size) if is_written else "",
            time_here(one.created_at),
            f"{one.expires_at.astimezone():%Y-%m-%d}" if one.expires_at else "",
        )
    return table
