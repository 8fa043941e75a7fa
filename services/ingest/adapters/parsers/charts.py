"""The text of a chart in an Office Open XML file (ECMA-376, part 1, 21.2): titles and labels, and its figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from coderai.services.ingest.domain.text import normalise

_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_CATEGORIES, _VALUES = (f"{_C}cat", f"{_C}xVal"), (f"{_C}val", f"{_C}yVal", f"{_C}bubbleSize")


def chart_text(chart: Any) -> str:
    """Title, kind, axes, and a table of the figures that the chart shows: a line for each label."""
    titles = [_rich(title) for title in chart.iter(f"{_C}title")]
    lines = [*titles[:1], ", ".join(_kinds(chart)), *titles[1:], *_user_texts(chart)]
    return "\n".join([*(line for line in lines if line), *_figures(chart)])


def _rich(parent: Any) -> str:
    """Text that stands in a title: its own, or that of the cell it refers to."""
    paragraphs = ["".join(run.text or "" for run in p.iter(f"{_A}t")) for p in parent.iter(f"{_A}p")]
    cached = [value.text or "" for value in parent.iter(f"{_C}v")]
    return normalise("\n".join(filter(None, paragraphs)) or " ".join(cached)).replace("\n", " ")


def _kinds(chart: Any) -> Iterator[str]:
    """Such as "Bar chart", as the element's name has it."""
    for area in chart.iter(f"{_C}plotArea"):
        for element in area:
            name = str(element.tag).removeprefix(_C)
            if name.endswith("Chart"):
                yield f"{name.removesuffix('Chart').removesuffix('3D').capitalize()} chart"


def _user_texts(chart: Any) -> Iterator[str]:
    """What an author wrote onto single points."""
    for label in chart.iter(f"{_C}dLbl"):
        if text := _rich(label):
            yield text


def _figures(chart: Any) -> Iterator[str]:
    """A table: the series' names above, then for each label its value in each series."""
    names: list[str] = []
    labels: dict[int, str] = {}
    columns: list[dict[int, str]] = []
    for series in chart.iter(f"{_C}ser"):
        heading = series.find(f"{_C}tx")
        for child in series:
            if child.tag in _CATEGORIES:
                labels = labels or _points(child)
            elif child.tag in _VALUES:
                names.append("" if heading is None else _rich(heading))
                columns.append(_points(child))
    if any(names):
        yield " | ".join(["", *names]).strip()
    for index in sorted({*labels, *(index for column in columns for index in column)}):
        yield " | ".join([labels.get(index, ""), *(column.get(index, "") for column in columns)]).strip()


def _points(parent: Any) -> dict[int, str]:
    points: dict[int, list[str]] = {}
    for point in parent.iter(f"{_C}pt"):
        index = point.get("idx", "")
        if index.isdecimal():
            points.setdefault(int(index), []).append(point.findtext(f"{_C}v") or "")
    return {index: _plain(" ".join(reversed(parts))) for index, parts in points.items()}


def _plain(value: str) -> str:
    """A number as people write it: files keep 0.1 as 0.10000000000000001."""
    try:
        return f"{float(value):.15g}" if len(value) > 12 else value
    except ValueError:
        return value
