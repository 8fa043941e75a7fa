"""Keeps messages on local disk, in order, each after its length in bytes."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import IO, Generic, TypeVar

from google.protobuf.message import Message

M = TypeVar("M", bound=Message)

_LENGTH = struct.Struct("<I")


class MessageSpool(Generic[M]):
    """Messages of one kind in an open file."""

    def __init__(self, kind: type[M], file: IO[bytes]) -> None:
        self._kind = kind
        self._file = file

    def add(self, message: M) -> None:
        """Appends a message."""
        data = message.SerializeToString()
        self._file.write(_LENGTH.pack(len(data)))
        self._file.write(data)

    def __iter__(self) -> Iterator[M]:
        """The messages from the first one on; several may be under way at once, once all are added."""
        self._file.flush()
        file, at = self._file.fileno(), 0
        while prefix := os.pread(file, _LENGTH.size, at):
            (length,) = _LENGTH.unpack(prefix)
            yield self._kind.FromString(os.pread(file, length, at + _LENGTH.size))
            at += _LENGTH.size + length
