"""Plain text in any encoding."""

from __future__ import annotations

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise


def parse(data: bytes, _: Tools) -> Extract:
    """Form feeds part pages. Raises UnknownFormat when it is no text."""
    decoded = decode(data, may_declare=data.lstrip()[:5].lower() == b"<?xml")
    pages = [normalise(page) for page in decoded.text.split("\f")]
    return Extract(pages, Report("text", decoded.encoding, warnings=decoded.warnings))


FORMAT = Format("TXT", parse, endings=())
