"""Exports a dataset into a folder: has it written, shows how far it is, downloads its files and says what each is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from coderai.client.api import CoderAI
from coderai.client.errors import ClientError, ConnectionFailed, ExportFailed
from coderai.client.file_names import checked_names
from coderai.client.job_progress import Interrupted
from coderai.client.models import Export, ExportFile, ExportSettings
from coderai.client.screen import Screen, ShowProgress, bytes_of, counted, file_size, percent, printable
from coderai.client.tables import plain_table
from coderai.messages.requests import ExportFormat, ExportLayout

_WHAT = {
    "CSV": "the dataset as text",
    "XLSX": "the dataset as a workbook",
    "JSON": "the dataset with its quotes, for programs",
    "JSONL": "the dataset, a line for each row",
    "PARQUET": "the dataset, typed",
    "SAV": "the dataset for SPSS",
    "DTA": "the dataset for Stata",
    "SQLITE": "the dataset as tables for SQL",
    "HTML": "the dataset as a page to look at",
    "BUNDLE": "the dataset with all that it rests on; `coderai verify` checks it",
}
_BESIDE = {
    ".md": "codebook, to be read",
    ".csv": "codebook, a row for each variable",
    ".json": "codebook, for programs",
    ".xml": "codebook, for archives (DDI)",
    ".R": "reads the CSV in R",
    ".do": "reads the CSV in Stata",
    ".py": "reads the CSV in Python",
}
"""What stands beside a dataset, by the ending of its name."""

_ROLES = {"DATASET": 0, "CODEBOOK": 1, "SCRIPT": 2}
"""In which order files are told."""
_ENDS = {
    "CANCELLED": "cancelled while being written",
    "PENDING": "still being written on the server",
    "": "could not be cancelled, and may still be written on the server",
}
_ENDED = "written on the server, and not downloaded yet"
"""What became of an export, by its status, when somebody did not wait for it."""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What is to be exported: the same in each of the formats."""

    formats: Sequence[ExportFormat]
    settings: ExportSettings
    job_id: str = ""
    """The job whose rows are wanted, as the model gave them; empty for the dataset."""
    layout: ExportLayout | None = None
    variables: Sequence[str] = ()
    document_ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    only_reviewed: bool = False
    filter: Sequence[str] = ()
    """What must hold of a row."""

    @property
    def request(self) -> dict[str, Any]:
        """What `CoderAI.create_export` takes beside project and format."""
        choice = {"variables": [*self.variables], "document_ids": [*self.document_ids], "statuses": [*self.statuses]}
        return {
            **self.settings,
            **choice,
            "job_id": self.job_id,
            "layout": self.layout,
            "only_reviewed": self.only_reviewed,
            "filter": [*self.filter],
        }


