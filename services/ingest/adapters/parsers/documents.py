"""Reads a file that is no archive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coderai.services.ingest.adapters.parsers import tables
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import ReaderFailed, Unreadable
from coderai.services.ingest.domain.reading import Container, Extract, Part, Reading, read_extract


def read_file(
    data: bytes, format: Format, name: str, text_column: str, tools: Tools, first: int = 1
) -> Iterator[Reading | Part | Container]:
    """One Reading, or of a table its Parts, numbered from `first`, and then the Container. Raises Unreadable."""
    found = _read(data, format, tools)
    if isinstance(found, Reading):
        yield found
    else:
        yield from tables.parts(found, format.name, name, text_column, tools.count_tokens, first)


def _read(data: bytes, format: Format, tools: Tools) -> Reading | Sequence[tables.Table]:
    try:
        found = format.parse(data, tools)
        if isinstance(found, Extract):
            return read_extract(found, format.name, tools.count_tokens)
        return [found] if isinstance(found, tables.Table) else found
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise ReaderFailed.because(error) from error
