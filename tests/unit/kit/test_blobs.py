"""Files are kept whole or not at all, and a store that is away is told from a file that is gone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from coderai.kit.blobs import Blobs, BlobsAway
from coderai.kit.errors import NotFound, TooLarge


async def parts(*data: bytes) -> AsyncIterator[bytes]:
    for part in data:
        yield part


async def read(blobs: Blobs, key: str) -> bytes:
    return b"".join([part async for part in blobs.read(key)])


async def test_a_file_comes_back_as_it_was_and_is_gone_when_removed(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    stored = await blobs.write("a/b", parts(b"one ", b"two"))
    assert stored.size == 7
    assert await read(blobs, "a/b") == b"one two"
    await blobs.delete("a/b", "a/never")
    with pytest.raises(NotFound):
        await read(blobs, "a/b")


async def test_a_folder_goes_with_all_its_files(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    for number in range(1100):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "a" / str(number)).touch()
    await blobs.write("ab/c", parts(b"one"))
    for _ in range(2):
        await blobs.delete_folder("a")
    assert not list((tmp_path / "a").glob("*"))
    assert await read(blobs, "ab/c") == b"one"


async def test_a_file_that_is_too_large_is_not_kept(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    with pytest.raises(TooLarge):
        await blobs.write("a", parts(b"one", b"two"), limit=5)
    with pytest.raises(NotFound):
        await read(blobs, "a")


async def test_a_store_that_is_away_is_a_passing_fault(tmp_path: Path) -> None:
    folder = tmp_path / "store"
    blobs = Blobs(folder.as_uri())
    await blobs.write("a/b", parts(b"one"))
    folder.rename(tmp_path / "elsewhere")
    folder.write_text("a file stands where the folder was")
    with pytest.raises(BlobsAway) as raised:
        await blobs.write("a/c", parts(b"two"))
    assert raised.value.retryable
    with pytest.raises(BlobsAway):
        await read(blobs, "a/b")
    folder.unlink()
    (tmp_path / "elsewhere").rename(folder)
    assert await read(blobs, "a/b") == b"one"
