"""How a spreadsheet takes a text, and what keeps a text what it is in one.

Which beginnings count as a formula is OWASP's list for CSV injection, with the full-width signs that East Asian input
gives: https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 32_767
"""In one cell of a workbook, in UTF-16 code units (Excel's specifications and limits)."""

_BEGINS_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Not allowed in XML 1.0 (2.2)."""
_LINE_BREAK = re.compile("\r\n?")


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula, or for a text that was neutralised."""
    return _BEGINS_FORMULA.match(text) is not None


def neutralised(text: str) -> str:
    """The text with an apostrophe before it if it begins a formula, else as it is; no two texts become the same."""
    return f"'{text}" if begins_formula(text) else text


def as_meant(text: str) -> str:
    """The text that was neutralised, or the text itself."""
    return text[1:] if text.startswith("'") and begins_formula(text) else text


@dataclass(frozen=True, slots=True)
class CellText:
    """A text as a cell of a workbook can hold it, and whether that is all of it."""

    shown: str
    whole: bool


def writable(text: str) -> str:
    """A text without what XML forbids, its line breaks as one character each."""
    return _ILLEGAL.sub("", one_line_break(text))


def one_line_break(text: str) -> str:
    """A text with each line break as one line feed."""
    return _LINE_BREAK.sub("\n", text)


def fits_cell(text: str) -> bool:
    """Whether one cell of a workbook holds the text."""
    return len(text) <= MOST_CHARACTERS // 2 or len(text.encode("utf-16-le")) <= 2 * MOST_CHARACTERS


def cell_text(value: str) -> CellText:
    """A text that is `writable`, and cut, with a mark, if it is too long."""
    text = writable(value)
    if fits_cell(text):
        return CellText(text, whole=True)
    mark = f" … [cut: {len(text):,} characters in all]"
    kept = text.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(mark))].decode("utf-16-le", errors="ignore")
    return CellText(kept + mark, whole=False)
