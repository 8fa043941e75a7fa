"""Single cells of a sheet as XML (ECMA-376 part 1, 18.3.1.4), such that every value arrives as what it is."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from coderai.codebook.full_dates import full_date
from coderai.language.spreadsheets import one_line_break, writable
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable

LONGEST = 16_000
"""Characters of the parts of a text that no cell holds: at most 32,000 UTF-16 code units."""

_EXACT, _LEAST, _MOST = 2**53, 2.2250738585072014e-308, 9.99999999999999e307
_BEFORE_DAYS = date(1899, 12, 30).toordinal()
_FIRST_DAY = date(1900, 3, 1).toordinal()
"""Excel counts a 29 February 1900, so that programs differ on days before this one."""
_UNUSUAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_BEGINS_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")

LEFT_OUT = "control characters were left out, as a workbook cannot hold them"
NO_DAY = "a date before March 1900 is kept as text, as spreadsheets have none before it"
NO_NUMBER = "a number is kept as text, as a sheet's numbers have 53 bits and at most 308 digits"
"""What becomes of cells, for cell_notes."""


def is_held(number: int | float) -> bool:
    """Whether a sheet's cell has exactly this number."""
    size = abs(number)
    if size <= _EXACT:
        return size >= _LEAST or size == 0
    return size <= _MOST and int(float(number)) == number


@lru_cache(10_000)
def day_number(text: str) -> int | None:
    """The number by which spreadsheets know a day, from 61 for 1 March 1900; None if it is no day or before that."""
    day = date.fromisoformat(text).toordinal() if full_date(text) else 0
    return day - _BEFORE_DAYS if day >= _FIRST_DAY else None


def is_usual(text: str) -> bool:
    """Whether XML has the text as it is: nothing in it is to be left out or escaped."""
    return _UNUSUAL.search(text) is None


def held_text(text: str) -> tuple[str, list[str]]:
    """A text as a sheet can hold it, with each line break as one character; and what became of it."""
    told = [] if encodable(text) else [REPLACED]
    whole = one_line_break(as_unicode(text))
    held = writable(whole)
    return held, [*told, LEFT_OUT] if held != whole else told


def escaped(text: str) -> str:
    """A text that `held_text` has made, as XML has it."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BEGINS_ESCAPE.sub("_x005F_", text)


def text_xml(ref: str, style: int, text: str) -> str:
    """A cell with a text that is usual or escaped."""
    return f'<c r="{ref}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def number_xml(ref: str, style: int, number: float) -> str:
    """A cell with a number that `is_held`."""
    return f'<c r="{ref}" s="{style}"><v>{number!r}</v></c>'


def boolean_xml(ref: str, style: int, value: bool) -> str:
    """A cell with true or false."""
    return f'<c r="{ref}" s="{style}" t="b"><v>{value:d}</v></c>'


def empty_xml(ref: str, style: int) -> str:
    """A cell that has nothing but its style."""
    return f'<c r="{ref}" s="{style}"/>'
