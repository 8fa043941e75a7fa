"""Rows of a table as documents: which column is the text, and what the others become."""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from coderai.services.ingest.domain.problems import Unreadable

_TEXT_NAMES = frozenset(
    """text body content article document fulltext full_text description abstract story message review comment comments
    post tweet transcript speech summary narrative answer response note notes texto texte inhalt volltext testo
    """.split()  # noqa: SIM905
)
_UNCLEAN = re.compile("[\0\ud800-\udfff]")
_MOST_LISTED = 30
_NAME_BONUS = 4.0
"""How many times longer another column's values must be to win over one that is called text."""


class ColumnMissing(Unreadable):
    """The table has no column of the name given for the text."""


def text_column(rows: Sequence[Mapping[str, Any]], wanted: str) -> str:
    """The column that holds the text: the one wanted, else the one with the longest values, one called text first.

    Raises:
        ColumnMissing: names the columns that there are.
    """
    columns = _columns(rows)
    if wanted:
        found = next((c for c in columns if c == wanted), None) or next(
            (c for c in columns if c.casefold().strip() == wanted.casefold().strip()), None
        )
        if found is None:
            raise ColumnMissing(
                f"the table has no column {wanted!r}; it has {_listed(columns)}: upload it again with one of these"
            )
        return found
    return max(columns, key=lambda column: _score(column, rows), default="")


def guess_warning(rows: Sequence[Mapping[str, Any]], guessed: str) -> str:
    """Tells which column was guessed to be the text, and which others there are."""
    others = [column for column in _columns(rows) if column != guessed]
    if not others:
        return f"the column {guessed!r} was taken for the text: the table has no other"
    choice = f"it also has {_listed(others)}; to take one of these, upload it again with text_column"
    return f"the column {guessed!r} was guessed to be the text of the table; {choice}"


def _columns(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(column for row in rows for column in row))


def _listed(columns: Sequence[str]) -> str:
    more = f" and {len(columns) - _MOST_LISTED} more" if len(columns) > _MOST_LISTED else ""
    return ", ".join(columns[:_MOST_LISTED]) + more


def _score(column: str, rows: Sequence[Mapping[str, Any]]) -> float:
    length = sum(len(value) for row in rows if isinstance(value := row.get(column), str))
    name = column.casefold().strip().replace(" ", "_").rsplit(".", 1)[-1]
    return length * (_NAME_BONUS if name in _TEXT_NAMES else 1.0)


def flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with the fields of nested objects under dotted names, and all values as JSON has them."""
    result: dict[str, Any] = {}
    pending: list[tuple[str, Any]] = [(str(key), row[key]) for key in reversed(list(row))]
    while pending:
        key, value = pending.pop()
        if isinstance(value, Mapping) and value:
            pending.extend((f"{key}.{inner}", value[inner]) for inner in reversed(list(value)))
        else:
            result[clean(key)] = plain(value)
    return result


def plain(value: Any) -> Any:
    """A value as JSON and Postgres can hold it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes | bytearray):
        return [plain(item) for item in value]
    return _special(value)


def _special(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        try:
            return clean(bytes(value).decode())
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return str(value) if isinstance(value, Decimal) else clean(str(value))


def clean(text: str) -> str:
    """A text without NUL and lone surrogates, which Postgres cannot hold."""
    return _UNCLEAN.sub(lambda found: "" if found[0] == "\0" else "\ufffd", text)
