"""Old Word files (DOC, Word 97 to 2003; MS-DOC): the text of the main part, notes and text boxes, without deletions."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from struct import error as StructError
from struct import unpack_from

from coderai.services.ingest.adapters.parsers.compound import has_stream, stream
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted, UnknownFormat
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_WORD_97 = 0xC1
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_LENGTHS, _KINDS = 0x4C, ("main", "footnotes", "headers", "macros", "comments", "endnotes", "boxes", "header boxes")
_PROPERTIES, _PIECES = 0xFA, 0x1A2
"""Where the head says where the table stream has the characters' properties, and the pieces of the text."""
_ONE_BYTE = 0x40000000
_PAGE_BYTES = 512
_DELETED = 0x0800
_OPERAND_BYTES = (1, 1, 2, 4, 2, 2, 0, 3)
_FIELD_SIGN = re.compile("([\x13-\x15])")
_DEEPEST_FIELD = 20
_SIGNS = str.maketrans(
    {
        "\r": "\n\n",
        "\x0b": "\n",
        "\x0e": "\n",
        "\x1e": "-",
        "\x1f": "",
        **dict.fromkeys("\x01\x02\x03\x04\x05\x08\x14\x15\x28", ""),
    }
)
_NOT_READ = "an old Word file: numbers of lists and headings are only read from DOCX"

Span = tuple[int, int]


def parse(data: bytes, _: Tools) -> Extract:
    """Pages are those that the author began.

    Raises:
        FileDamaged, FileEncrypted; UnknownFormat: it is of a Word older than 97.
    """
    try:
        parts = _parts(data)
    except (StructError, IndexError, ValueError) as error:
        raise FileDamaged(f"the old Word file is damaged ({error}): save it as DOCX and upload that copy") from error
    texts = [_plain(parts[kind]) for kind in ("headers", "main", "footnotes", "endnotes", "boxes")]
    warnings = [_NOT_READ]
    if parts["comments"].strip("\r\x05 "):
        warnings.append("comments were left out")
    pages = [normalise(page) for page in "\n\n".join(filter(None, texts)).split("\f")]
    return Extract(pages, Report("olefile", warnings=tuple(warnings)))


def _parts(data: bytes) -> dict[str, str]:
    """The text of each part of the document, with Word's signs in it."""
    main = stream(data, "WordDocument")
    (version,) = unpack_from("<H", main, 2)
    (flags,) = unpack_from("<H", main, 10)
    if version < _WORD_97:
        raise UnknownFormat("the file is of a Word older than 97: save it as DOCX")
    if flags & _ENCRYPTED:
        raise FileEncrypted()
    table = stream(data, "1Table" if flags & _SECOND_TABLE else "0Table")
    lengths = [max(0, length) for length in unpack_from("<8i", main, _LENGTHS)]
    deleted = sorted(_deleted(main, table))
    # What is deleted becomes NUL, so that the parts keep their lengths.
    text = "".join(_piece(main, start, length, is_wide, deleted) for start, length, is_wide in _pieces(main, table))
    found: dict[str, str] = {}
    start = 0
    for kind, length in zip(_KINDS, lengths, strict=True):
        found[kind] = text[start : start + length]
        start += length
    return found


def _pieces(main: bytes, table: bytes) -> Iterator[tuple[int, int, bool]]:
    """Where each piece starts in the main stream, its characters, and whether they have two bytes each."""
    start, size = unpack_from("<II", main, _PIECES)
    position, end = start, min(start + size, len(table))
    while position < end and table[position] == 1:
        position += 3 + unpack_from("<H", table, position + 1)[0]
    (length,) = unpack_from("<I", table, position + 1)
    count = min(length, end - position) // 12
    places = unpack_from(f"<{count + 1}I", table, position + 5)
    left = len(main)  # pieces that overlap would make much of little
    for index in range(count):
        (offset,) = unpack_from("<I", table, position + 5 + 4 * (count + 1) + 8 * index + 2)
        characters, is_wide = places[index + 1] - places[index], not offset & _ONE_BYTE
        left -= characters
        if characters < 0 or left < 0:
            raise ValueError("its pieces are more than its bytes")
        yield (offset & ~_ONE_BYTE) // (1 if is_wide else 2), characters, is_wide


def _piece(main: bytes, start: int, length: int, is_wide: bool, deleted: Sequence[Span]) -> str:
    width = 2 if is_wide else 1
    raw = main[start : start + length * width]
    text = raw.decode("utf-16-le" if is_wide else "cp1252", "replace")
    kept: list[str] = []
    at = 0
    first = max(0, bisect_left(deleted, (start, 0)) - 1)
    for begin, end in deleted[first : bisect_right(deleted, (start + len(raw), 0))]:
        left, right = max(at, (begin - start) // width), min(len(text), (end - start) // width)
        if left < right:
            kept += (text[at:left], "\0" * (right - left))
            at = right
    return "".join([*kept, text[at:]])


def _deleted(main: bytes, table: bytes) -> Iterator[Span]:
    """Where the main stream has characters that are deleted, the changes being tracked."""
    start, size = unpack_from("<II", main, _PROPERTIES)
    count = max(0, min(size, len(table) - start) - 4) // 8
    for page in dict.fromkeys(unpack_from(f"<{count}I", table, start + 4 * (count + 1))):
        block = main[page * _PAGE_BYTES : (page + 1) * _PAGE_BYTES]
        runs = block[-1] if len(block) == _PAGE_BYTES else 0
        if not runs or 5 * runs + 4 >= _PAGE_BYTES:
            continue
        bounds = unpack_from(f"<{runs + 1}I", block)
        for index in range(runs):
            place = block[4 * (runs + 1) + index] * 2
            if place and _is_deleted(block[place + 1 : place + 1 + block[place]]):
                yield bounds[index], bounds[index + 1]


def _is_deleted(properties: bytes) -> bool:
    position = 0
    while position + 3 <= len(properties):
        (code,) = unpack_from("<H", properties, position)
        if code == _DELETED:
            return bool(properties[position + 2])
        size = _OPERAND_BYTES[code >> 13]
        position += 2 + (size or 1 + properties[position + 2])
    return False


def _plain(text: str) -> str:
    """Fields as what they show, rows of tables as lines."""
    text = _without_codes(text.replace("\0", ""))
    return text.replace("\r\x07", "\x07").replace("\x07\x07", "\n").replace("\x07", " | ").translate(_SIGNS)


def _without_codes(text: str) -> str:
    """A field is 13 code 14 result 15; a field may stand in the code or the result of another."""
    shown: list[str] = []
    in_code: list[bool] = []
    for piece in _FIELD_SIGN.split(text):
        if piece == "\x13":
            in_code.append(True)
        elif in_code and piece == "\x14":
            in_code[-1] = False
        elif in_code and piece == "\x15":
            in_code.pop()
        elif True not in in_code[-_DEEPEST_FIELD:]:
            shown.append(piece)
    return "".join(shown)


FORMAT = Format(
    "DOC", parse, (".doc", ".dot"), lambda file: has_stream(file.data, "WordDocument"), file_called="old Word file"
)
