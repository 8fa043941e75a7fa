"""Decodes text of any encoding, and says which it was taken to have."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

from coderai.services.ingest.adapters.parsers.alphabets import fitting_encoding
from coderai.services.ingest.domain.problems import UnknownFormat

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 256 * 1024
"""Bytes that an encoding is guessed from."""
_MOST_STRAYS = 0.001
"""Share of a UTF-8 text that may be damaged before it is taken for something else."""
_MOST_CONTROLS = 0.02
"""Share of control characters above which something is no text."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_DECLARED = re.compile(rb"""<(?:\?xml|meta)\s[^>]{0,200}?(?:encoding|charset)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.I)
# What pages and XML call an encoding, and the larger one that browsers decode it by (WHATWG Encoding Standard).
_SUPERSETS = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
_LIKE_ASCII = ("utf-7", "hz", "iso2022", "utf-16", "utf-32")
"""Encodings whose bytes may all be ASCII's, so that nothing but a word tells that they are not."""
_OF_PROGRAMS = frozenset(("punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"))
"""Codecs that no text is in; some take the square of its length."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and how sure it is that its bytes mean it."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, *, may_declare: bool = False, told: str = "") -> Decoded:
    """The text of a file: by its byte order mark, as UTF-8, as it declares (HTML, XML), or as what it looks like.

    `told`: the encoding that it has, as something beside it says, which is often wrong of UTF-8.

    Raises:
        UnknownFormat: it is no text.
    """
    told = _codec(told)
    decoded = _by_bom(data) or (_as_named(data, told) if told.startswith(_LIKE_ASCII) else None) or _as_utf8(data)
    decoded = decoded or _as_named(data, told) or (_as_declared(data) if may_declare else None) or _by_looks(data)
    sample = decoded.text[:_SAMPLE]
    if len(_CONTROLS.findall(sample)) > _MOST_CONTROLS * len(sample):
        raise UnknownFormat()
    return decoded


def _by_bom(data: bytes) -> Decoded | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _checked(data.decode(encoding, "replace").removeprefix("\ufeff"), encoding)
    return None


def _as_utf8(data: bytes) -> Decoded | None:
    """UTF-8, also with a few damaged bytes in it, unless it is one of the encodings that are made of ASCII bytes."""
    if b"\x1b$" in data[:_SAMPLE] or b"\0" in data[:_SAMPLE]:
        return None
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
    beyond_ascii = sum(1 for character in text if character > "\x7f")
    strays = text.count("\ufffd")
    if strays > 3 and (strays > _MOST_STRAYS * len(text) or strays > 0.1 * beyond_ascii):
        return None
    return _checked(text, "utf-8") if beyond_ascii > 10 * strays else None


def _as_declared(data: bytes) -> Decoded | None:
    declared = _DECLARED.search(data[:4096])
    name = _codec(declared[1].decode("ascii")) if declared else ""
    if name.startswith(("utf-16", "utf-32")):  # a declaration that can be read as ASCII is not in these
        return None
    return _as_named(data, name)


def _codec(name: str) -> str:
    """Python's name of the encoding that bears a name, or of the larger one; empty when there is none for texts."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)  # some codecs are between bytes
    except (LookupError, ValueError):
        return ""
    return "" if found in _OF_PROGRAMS else _SUPERSETS.get(found, found)


def _as_named(data: bytes, name: str) -> Decoded | None:
    """In that encoding, where one is named and the bytes are in it, but for a few."""
    if not name:
        return None
    text = data.decode(name, "replace")
    return _checked(text, name) if text.count("\ufffd") <= _MOST_STRAYS * len(text) else None


def _by_looks(data: bytes) -> Decoded:
    sample = data if len(data) <= _SAMPLE else data[: data.rfind(b"\n", 0, _SAMPLE) + 1 or _SAMPLE]
    best = from_bytes(sample).best()
    if best is None:
        raise UnknownFormat("the file is no text in any encoding that is known: save it as UTF-8")
    encoding = _SUPERSETS.get(best.encoding, best.encoding)
    if _is_latin(str(best), len(sample)):
        # The encodings of Latin letters share most of their bytes, so that several fit: the languages' letters decide.
        encoding = fitting_encoding(sample) or encoding
    decoded = _checked(data.decode(encoding, "replace"), encoding)
    guessed = f"the encoding was guessed to be {encoding}: if letters look wrong, save the file as UTF-8"
    is_certain = encoding.startswith(("utf", "ascii", "iso2022"))
    return decoded if is_certain else Decoded(decoded.text, encoding, (guessed, *decoded.warnings))


def _is_latin(text: str, size: int) -> bool:
    """Whether a text of one byte a character is mostly in Latin letters beyond ASCII."""
    letters = [character for character in text if character > "\x7f" and character.isalpha()]
    latin = sum(1 for character in letters if character < "\u0250")
    return len(text) == size and 2 * latin >= len(letters)


def _checked(text: str, encoding: str) -> Decoded:
    strays = text.count("\ufffd")
    return Decoded(
        text, encoding, (f"it is not {encoding} in {strays} places, which read as \ufffd",) if strays else ()
    )
