"""ZIP archives: each file in them is read as if it had been uploaded by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from zipfile import ZipFile, ZipInfo

from coderai.services.ingest.adapters.parsers.detection import ZIP, detect
from coderai.services.ingest.adapters.parsers.documents import read_file
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import open_zip, read_member
from coderai.services.ingest.domain.document import clean_name
from coderai.services.ingest.domain.problems import FileEmpty, NoText, Unreadable, UploadInvalid
from coderai.services.ingest.domain.reading import Container, Part, Reading, Report

_OF_SYSTEMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What operating systems add to archives."""


def parts(data: bytes, text_column: str, tools: Tools) -> Iterator[Part | Container]:
    """A document for each file, or for each row of a table in it, and last what is to be said of the archive.

    Raises:
        FileDamaged, ArchiveTooLarge; NoText: there is no file in it.
    """
    position, warnings = 0, []
    with open_zip(data) as archive:
        for member in archive.infolist():
            if member.is_dir() or member.filename.startswith(_OF_SYSTEMS) or member.filename.endswith(_OF_SYSTEMS):
                continue
            for part in _member_parts(archive, member, text_column, position + 1, tools):
                if isinstance(part, Container):
                    warnings += [f"{member.filename}: {warning}" for warning in part.report.warnings]
                else:
                    position = part.position
                    yield part
    if not position:
        raise NoText("the archive has no files in it")
    yield Container(ZIP.name, text_column, Report("zip", warnings=tuple(warnings)))


def _member_parts(
    archive: ZipFile, member: ZipInfo, column: str, position: int, tools: Tools
) -> Iterator[Part | Container]:
    """What a file gives; if it cannot be read (on), one document that says why."""
    name, data = _name(member), b""
    try:
        data = read_member(archive, member)
        if not data:
            raise FileEmpty("the file is empty")
        for part in read_file(data, detect(data, name), name, column, tools, position):
            if isinstance(part, Reading):
                part = Part(position, name, len(data), hashlib.sha256(data).hexdigest(), part)
            if isinstance(part, Part):
                part = _from(member, part)
                position = part.position + 1
            yield part
    except Unreadable as reason:
        part = Part(position, name, member.file_size, hashlib.sha256(data).hexdigest(), reason.message)
        yield _from(member, part)


def _from(member: ZipInfo, part: Part) -> Part:
    """The part with the path that its file has in the archive."""
    return replace(part, metadata={"path": member.filename, **part.metadata})


def _name(member: ZipInfo) -> str:
    try:
        return clean_name(member.filename)
    except UploadInvalid:
        return "unnamed"
