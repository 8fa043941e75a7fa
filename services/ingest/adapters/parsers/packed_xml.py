"""The XML parts of a document that is packed as a ZIP archive (Office Open XML, OpenDocument), read without harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import Any
from zipfile import ZipFile

from lxml import etree

from coderai.services.ingest.adapters.parsers.unzipping import read_member
from coderai.services.ingest.domain.problems import FileDamaged
from coderai.services.ingest.domain.text import normalise

_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_CORE_NAMES = {
    "title": ("{http://purl.org/dc/elements/1.1/}title",),
    "author": (
        "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}initial-creator",
        "{http://purl.org/dc/elements/1.1/}creator",
    ),
}
# Strict files (ISO/IEC 29500) name the same elements by other namespaces, which differ in their beginning.
_STRICT, _TRANSITIONAL = b"http://purl.oclc.org/ooxml/", b"http://schemas.openxmlformats.org/"
_TRANSITIONAL_YEAR = {
    b"spreadsheetml/main": b"spreadsheetml/2006/main",
    b"presentationml/main": b"presentationml/2006/main",
    b"drawingml/main": b"drawingml/2006/main",
    b"drawingml/chart": b"drawingml/2006/chart",
    b"drawingml/diagram": b"drawingml/2006/diagram",
    b"drawingml/spreadsheetDrawing": b"drawingml/2006/spreadsheetDrawing",
    b"officeDocument/relationships": b"officeDocument/2006/relationships",
}
_SAFE: Mapping[str, Any] = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
}
"""No entity is resolved, nothing is loaded, and nesting is limited to 256: whatever else libxml2 refuses."""


def xml_bytes(archive: ZipFile, name: str) -> bytes | None:
    """A part's XML, with the names of elements as in transitional files; None when there is no such part.

    Raises:
        FileDamaged, FileEncrypted, ArchiveTooLarge
    """
    try:
        member = archive.getinfo(name)
    except KeyError:
        return None
    data = read_member(archive, member)
    if _STRICT in data[:4096]:
        for strict, transitional in _TRANSITIONAL_YEAR.items():
            data = data.replace(_STRICT + strict, _TRANSITIONAL + transitional)
    return data


def root_of(archive: ZipFile, name: str) -> Any:
    """The root of a part's XML tree; None when there is no such part. Raises FileDamaged for damaged or hostile XML."""
    data = xml_bytes(archive, name)
    return None if data is None else parsed(data)


def parsed(data: bytes) -> Any:
    """The root of an XML tree. Raises FileDamaged: it is damaged or hostile."""
    try:
        root = etree.fromstring(data, etree.XMLParser(**_SAFE))
    except etree.XMLSyntaxError as error:
        raise _damaged(error) from error
    _must_declare_nothing(root)
    return root


def elements(data: bytes, *tags: str) -> Iterator[Any]:
    """The elements of these tags one by one as the XML is parsed, each forgotten afterwards. Raises FileDamaged."""
    is_first = True
    try:
        for _, element in etree.iterparse(BytesIO(data), tag=tags, **_SAFE):
            if is_first:
                _must_declare_nothing(element)
                is_first = False
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        raise _damaged(error) from error


def relations(archive: ZipFile, part: str) -> Mapping[str, tuple[str, str]]:
    """What a part of an Office Open XML file refers to within it: the last word of its type and its name, by id."""
    folder, _, name = part.rpartition("/")
    root = root_of(archive, f"{folder}/_rels/{name}.rels".lstrip("/"))
    found: dict[str, tuple[str, str]] = {}
    for relation in () if root is None else root.iter(_RELATION):
        if relation.get("TargetMode") != "External":
            target = normpath(join("/", dirname(part), relation.get("Target", ""))).lstrip("/")
            found[relation.get("Id", "")] = relation.get("Type", "").rpartition("/")[2], target
    return found


def related(archive: ZipFile, part: str, kind: str) -> list[str]:
    """The names of the parts of a kind, such as notesSlide, that a part refers to."""
    return [target for found, target in relations(archive, part).values() if found == kind]


def title_and_author(archive: ZipFile, part: str) -> Mapping[str, Any]:
    """What the file says of itself, as far as it does, in docProps/core.xml or meta.xml."""
    root = root_of(archive, part)
    found: dict[str, Any] = {}
    for key, tags in _CORE_NAMES.items():
        texts = () if root is None else (normalise(element.text or "") for tag in tags for element in root.iter(tag))
        if value := next((text for text in texts if text), ""):
            found[key] = value
    return found


def _must_declare_nothing(element: Any) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise FileDamaged("the file declares XML entities, which no office program does: save it again in yours")


def _damaged(error: etree.XMLSyntaxError) -> FileDamaged:
    return FileDamaged(f"the file's XML is damaged ({error.msg}): save it again and upload that copy")
