"""Names of columns: what is allowed, and what a text that is not allowed could be called."""

from __future__ import annotations

import unicodedata

import regex

LONGEST = 63
NAME = regex.compile(r"[a-z][a-z0-9_]{0,62}")
"""A variable's name: the export column."""
ALLOWED = "must begin with a-z and have only a-z, 0-9 and _, 63 characters at most"


def column_name(text: str) -> str:
    """The text as a column's name, [a-z][a-z0-9_]{0,62}; empty when it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    words = regex.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if words[:1].isdigit():
        words = f"n_{words}"
    return words[:LONGEST].rstrip("_")


def name_problem(name: str) -> str:
    """Why a variable cannot have this name, with one that it could have; empty when it can."""
    if NAME.fullmatch(name):
        return ""
    proposed = column_name(name)
    meant = f"did you mean {proposed!r}?" if proposed else "its display_name may be in any script"
    return f"{ALLOWED}; {meant}"


def title_of(name: str) -> str:
    """How a variable is shown that nobody has given a display name."""
    return name.replace("_", " ").capitalize()
