"""Reads the JSON of a bundle's files, line by line or whole: what is none is told with its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, TypeVar

import msgspec

from coderai.client.verify.bundle import Bundle, Unreadable, reading, whole
from coderai.client.verify.findings import Findings

MOST_OF_LINE = 64_000_000
"""Bytes of a line; a cell, call or correction has some hundreds."""
_MOST_OF_FILE = 500_000_000
"""Bytes of a file that is read as a whole: codebook, statistics, metadata."""
_NOT_JSON = (ValueError, RecursionError)

T = TypeVar("T")


def json_lines(bundle: Bundle, path: str, kind: type[T], findings: Findings) -> Iterator[tuple[int, T]]:
    """The objects of a file in JSON Lines, each with its line's number, from 1.

    Lines that are no such objects are told and passed over, as is a file that is missing.
    """
    if path not in bundle.sizes:
        findings.differs(path, "the bundle does not have this file")
        return
    decoder = msgspec.json.Decoder(kind)
    try:
        with reading(bundle, path) as file:
            for number, line in _lines(file, path, findings):
                try:
                    # Of fields that are passed over msgspec does not see whether they are UTF-8.
                    yield number, decoder.decode(line.decode())
                except _NOT_JSON as error:
                    findings.differs(path, f"this is not what the line should hold: {error}", line=number)
    except Unreadable as error:
        findings.differs(path, str(error))


def _lines(file: IO[bytes], path: str, findings: Findings) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(MOST_OF_LINE + 1):
        number += 1
        if len(line) > MOST_OF_LINE:
            findings.differs(path, f"the line has more than {MOST_OF_LINE:,} bytes", line=number)
            return
        yield number, line


def json_object(bundle: Bundle, path: str, findings: Findings) -> dict[str, Any] | None:
    """The object that a file holds; None, which is told, where it holds none or is missing."""
    if path not in bundle.sizes:
        findings.differs(path, "the bundle does not have this file")
        return None
    try:
        plain = msgspec.json.decode(whole(bundle, path, _MOST_OF_FILE), type=dict[str, Any])
    except Unreadable as error:
        findings.differs(path, str(error))
    except _NOT_JSON as error:
        findings.differs(path, f"this is no JSON object: {error}")
    else:
        return plain
    return None
