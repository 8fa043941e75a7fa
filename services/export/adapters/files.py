"""Writes exports' files to local disk and puts them in the blob store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from coderai.kit.blobs import PART, Blobs
from coderai.services.export.adapters.formats import FORMATS, Writer
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Export


class ExportFiles:
    """usecases.ports.Files."""

    def __init__(self, blobs: Blobs, work_folder: str) -> None:
        """Files are written in `work_folder` before they are stored."""
        self._blobs = blobs
        self._work_folder = work_folder

    async def store(self, export: Export, dataset: Dataset) -> tuple[int, bool]:
        format = FORMATS[export.format]
        codebook = format.beside.get("codebook.md")
        if codebook:
            await self._store(export.codebook_key, codebook, dataset)
        return await self._store(export.dataset_key, format.write, dataset), codebook is not None

    async def remove(self, export: Export) -> None:
        await self._blobs.delete(export.dataset_key, export.codebook_key)

    async def _store(self, key: str, write: Writer, dataset: Dataset) -> int:
        """Writes one file and stores it; returns its size in bytes."""
        with TemporaryDirectory(dir=self._work_folder, prefix="coderai-export-") as folder:
            path = Path(folder, "file")
            await asyncio.to_thread(write, dataset, path)
            return (await self._blobs.write(key, _parts(path))).size


async def _parts(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while part := await asyncio.to_thread(file.read, PART):
            yield part
