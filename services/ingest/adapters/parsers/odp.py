"""OpenDocument presentations (ODP): a slide a page, with its notes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from coderai.services.ingest.adapters.parsers.formats import Format
from coderai.services.ingest.adapters.parsers.odf import (
    DRAW,
    OFFICE,
    PRESENTATION,
    OdfText,
    content,
    is_of_kind,
    opened,
)
from coderai.services.ingest.adapters.parsers.packed_xml import title_and_author
from coderai.services.ingest.adapters.parsers.reading_order import in_reading_order
from coderai.services.ingest.adapters.parsers.tools import Tools
from coderai.services.ingest.domain.problems import NoText
from coderai.services.ingest.domain.reading import Extract, Report
from coderai.services.ingest.domain.text import normalise

_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_NOT_READ = ("page-number", "date-time", "header", "page")
"""Classes of frames that all slides repeat, or that only show the slide's picture."""
_CENTIMETRES = {"cm": 1.0, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72, "pc": 2.54 / 6, "px": 2.54 / 96}


def parse(data: bytes, _: Tools) -> Extract:
    """Raises FileDamaged, FileEncrypted, ArchiveTooLarge; NoText: it has no slides."""
    with opened(data) as archive:
        root = content(archive)
        slides = root.findall(f"{OFFICE}body/{OFFICE}presentation/{DRAW}page")
        reader = OdfText(archive, root, with_descriptions=False)  # which programs write that make slides
        pages = [_slide(reader, slide) for slide in slides]
        metadata = title_and_author(archive, "meta.xml")
    if not pages:
        raise NoText("the presentation has no slides")
    comments = sum(1 for _ in root.iter(f"{OFFICE}annotation"))
    warnings = (f"{comments} comments were left out",) if comments else ()
    return Extract(pages, Report("lxml", warnings=warnings), metadata)


def _slide(reader: OdfText, slide: Any) -> str:
    shapes = [shape for shape in slide if _is_read(shape)]
    titles = [shape for shape in shapes if shape.get(f"{PRESENTATION}class") == "title"]
    others = in_reading_order([(shape, _place(shape)) for shape in shapes if shape not in titles])
    notes = [shape for block in slide.findall(f"{PRESENTATION}notes") for shape in block if _is_read(shape)]
    said = normalise("\n\n".join(reader.of([shape]) for shape in notes))
    texts = [reader.of([shape]) for shape in (*titles, *others)]
    return normalise("\n\n".join([*texts, f"Notes: {said}" if said else ""]).replace("\f", ""))


def _is_read(shape: Any) -> bool:
    """Whether it is no comment, nor a placeholder that only prompts for a text."""
    if not isinstance(shape.tag, str) or shape.get(f"{PRESENTATION}placeholder") == "true":
        return False
    return shape.get(f"{PRESENTATION}class") not in _NOT_READ


def _place(shape: Any) -> Sequence[float] | None:
    """From the top and from the left, in centimetres; of a group that of its first shape."""
    for element in shape.iter():
        across, down = element.get(f"{_SVG}x"), element.get(f"{_SVG}y")
        if across and down:
            return _length(down), _length(across)
    return None


def _length(text: str) -> float:
    try:
        return float(text[:-2]) * _CENTIMETRES.get(text[-2:], 1.0)
    except ValueError:
        return 0.0


FORMAT = Format(
    "ODP",
    parse,
    (".odp", ".otp"),
    lambda file: is_of_kind(file, "presentation"),
    file_called="OpenDocument slides",
)
