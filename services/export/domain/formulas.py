"""Keeps a spreadsheet from running a text as a formula.

Which beginnings count is OWASP's list for CSV injection, with the full-width signs that East Asian input gives:
https://owasp.org/www-community/attacks/CSV_Injection
"""

from __future__ import annotations

import re

_BEGINS_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


def begins_formula(text: str) -> bool:
    """Whether a spreadsheet could take the text for a formula, or for a text that was neutralised."""
    return _BEGINS_FORMULA.match(text) is not None


def neutralised(text: str) -> str:
    """The text with an apostrophe before it if it begins a formula, else as it is; no two texts become the same."""
    return f"'{text}" if begins_formula(text) else text
