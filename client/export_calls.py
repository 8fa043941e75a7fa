"""The part of the API that is about exports, the dataset's files; methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Unpack
from urllib.parse import quote

from coderai.client.calls import Calls
from coderai.client.download import OnBytes, RemoteFile, download
from coderai.client.errors import ExportExpired, ExportFailed
from coderai.client.file_names import checked_names
from coderai.client.models import Export, ExportFile, ExportSettings
from coderai.client.waiting import looks
from coderai.messages.requests import ExportFormat, ExportLayout


class ExportCalls(Calls):
    """Files of the dataset, or of one job's rows: written in the background, then downloaded."""

    def create_export(
        self,
        project_id: str,
        format: ExportFormat,
        *,
        job_id: str = "",
        layout: ExportLayout | None = None,
        variables: Sequence[str] = (),
        document_ids: Sequence[str] = (),
        statuses: Sequence[str] = (),
        only_reviewed: bool = False,
        filter: Sequence[str] = (),
        **settings: Unpack[ExportSettings],
    ) -> Export:
        """Has the dataset, or one job's rows, written in the background.

        `variables`, `document_ids`, `statuses` (EXTRACTED, VALIDATED, FLAGGED, FAILED), `only_reviewed`: the part of it
        that is wanted; `filter`: only rows for which all of these hold, as in `dataset_rows`. `settings`: which columns
        stand beside each variable's, how values are written, and `name`, what the files are called before their
        endings.
        """
        choice: dict[str, Any] = {
            "variables": list(variables),
            "document_ids": list(document_ids),
            "statuses": list(statuses),
            "only_reviewed": only_reviewed,
            "filter": list(filter),
        }
        body: dict[str, Any] = {"format": format, "options": settings, "job_id": job_id, "layout": layout}
        body |= {"choice": {name: value for name, value in choice.items() if value}}
        asked = {name: value for name, value in body.items() if value or name == "options"}
        return Export.model_validate(self._session.post(f"projects/{project_id}/exports", asked))

    def exports(self, project_id: str) -> Iterator[Export]:
        """The project's exports, newest first."""
        return self._items(Export, f"projects/{project_id}/exports")

    def export(self, export_id: str) -> Export:
        """An export as it stands."""
        return Export.model_validate(self._session.get(f"exports/{export_id}"))

    def wait_for_export(
        self,
        export_id: str,
        *,
        timeout: float | None = None,
        on_progress: Callable[[Export], None] = lambda export: None,
    ) -> Export:
        """Waits until the files are written; `on_progress` is told at each look how the export stands.

        Raises:
            ExportFailed: they could not be, or somebody has cancelled the export.
            ExportExpired: they were, and are removed by now.
            WaitedTooLong: that took more than `timeout` seconds.
        """
        for _ in looks(timeout, "the export"):
            export = self.export(export_id)
            on_progress(export)
            if export.status != "PENDING":
                return written(export)
        raise AssertionError("the looks do not end")

    def cancel_export(self, export_id: str) -> Export:
        """Ends an export that is being written; of one that is over, nothing changes."""
        return Export.model_validate(self._session.post(f"exports/{export_id}/cancel"))

    def delete_export(self, export_id: str) -> None:
        """Removes an export with its files; one that is being written is cancelled first."""
        self._session.request("DELETE", f"exports/{export_id}")

    def download_export(
        self,
        export_id: str,
        path: Path,
        *,
        codebook: bool = False,
        file: str = "",
        on_bytes: OnBytes = lambda have, size: None,
    ) -> None:
        """Writes the dataset to `path`, whole or not at all; its folder is made if need be.

        `codebook`: the file of the codebook beside it instead (Export.codebook_file_name is not empty then); `file`:
        the one of this name among Export.files: another form of the codebook, a script that reads a CSV ...

        A connection that breaks is made again and goes on behind the last byte that has arrived; so does a later call
        after one that could not be finished (what has arrived stands in PATH.part).

        Raises:
            ApiError: the API refused.
            ConnectionFailed: the download broke off again and again.
            FileNotWritten: it cannot be written there, or is not what the server describes.
        """
        export = self.export(export_id)
        name = file or (export.codebook_file_name if codebook else export.file_name)
        found = next((one for one in export.files if one.name == name), ExportFile(name=file))
        query = f"?file={quote(file, safe='')}" if file else "?codebook=true" if codebook else ""
        self._download(export_id, query, found, path, on_bytes)

    def download_export_files(
        self, export_id: str, folder: Path, *, on_bytes: OnBytes = lambda have, size: None
    ) -> list[Path]:
        """Writes all files of an export (dataset, codebooks, scripts) into a folder, under their own names.

        Raises:
            ExportFailed, ExportExpired: it has none.
            NameRefused: one of its names would leave the folder, or be none on some system; nothing is written then.
            ApiError, ConnectionFailed, FileNotWritten: as download_export.
        """
        export = written(self.export(export_id))
        paths = [folder / name for name in checked_names(file.name for file in export.files)]
        for file, path in zip(export.files, paths, strict=True):
            self.download_file(export, file, path, on_bytes)
        return paths

    def download_file(
        self, export: Export, file: ExportFile, path: Path, on_bytes: OnBytes = lambda have, size: None
    ) -> None:
        """Writes one of an export's files to `path`; raises as download_export."""
        self._download(export.id, f"?file={quote(file.name, safe='')}", file, path, on_bytes)

    def _download(self, export_id: str, query: str, file: ExportFile, path: Path, on_bytes: OnBytes) -> None:
        remote = RemoteFile(f"{source_of(export_id)}{query}", file.size, file.sha256)
        download(self._session, remote, path, on_bytes)


def source_of(export_id: str) -> str:
    """Where the API has the files of an export."""
    return f"exports/{export_id}/download"


def written(export: Export) -> Export:
    """The export, whose files are there.

    Raises:
        ExportFailed, ExportExpired: they are not.
    """
    if export.status == "EXPIRED":
        day = f" on {export.expires_at.astimezone():%Y-%m-%d}" if export.expires_at else ""
        raise ExportExpired(f"the {export.format} export {export.id} has expired: its files were removed{day}")
    if export.status == "CANCELLED":
        raise ExportFailed(f"the {export.format} export {export.id} was cancelled while it was being written")
    if export.status == "FAILED":
        raise ExportFailed(f"the {export.format} export failed: {export.error}")
    if export.status != "COMPLETE":
        raise ExportFailed(f"the {export.format} export {export.id} is not written yet ({export.progress:.0f} %)")
    return export
