"""Writes a file that the API sends: whole, checked, and from where an earlier download of it broke off.

What has arrived stands in NAME.part, and beside it NAME.part.json tells of what it is a part. NAME itself is there once
all of it has arrived and is what the server describes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

from coderai.client.errors import ApiError, ClientError, ConnectionFailed
from coderai.client.locks import alone_in
from coderai.client.session import PASSING, Session

OnBytes = Callable[[int, int], None]
"""Told how many bytes of a file have arrived, and how many it has (0 where that is not known)."""

_RETRY_DELAYS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds before each further try; all of them are there again after a connection that has brought much."""
_MUCH = 256 * 1024
_BEGINS_AT = re.compile(r"bytes (\d+)-")
_GONE = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE})
"""Statuses after which a part is of no more use."""
_AGAIN = PASSING | {HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}


class FileNotWritten(ClientError):
    """What has arrived could not be written, or is not what the server describes."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of the API, and what is known of it."""

    source: str
    """Its path in the API."""
    size: int = 0
    """Bytes; 0 where they are not known."""
    sha256: str = ""
    """In hexadecimal; empty where it is not known."""

    def is_whole(self, path: Path) -> bool:
        """Whether a file is it, as far as can be said."""
        if self.size and path.stat().st_size != self.size:
            return False
        return not self.sha256 or _sha256(path) == self.sha256


def download(session: Session, file: RemoteFile, path: Path, on_bytes: OnBytes = lambda have, size: None) -> None:
    """Writes the file to `path`, whole or not at all; its folder is made if need be.

    A connection that breaks is made again a few times, and goes on behind the last byte; so does a later call for the
    same file. A file that has changed on the server meanwhile is begun anew. What is there already is not sent again.

    Raises:
        ApiError: the API refused.
        ConnectionFailed: the download broke off again and again; what has arrived is kept.
        FileNotWritten: it cannot be written there, or is not what the server describes.
    """
    with _written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with alone_in(path.parent):
            if not (file.sha256 and path.is_file() and file.is_whole(path)):
                _Download(session, file, path, _Part(path.with_name(f"{path.name}.part")), on_bytes).run()


def drop_parts(folder: Path, sources: Sequence[str]) -> None:
    """Removes what has arrived in part of files whose sources begin so; raises OSError."""
    for note in folder.glob("*.part.json"):
        part = _Part(note.with_suffix(""))
        origin = part.origin()
        if origin is not None and origin.source.startswith(tuple(sources)):
            part.drop()


@contextmanager
def _written(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FileNotWritten(f"{path} cannot be written: {error.strerror or error}") from error


@dataclass(frozen=True, slots=True)
class _Origin:
    """Of what a part is one."""

    source: str
    sha256: str
    etag: str
    """By which the server says whether the file is still the same; empty where it has none that can be relied on."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What has arrived of a file."""

    path: Path

    @property
    def _note(self) -> Path:
        return self.path.with_name(f"{self.path.name}.json")

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def origin(self) -> _Origin | None:
        """None where it is not known."""
        try:
            return _Origin(**json.loads(self._note.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def begin(self, origin: _Origin) -> None:
        """Nothing has arrived yet."""
        self.path.write_bytes(b"")
        self._note.write_text(json.dumps(asdict(origin)), encoding="utf-8")

    def become(self, path: Path) -> None:
        """It is whole: from now on the file."""
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self.path.replace(path)
        self._note.unlink(missing_ok=True)

    def drop(self) -> None:
        """It is of no use."""
        self.path.unlink(missing_ok=True)
        self._note.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Download:
    """One file on its way."""

    session: Session
    file: RemoteFile
    path: Path
    part: _Part
    on_bytes: OnBytes

    def run(self) -> None:
        self._drop_if_another()
        for _ in range(2):
            self._receive_all()
            if self.file.is_whole(self.part.path):
                self.part.become(self.path)
                return
            self.part.drop()
        raise FileNotWritten(
            f"{self.path.name} arrived twice otherwise than the server describes it (SHA-256 {self.file.sha256}): "
            "nothing was written; export again, and tell an operator if that fails too"
        )

    def _drop_if_another(self) -> None:
        """A part stays if it is one of the file that is wanted, and the server can say whether that has changed."""
        origin, file = self.part.origin(), self.file
        is_it = origin is not None and (origin.source, origin.sha256) == (file.source, file.sha256)
        if not is_it or (file.size and self.part.size > file.size):
            self.part.drop()

    def _receive_all(self) -> None:
        """Goes on until as many bytes have arrived as the file has, over as many connections as that takes."""
        delays = iter(_RETRY_DELAYS)
        while not self.file.size or self.part.size < self.file.size:
            before = self.part.size
            problem = self._receive()
            if not problem:
                return
            if self.part.size - before >= _MUCH:
                delays = iter(_RETRY_DELAYS)
            delay = next(delays, None)
            if delay is None:
                raise ConnectionFailed(
                    f"the download of {self.path.name} broke off: {problem}\n"
                    f"What has arrived is kept ({self.part.size:,} bytes), and the next download goes on there."
                )
            time.sleep(delay)

    def _receive(self) -> str:
        """What one connection brings; returns why that is not the rest of the file, if so."""
        try:
            with self.session.stream(self.file.source, self._headers()) as response:
                if not self._takes(response):
                    self.part.drop()
                    return "the server sent another part than was asked for"
                self._append(response)
        except httpx.RequestError as error:
            return str(error) or type(error).__name__
        except ApiError as error:
            if error.status in _GONE or error.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                self.part.drop()
            if error.status not in _AGAIN:
                raise
            return str(error)
        return "" if self.part.size >= self.file.size else "the connection ended too early"

    def _headers(self) -> dict[str, str]:
        plain, origin = {"Accept-Encoding": "identity"}, self.part.origin()
        if not self.part.size or origin is None or not origin.etag:
            return plain
        return plain | {"Range": f"bytes={self.part.size}-", "If-Range": origin.etag}

    def _takes(self, response: httpx.Response) -> bool:
        """Whether the answer is the file from its beginning, for which the part is made ready, or goes on behind it."""
        if response.status_code != HTTPStatus.PARTIAL_CONTENT:
            self.part.begin(_Origin(self.file.source, self.file.sha256, _strong_etag(response)))
            return True
        begins, origin = _BEGINS_AT.match(response.headers.get("content-range", "")), self.part.origin()
        is_same = origin is not None and response.headers.get("etag", origin.etag) == origin.etag
        return is_same and begins is not None and int(begins[1]) == self.part.size

    def _append(self, response: httpx.Response) -> None:
        have = self.part.size
        size = self.file.size or have + int(response.headers.get("content-length", 0))
        with self.part.path.open("ab") as part:
            for chunk in response.iter_bytes():
                have += part.write(chunk)
                self.on_bytes(have, size)
                if self.file.size and have > self.file.size:
                    return  # it is another file, and may have no end


def _strong_etag(response: httpx.Response) -> str:
    """The answer's ETag, if a part of this very sequence of bytes can be told by it."""
    etag = str(response.headers.get("etag", ""))
    is_plain = response.headers.get("content-encoding", "identity") == "identity"
    return etag if is_plain and etag.startswith('"') else ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
