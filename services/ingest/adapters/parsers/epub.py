"""E-books (EPUB 2 and 3): a chapter a page, in the order of reading."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urldefrag
from zipfile import ZipFile

from lxml import etree

from coderai.services.ingest.adapters.parsers.epub_chapter import chapter_text
from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import open_zip, read_member
from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted, TextTooLarge, Unreadable
from coderai.services.ingest.domain.reading import LARGEST_TEXT, Extract, Report
from coderai.services.ingest.domain.text import normalise

_CONTAINER, _RIGHTS = "META-INF/container.xml", "META-INF/encryption.xml"
_PACKAGE = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
_ENCRYPTED = "{http://www.w3.org/2001/04/xmlenc#}CipherReference"
_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_FIELDS = {"title": "title", "author": "creator", "language": "language", "publisher": "publisher", "published": "date"}
"""What a book says of itself, by the names of Dublin Core."""
_OF_TEXT = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")


def parse(data: bytes, _: Tools) -> Extract:
    """Footnotes follow the paragraph that refers to them, where both are in one chapter.

    Raises:
        FileDamaged: it does not tell its chapters. FileEncrypted, ArchiveTooLarge; TextTooLarge: it has over 100 MiB.
    """
    with open_zip(data) as archive:
        path = _package_path(archive)
        package = _xml(archive, path)
        chapters, others = _chapters(package, posixpath.dirname(path))
        _must_be_open(archive, chapters)
        pages, warnings = _pages(archive, chapters)
    if others:
        warnings.append(f"{others} texts of the e-book that are not in its order of reading were left out")
    return Extract(pages, Report("lxml", warnings=tuple(warnings)), _metadata(package))


def _xml(archive: ZipFile, name: str) -> Any:
    """Raises FileDamaged: there is no such part, or it is no XML."""
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(read_member(archive, archive.getinfo(name)), parser)
    except (KeyError, etree.XMLSyntaxError) as error:
        raise FileDamaged(f"the e-book's {name} is missing or damaged: save it again and upload that copy") from error


def _package_path(archive: ZipFile) -> str:
    found = next(_xml(archive, _CONTAINER).iter(_PACKAGE), None)
    return "" if found is None else unquote(found.get("full-path", ""))


def _chapters(package: Any, folder: str) -> tuple[list[str], int]:
    """The paths of the texts in their order of reading, each once, and how many others there are.

    Some books list a chapter's sections as texts of their own, chapter.xhtml#section.
    """
    texts = {
        item.get("id"): posixpath.normpath(posixpath.join(folder, unquote(urldefrag(item.get("href", "")).url)))
        for item in package.iter(f"{_OPF}item")
        if item.get("media-type") in _OF_TEXT and "nav" not in item.get("properties", "").split()
    }
    in_order = dict.fromkeys(texts.get(item.get("idref"), "") for item in package.iter(f"{_OPF}itemref"))
    return [path for path in in_order if path], len(set(texts.values()) - in_order.keys())


def _must_be_open(archive: ZipFile, chapters: Sequence[str]) -> None:
    """Fonts are often encrypted, texts only against copying. Raises FileEncrypted."""
    if _RIGHTS in archive.namelist():
        locked = {unquote(part.get("URI", "")) for part in _xml(archive, _RIGHTS).iter(_ENCRYPTED)}
        if locked.intersection(chapters):
            raise FileEncrypted("the e-book is protected against copying: upload a copy that is not")


def _pages(archive: ZipFile, chapters: Sequence[str]) -> tuple[list[str], list[str]]:
    """The text of each chapter, and remarks on those that cannot be read. Raises TextTooLarge."""
    pages: list[str] = []
    warnings: list[str] = []
    size = 0
    for path, data in _data(archive, chapters):
        size += len(data) if isinstance(data, bytes) else 0
        if size > LARGEST_TEXT:
            raise TextTooLarge(f"the e-book has more than {LARGEST_TEXT // 2**20} MiB of chapters: split it")
        try:
            pages.append(normalise(chapter_text(data)) if isinstance(data, bytes) else "")
            reason = "" if isinstance(data, bytes) else data.message
        except Unreadable as error:
            pages.append("")
            reason = error.message
        if reason:
            warnings.append(f"the chapter {path} was left out: {reason}")
    if warnings and not any(pages):
        raise FileDamaged(warnings[0])
    if not pages:
        raise FileDamaged("the e-book names no chapters: save it again and upload that copy")
    return pages, warnings


def _data(archive: ZipFile, chapters: Sequence[str]) -> Iterator[tuple[str, bytes | Unreadable]]:
    for path in chapters:
        try:
            yield path, read_member(archive, archive.getinfo(path))
        except KeyError:
            yield path, FileDamaged("it is not in the file")
        except FileDamaged as reason:
            yield path, reason


def _metadata(package: Any) -> Mapping[str, Any]:
    found = {
        name: ", ".join(filter(None, (normalise(element.text or "") for element in package.iter(f"{_DC}{tag}"))))
        for name, tag in _FIELDS.items()
    }
    return {name: value for name, value in found.items() if value}


FORMAT = Format("EPUB", parse, (".epub",), lambda file: file.holds(_CONTAINER), file_called="e-book")
