"""The options of `coderai export`, and the order that they make."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Annotated, Literal, cast

import typer

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError, UsageError
from coderai.client.exporting import ExportOrder
from coderai.client.models import Export, ExportColumns, ExportSettings
from coderai.client.options import (
    DEFAULT_COLUMNS,
    SHOWN_COLUMNS,
    listed,
    nearest_of,
    read_columns,
    read_formats,
    read_names,
)
from coderai.client.wanted import EXPORT_FORMATS
from coderai.messages.requests import ExportFormat, ExportLayout

DEFAULT_EXPORT = "csv,xlsx"
_STATUSES = ("extracted", "validated", "flagged", "failed")
_DELIMITERS = {"tab": "\t", "\\t": "\t"}
_MOST_NAMED = 20
_PART, _HOW, _BESIDE = "Which part of it", "How values are written", "What stands beside values"

Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        help=f"Of {', '.join(EXPORT_FORMATS).lower()}; several with commas or the option again. Else {DEFAULT_EXPORT}",
        show_default=False,
    ),
]
Layout = Annotated[
    Literal["wide", "long"],
    typer.Option(case_sensitive=False, help="A row for each unit of observation, or for each value."),
]
JobId = Annotated[
    str,
    typer.Option("--job", help="This job's rows as the model gave them, in place of the dataset.", show_default=False),
]
ExportVariables = Annotated[
    str, typer.Option(metavar="A,B", help="Only these.", show_default=False, rich_help_panel=_PART)
]
ExportDocuments = Annotated[
    list[str] | None,
    typer.Option(
        "--documents",
        help="Only these: a name, a pattern such as '2020-*', or an id; the option again for more.",
        show_default=False,
        rich_help_panel=_PART,
    ),
]
Statuses = Annotated[
    str,
    typer.Option(
        "--status",
        metavar="A,B",
        help=f"Only cells with one of these statuses: {', '.join(_STATUSES)}.",
        show_default=False,
        rich_help_panel=_PART,
    ),
]
OnlyReviewed = Annotated[
    bool, typer.Option("--only-reviewed", help="Only cells on which a person's word stands.", rich_help_panel=_PART)
]
RowFilters = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="FILTER",
        help="Only rows for which it holds, as in 'workers>=100' or 'place.status=FLAGGED'; the option again for more.",
        show_default=False,
        rich_help_panel=_PART,
    ),
]
With = Annotated[
    str,
    typer.Option("--with", metavar="A,B", help=f"Any of {SHOWN_COLUMNS}; '' for none.", rich_help_panel=_BESIDE),
]
AllColumns = Annotated[bool, typer.Option("--all-columns", help="All of them.", rich_help_panel=_BESIDE)]
AsCategories = Annotated[
    Literal["labels", "codes"],
    typer.Option(
        "--categories-as",
        case_sensitive=False,
        help="Categories as their words, or as their numbers in the codebook.",
        rich_help_panel=_HOW,
    ),
]
Delimiter = Annotated[
    str,
    typer.Option(
        help="Of CSV, between its columns: ',' ';' '|' or tab; else a comma.", show_default=False, rich_help_panel=_HOW
    ),
]
ByteOrderMark = Annotated[
    bool,
    typer.Option("--bom", help="Of CSV: a byte order mark, with which Excel reads its letters.", rich_help_panel=_HOW),
]
ReplaceLineBreaks = Annotated[
    bool,
    typer.Option(
        "--replace-line-breaks", help="Of CSV: a space for each line break inside a cell.", rich_help_panel=_HOW
    ),
]
Pseudonyms = Annotated[
    bool,
    typer.Option("--pseudonyms", help="person 1, person 2 ... in place of who reviewed.", rich_help_panel=_HOW),
]
Texts = Annotated[bool, typer.Option("--texts", help="Of a bundle: with the documents' texts.", rich_help_panel=_HOW)]
Name = Annotated[
    str,
    typer.Option(
        help="What the files are called before their endings; else project, content and day.",
        show_default=False,
        rich_help_panel=_HOW,
    ),
]


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """The options as they were given."""

    formats: Sequence[str] = ()
    layout: str = "wide"
    job_id: str = ""
    variables: str = ""
    documents: Sequence[str] = ()
    statuses: str = ""
    only_reviewed: bool = False
    filters: Sequence[str] = ()
    columns: str = DEFAULT_COLUMNS
    all_columns: bool = False
    categories_as: str = "labels"
    delimiter: str = ""
    byte_order_mark: bool = False
    replace_line_breaks: bool = False
    pseudonyms: bool = False
    texts: bool = False
    name: str = ""

    def check(self) -> None:
        """Raises UsageError when something of it makes no sense, whatever the project."""
        self._order([])
        for option, is_given in (("--only-reviewed", self.only_reviewed), ("--where", self.filters)):
            if is_given and self.job_id:
                raise UsageError(f"{option} is for the dataset: the rows of a --job are as the model gave them")

    def order(self, api: CoderAI, project_id: str) -> ExportOrder:
        """The order, with the ids of the project's documents that are named. Raises UsageError."""
        return self._order(list(dict.fromkeys(self._document_ids(api, project_id))) if self.documents else [])

    def _order(self, document_ids: Sequence[str]) -> ExportOrder:
        formats = self._formats()
        return ExportOrder(
            formats=formats,
            settings=self._settings(formats),
            job_id=self.job_id,
            layout=cast(ExportLayout, self.layout.upper()),
            variables=read_names(self.variables),
            document_ids=document_ids,
            statuses=[status.upper() for status in listed("--status", self.statuses, _STATUSES)],
            only_reviewed=self.only_reviewed,
            filter=self.filters,
        )

    def _formats(self) -> list[ExportFormat]:
        return read_formats(",".join(self.formats) if self.formats else DEFAULT_EXPORT, "--format")

    def _settings(self, formats: Sequence[ExportFormat]) -> ExportSettings:
        columns = read_columns(self.columns, "--with")
        if self.all_columns:
            columns = cast(ExportColumns, dict.fromkeys(ExportColumns.__annotations__, True))
        for option, is_given, needed in self._of_one_format():
            if is_given and needed not in formats:
                raise UsageError(
                    f"{option} is for {needed}, and that is not among --format {','.join(formats).lower()}"
                )
        rest = {
            "categories_as": "CODES" if self.categories_as.upper() == "CODES" else "",
            "delimiter": self._delimiter(),
            "byte_order_mark": self.byte_order_mark,
            "replace_line_breaks": self.replace_line_breaks,
            "pseudonyms": self.pseudonyms,
            "texts": self.texts,
            "name": self.name,
        }
        return cast(ExportSettings, {**columns, **{name: value for name, value in rest.items() if value}})

    def _of_one_format(self) -> Iterator[tuple[str, bool, ExportFormat]]:
        yield "--delimiter", bool(self.delimiter), "CSV"
        yield "--bom", self.byte_order_mark, "CSV"
        yield "--replace-line-breaks", self.replace_line_breaks, "CSV"
        yield "--texts", self.texts, "BUNDLE"

    def _delimiter(self) -> str:
        delimiter = _DELIMITERS.get(self.delimiter.lower(), self.delimiter)
        if delimiter not in ("", ",", ";", "|", "\t"):
            raise UsageError(f"--delimiter takes ',' ';' '|' or tab; not {self.delimiter!r}")
        return delimiter

    def _document_ids(self, api: CoderAI, project_id: str) -> Iterator[str]:
        """The ids of what `documents` name; of several documents with one name, all."""
        there = [(document.id, document.name) for document in api.documents(project_id)]
        for wanted in self.documents:
            found = [id_ for id_, name in there if wanted in (id_, name)]
            found = found or [id_ for id_, name in there if fnmatchcase(name, wanted)]
            if not found:
                nearest = nearest_of(wanted, [name for _, name in there])
                raise UsageError(f"--documents: no document of the project is called {wanted!r}{nearest}")
            yield from found


