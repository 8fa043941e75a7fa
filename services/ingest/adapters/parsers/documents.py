"""Reads a file of any format, and the files in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from coderai.services.ingest.adapters.parsers import tables
from coderai.services.ingest.adapters.parsers.bundles import Bundle, Inner
from coderai.services.ingest.adapters.parsers.detection import ZIP, detect, misnamed
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.document import clean_name
from coderai.services.ingest.domain.problems import FileEmpty, NoText, ReaderFailed, Unreadable, UploadInvalid
from coderai.services.ingest.domain.reading import Container, Extract, Part, Reading, Report, read_extract

MOST_NESTED = 10
"""Files that may lie within each other: mails are forwarded in mails."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file stands within the one that was uploaded; without any values, it is that one."""

    first: int = 1
    """The number of the first document that it gives."""
    path: str = ""
    """Its path in the uploaded file."""
    within: tuple[str, ...] = ()
    """The formats of the files that hold it, the outermost first."""


_UPLOAD = Place()
_PLAIN = Tools()


def read_file(
    data: bytes, name: str, text_column: str = "", tools: Tools = _PLAIN, place: Place = _UPLOAD
) -> Iterator[Reading | Part | Container]:
    """One Reading, or of a table or bundle its Parts, numbered without gaps, and then the Container.

    The format is told by the bytes; the name decides only between formats that are all plain text.

    Raises:
        Unreadable: says why it cannot be read (on) and what to do.
    """
    if not data:
        raise FileEmpty()
    format = detect(data, name)
    found = _read(data, format, tools, place)
    remarks = misnamed(format, name)
    if isinstance(found, Reading):
        report = replace(found.report, warnings=(*found.report.warnings, *remarks))
        yield replace(found, report=report)
        return
    if not isinstance(found, Bundle):
        found[0].warnings.extend(remarks)
        yield from tables.parts(found, format.name, name, text_column, tools.count_tokens, place.first)
    else:
        found.warnings.extend(remarks)
        own = () if found.own is None else (_own(data, name, found.own, format, tools, place.first),)
        yield from _parts(found, format, own, text_column, tools, place)


def _read(data: bytes, format: Format, tools: Tools, place: Place) -> Reading | Sequence[tables.Table] | Bundle:
    if format is ZIP and ZIP.name in place.within:
        raise Unreadable("the file is an archive within an archive: unpack it first")
    if len(place.within) > MOST_NESTED:
        raise Unreadable(f"more than {MOST_NESTED} files lie within each other: upload this one by itself")
    try:
        found = format.parse(data, tools)
        if isinstance(found, Extract):
            return read_extract(found, format.name, tools.count_tokens)
        return [found] if isinstance(found, tables.Table) else found
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise ReaderFailed.because(error) from error


def _own(data: bytes, name: str, extract: Extract, format: Format, tools: Tools, position: int) -> Part:
    """What a bundle says itself."""
    try:
        outcome: Reading | str = read_extract(extract, format.name, tools.count_tokens)
    except Unreadable as reason:
        outcome = reason.message
    return Part(position, name, len(data), hashlib.sha256(data).hexdigest(), outcome)


def _parts(
    bundle: Bundle, format: Format, own: Sequence[Part], column: str, tools: Tools, place: Place
) -> Iterator[Part | Container]:
    """The documents of a bundle, and last what is to be said of it. Raises NoText: there is none."""
    yield from own
    position = place.first + len(own)
    for file in bundle.files:
        path = f"{place.path}/{file.path}" if place.path else file.path
        inner = Place(position, path, (*place.within, format.name))
        for part in _inner_parts(file, column, tools, inner):
            if isinstance(part, Container):
                bundle.warnings += [f"{file.path}: {warning}" for warning in part.report.warnings]
            else:
                position = part.position + 1
                yield part
    if position == place.first:
        raise NoText("the archive has no files in it")
    yield Container(format.name, column, Report(bundle.reader, warnings=tuple(bundle.warnings)))


def _inner_parts(file: Inner, column: str, tools: Tools, place: Place) -> Iterator[Part | Container]:
    """What a file in a bundle gives; if it cannot be read (on), one document that says why."""
    name, data, position = _name(file.path), b"", place.first
    try:
        data = _bytes(file)
        for part in read_file(data, name, column, tools, place):
            if isinstance(part, Reading):
                part = Part(position, name, len(data), hashlib.sha256(data).hexdigest(), part)
            if isinstance(part, Part):
                part = _at(place.path, part)
                position = part.position + 1
            yield part
    except Unreadable as reason:
        yield _at(place.path, Part(position, name, file.size, hashlib.sha256(data).hexdigest(), reason.message))


def _bytes(file: Inner) -> bytes:
    try:
        return file.read()
    except (Unreadable, MemoryError):
        raise
    except Exception as error:
        raise ReaderFailed.because(error) from error


def _at(path: str, part: Part) -> Part:
    """The part with the path of its file, unless it has one: of a file within that, or of a table that names it so."""
    return replace(part, metadata={"path": path, **part.metadata})


def _name(path: str) -> str:
    try:
        return clean_name(path)
    except UploadInvalid:
        return "unnamed"
