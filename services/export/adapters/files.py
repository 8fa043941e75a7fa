"""Writes exports' files to local disk and puts them in the blob store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from coderai.export.v1.export_service_pb2 import Export as Message
from coderai.export.v1.export_service_pb2 import ExportFormat
from coderai.kit.blobs import PART, Blobs, BlobsAway
from coderai.kit.contract import media_type
from coderai.kit.ids import new_id
from coderai.kit.threads import in_thread
from coderai.kit.wire import enum_names
from coderai.services.export.adapters.formats import FORMATS, Writer
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Export, ExportFile, FileRole, folder_of
from coderai.services.export.domain.stages import Stages
from coderai.services.export.domain.texts import Need

MEDIA_TYPES = {
    ".md": "text/markdown; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".xml": "application/xml",
}
"""Of the files beside a dataset; those of scripts are plain text."""
WRITING, BESIDE = 40.0, 2.0
"""Percent of an export's time in which its files are written, and of these those beside the dataset's."""


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

    async def store(self, export: Export, dataset: Dataset, stages: Stages) -> tuple[ExportFile, ...]:
        # In a folder of its own: another attempt may be at work too, and a complete export's files never change.
        folder = f"{export.folder}/{new_id()}"
        files = list[ExportFile]()
        try:
            for part in _parts_of(export.format):
                stages.begin(part.share, part.passes)
                files.append(await self._store(folder, dataset, part, stages))
        except BaseException:
            with suppress(BlobsAway):
                await self._blobs.delete_folder(folder)
            raise
        return tuple(files)

    async def keep_only(self, export: Export, files: Sequence[ExportFile]) -> None:
        with suppress(BlobsAway):
            await self._blobs.delete_folder(export.folder, *(file.key for file in files))

    async def discard(self, files: Sequence[ExportFile]) -> None:
        await self._blobs.delete(*(file.key for file in files))

    async def remove(self, project_id: UUID, export_id: UUID) -> None:
        await self._blobs.delete_folder(folder_of(project_id, export_id))

    async def _store(self, folder: str, dataset: Dataset, part: _Part, stages: Stages) -> ExportFile:
        """Writes one file and stores it."""
        name = dataset.file_name(part.ending)
        key = f"{folder}/{part.ending.lstrip('-.')}"
        with TemporaryDirectory(dir=self._work_folder, prefix="coderai-export-") as work_folder:
            path = Path(work_folder, "file")
            await in_thread(stages.stop, part.write, dataset, path)
            stored = await self._blobs.write(key, _read(path))
        return ExportFile(name, part.role, stored.size, stored.sha256, part.media_type, key)


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of an export."""

    ending: str
    """Of its name, behind the dataset's."""
    write: Writer
    role: FileRole
    media_type: str
    share: float
    """Percent of an export's time in which it is written and stored."""
    passes: int = 1
    """How many times that goes through the documents."""


def _parts_of(format: str) -> Iterator[_Part]:
    """The files of an export, the dataset first: what goes beside it is made of what was counted, and costs little."""
    known = FORMATS[format]
    beside = BESIDE if known.beside else 0.0
    ending, kind = known.ending or f".{format.lower()}", _media_type(format)
    yield _Part(ending, known.write, FileRole.DATASET, kind, WRITING - beside, known.passes)
    for name, write in known.beside.items():
        role = FileRole.CODEBOOK if name.startswith("codebook") else FileRole.SCRIPT
        kind = MEDIA_TYPES.get(Path(name).suffix, "text/plain; charset=utf-8")
        yield _Part(f"-{name}", write, role, kind, beside / len(known.beside))


def _media_type(format: str) -> str:
    number = next(number for number, name in enum_names(ExportFormat.DESCRIPTOR).items() if name == format)
    return media_type(Message(format=ExportFormat.ValueType(number)))


async def _read(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while part := await asyncio.to_thread(file.read, PART):
            yield part
