"""The text of an RTF file (Rich Text Format 1.9.1), as the program that wrote it shows it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from coderai.services.ingest.adapters.parsers.rtf_words import (
    CHARACTERS,
    CHARSETS,
    FIELDS,
    INTO,
    PASSED_OVER,
    STARRED_AND_KNOWN,
)

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(.)|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)|\\", re.S
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_LAYOUT_CELL = 300
"""Characters of a table's cell above which the table serves the layout: its cells are read one after another."""
_BODY, _NOWHERE = "body", ""
_EDGES = ("head", "foot")


class _State(NamedTuple):
    """What holds within a group until it ends."""

    into: str = _BODY
    """Where text goes: the body, or one of rtf_words.INTO; nowhere when empty."""
    encoding: str = "cp1252"
    hidden: bool = False
    deleted: bool = False
    replaced: int = 1
    """Characters after a Unicode one that say the same to old programs."""
    starred: bool = False
    """The group may be ignored by who does not know the word that comes next."""


class RtfText:
    """Reads an RTF file, without recursion, a step for each of its words."""

    def __init__(self, data: bytes) -> None:
        self._state = _State()
        self._stack: list[_State] = []
        self._encoding = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = self._first_font = 0
        self._bytes = bytearray()
        self._to_skip = 0
        self._pieces: dict[str, list[str]] = {}
        self._cells: list[str] = []
        self._in_table = False
        self._notes: list[str] = []
        self._edges: dict[str, list[str]] = {edge: [] for edge in _EDGES}
        self._out: list[str] = []
        self.comments = 0
        """Comments, which the text leaves out."""
        self._read(data.decode("latin-1"))

    @property
    def text(self) -> str:
        """Paragraphs parted by blank lines, table rows by line ends, pages by form feeds.

        Footnotes and text boxes follow their paragraph; headers stand before all else, footers after it.
        """
        heads, feet = ("\n\n".join(dict.fromkeys(self._edges[edge])) for edge in _EDGES)
        return _whole("\n\n".join((heads, "".join(self._out), feet)))

    def field(self, name: str) -> str:
        """What the file says of itself: its title or author."""
        return _whole("".join(self._pieces.get(name, ()))).strip()

    def _read(self, source: str) -> None:
        position = 0
        while token := _TOKEN.match(source, position):
            position = token.end()
            word, number, code, symbol, brace, text = token.groups()
            if text is not None:
                self._take(text.encode("latin-1"))
            elif code is not None:
                self._take(bytes((int(code, 16),)))
            elif symbol is not None and symbol in "{}\\":
                self._take(symbol.encode())
            elif word == "bin":
                position += max(0, int(number or 0))
            elif word or symbol or brace:
                self._decode()
                self._obey(word, symbol, brace, None if number is None else int(number))
        self._decode()
        self._end_row(None)
        self._end_paragraph()

    def _obey(self, word: str | None, symbol: str | None, brace: str | None, number: int | None) -> None:
        if brace == "{":
            self._to_skip = 0
            self._stack.append(self._state)
        elif brace == "}":
            self._to_skip = 0
            self._end_group()
        elif symbol == "*":
            self._state = self._state._replace(starred=True)
        elif symbol is not None and symbol in "\r\n":
            self._word("par", None)
        else:
            self._word(word or symbol or "", number)

    def _take(self, data: bytes) -> None:
        """Bytes of text: those of one character may be written in several ways, so that they wait for each other."""
        if self._to_skip:
            skipped = min(self._to_skip, len(data))
            self._to_skip -= skipped
            data = data[skipped:]
        if self._state.into:
            self._bytes += data

    def _decode(self) -> None:
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            self._say(data.decode(self._state.encoding, "replace"))

    def _say(self, text: str) -> None:
        state = self._state
        if state.into and not state.hidden and not state.deleted:
            self._pieces.setdefault(state.into, []).append(text)

    def _end_group(self) -> None:
        if not self._stack:
            return
        ended, self._state = self._state.into, self._stack.pop()._replace(starred=False)
        if ended == self._state.into or ended not in ("note", *_EDGES, "fonts", "comment"):
            return
        text = "".join(self._pieces.pop(ended, ())).strip()
        if text and ended == "note":
            self._notes.append(text)
        elif text and ended in _EDGES:
            self._edges[ended].append(text)

    def _word(self, word: str, number: int | None) -> None:
        state = self._state
        if state.starred:
            self._state = state._replace(starred=False)
        if handler := _HANDLERS.get(word):
            handler(self, number)
        elif word in CHARACTERS:
            if self._to_skip:
                self._to_skip -= 1
            else:
                self._say(CHARACTERS[word])
        elif word in INTO:
            self.comments += word == "annotation"
            if state.into or word in FIELDS:
                self._state = self._state._replace(into=INTO[word])
        elif word in PASSED_OVER or (state.starred and word not in STARRED_AND_KNOWN):
            self._state = self._state._replace(into=_NOWHERE)

    def _end_paragraph(self, _: int | None = None) -> None:
        if self._state.into != _BODY or self._in_table:
            self._say("\n")
            return
        self._out.append(f"\n{''.join(self._pieces.pop(_BODY, ()))}\n\n")
        self._out.extend(f"{note}\n\n" for note in self._notes)
        self._notes.clear()

    def _end_page(self, _: int | None) -> None:
        if self._state.into == _BODY:
            self._end_paragraph()
            self._out.append("\f")

    def _end_cell(self, _: int | None) -> None:
        if self._state.into == _BODY:
            self._cells.append("".join(self._pieces.pop(_BODY, ())).strip())
        else:
            self._say(" | ")

    def _end_row(self, _: int | None) -> None:
        if self._state.into != _BODY:
            self._say("\n")
            return
        if any(len(cell) > _LAYOUT_CELL for cell in self._cells):
            self._out.append("\n\n".join(self._cells) + "\n\n")
        elif any(self._cells):
            self._out.append(" | ".join(" ".join(cell.split()) for cell in self._cells) + "\n")
        self._cells.clear()

    def _set_table(self, is_in: bool) -> None:
        if self._state.into == _BODY:
            self._in_table = is_in

    def _unicode(self, number: int | None) -> None:
        if number is not None:
            self._say(chr(number % 0x10000))
            self._to_skip = self._state.replaced

    def _set_replaced(self, number: int | None) -> None:
        self._state = self._state._replace(replaced=max(0, number or 0))

    def _set_encoding(self, encoding: str) -> None:
        self._encoding = encoding
        self._state = self._state._replace(encoding=encoding)

    def _take_font(self, number: int | None) -> None:
        self._font = number or 0
        if self._state.into != "fonts":
            self._state = self._state._replace(encoding=self._fonts.get(self._font, self._encoding))

    def _tell_font(self, encoding: str) -> None:
        if self._state.into == "fonts":
            self._fonts[self._font] = encoding or self._encoding

    def _set_first_font(self, number: int | None) -> None:
        self._first_font = number or 0

    def _plain(self, _: int | None) -> None:
        encoding = self._fonts.get(self._first_font, self._encoding)
        self._state = self._state._replace(hidden=False, deleted=False, encoding=encoding)

    def _hide(self, number: int | None) -> None:
        self._state = self._state._replace(hidden=number != 0)

    def _delete(self, number: int | None) -> None:
        self._state = self._state._replace(deleted=number != 0)

    def _use_surroundings(self, _: int | None) -> None:
        """In place of a text that old programs read, which the group before it has: the same in Unicode."""
        if len(self._stack) > 1:
            self._state = self._stack[-2]


