"""Texts in DrawingML (ECMA-376, part 1, 21.1): paragraphs of shapes, and the parts that a drawing shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from zipfile import ZipFile

from coderai.services.ingest.adapters.parsers.charts import chart_text
from coderai.services.ingest.adapters.parsers.packed_xml import root_of
from coderai.services.ingest.domain.text import normalise

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
_EXTENDED_CHART = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def paragraph_text(paragraph: Any, without_fields: frozenset[str] = frozenset()) -> str:
    """The text of a paragraph; `without_fields`: types of fields that are left out, such as slidenum."""
    pieces: list[str] = []
    for element in paragraph.iter():
        if element.tag in (f"{A}t", _MATH_TEXT) and not _is_left_out(element, without_fields):
            pieces.append(element.text or "")
        elif element.tag == f"{A}br":
            pieces.append("\n")
        elif element.tag == f"{A}tab":
            pieces.append("\t")
    return "".join(pieces)


def _is_left_out(text: Any, without_fields: frozenset[str]) -> bool:
    if next(text.iterancestors(_FALLBACK), None) is not None:
        return True
    parent = text.getparent()
    return parent is not None and parent.tag == f"{A}fld" and parent.get("type", "") in without_fields


def texts_below(element: Any) -> Iterator[str]:
    """The paragraphs below an element that are not empty."""
    for paragraph in element.iter(f"{A}p"):
        if next(paragraph.iterancestors(_FALLBACK), None) is None and (text := normalise(paragraph_text(paragraph))):
            yield text


def shown_parts(archive: ZipFile, element: Any, targets: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    """The texts of the charts and SmartArt that an element refers to; `targets`: its part's relations."""
    seen: set[str] = set()
    for child in element.iter():
        for name, id in child.attrib.items() if isinstance(child.tag, str) else ():
            kind, target = targets.get(str(id), ("", "")) if str(name).startswith(_RELATION) else ("", "")
            if kind in _READERS and target not in seen:
                seen.add(target)
                root = root_of(archive, target)
                if root is not None and (text := _READERS[kind](root)):
                    yield text


def _diagram_text(root: Any) -> str:
    """SmartArt, a line for each of its texts: what stands below another follows it."""
    points = {point.get("modelId"): point for point in root.iter(f"{_DIAGRAM}pt")}
    below: dict[str, list[tuple[int, str]]] = {}
    for link in root.iter(f"{_DIAGRAM}cxn"):
        order = link.get("srcOrd", "")
        if link.get("type", "parOf") == "parOf" and order.isdecimal():
            below.setdefault(link.get("srcId"), []).append((int(order), link.get("destId")))
    pending = [id for id, point in reversed(points.items()) if point.get("type") != "pres"]
    pending += [id for id, point in points.items() if point.get("type") == "doc"]
    lines: list[str] = []
    while pending:
        id = pending.pop()
        point = points.pop(id, None)
        if point is not None and point.get("type", "node") in ("node", "asst", "doc"):
            lines += texts_below(point)
            pending += [child for _, child in sorted(below.get(id, ()), reverse=True)]
    return "\n".join(lines)


def _extended_chart_text(root: Any) -> str:
    """Charts of later kinds: a waterfall, a tree map, a funnel."""
    values = (element.text or "" for element in root.iter(f"{_EXTENDED_CHART}v", f"{_EXTENDED_CHART}pt"))
    return "\n".join([*texts_below(root), " | ".join(filter(None, map(normalise, values)))]).strip()


_READERS = {"chart": chart_text, "diagramData": _diagram_text, "chartEx": _extended_chart_text}