def explained(error: ApiError, asked: ExportAsked, api: CoderAI, project_id: str) -> ApiError | UsageError:
    """A refusal of an export in the words of the options, where they say more of it."""
    if "choice.filter" in error.errors:
        return UsageError(f"--where: {error.errors['choice.filter']}")
    if "choice.variables" not in error.errors:
        return error
    names = [variable.name for variable in api.variables(project_id)]
    unknown = [name for name in read_names(asked.variables) if name not in names]
    told = [f"--variables: there is no {name!r}{nearest_of(name, names)}" for name in unknown]
    there_are = ", ".join(names[:_MOST_NAMED]) + (" ..." if len(names) > _MOST_NAMED else "")
    return UsageError("\n".join([*told, f"The project has {there_are}"])) if told else error


def options_again(export: Export) -> list[str]:
    """The words of a command that makes the same export again, after `coderai export`."""
    settings, choice = export.options, export.choice
    columns = [name for name in ExportColumns.__annotations__ if getattr(settings, name)]
    flags = {
        "--only-reviewed": choice.only_reviewed,
        "--bom": settings.byte_order_mark,
        "--replace-line-breaks": settings.replace_line_breaks,
        "--pseudonyms": settings.pseudonyms,
        "--texts": settings.texts,
    }
    values = {
        "--format": export.format.lower(),
        "--layout": "long" if export.layout == "LONG" else "",
        "--job": export.job_id,
        "--variables": ",".join(choice.variables),
        "--status": ",".join(choice.statuses).lower(),
        "--categories-as": "codes" if settings.categories_as == "CODES" else "",
        "--delimiter": "" if settings.delimiter == "," else settings.delimiter.replace("\t", "tab"),
        "--name": settings.name,
    }
    valued = [word for option, value in values.items() if value for word in (option, value)]
    documents = [word for id_ in choice.document_ids for word in ("--documents", id_)]
    where = [word for one in choice.filter for word in ("--where", one)]
    given = [option for option, is_given in flags.items() if is_given]
    return [export.project_id, *valued, "--with", ",".join(columns), *documents, *where, *given]
