"""RTF files: paragraphs, tables and notes in reading order, between the headers and the footers."""

from __future__ import annotations

from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.rtf_text import RtfText
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise


def parse(data: bytes, _: Tools) -> Extract:
    """Pages end where the author set a page break; hidden and deleted text, pictures and comments are left out."""
    rtf = RtfText(data)
    warnings = (f"{rtf.comments} comments were left out",) if rtf.comments else ()
    metadata = {name: value for name in ("title", "author") if (value := normalise(rtf.field(name)))}
    return Extract([normalise(page) for page in rtf.text.split("\f")], Report("rtf", warnings=warnings), metadata)


FORMAT = Format(
    "RTF", parse, (".rtf",), lambda file: file.data[:64].lstrip().startswith(b"{\\rtf"), file_called="RTF file"
)
