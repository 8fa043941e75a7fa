"""Writes exports' files to local disk and puts them in the blob store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from coderai.export.v1.export_service_pb2 import Export as Message
from coderai.export.v1.export_service_pb2 import ExportFormat
from coderai.kit.blobs import PART, Blobs
from coderai.kit.contract import media_type
from coderai.kit.wire import enum_names
from coderai.services.export.adapters.formats import FORMATS, Writer
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Export, ExportFile, FileRole
from coderai.services.export.domain.texts import Need

MEDIA_TYPES = {
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
}
"""Of the files beside a dataset; those of scripts are plain text."""


class ExportFiles:
    """usecases.ports.Files."""

    def __init__(self, blobs: Blobs, work_folder: str) -> None:
        """Files are written in `work_folder` before they are stored."""
        self._blobs = blobs
        self._work_folder = work_folder

    def needs(self, export: Export) -> Collection[Need]:
        needs = set(FORMATS[export.format].needs)
        if Need.READINGS in needs and export.options.texts:
            needs.add(Need.TEXTS)
        return needs

    async def store(self, export: Export, dataset: Dataset) -> tuple[ExportFile, ...]:
        format, kind = FORMATS[export.format], _media_type(export.format)
        ending = format.ending or f".{export.format.lower()}"
        whole = await self._store(export, dataset, ending, format.write, FileRole.DATASET, kind)
        files = [whole]
        for name, write in format.beside.items():
            role = FileRole.CODEBOOK if name.startswith("codebook") else FileRole.SCRIPT
            kind = MEDIA_TYPES.get(Path(name).suffix, "text/plain; charset=utf-8")
            files.append(await self._store(export, dataset, f"-{name}", write, role, kind))
        return tuple(files)

    async def remove(self, export: Export) -> None:
        await self._blobs.delete_folder(export.folder)

    async def _store(
        self, export: Export, dataset: Dataset, ending: str, write: Writer, role: FileRole, kind: str
    ) -> ExportFile:
        """Writes one file and stores it under the dataset's name with this ending."""
        name = dataset.file_name(ending)
        key = f"{export.folder}/{ending.lstrip('-.')}"
        with TemporaryDirectory(dir=self._work_folder, prefix="coderai-export-") as folder:
            path = Path(folder, "file")
            await asyncio.to_thread(write, dataset, path)
            stored = await self._blobs.write(key, _parts(path))
        return ExportFile(name, role, stored.size, stored.sha256, kind, key)


def _media_type(format: str) -> str:
    number = next(number for number, name in enum_names(ExportFormat.DESCRIPTOR).items() if name == format)
    return media_type(Message(format=ExportFormat.ValueType(number)))


async def _parts(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while part := await asyncio.to_thread(file.read, PART):
            yield part
