"""Folds characters that only look different, one for one, so that offsets into the text stay valid."""

from __future__ import annotations

import unicodedata

_LOOKALIKES = {
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d\uff5e\u301c\ufe63",
    "'": "\u2018\u2019\u201b\uff07",
    "/": "\u2044\uff0f",
    ":": "\uff1a",
    ".": "\uff0e\u066b",
    ",": "\u066c",
    "%": "\uff05\u066a",
    "\u00a0": "\u2007\u2009\u202f",
}
_LAST_DIGITS = 0x1FFFF
"""No decimal digit lies beyond the first two planes; looking through all takes a tenth of a second at each start."""
_FOLDED = {ord(other): char for char, others in _LOOKALIKES.items() for other in others} | {
    point: str(unicodedata.digit(chr(point)))
    for point in range(128, _LAST_DIGITS + 1)
    if unicodedata.category(chr(point)) == "Nd"
}


def fold(text: str) -> str:
    """Gives `text` with every decimal digit as 0-9 and dashes, quotes, stops and fixed spaces in one form each.

    The result is as long as `text`: offsets into one are offsets into the other.
    """
    return text if text.isascii() else text.translate(_FOLDED)


def lower(text: str) -> str:
    """Gives `text` in lower case and as long as it was, which `str.lower` does not promise."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(char if len(char.lower()) != 1 else char.lower() for char in text)
