"""The text of charts, diagrams (SmartArt) and drawings in Office files (ECMA-376, part 1, 21)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from coderai.services.ingest.adapters.parsers.word_names import A

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_UNSEEN_POINTS = frozenset(("pres", "parTrans", "sibTrans"))
_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_DAY_ZERO = date(1899, 12, 30)


@dataclass(frozen=True, slots=True)
class _Series:
    name: str
    categories: dict[str, str]
    """By index."""
    values: dict[str, str]


def paragraphs(element: Any) -> list[str]:
    """The paragraphs of DrawingML below an element that say something."""
    found = ("".join(_runs(paragraph)) for paragraph in element.iter(f"{A}p"))
    return [text for text in found if text.strip()]


def _runs(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter(f"{A}t", f"{A}br"):
        yield "\n" if element.tag == f"{A}br" else element.text or ""


def chart(root: Any) -> str:
    """A chart's titles, and its data as a table: a row for each category, a column for each series."""
    if root.tag == f"{_CX}chartSpace":
        return _extended_chart(root)
    titles = ["\n".join(paragraphs(title)) for title in root.iter(f"{_C}title")]
    series = [_series(element) for element in root.iter(f"{_C}ser")]
    return "\n\n".join(filter(None, [*dict.fromkeys(titles), *_tables(series)]))


def _series(element: Any) -> _Series:
    name = " ".join(_points(element.find(f"{_C}tx")).values())
    categories, values = (
        next((found for kind in kinds if (found := element.find(f"{_C}{kind}")) is not None), None)
        for kinds in (("cat", "xVal"), ("val", "yVal"))
    )
    return _Series(name, _points(categories), _points(values))


def _points(element: Any) -> dict[str, str]:
    """What a series' data say, by index; categories of several levels are joined, the outermost first."""
    if element is None:
        return {}
    if (levels := list(element.iter(f"{_C}lvl"))) and len(levels) > 1:
        return _nested([_points_of(level, "") for level in levels])
    found = element.find(f"{_C}v")
    return {"0": found.text or ""} if found is not None else _points_of(element, _format(element))


def _format(element: Any) -> str:
    return next((found.text or "" for found in element.iter(f"{_C}formatCode")), "")


def _points_of(element: Any, format: str) -> dict[str, str]:
    found = ((point.get("idx", ""), point.findtext(f"{_C}v") or "") for point in element.iter(f"{_C}pt"))
    return {index: shown(text, format) for index, text in found}


def _nested(levels: list[dict[str, str]]) -> dict[str, str]:
    joined = {}
    current = [""] * len(levels)
    for index in levels[0]:
        current = [level.get(index, last) for level, last in zip(levels, current, strict=True)]
        joined[index] = " ".join(filter(None, reversed(current)))
    return joined


def shown(text: str, format: str) -> str:
    """A number as a chart shows it in a number format: without what computing adds, as a percentage, as a date."""
    try:
        amount = float(text)
    except ValueError:
        return text
    plain = _LITERALS.sub("", format)
    if "%" in plain:
        decimals = len(plain.partition(".")[2].partition("%")[0])
        return f"{amount * 100:.{min(decimals, 10)}f}%"
    if "y" in plain.lower() and 0 < amount < 2_958_466:
        return (_DAY_ZERO + timedelta(days=amount)).isoformat()
    return f"{amount:.15g}"


def _tables(series: list[_Series]) -> Iterator[str]:
    """A table for all series in a row that have the same categories."""
    start = 0
    for end in range(1, len(series) + 1):
        if end == len(series) or series[end].categories != series[start].categories:
            yield "\n".join(_rows(series[start:end]))
            start = end


def _rows(series: list[_Series]) -> Iterator[str]:
    names = [one.name for one in series]
    if any(names):
        yield _row(["", *names])
    indexes = dict.fromkeys(index for one in series for index in (*one.categories, *one.values))
    for index in indexes:
        yield _row([series[0].categories.get(index, ""), *(one.values.get(index, "") for one in series)])


def _row(cells: list[str]) -> str:
    return " | ".join(" ".join(cell.split()) for cell in cells).removeprefix(" | ")


def _extended_chart(root: Any) -> str:
    """A waterfall, a funnel, a map and others that Office 2016 has added."""
    titles = ["\n".join(paragraphs(title)) for title in root.iter(f"{_CX}title")]
    names = [found.text or "" for text in root.iter(f"{_CX}tx") for found in text.iter(f"{_CX}v")]
    columns = [
        {point.get("idx", ""): shown(point.text or "", "") for point in dimension.iter(f"{_CX}pt")}
        for dimension in root.iter(f"{_CX}strDim", f"{_CX}numDim")
    ]
    indexes = dict.fromkeys(index for column in columns for index in column)
    rows = (_row([column.get(index, "") for column in columns]) for index in indexes)
    return "\n\n".join(filter(None, [*dict.fromkeys([*titles, *names]), "\n".join(rows)]))


def diagram(root: Any) -> str:
    """What a diagram's points say, each before those below it."""
    points = {point.get("modelId"): point for point in root.iter(f"{_D}pt")}
    below: dict[str | None, list[tuple[int, str | None]]] = {}
    for link in root.iter(f"{_D}cxn"):
        if link.get("type", "parOf") == "parOf":
            order = link.get("srcOrd", "0")
            child = (int(order) if order.isdecimal() else 0, link.get("destId"))
            below.setdefault(link.get("srcId"), []).append(child)
    roots = [id for id, point in points.items() if point.get("type") == "doc"]
    ordered = dict.fromkeys([*_walked(roots, below), *points])
    shown_points = (points[id] for id in ordered if id in points and points[id].get("type") not in _UNSEEN_POINTS)
    return "\n".join(text for point in shown_points for text in paragraphs(point))


def _walked(roots: list[str | None], below: dict[str | None, list[tuple[int, str | None]]]) -> Iterator[str | None]:
    pending = list(reversed(roots))
    met: set[str | None] = set()
    while pending:
        id = pending.pop()
        if id not in met:
            met.add(id)
            yield id
            pending.extend(child for _, child in sorted(below.get(id, ()), key=lambda link: link[0], reverse=True))
