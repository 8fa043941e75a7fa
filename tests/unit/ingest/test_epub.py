"""E-books: a chapter a page in the order of reading, notes at their place; no book can do harm."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from coderai.services.ingest.adapters.parsers.unzipping import ArchiveTooLarge
from coderai.services.ingest.domain.problems import FileDamaged, FileEncrypted
from tests.unit.ingest.files import read_one, zipped

_CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="O/book.opf"/></rootfiles></container>'
)
_CHAPTER = (
    '<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "x.dtd">'
    '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
    "<head><title/></head><body>{}</body></html>"
)


def epub(chapters: dict[str, str | bytes], spine: Sequence[str], more: dict[str, str] | None = None) -> bytes:
    """An e-book with these chapters by their ids."""
    items = "".join(f'<item id="{i}" href="{i}%20.xhtml" media-type="application/xhtml+xml"/>' for i in chapters)
    order = "".join(f'<itemref idref="{i}"/>' for i in spine)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        "<dc:title>Strikes</dc:title><dc:creator>A</dc:creator><dc:creator>B</dc:creator><dc:language>de</dc:language>"
        f"</metadata><manifest>{items}</manifest><spine>{order}</spine>"
        "</package>"
    )
    files = {f"O/{name} .xhtml": text for name, text in chapters.items()}
    named = {"mimetype": "application/epub+zip", "META-INF/container.xml": _CONTAINER, "O/book.opf": package}
    return zipped({**named, **files, **(more or {})})


def test_chapters_are_pages_in_the_order_of_reading() -> None:
    first = _CHAPTER.format(
        '<h1>One</h1><p>It&nbsp;was<a epub:type="noteref" href="#n">1</a> so.</p><p>Then.</p>'
        '<aside epub:type="footnote" id="n" hidden="hidden"><p>A note.</p></aside><p>End.</p>'
    )
    book = epub({"b": _CHAPTER.format("<p>Not closed<br>Second."), "a": first, "c": first}, ["a", "b", "a"])
    reading = read_one(book, "a.epub")
    assert reading.format == "EPUB"
    assert reading.text == "One\n\nIt was1 so.\n\nA note.\n\nThen.\n\nEnd.\n\nNot closed\nSecond."
    assert len(reading.pages) == 2
    assert reading.metadata == {"title": "Strikes", "author": "A, B", "language": "de"}
    assert reading.report.warnings == ("1 texts of the e-book that are not in its order of reading were left out",)


def test_a_chapter_whose_sections_are_listed_as_texts_is_read_once() -> None:
    listed = ("a%20.xhtml#one", "a%20.xhtml", "a%20.xhtml#two", "b%20.xhtml")
    items = "".join(f'<item id="{i}" href="{href}" media-type="text/html"/>' for i, href in enumerate(listed))
    order = "".join(f'<itemref idref="{i}"/>' for i in range(len(listed)))
    package = (
        f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest><spine>{order}</spine></package>'
    )
    texts = {"a": _CHAPTER.format("<p>One.</p>"), "b": _CHAPTER.format("<p>Two.</p>")}
    reading = read_one(epub(texts, [], {"O/book.opf": package}), "a.epub")
    assert (reading.text, len(reading.pages), reading.report.warnings) == ("One.\n\nTwo.", 2, ())


def test_a_chapter_that_is_missing_is_told() -> None:
    book = epub({"a": _CHAPTER.format("<p>x</p>"), "b": "<" + "div><" * 100_000}, ["b", "a"])
    reading = read_one(book, "a.epub")
    assert (reading.text, len(reading.pages)) == ("x", 2)
    assert "O/b .xhtml was left out" in reading.report.warnings[0]


def test_bombs_entities_and_locks_are_refused() -> None:
    with pytest.raises(ArchiveTooLarge, match="ZIP bomb"):
        read_one(epub({"a": b"x" * 2**25}, ["a"]), "a.epub")
    entities = '<!DOCTYPE html [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><html><body><p>&b; hello</p></body></html>'
    assert read_one(epub({"a": entities}, ["a"]), "a.epub").text == "hello"
    lock = '<encryption><CipherReference xmlns="http://www.w3.org/2001/04/xmlenc#" URI="O/a%20.xhtml"/></encryption>'
    with pytest.raises(FileEncrypted, match="copying"):
        read_one(epub({"a": "x"}, ["a"], {"META-INF/encryption.xml": lock}), "a.epub")
    with pytest.raises(FileDamaged, match="no chapters"):
        read_one(epub({}, []), "a.epub")
