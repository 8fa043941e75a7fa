"""Which part of a file a request wants: one range of bytes, as RFC 9110 (section 14) has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException

_RANGE = re.compile("bytes=([0-9]*)-([0-9]*)", re.IGNORECASE)
_DIGITS = 19
"""More than any file's size has."""


@dataclass(frozen=True, slots=True)
class Range:
    """A part of a file, never empty."""

    first: int
    """The first byte, from 0."""
    last: int
    size: int
    """Of the whole file, in bytes."""

    @property
    def length(self) -> int:
        """Bytes."""
        return self.last - self.first + 1

    @property
    def content_range(self) -> str:
        """As the header tells it."""
        return f"bytes {self.first}-{self.last}/{self.size}"


def wanted_range(headers: Mapping[str, str], size: int, etag: str) -> Range | None:
    """The range that a request's headers (by names in lower case) ask for; None for the whole file.

    That is so where there are several ranges, or none that makes sense, and where If-Range names another file than
    `etag` does: a server may, and in the last case must, send the whole.

    Raises:
        HTTPException: 416, as no byte of the file is in the range.
    """
    asked = _RANGE.fullmatch(headers.get("range", "").strip())
    if asked is None or headers.get("if-range", etag).strip() != etag:
        return None
    first, last = (_number(digits) if digits else None for digits in asked.groups())
    if first is None:
        if last is None:
            return None
        found = Range(max(size - last, 0), size - 1, size)
    elif last is not None and last < first:
        return None
    else:
        found = Range(first, size - 1 if last is None else min(last, size - 1), size)
    if found.length <= 0:
        raise HTTPException(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, headers={"Content-Range": f"bytes */{size}"})
    return found


def _number(digits: str) -> int:
    return int(digits.lstrip("0")[:_DIGITS] or 0)
