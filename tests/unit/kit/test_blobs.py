"""Files are kept whole or not at all, and a store that is away is told from a file that is gone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

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


FILE = bytes(range(256)) * 10_000
PARTS = [(0, 0), (1000, 0), (1000, 500), (2**20, 2**20 + 1), (len(FILE) - 1, 99), (0, 10)]


async def parts_of(blobs: Blobs) -> None:
    for offset, length in PARTS:
        found = b"".join([part async for part in blobs.read("a/b", offset, length)])
        assert found == (FILE[offset : offset + length] if length else FILE[offset:])


async def test_a_part_of_a_file_is_read(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    await blobs.write("a/b", parts(FILE))
    await parts_of(blobs)


async def test_a_part_of_a_file_is_all_that_comes_from_s3(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[str | None]()

    class OneObject(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers.get("Range"))
            first, _, last = (asked[-1] or "bytes=0-").removeprefix("bytes=").partition("-")
            data = FILE[int(first) : int(last) + 1 if last else None]
            self.send_response(206 if asked[-1] else 200)
            end = int(first) + len(data) - 1
            self.send_header("Content-Range", f"bytes {first}-{end}/{len(FILE)}")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", '"an-object"')
            self.send_header("Last-Modified", "Wed, 21 Oct 2026 07:28:00 GMT")
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), OneObject) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        for name, value in {
            "ALLOW_HTTP": "true",
            "REGION": "any",
            "ACCESS_KEY_ID": "a",
            "SECRET_ACCESS_KEY": "b",
        }.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        serving = Thread(target=server.serve_forever, daemon=True)
        serving.start()
        await parts_of(Blobs("s3://bucket/prefix"))
        server.shutdown()
        serving.join()
    assert asked == [
        None,
        "bytes=1000-",
        "bytes=1000-1499",
        "bytes=1048576-2097152",
        "bytes=2559999-2560097",
        "bytes=0-9",
    ]


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


async def test_a_folder_that_several_remove_at_once_goes_whole(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    (tmp_path / "a").mkdir()
    for number in range(1100):
        (tmp_path / "a" / str(number)).touch()
    assert await asyncio.gather(*(blobs.delete_folder("a") for _ in range(5))) == [None] * 5
    assert not list((tmp_path / "a").glob("*"))


async def test_a_folder_goes_but_for_what_is_kept(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path.as_uri())
    for key in ("a/b/c", "a/b/d", "a/e"):
        await blobs.write(key, parts(b"one"))
    await blobs.delete_folder("a", "a/b/d")
    assert await read(blobs, "a/b/d") == b"one"
    for key in ("a/b/c", "a/e"):
        with pytest.raises(NotFound):
            await read(blobs, key)


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