def _whole(text: str) -> str:
    """With the characters whose two halves were written one after the other."""
    if not _SURROGATES.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _code_page(number: int | None) -> str:
    """Empty when there is no such one."""
    try:
        return codecs.lookup(f"cp{number}").name
    except LookupError:
        return {10000: "mac_roman", 10007: "mac_cyrillic", 65001: "utf-8"}.get(number or 0, "")


_HANDLERS: Mapping[str, Callable[[RtfText, int | None], None]] = {
    "par": RtfText._end_paragraph,
    "sect": RtfText._end_paragraph,
    "page": RtfText._end_page,
    "cell": RtfText._end_cell,
    "row": RtfText._end_row,
    "nestcell": lambda rtf, _: rtf._say(" | "),
    "nestrow": lambda rtf, _: rtf._say("\n"),
    "intbl": lambda rtf, _: rtf._set_table(True),
    "pard": lambda rtf, _: rtf._set_table(False),
    "u": RtfText._unicode,
    "uc": RtfText._set_replaced,
    "ud": RtfText._use_surroundings,
    "ansicpg": lambda rtf, number: rtf._set_encoding(_code_page(number) or "cp1252"),
    "mac": lambda rtf, _: rtf._set_encoding("mac_roman"),
    "pc": lambda rtf, _: rtf._set_encoding("cp437"),
    "pca": lambda rtf, _: rtf._set_encoding("cp850"),
    "f": RtfText._take_font,
    "deff": RtfText._set_first_font,
    "fcharset": lambda rtf, number: rtf._tell_font(CHARSETS.get(number or 0, "")),
    "cpg": lambda rtf, number: rtf._tell_font(_code_page(number)),
    "plain": RtfText._plain,
    "v": RtfText._hide,
    "deleted": RtfText._delete,
}
"""What each control word does that does more than to stand for a character or to begin a group."""
