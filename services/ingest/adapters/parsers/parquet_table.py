"""Parquet; what reads it is loaded with the first such file, as Arrow takes 30 MB of memory."""

from __future__ import annotations

from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tables import Table
from coderai.services.ingest.adapters.parsers.tools import Tools


def parse(data: bytes, tools: Tools) -> Table:
    """Raises FileDamaged and TextTooLarge, also later while its rows are read."""
    from coderai.services.ingest.adapters.parsers import parquet_rows

    return parquet_rows.parse(data, tools)


FORMAT = Format("PARQUET", parse, (".parquet",), lambda file: file.data.startswith(b"PAR1"), file_called="Parquet file")
