"""A spreadsheet's numbers as they are shown: by the number formats of the cells (ECMA-376, part 1, 18.8.30)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from xlfmt import format_value  # type: ignore[import-untyped]

_S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_GENERAL = "General"
_LONGEST = 255
"""Characters of a number format that Excel takes."""
_LITERAL_OR_POINT = re.compile(r'("[^"]*"|\\.|\[[^\]]*\]|\.(?!0))')
_MARKS = frozenset('"\\[')
_BUILT_IN = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    # Excel shows these dates as the country of whoever looks has them; in this order nobody takes a day for a month.
    14: "yyyy-mm-dd",
    22: "yyyy-mm-dd hh:mm",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    37: "#,##0;(#,##0)",
    38: "#,##0;(#,##0)",
    39: "#,##0.00;(#,##0.00)",
    40: "#,##0.00;(#,##0.00)",
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}


def cell_formats(styles: Any) -> Sequence[str]:
    """The number format of each cell style, by the number that cells have for it; none without a styles part."""
    if styles is None:
        return ()
    own = {number.get("numFmtId"): number.get("formatCode", _GENERAL) for number in styles.iter(f"{_S}numFmt")}
    ids = [xf.get("numFmtId", "0") for xfs in styles.iter(f"{_S}cellXfs") for xf in xfs.iter(f"{_S}xf")]
    return [own.get(id) or (_BUILT_IN.get(int(id), _GENERAL) if id.isdecimal() else _GENERAL) for id in ids]


@lru_cache(maxsize=20_000)
def shown(value: float, code: str, from_1904: bool = False) -> str:
    """A number as a cell of this format shows it, but for its width; all its digits where the format shows nothing."""
    if code == _GENERAL or len(code) > _LONGEST:
        return general(value)
    try:
        text = str(format_value(value, _mended(code), date1904=from_1904)).strip()
    except (ArithmeticError, ValueError, TypeError, LookupError):
        text = ""
    return general(value) if not text.strip("#") else text


@lru_cache(maxsize=1_000)
def _mended(code: str) -> str:
    """A format as xlfmt understands it: it drops points in dates, and takes a locale such as [$-409] for dollars."""
    pieces = [piece for piece in _LITERAL_OR_POINT.split(code) if not piece.startswith("[$-")]
    is_date = any(letter in "yYdDmMhH" for piece in pieces if piece[:1] not in _MARKS for letter in piece)
    return "".join("\\." if is_date and piece == "." else piece for piece in pieces)


def general(value: float) -> str:
    """A number without a format: at most 15 digits, which is what spreadsheets calculate with."""
    if abs(value) < 10**15 and value == int(value):
        return str(int(value))
    return f"{value:.15g}"
