"""Reads files of every format into documents; runs in the reading process, never in a service."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.reading import Container, Part, Reading

_PLAIN = Tools()


def read(data: bytes, name: str, text_column: str = "", tools: Tools = _PLAIN) -> Iterator[Reading | Part | Container]:
    """Reads a file: one Reading, or of a table or of a file that holds others its Parts and then the Container.

    The format is told by the bytes; the name decides only between formats that are all plain text.

    Raises:
        Unreadable: says why it cannot be read (on) and what to do.
    """
    yield from read_file(data, name, text_column, tools)
