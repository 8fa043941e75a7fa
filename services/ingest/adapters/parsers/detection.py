"""Tells a file's format by its bytes; its name decides only between formats that are all plain text."""

from __future__ import annotations

from typing import NoReturn

from coderai.services.ingest.adapters.parsers import (
    csv_table,
    doc,
    docx,
    html,
    json_table,
    odp,
    ods,
    odt,
    parquet_table,
    pdf,
    ppt,
    pptx,
    txt,
    xls,
    xlsx,
)
from coderai.services.ingest.adapters.parsers.formats import HEAD, File, Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import ZIP_HEADER, open_zip
from coderai.services.ingest.domain.problems import UnknownFormat, Unreadable

_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of an old office program: save it as DOCX, XLSX or PPTX"),
    (b"{\\rtf", "an RTF file: save it as DOCX or PDF"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"\x89PNG", "a picture: run text recognition (OCR) on it first"),
    (b"\xff\xd8\xff", "a picture: run text recognition (OCR) on it first"),
    (b"GIF8", "a picture: run text recognition (OCR) on it first"),
    (b"II*\x00", "a picture: run text recognition (OCR) on it first"),
    (b"MM\x00*", "a picture: run text recognition (OCR) on it first"),
    (b"\x1f\x8b", "a gzip archive: unpack it, or pack it as ZIP"),
    (b"7z\xbc\xaf", "a 7z archive: unpack it, or pack it as ZIP"),
    (b"Rar!", "a RAR archive: unpack it, or pack it as ZIP"),
)
_OFFICE = {
    "xl/": "a binary Excel file: save it as XLSX",
    "content.xml": "an OpenDocument drawing or formula: save it as PDF",
    "META-INF/container.xml": "an e-book: save it as PDF or HTML",
}


def detect(data: bytes, name: str) -> Format:
    """The format of a file.

    Raises:
        UnknownFormat: it is none that can be read; FileDamaged: it is a damaged archive.
    """
    file = File(data, name)
    return _binary(file) or _text(file)


def _binary(file: File) -> Format | None:
    formats = [format for format in FORMATS if format.file_called]
    if found := next((format for format in formats if format.is_certain(file)), None):
        return found
    for magic, what in _REFUSED:
        if file.data.startswith(magic) and (len(magic) > 2 or b"\0" in file.data[:HEAD]):
            raise UnknownFormat(f"the file is {what}")
    if named := next((format for format in formats if file.ending in format.endings), None):
        raise UnknownFormat(f"the file is named {file.ending} but is no {named.file_called}: save it again as one")
    return None


def _text(file: File) -> Format:
    formats = [format for format in FORMATS if not format.file_called]
    certain = (format for format in formats if format.is_certain(file))
    named = (format for format in formats if file.ending in format.endings)
    likely = (format for format in formats if format.is_likely(file))
    return next(certain, None) or next(named, None) or next(likely, txt.FORMAT)


def _is_archive(file: File) -> bool:
    """Whether it is an archive of files. Raises UnknownFormat for a document that is packed as one."""
    if not file.data.startswith(ZIP_HEADER):
        return False
    with open_zip(file.data) as archive:
        names = archive.namelist()
    for mark, what in _OFFICE.items():
        if any(name.startswith(mark) for name in names):
            raise UnknownFormat(f"the file is {what}")
    return True


def _refuse_nested(data: bytes, _: Tools) -> NoReturn:
    raise Unreadable("the file is an archive within an archive: unpack it first")


ZIP = Format("ZIP", _refuse_nested, (".zip",), _is_archive, file_called="ZIP archive")
"""Read by archive.parts; it refuses to be read as one file of an archive."""
FORMATS = (
    pdf.FORMAT,
    docx.FORMAT,
    xlsx.FORMAT,
    pptx.FORMAT,
    odt.FORMAT,
    ods.FORMAT,
    odp.FORMAT,
    xls.FORMAT,
    doc.FORMAT,
    ppt.FORMAT,
    parquet_table.FORMAT,
    ZIP,
    html.FORMAT,
    json_table.FORMAT,
    csv_table.FORMAT,
    txt.FORMAT,
)
"""All formats, in the order in which a file is held against them: ZIP after those that are packed as one."""
