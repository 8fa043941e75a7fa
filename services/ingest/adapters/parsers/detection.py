"""Tells a file's format by its bytes; its name decides only between formats that are all plain text."""

from __future__ import annotations

import re

from coderai.services.ingest.adapters.parsers import (
    archive,
    csv_table,
    doc,
    docx,
    eml,
    epub,
    html,
    json_table,
    markdown,
    msg,
    odp,
    ods,
    odt,
    parquet_table,
    pdf,
    ppt,
    pptx,
    rtf,
    txt,
    xls,
    xlsx,
)
from coderai.services.ingest.adapters.parsers.formats import HEAD, File, Format
from coderai.services.ingest.domain.problems import UnknownFormat

_REFUSED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "of an old office program: save it as DOCX, XLSX or PPTX"),
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
}
_OF_TABLES = (".xlsx", ".xls", ".ods", ".parquet")
"""Endings of spreadsheets: programs save tables that are plain text, or HTML, under them too."""
_OF_OTHERS = (".txt", ".doc", ".docx", ".ppt", ".pptx", ".odt", ".odp", *_OF_TABLES)
"""Endings that tell people what a file is, beside those that the formats name."""
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f]")


def detect(data: bytes, name: str) -> Format:
    """The format of a file.

    Raises:
        UnknownFormat: it is none that can be read; FileDamaged: it is a damaged archive.
    """
    file = File(data, name)
    return _binary(file) or _text(file)


def misnamed(format: Format, name: str) -> tuple[str, ...]:
    """A remark, where a file's name says that it is of another format than its bytes are."""
    ending = File(b"", name).ending
    others = {other for known in FORMATS if known is not format for other in known.endings} | set(_OF_OTHERS)
    if ending in format.endings or ending not in others or (format is txt.FORMAT and ending == ".txt"):
        return ()
    content = "plain text" if format is txt.FORMAT else format.name
    return (f"the file is named {ending}, but its content is {content}: it was read as that",)


def _binary(file: File) -> Format | None:
    formats = (format for format in FORMATS if format.file_called)
    if found := next((format for format in formats if format.is_certain(file)), None):
        return found
    for magic, what in _REFUSED:
        if file.data.startswith(magic) and (len(magic) > 2 or b"\0" in file.data[:HEAD]):
            raise UnknownFormat(f"the file is {what}")
    return None


def _text(file: File) -> Format:
    """Raises UnknownFormat: it is no text, or hardly one and named as something else."""
    claimed = next((format for format in FORMATS if format.file_called and file.ending in format.endings), None)
    try:
        if claimed is None or not _CONTROLS.search(file.head):
            return _kind_of_text(file)
    except UnknownFormat:
        if claimed is None:
            raise
    raise UnknownFormat(f"the file is named {file.ending} but is no {claimed.file_called}: save it again as one")


def _kind_of_text(file: File) -> Format:
    formats = [format for format in FORMATS if not format.file_called]
    certain = (format for format in formats if format.is_certain(file))
    named = (format for format in formats if file.ending in format.endings)
    likely = (format for format in formats if format.is_likely(file))
    if file.ending in _OF_TABLES and csv_table.is_regular(file.head):
        return next(certain, csv_table.FORMAT)
    return next(certain, None) or next(named, None) or next(likely, txt.FORMAT)


def _is_archive(file: File) -> bool:
    """Whether it is an archive of files. Raises UnknownFormat for a document that is packed as one."""
    if file.archive is None:
        return False
    names = file.archive.namelist()
    for mark, what in _OFFICE.items():
        if any(name.startswith(mark) for name in names):
            raise UnknownFormat(f"the file is {what}")
    return True


ZIP = Format("ZIP", archive.parse, (".zip",), _is_archive, file_called="ZIP archive")
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
    epub.FORMAT,
    parquet_table.FORMAT,
    ZIP,
    msg.FORMAT,
    rtf.FORMAT,
    eml.FORMAT,
    html.FORMAT,
    json_table.FORMAT,
    csv_table.FORMAT,
    markdown.FORMAT,
    txt.FORMAT,
)
"""All formats, in the order in which a file is held against them: ZIP after those that are packed as one."""
