"""The text of an e-book's chapter (XHTML), its footnotes at their place."""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

import lxml.html
from lxml import etree

from coderai.services.ingest.adapters.parsers.encoding import decode
from coderai.services.ingest.adapters.parsers.markup import visible_text
from coderai.services.ingest.domain.problems import FileDamaged

_ENTITY = re.compile(r"&(\w{1,40};)")
_OF_XML = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
_DECLARATION = re.compile(r"\A\s*<\?xml.*?\?>", re.S)
_KINDS = ("{http://www.idpf.org/2007/ops}type", "epub:type", "role")
"""Attributes that say what an element is for, as XML and as HTML name them."""
_REFERENCES = frozenset(("noteref", "doc-noteref"))
_NOTES = frozenset(("footnote", "endnote", "rearnote", "note", "doc-footnote", "doc-endnote"))
_BLOCKS = frozenset("p li td th dd dt blockquote h1 h2 h3 h4 h5 h6 div".split())  # noqa: SIM905


def chapter_text(data: bytes) -> str:
    """All that it shows. Raises UnknownFormat: it is no text. FileDamaged: it is no markup."""
    chapter = _parsed(decode(data, may_declare=True).text)
    _move_notes(chapter)
    body = chapter.find(".//body")
    return visible_text(chapter if body is None else body)


def _parsed(text: str) -> Any:
    """The tree without namespaces: by the rules of XML, where the chapter keeps to them, else by those of HTML."""
    text = _ENTITY.sub(_character, _DECLARATION.sub("", text, count=1))
    strict = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root: Any = etree.fromstring(text.encode(), strict)
    except etree.XMLSyntaxError:
        return _parsed_as_html(text)
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    return root


def _parsed_as_html(text: str) -> Any:
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = lxml.html.document_fromstring(text.encode(), parser=parser)
    except etree.ParserError as error:
        raise FileDamaged("there is nothing in it") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise FileDamaged("it nests its elements thousands deep")
    return root


def _character(found: re.Match[str]) -> str:
    """What HTML's name of a character stands for, as XML knows but five of these names."""
    return found[0] if found[1] in _OF_XML else html5.get(found[1], found[0])


def _move_notes(chapter: Any) -> None:
    """Puts each footnote behind the block that refers to it first; programs show it there, or hide it until asked."""
    notes = {note.get("id"): note for note in chapter.iter(etree.Element) if note.get("id") and _is(note, _NOTES)}
    if not notes:
        return
    moved: dict[Any, Any] = {}
    for reference in list(chapter.iter("a")):
        note = notes.get(reference.get("href", "").removeprefix("#")) if _is(reference, _REFERENCES) else None
        block = None if note is None else next(reference.iterancestors(*_BLOCKS), None)
        if note is None or block is None or note in block.iterancestors():
            continue
        del notes[note.get("id")]
        note.attrib.pop("hidden", None)
        last = moved.get(block, block)
        _detach(note)
        last.addnext(note)
        moved[block] = note


def _is(element: Any, kinds: frozenset[str]) -> bool:
    return any(not kinds.isdisjoint(element.get(name, "").split()) for name in _KINDS)


def _detach(element: Any) -> None:
    """Takes an element out of its parent, and leaves there the text behind it."""
    before, parent = element.getprevious(), element.getparent()
    tail = element.tail or ""
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    element.tail = None
    parent.remove(element)
