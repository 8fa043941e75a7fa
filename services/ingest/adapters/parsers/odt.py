"""OpenDocument texts (ODT): what is deleted with changes tracked is left out, comments are counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zipfile import ZipFile

from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.odf import OFFICE, OdfText, content, is_of_kind, opened
from coderai.services.ingest.adapters.parsers.packed_xml import root_of, title_and_author
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import FileDamaged
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def parse(data: bytes, _: Tools) -> Extract:
    """Pages are those that the file notes, or begins.

    Raises:
        FileDamaged, FileEncrypted, ArchiveTooLarge
    """
    with opened(data) as archive:
        root = content(archive)
        body = root.find(f"{OFFICE}body/{OFFICE}text")
        if body is None:
            raise FileDamaged("the file has no text: open it in LibreOffice, save it again and upload that copy")
        text = OdfText(archive, root).of(body).lstrip("\f \n")
        heads, feet = (list(_edges(archive, kind)) for kind in ("header", "footer"))
        metadata = title_and_author(archive, "meta.xml")
    comments = sum(1 for _ in root.iter(f"{OFFICE}annotation"))
    warnings = (f"{comments} comments were left out",) if comments else ()
    pages = [normalise(page) for page in "\n\n".join([*heads, text, *feet]).split("\f")]
    return Extract(pages, Report("lxml", warnings=warnings), metadata)


def _edges(archive: ZipFile, kind: str) -> Iterator[str]:
    """The different texts of the headers or footers of all page styles."""
    styles: Any = root_of(archive, "styles.xml")
    if styles is not None:
        reader = OdfText(archive, styles)
        found = styles.iter(*(f"{_STYLE}{kind}{which}" for which in ("", "-left", "-first")))
        shown = (edge for edge in found if edge.get(f"{_STYLE}display") != "false")
        yield from dict.fromkeys(filter(None, (normalise(reader.of(edge).replace("\f", "")) for edge in shown)))


FORMAT = Format("ODT", parse, (".odt", ".ott"), lambda file: is_of_kind(file, "text"), file_called="OpenDocument text")