@dataclass(slots=True)
class Exporting:
    """Exports into one folder."""

    api: CoderAI
    screen: Screen
    out: Path
    how_to_go_on: str = ""
    """The command that does what an interrupted one has not done."""
    _described: dict[str, tuple[ExportFile, Export]] = field(default_factory=dict)
    """The files that have arrived, by name."""

    def make(
        self,
        project_id: str,
        order: ExportOrder,
        made: Mapping[str, Export] | None = None,
        on_started: Callable[[Sequence[Export]], None] = lambda exports: None,
    ) -> None:
        """Has each format written, but those that are `made` already, downloads all files and tells what they are.

        `on_started` is told all exports once they are under way. Upon Ctrl-C those that are not written yet are
        cancelled.

        Raises:
            ExportFailed: some could not be written; the others are there.
            Interrupted: the user pressed Ctrl-C.
            ApiError, ConnectionFailed, FileNotWritten, NameRefused: the API refused one, or a download failed.
        """
        with self._interruptible(cancels=True) as left:
            left += self.start(project_id, order, made)
            on_started(left)
            self._fetch(left)

    def fetch(self, export_id: str) -> None:
        """Waits for an export, downloads its files and tells what they are; raises as `make`. Ctrl-C leaves it."""
        with self._interruptible(cancels=False) as left:
            left.append(self.api.export(export_id))
            self._fetch(left)

    def start(self, project_id: str, order: ExportOrder, made: Mapping[str, Export] | None = None) -> list[Export]:
        """Has each format written, but those that are `made` already; all of them or none.

        Raises:
            ApiError: the API refused one.
        """
        exports: list[Export] = []
        known, started = made or {}, set[str]()
        try:
            for format in order.formats:
                exports.append(known.get(format) or self.api.create_export(project_id, format, **order.request))
                started.update({exports[-1].id} - {export.id for export in known.values()})
        except (ClientError, KeyboardInterrupt):
            self._cancel([export for export in exports if export.id in started])
            raise
        return exports

    @contextmanager
    def _interruptible(self, *, cancels: bool) -> Iterator[list[Export]]:
        """A list of what is still to come: when the block is broken off, it is told what became of that."""
        left: list[Export] = []
        try:
            yield left
        except KeyboardInterrupt:
            raise Interrupted(self._ended(left, cancels=cancels)) from None
        except ConnectionFailed as error:
            if self.how_to_go_on:
                error.add_note(f"To go on: {self.how_to_go_on}")
            raise
        finally:
            self._tell()

    def _fetch(self, left: list[Export]) -> None:
        """Takes each export from the list once its files have arrived, or it is known that there are none."""
        failures: list[ExportFailed] = []
        while left:
            try:
                left[0] = self._written(left[0])
                self._download(left[0])
            except ExportFailed as error:
                failures.append(error)
            left.pop(0)
        if len(failures) > 1:
            raise ExportFailed("\n".join(map(str, failures)))
        for failure in failures:
            raise failure

    def _written(self, export: Export) -> Export:
        if export.status == "COMPLETE":
            return export
        with self.screen.progress(f"writing {export.format}", percent) as show:
            return self.api.wait_for_export(export.id, on_progress=lambda now: show(round(now.progress), 100, ""))

    def _download(self, export: Export) -> None:
        """What another of the exports has brought under the same name is the same: codebooks know no format."""
        files = [file for file in _files(export) if file.role == "DATASET" or file.name not in self._described]
        names = checked_names(file.name for file in files)
        total, arrived = sum(file.size for file in files), 0
        with self.screen.progress(f"downloading {export.format}", bytes_of) as show:
            for file, name in zip(files, names, strict=True):
                on_bytes = partial(_show_more, show, arrived, total)
                self.api.download_file(export, file, self.out / name, on_bytes)
                self._described[name] = file, export
                arrived += file.size

    # Ctrl-C

    def _ended(self, left: Sequence[Export], *, cancels: bool) -> str:
        """What became of the exports that are not there yet."""
        pending = [export for export in left if export.status == "PENDING"]
        ends = self._cancel(pending) if cancels else {export.id: "PENDING" for export in pending}
        by_end = {end: [one.format for one in pending if ends[one.id] == end] for end in sorted(set(ends.values()))}
        told = [f"{_ENDS.get(end, _ENDED)}: {', '.join(formats)}" for end, formats in by_end.items()]
        if len(pending) < len(left):
            told.append(f"what has arrived is kept in {self.out}")
        what = "; ".join(["interrupted", *told])
        return f"{what}\nTo go on: {self.how_to_go_on}" if self.how_to_go_on else what

    def _cancel(self, exports: Sequence[Export]) -> dict[str, str]:
        """Ends exports that nobody waits for any more; returns the status of each by then, empty if it is not known."""
        return {export.id: self._status_once_cancelled(export) for export in exports}

    def _status_once_cancelled(self, export: Export) -> str:
        try:
            return self.api.cancel_export(export.id).status
        except ClientError:
            return ""

    # What is there now

    def _tell(self) -> None:
        """One block: the files, then what their formats could not hold."""
        if not self._described:
            return
        self.screen.show(_table(self.out, self._described))
        exports = {export.id: export for _, export in self._described.values()}.values()
        notes: dict[str, list[str]] = {}
        for export in exports:
            for note in export.notes:
                notes.setdefault(note, []).append(export.format)
        for note, formats in notes.items():
            self.screen.note(note if len(formats) == len(exports) else f"{', '.join(formats)}: {note}")


def _show_more(show: ShowProgress, before: int, total: int, have: int, _: int) -> None:
    """Shows the bytes that have come of several files: of those `before` all, and some of the one that comes."""
    show(before + have, total, "")


def _table(out: Path, described: Mapping[str, tuple[ExportFile, Export]]) -> Table:
    table = plain_table(f"Written to {out}")
    table.add_column("file", overflow="fold")
    table.add_column("size", no_wrap=True, justify="right")
    table.add_column("what it is")
    in_order = sorted(described.items(), key=lambda one: _ROLES.get(one[1][0].role, len(_ROLES)))
    for name, (file, export) in in_order:
        table.add_row(Text(printable(name)), file_size(file.size), what_it_is(file, export))
    return table


def what_it_is(file: ExportFile, export: Export) -> str:
    """A file of an export in a few words."""
    if file.role == "DATASET":
        return f"{_WHAT.get(export.format, 'the dataset')}: {counted(export.row_count, 'row')}"
    return _BESIDE.get(Path(file.name).suffix, file.role.lower())


def _files(export: Export) -> list[ExportFile]:
    """Those of a complete one; of an export from before they were listed, the dataset."""
    return export.files or [ExportFile(name=export.file_name, role="DATASET", size=export.size)]
