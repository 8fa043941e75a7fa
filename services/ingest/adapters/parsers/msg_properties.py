"""The properties of an Outlook mail, its recipients and attachments, as an OLE file holds them ([MS-OXMSG])."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from io import BytesIO

from olefile import OleFileIO  # type: ignore[import-untyped]

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.domain.problems import FileDamaged, TextTooLarge, UnknownFormat

PROPERTIES = "__properties_version1.0"
_UNICODE, _STRING8, _BINARY = 0x1F, 0x1E, 0x102
_MESSAGE_CODEPAGE = 0x3FFD
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MOST_TIMES = 4
"""How often all of a file may be read: streams can be made to share their bytes."""
_ENTRY = struct.Struct("<HHI8s")
_CODEPAGES = {65001: "utf-8", 1200: "utf-16-le", 20127: "ascii", 50220: "iso2022_jp", 51932: "euc_jp", 51949: "euc_kr"}
_CODEPAGES |= {28590 + number: f"iso8859-{number}" for number in range(1, 16)} | {20866: "koi8-r", 21866: "koi8-u"}


def open_ole(data: bytes) -> OleFileIO:
    """Raises FileDamaged."""
    try:
        return OleFileIO(BytesIO(data))
    except Exception as error:  # it raises what it meets: OSError, IndexError, struct.error, RecursionError
        raise _damaged(error) from error


def _damaged(error: Exception) -> FileDamaged:
    return FileDamaged(f"the Outlook mail is damaged ({error}): save it again and upload that copy")


@dataclass
class _Budget:
    left: int


class Storage:
    """A folder in an Outlook mail: the mail itself, a recipient, an attachment, or a mail within an attachment."""

    def __init__(
        self, ole: OleFileIO, path: tuple[str, ...] = (), header: int = 32, budget: _Budget | None = None
    ) -> None:
        """`header`: bytes of its property stream before the first property."""
        self._ole = ole
        self._path = path
        self._header = header
        self._budget = budget or _Budget(_MOST_TIMES * ole.fp.getbuffer().nbytes + 2**20)

    @property
    def is_mail(self) -> bool:
        """Whether it has properties, as a mail has, and no object that is embedded in another way."""
        return bool(self._ole.exists([*self._path, PROPERTIES]))

    def text(self, property: int) -> str:
        """A text property; empty when there is none."""
        if data := self._variable(property, _UNICODE):
            return data.decode("utf-16-le", "replace").rstrip("\0")
        data = self._variable(property, _STRING8)
        return decoded(data, codepage_name(self.number(_MESSAGE_CODEPAGE))).rstrip("\0") if data else ""

    def binary(self, property: int) -> bytes | None:
        """A property of bytes; None when there is none."""
        return self._variable(property, _BINARY)

    def number(self, property: int) -> int:
        """A property of 32 bits; 0 when there is none."""
        return int.from_bytes(self._fixed.get(property, b"")[:4], "little")

    def time(self, property: int) -> datetime | None:
        """A moment; None when there is none, or none that Python knows."""
        ticks = int.from_bytes(self._fixed.get(property, b""), "little")
        try:
            return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
        except OverflowError:
            return None

    def storages(self, beginning: str) -> Iterator[Storage]:
        """The recipients or attachments, in their order."""
        depth = len(self._path) + 1
        found = (tuple(path) for path in self._ole.listdir(streams=False, storages=True) if len(path) == depth)
        for path in sorted(path for path in found if path[:-1] == self._path and path[-1].startswith(beginning)):
            yield Storage(self._ole, path, 8, self._budget)

    def embedded(self, property: int) -> Storage | None:
        """A mail within an attachment."""
        path = (*self._path, f"__substg1.0_{property:04X}000D")
        return Storage(self._ole, path, 24, self._budget) if self._ole.exists(list(path)) else None

    @cached_property
    def _fixed(self) -> dict[int, bytes]:
        """The values of properties that have a fixed size."""
        data = (self._stream(PROPERTIES) or b"")[self._header :]
        whole = data[: len(data) // _ENTRY.size * _ENTRY.size]
        return {number: value for _, number, _, value in _ENTRY.iter_unpack(whole)}

    def _variable(self, property: int, kind: int) -> bytes | None:
        return self._stream(f"__substg1.0_{property:04X}{kind:04X}")

    def _stream(self, name: str) -> bytes | None:
        """Raises FileDamaged. TextTooLarge: what is read of the file is many times its size."""
        path = [*self._path, name]
        try:
            if self._ole.get_type(path) != 2:
                return None
            self._budget.left -= self._ole.get_size(path)
            if self._budget.left < 0:
                raise TextTooLarge("the Outlook mail unpacks to many times its size: it may be a bomb")
            with self._ole.openstream(path) as stream:
                return bytes(stream.read())
        except TextTooLarge:
            raise
        except Exception as error:
            raise _damaged(error) from error


def codepage_name(number: int) -> str:
    """The name of a Windows code page."""
    return _CODEPAGES.get(number, f"cp{number}")


def decoded(data: bytes, charset: str) -> str:
    """Bytes that are said to be in an encoding."""
    try:
        return decode(data, told=charset).text
    except UnknownFormat:
        return data.decode("latin-1")
