"""Word files (DOCX): paragraphs, tables, text boxes and notes in reading order, with the numbers that Word shows.

Headers stand before their section and footers after it, each text once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coderai.services.ingest.adapters.parsers.formats import File, Format
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.adapters.parsers.unzipping import open_zip
from coderai.services.ingest.adapters.parsers.word_file import WordFile
from coderai.services.ingest.adapters.parsers.word_package import Package
from coderai.services.ingest.adapters.parsers.word_sections import Edges
from coderai.services.ingest.adapters.parsers.word_text import Story
from coderai.services.ingest.domain.problems import FileDamaged
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_CORE_NAMES = {
    "title": "{http://purl.org/dc/elements/1.1/}title",
    "author": "{http://purl.org/dc/elements/1.1/}creator",
}
_EMBEDDED = ("package", "oleObject")


def parse(data: bytes, tools: Tools) -> Extract:
    """Pages are those that Word has last shown, as far as the file tells.

    Raises:
        FileDamaged: it is no Word file, or its XML is damaged or hostile. ArchiveTooLarge, FileEncrypted
    """
    with open_zip(data) as archive:
        package = Package(archive)
        main = package.main()
        body = package.xml(main) if main else None
        if body is None:
            raise FileDamaged("the Word file has no text part: open it in Word, save it again and upload that copy")
        file = WordFile(package, main, tools.whole)
        edges = Edges(file, body)
        text = Story(file, main, body, edges.sections()).text()
        report = _report(file, edges)
        metadata = _metadata(package)
    return Extract([normalise(page) for page in text.split("\f")], report, metadata)


def _report(file: WordFile, edges: Edges) -> Report:
    unshown = [normalise(text) for text in file.left_out]
    comments = [normalise(Story(file, file.notes_part("comment"), comment).text()) for comment in file.comments()]
    left_out = tuple(text for text in (*unshown, *comments) if text)
    warnings = tuple(_warnings(file, len(unshown), len(comments)))
    return Report("lxml", dropped=tuple(edges.counters), warnings=warnings, left_out=left_out)


def _warnings(file: WordFile, unshown: int, comments: int) -> Iterator[str]:
    if comments:
        yield f"{comments} comments were left out"
    if unshown:
        yield f"{unshown} passages that Word shows on no page, or only to ask for an entry, were left out"
    if file.unread:
        yield f"{len(file.unread)} parts of the file could not be read: {', '.join(file.unread)}"
    embedded = sum(relation.kind in _EMBEDDED for relation in file.package.relations(file.main).values())
    if embedded:
        yield f"{embedded} files embedded in it were left out: upload them by themselves"


def _metadata(package: Package) -> Mapping[str, Any]:
    core = package.xml("docProps/core.xml")
    if core is None:
        return {}
    found = {key: normalise(core.findtext(name) or "") for key, name in _CORE_NAMES.items()}
    return {key: value for key, value in found.items() if value}


def _is_certain(file: File) -> bool:
    """Raises FileDamaged, ArchiveTooLarge."""
    return file.archive is not None and Package(file.archive).main() != ""


FORMAT = Format("DOCX", parse, (".docx",), _is_certain, file_called="Word file")
