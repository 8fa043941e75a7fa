"""Writes a ZIP whose bytes depend on what is in it alone, and keeps each file's size and SHA-256."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

MANIFEST = "manifest-sha256.txt"
_PART = 1 << 20
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of every file: that of writing would make two ZIPs of the same files differ."""
_UNIX = 3
_READABLE = 0o100644 << 16
_COMPRESSED = (".parquet", ".docx")
"""Endings of files that are compressed already."""
_PLAIN = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file that is in the ZIP."""

    path: str
    size: int
    """Bytes."""
    sha256: str
    """In hexadecimal."""


class BundleZip:
    """A ZIP that is being written: memory stays flat however large its files are; ZIP64 is used where it must be."""

    def __init__(self, path: Path) -> None:
        """A new ZIP at `path`."""
        self._zip = zipfile.ZipFile(path, "w")
        self.files: list[BundledFile] = []
        """In the order in which they were added."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def add(self, path: str, file: Path) -> None:
        """Adds a file of the local disk.

        Raises:
            ValueError: `path` is not made of names in ASCII with / between them, or is there already.
        """
        with file.open("rb") as source:
            self._add(path, source, file.stat().st_size)

    def add_text(self, path: str, text: str) -> None:
        """Adds a text in UTF-8; raises what `add` does."""
        data = text.encode()
        self._add(path, BytesIO(data), len(data))

    def add_manifest(self) -> None:
        """Adds the list of all files so far, each with its SHA-256, as sha256sum reads it."""
        self.add_text(MANIFEST, "".join(f"{file.sha256}  {file.path}\n" for file in self.files))

    def _add(self, path: str, source: BinaryIO, size: int) -> None:
        if not _PLAIN.fullmatch(path) or path in self._zip.NameToInfo:
            raise ValueError(f"no file of a bundle can be called {path!r}")
        info = zipfile.ZipInfo(path, _FIRST_DAY)
        info.compress_type = zipfile.ZIP_STORED if path.endswith(_COMPRESSED) else zipfile.ZIP_DEFLATED
        info.create_system, info.external_attr, info.file_size = _UNIX, _READABLE, size
        found = sha256()
        with self._zip.open(info, "w") as file:
            for part in _parts(source):
                found.update(part)
                file.write(part)
        self.files.append(BundledFile(path, size, found.hexdigest()))


def _parts(source: BinaryIO) -> Iterator[bytes]:
    while part := source.read(_PART):
        yield part
