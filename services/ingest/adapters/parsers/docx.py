"""Word files (DOCX): paragraphs, tables, text boxes and notes in reading order, between the headers and the footers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zipfile import ZipFile

from lxml import etree

from coderai.services.ingest.adapters.parsers.formats import File, Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import ZIP_HEADER, open_zip, read_member
from coderai.services.ingest.adapters.parsers.word_text import W, WordText
from coderai.services.ingest.domain.problems import FileDamaged
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_MAIN = "word/document.xml"
_CORE_NAMES = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{http://purl.org/dc/elements/1.1/}creator",
}


def parse(data: bytes, _: Tools) -> Extract:
    """Pages are those that Word has last shown, as far as the file tells.

    Raises:
        FileDamaged: it is no Word file, or its XML is damaged or hostile. ArchiveTooLarge, FileEncrypted
    """
    with open_zip(data) as archive:
        main = _xml(archive, _MAIN)
        if main is None:
            raise FileDamaged("the Word file has no text part: open it in Word, save it again and upload that copy")
        notes = {kind: _notes(archive, kind) for kind in ("footnote", "endnote")}
        body = WordText(notes).of(main)
        heads, feet = (_edge_texts(archive, kind) for kind in ("header", "footer"))
        comments = _xml(archive, "word/comments.xml")
        metadata = _metadata(archive)
    pages = [normalise(page) for page in "\n\n".join([*heads, body, *feet]).split("\f")]
    return Extract(pages, Report("lxml", warnings=_warnings(comments)), metadata)


def _xml(archive: ZipFile, name: str) -> Any:
    """The root of a part's XML tree; None when there is no such part."""
    try:
        member = archive.getinfo(name)
    except KeyError:
        return None
    # No entity is resolved, nothing is loaded, and nesting is limited to 256: whatever else libxml2 refuses.
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(read_member(archive, member), parser)
    except etree.XMLSyntaxError as error:
        raise FileDamaged(f"the Word file's XML is damaged ({error.msg}): save it again in Word") from error
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise FileDamaged("the Word file declares XML entities, which Word never does: save it again in Word")
    return root


def _notes(archive: ZipFile, kind: str) -> dict[str, Any]:
    """Footnotes or endnotes by their ids."""
    root = _xml(archive, f"word/{kind}s.xml")
    return {} if root is None else {note.get(f"{W}id"): note for note in root.iter(f"{W}{kind}")}


def _edge_texts(archive: ZipFile, kind: str) -> list[str]:
    """The different texts of all headers or footers."""
    names = sorted(name for name in archive.namelist() if name.startswith(f"word/{kind}") and name.endswith(".xml"))
    texts = (normalise(WordText({}).of(_xml(archive, name)).replace("\f", "")) for name in names)
    return list(dict.fromkeys(text for text in texts if text))


def _metadata(archive: ZipFile) -> Mapping[str, Any]:
    core = _xml(archive, "docProps/core.xml")
    if core is None:
        return {}
    found = {key: normalise(core.findtext(name) or "") for key, name in _CORE_NAMES.items()}
    return {key: value for key, value in found.items() if value}


def _warnings(comments: Any) -> tuple[str, ...]:
    count = 0 if comments is None else len(comments)
    return (f"{count} comments were left out",) if count else ()


def _is_certain(file: File) -> bool:
    """Raises FileDamaged, ArchiveTooLarge."""
    if not file.data.startswith(ZIP_HEADER):
        return False
    with open_zip(file.data) as archive:
        return _MAIN in archive.namelist()


FORMAT = Format("DOCX", parse, (".docx",), _is_certain, file_called="Word file")
