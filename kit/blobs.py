"""Files by key, in a local folder or an S3-compatible store, streamed both ways."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlparse

import structlog
from obstore.exceptions import BaseError as StoreError
from obstore.store import LocalStore, ObjectStore, from_url

from coderai.kit.errors import NotFound, TooLarge, Unavailable

if TYPE_CHECKING:
    from obstore import GetOptions

log = structlog.get_logger()

PART = 1024 * 1024


class BlobNotFound(NotFound):
    """The file is not in the store."""


class BlobsAway(Unavailable):
    """The files cannot be reached now."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: its size in bytes and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


class Blobs:
    """A blob store; `url` is file:///folder or s3://bucket/prefix (credentials as the AWS tools read them).

    Whatever is asked of a store that is away raises BlobsAway.
    """

    def __init__(self, url: str) -> None:
        parsed = urlparse(url)
        if parsed.scheme == "file":
            folder = Path(unquote(parsed.path))
            folder.mkdir(parents=True, exist_ok=True)
            self._store: ObjectStore = LocalStore(folder)
        else:
            self._store = from_url(url)

    async def write(self, key: str, parts: AsyncIterable[bytes], limit: int | None = None) -> Stored:
        """Writes a file part by part; it becomes visible whole or not at all.

        Raises:
            TooLarge: there are more than `limit` bytes; nothing is kept.
        """
        digest, size = hashlib.sha256(), 0

        async def measured() -> AsyncIterator[bytes]:
            nonlocal size
            async for part in parts:
                size += len(part)
                if limit is not None and size > limit:
                    raise TooLarge(f"the file is larger than {limit // 2**20} MiB")
                digest.update(part)
                yield part

        with _reaching():
            await self._store.put_async(key, measured(), chunk_size=5 * PART)
        return Stored(size, digest.hexdigest())

    async def read(self, key: str, offset: int = 0, length: int = 0) -> AsyncGenerator[bytes]:
        """Streams a file's bytes from `offset` on, which it must have; `length` of them, all when 0 or beyond its end.

        Raises:
            BlobNotFound: nothing is stored under the key.
        """
        options: GetOptions = {}
        if length:
            options = {"range": (offset, offset + length)}
        elif offset:
            options = {"range": {"offset": offset}}
        try:
            with _reaching():
                result = await self._store.get_async(key, options=options)
        except FileNotFoundError as error:
            raise BlobNotFound(f"the stored file {key} is gone") from error
        parts = aiter(result.stream(min_chunk_size=PART))
        while True:
            with _reaching():
                part = await anext(parts, None)
            if part is None:
                return
            yield bytes(part)

    async def delete(self, *keys: str) -> None:
        """Removes files; absent ones are no error."""
        for key in keys:
            with _reaching(), suppress(FileNotFoundError):
                await self._store.delete_async(key)

    async def delete_folder(self, folder: str, *kept: str) -> None:
        """Removes all files whose keys begin with `folder`/ but those `kept`, many at a time; none is no error."""
        with _reaching():
            async for found in self._store.list(folder, chunk_size=1000):
                keys = [file["path"] for file in found if file["path"] not in kept]
                try:
                    await self._store.delete_async(keys)
                except FileNotFoundError:
                    # Somebody removes the folder too; a local one stops at a file that is gone.
                    await self.delete(*keys)


@contextmanager
def _reaching() -> Iterator[None]:
    try:
        yield
    except StoreError as error:
        log.warning("blobs_away", error=error)
        raise BlobsAway() from error
