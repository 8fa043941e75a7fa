"""Writes the methods section of a dataset as DOCX (Office Open XML, ECMA-376), for word processors."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.methods import methods
from coderai.services.export.domain.prose import Block
from coderai.services.export.domain.unicode_text import as_xml

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = f'xmlns:w="{_OFFICE.replace("officeDocument", "wordprocessingml")}/main"'
_MADE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of every part, so that the same text gives the same bytes."""
_LETTER = "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_RIGHT_TO_LEFT = re.compile(f"({_LETTER}(?:[^A-Za-z0-9]*{_LETTER})*)")
"""A stretch of Hebrew, Arabic and their relatives, with the signs and spaces inside it."""
_TYPES = {"xml": "application/xml", "rels": "application/vnd.openxmlformats-package.relationships+xml"}
_PARTS = {"document": "document.main", "styles": "styles", "numbering": "numbering"}

_PAGE = (
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
    '<w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417"/></w:sectPr>'
)
"""A4 with margins of 2.5 cm, in twentieths of a point."""


def write_methods_docx(dataset: Dataset, path: Path) -> None:
    """The sections, with headings and lists as styles."""
    body = "".join(map(_paragraph, methods(dataset)))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships({"officeDocument": "word/document.xml"}),
        "word/document.xml": f"<w:document {_WORD}><w:body>{body}{_PAGE}</w:body></w:document>",
        "word/_rels/document.xml.rels": _relationships({"styles": "styles.xml", "numbering": "numbering.xml"}),
        "word/styles.xml": f"<w:styles {_WORD}>{_STYLES}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_WORD}>{_BULLETS}</w:numbering>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, _FIRST_DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, f"{_XML}{text}".encode())


def _paragraph(block: Block) -> str:
    style = {1: "Title", 2: "Heading1"}.get(block.heading, "ListBullet" if block.is_item else "Normal")
    runs = "".join(_runs(block.plain))
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>'


def _runs(text: str) -> Iterator[str]:
    """The text in runs, those that are read from right to left marked as such."""
    for number, part in enumerate(_RIGHT_TO_LEFT.split(as_xml(text))):
        if part:
            direction = "<w:rPr><w:rtl/></w:rPr>" if number % 2 else ""
            yield f'<w:r>{direction}<w:t xml:space="preserve">{escape(part)}</w:t></w:r>'


def _content_types() -> str:
    defaults = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in _TYPES.items())
    parts = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_MADE}.{kind}+xml"/>' for name, kind in _PARTS.items()
    )
    return f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{parts}</Types>'


def _relationships(targets: dict[str, str]) -> str:
    found = "".join(
        f'<Relationship Id="r{number}" Type="{_OFFICE}/relationships/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), start=1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{found}</Relationships>'


def _style(id: str, name: str, size: int, *, bold: bool = False, before: int = 0, more: str = "") -> str:
    """A style of paragraphs; size in half points, the space before in twentieths of a point."""
    weight = "<w:b/><w:bCs/>" if bold else ""
    based = "" if id == "Normal" else '<w:basedOn w:val="Normal"/>'
    default = ' w:default="1"' if id == "Normal" else ""
    return (
        f'<w:style w:type="paragraph"{default} w:styleId="{id}"><w:name w:val="{name}"/>{based}'
        f'<w:pPr>{more}<w:spacing w:before="{before}" w:after="120"/></w:pPr>'
        f'<w:rPr>{weight}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
    )


_STYLES = "".join(
    (
        _style("Normal", "Normal", 22),
        _style("Title", "Title", 36, bold=True),
        _style("Heading1", "heading 1", 28, bold=True, before=240, more="<w:keepNext/>"),
        _style("ListBullet", "List Bullet", 22, more='<w:numPr><w:numId w:val="1"/></w:numPr>'),
    )
)
_BULLETS = (
    '<w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="bullet"/>'
    '<w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="360" w:hanging="360"/></w:pPr></w:lvl>'
    '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
)
