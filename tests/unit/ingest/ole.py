"""Writes small OLE files ([MS-CFB], version 3), and what Outlook keeps in them."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

Tree = Mapping[str, Any]
"""Folders (further trees) and streams (bytes) by name."""
_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _NONE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFD


def ole(tree: Tree) -> bytes:
    """The file; of at most 128 sectors, 64 kB."""
    entries: list[list[Any]] = [["Root Entry", 5, _NONE, _NONE, b""]]
    _add(entries, 0, tree)
    mini, mini_fat = b"", []
    sectors: list[bytes] = []
    fat: list[int] = []

    def chain(data: bytes) -> int:
        start, count = len(fat), -(-len(data) // _SECTOR)
        fat.extend(range(start + 1, start + count + 1))
        fat[-1:] = [_END] if count else fat[-1:]
        sectors.extend(data[i : i + _SECTOR].ljust(_SECTOR, b"\0") for i in range(0, len(data), _SECTOR))
        return start if count else _END

    starts: list[int] = []
    for _, kind, _, _, data in entries:
        if kind != 2:
            starts.append(0)
        elif len(data) >= _CUTOFF:
            starts.append(chain(data))
        else:
            count = -(-len(data) // _MINI)
            starts.append(len(mini_fat) if count else _END)
            mini_fat += [*range(len(mini_fat) + 1, len(mini_fat) + count), _END][: count or 0]
            mini += data.ljust(count * _MINI, b"\0")
    starts[0] = chain(mini)
    first_mini_fat = chain(struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(_SECTOR, b"\xff"))
    directory = b""
    for (name, kind, right, child, data), start in zip(entries, starts, strict=True):
        encoded = (name + "\0").encode("utf-16-le")
        size = len(mini) if kind == 5 else len(data)
        head = struct.pack("<64sHBBIII", encoded, len(encoded), kind, 1, _NONE, right, child)
        directory += head + bytes(36) + struct.pack("<IQ", start, size)
    first_directory = chain(directory)
    fat_sector = len(fat)
    table = struct.pack("<128I", *[*fat, _FAT, *[_FREE] * (127 - len(fat))])
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, first_directory, 0, _CUTOFF, first_mini_fat, -(-len(mini_fat) // 128), _END, 0)
    header += struct.pack("<109I", fat_sector, *[_FREE] * 108)
    return header + b"".join(sectors) + table


def _add(entries: list[list[Any]], parent: int, tree: Tree) -> None:
    """Adds a folder's entries, each the right sibling of the one before."""
    before = None
    for name, content in tree.items():
        number = len(entries)
        is_stream = isinstance(content, bytes)
        entries.append([name, 2 if is_stream else 1, _NONE, _NONE, content if is_stream else b""])
        if before is None:
            entries[parent][3] = number
        else:
            entries[before][2] = number
        before = number
        if not is_stream:
            _add(entries, number, content)


def properties(header: int, fixed: Mapping[int, tuple[int, bytes]] | None = None) -> dict[str, bytes]:
    """The stream of an Outlook mail's properties of fixed size: by number, their type and value."""
    entries = (struct.pack("<HHI8s", kind, number, 6, value) for number, (kind, value) in (fixed or {}).items())
    return {"__properties_version1.0": bytes(header) + b"".join(entries)}


def texts(values: Mapping[int, str]) -> dict[str, bytes]:
    """The streams of an Outlook mail's properties that are texts."""
    return {f"__substg1.0_{number:04X}001F": value.encode("utf-16-le") for number, value in values.items()}
