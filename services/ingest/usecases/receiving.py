"""Keeps the bytes of an upload as they come, in parts of equal size: no more than one part is ever in memory."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable

from coderai.kit.errors import NotFound
from coderai.kit.ids import new_id
from coderai.services.ingest.domain.resumable import PART, ResumableUpload, UploadOverrun, UploadTakenOver
from coderai.services.ingest.usecases.ports import Files
from coderai.services.ingest.usecases.uploads import to_its_end

Keep = Callable[[ResumableUpload], Awaitable[bool]]
"""Notes that an upload has grown; False if it is somebody else's by now."""


class Receiving:
    """What one sender sends."""

    def __init__(self, files: Files, folder: str, upload: ResumableUpload) -> None:
        """`folder`: where the upload's parts are kept."""
        self._files = files
        self._folder = folder
        self._upload = upload
        self._held = bytearray()
        """What follows the full parts."""

    async def run(self, data: AsyncIterable[bytes], keep: Keep) -> None:
        """Keeps all that comes. The last part of the file is kept once it is known that nothing follows it.

        Raises:
            UploadOverrun: more comes than the upload was to have; full parts before that are kept.
            UploadTakenOver
        """
        async for piece in data:
            if not self._held:
                await self._load_rest()
            self._held += piece
            if self._full + len(self._held) > self._upload.length:
                raise UploadOverrun()
            while len(self._held) >= PART and self._full + PART < self._upload.length:
                await to_its_end(self._save(PART, keep))
        if self._full + len(self._held) > self._upload.offset:
            await to_its_end(self._save(len(self._held), keep))

    @property
    def _full(self) -> int:
        """Bytes of the full parts."""
        return self._upload.offset // PART * PART

    async def _load_rest(self) -> None:
        """A part that is not full is written anew with what follows it."""
        if self._upload.offset == self._full:
            return
        try:
            async for piece in self._files.read(f"{self._folder}/{self._upload.parts[-1]}"):
                self._held += piece
        except NotFound as error:
            raise UploadTakenOver() from error  # whoever did has written that part anew

    async def _save(self, size: int, keep: Keep) -> None:
        part, former = new_id(), self._upload.parts
        await self._files.write(f"{self._folder}/{part}", _alone(bytes(self._held[:size])))
        grown = self._upload.with_part(part, size)
        if not await keep(grown):
            await self._files.delete(f"{self._folder}/{part}")
            raise UploadTakenOver()
        await self._files.delete(*(f"{self._folder}/{old}" for old in former if old not in grown.parts))
        self._upload = grown
        del self._held[:size]


async def _alone(data: bytes) -> AsyncIterator[bytes]:
    yield data
