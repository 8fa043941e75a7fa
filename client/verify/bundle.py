"""Opens a bundle, a ZIP or an unpacked folder, and reads its files as streams: whoever made it is not trusted."""

from __future__ import annotations

import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from coderai.client.errors import ClientError, UsageError

MANIFEST = "manifest-sha256.txt"
MOST_FILES = 200_000
MOST_BYTES = 100_000_000_000
"""Of all files unpacked."""
MOST_GROWTH = 1_100
"""Times that a file may grow when it is unpacked: deflate cannot make more of one."""
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_NO_ZIP = (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError)
"""What opening a ZIP, or a file in it, raises that is none."""


class NotABundle(UsageError):
    """What was named is no bundle, or none that can be opened without harm."""


class Unreadable(ClientError):
    """A file of the bundle cannot be read to its end."""


class Bundle(Protocol):
    """The files of a bundle."""

    sizes: dict[str, int]
    """Bytes of each file, by its path."""

    def open(self, path: str) -> IO[bytes]:
        """The file's bytes as a stream."""
        ...


@contextmanager
def opened(path: Path) -> Iterator[Bundle]:
    """The bundle at a path: a ZIP, or a folder that was unpacked of one.

    Raises:
        NotABundle: there is none, or it has paths that leave it, links, names twice, or grows beyond all measure.
    """
    try:
        found: _Folder | zipfile.ZipFile = _Folder(path) if path.is_dir() else zipfile.ZipFile(_file(path))
    except (OSError, *_NO_ZIP) as error:
        raise NotABundle(f"{path} cannot be opened as a bundle: {error}") from None
    if isinstance(found, _Folder):
        _check_is_bundle(found, path)
        yield found
        return
    with found as archive:
        bundle = _Zip(archive)
        _check_is_bundle(bundle, path)
        yield bundle


def _file(path: Path) -> Path:
    if not path.is_file():
        raise NotABundle(f"{path}: there is no such file or folder")
    return path


@contextmanager
def reading(bundle: Bundle, path: str) -> Iterator[IO[bytes]]:
    """A file of the bundle to read from.

    Raises:
        Unreadable: it is damaged.
    """
    try:
        with bundle.open(path) as file:
            yield file
    except (zlib.error, EOFError, OSError, RuntimeError, *_NO_ZIP) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from None


def whole(bundle: Bundle, path: str, most: int) -> bytes:
    """A file of the bundle as a whole.

    Raises:
        Unreadable: it is damaged, or has more than `most` bytes.
    """
    if bundle.sizes[path] > most:
        raise Unreadable(f"{path} has {bundle.sizes[path]:,} bytes, and may have {most:,}")
    with reading(bundle, path) as file:
        return file.read()


class _Folder:
    def __init__(self, root: Path) -> None:
        self._root = root
        self.sizes = dict(self._files())

    def open(self, path: str) -> IO[bytes]:
        return (self._root / path).open("rb")

    def _files(self) -> Iterator[tuple[str, int]]:
        for folder, folders, names in os.walk(self._root):
            folders.sort()
            for name in [*sorted(names), *folders]:
                found = Path(folder) / name
                mode = found.lstat().st_mode
                path = found.relative_to(self._root).as_posix()
                if stat.S_ISREG(mode):
                    yield path, found.lstat().st_size
                elif not stat.S_ISDIR(mode):
                    raise NotABundle(f"{path} is a link or a device, which a bundle does not have")


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        infos = archive.infolist()
        if len(infos) > MOST_FILES:
            raise NotABundle(f"it has {len(infos):,} files, and may have {MOST_FILES:,}")
        self._infos: dict[str, zipfile.ZipInfo] = {}
        for info in infos:
            if info.file_size or not info.filename.endswith("/"):
                self._add(info)
        self.sizes = {name: info.file_size for name, info in self._infos.items()}
        if sum(self.sizes.values()) > MOST_BYTES:
            raise NotABundle(f"it would have {sum(self.sizes.values()):,} bytes unpacked, and may have {MOST_BYTES:,}")

    def open(self, path: str) -> IO[bytes]:
        return self._archive.open(self._infos[path])

    def _add(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        parts = PurePosixPath(name).parts
        is_path = bool(parts) and name == "/".join(parts)
        if not is_path or info.orig_filename != name or "\\" in name or ".." in parts or ":" in parts[0]:
            raise NotABundle(f"the path {name!r} leaves the bundle, or is none")
        if name in self._infos:
            raise NotABundle(f"{name!r} is in it twice")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind and kind != stat.S_IFREG:
            raise NotABundle(f"{name!r} is a link or a device, which a bundle does not have")
        if info.flag_bits & _ENCRYPTED or info.compress_type not in _METHODS:
            raise NotABundle(f"{name!r} is encrypted, or packed in a way that a bundle does not use")
        if info.file_size > MOST_GROWTH * max(info.compress_size, 1):
            raise NotABundle(f"{name!r} would grow to {info.file_size:,} bytes from {info.compress_size:,}")
        self._infos[name] = info


def _check_is_bundle(bundle: Bundle, path: Path) -> None:
    if MANIFEST not in bundle.sizes:
        raise NotABundle(f"{path} is no bundle: it has no {MANIFEST}")
