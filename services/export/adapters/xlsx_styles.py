"""How the cells of a workbook look: by what they hold, by what became of the cell, and whether they lead somewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

from coderai.services.export.domain.coded import Cell


class Shade(StrEnum):
    """What became of a cell, as its colour tells."""

    PLAIN = "PLAIN"
    FLAGGED = "FLAGGED"
    CORRECTED = "CORRECTED"
    VALIDATED = "VALIDATED"
    DEFAULTED = "DEFAULTED"
    MISSING = "MISSING"


COLOURS: Mapping[Shade, tuple[str, str]] = {
    Shade.FLAGGED: ("#FDE9C4", "Wants a person's look"),
    Shade.CORRECTED: ("#D6E6F7", "The answer is a person's"),
    Shade.VALIDATED: ("#DDF0DC", "A person has confirmed it"),
    Shade.DEFAULTED: ("#E9E0F3", "A default, no finding"),
    Shade.MISSING: ("#EEEEEE", "There is no value"),
}
"""The background of each shade that has one, and what it means."""
LINKED = "#0B4F94"
"""The colour of texts that lead to another cell."""


def shade_of(shown: Cell) -> Shade:
    """The shade of a cell of the dataset: what is to be done comes before what was done."""
    found = shown.extraction
    if shown.flags:
        return Shade.FLAGGED
    if found is not None and found.is_corrected:
        return Shade.CORRECTED
    if found is not None and found.status == "VALIDATED":
        return Shade.VALIDATED
    if found is not None and found.is_defaulted:
        return Shade.DEFAULTED
    return Shade.PLAIN if shown.stated else Shade.MISSING


@dataclass(frozen=True, slots=True)
class Style:
    """The numbers, in the workbook's list of formats, of one style for each thing that a cell may hold."""

    plain: int
    wrapped: int
    quoted: int
    """For texts that begin like a formula: they stay texts when they are edited."""
    wrapped_quoted: int
    day: int
    fills: bool = False
    """Whether empty cells have it too."""


_TOP = {"valign": "top"}
_HEADING = {**_TOP, "bold": True, "bottom": 1, "bg_color": "#E3E8EF"}
_TITLE = {**_TOP, "bold": True, "font_size": 14}
_LOOKS: tuple[dict[str, Any], ...] = (
    {},
    {"text_wrap": True},
    {"quote_prefix": True},
    {"text_wrap": True, "quote_prefix": True},
    {"num_format": "yyyy-mm-dd", "align": "left"},
)
_STYLES = tuple(product(Shade, (False, True)))


def _properties(shade: Shade, is_linked: bool) -> dict[str, Any]:
    colour = {"bg_color": COLOURS[shade][0], "border": 1, "border_color": "#D9D9D9"} if shade in COLOURS else {}
    return {**_TOP, **colour, **({"font_color": LINKED} if is_linked else {})}


FORMATS: tuple[dict[str, Any], ...] = (
    _HEADING,
    _TITLE,
    *({**_properties(*style), **look} for style in _STYLES for look in _LOOKS),
)
"""The properties of all formats, in the order of their numbers, which begin at 1."""
HEADING = Style(1, 1, 1, 1, 1, fills=True)
TITLE = Style(2, 2, 2, 2, 2)


def _style(place: int, shade: Shade) -> Style:
    first = 3 + place * len(_LOOKS)
    plain, wrapped, quoted, wrapped_quoted, day = range(first, first + len(_LOOKS))
    return Style(plain, wrapped, quoted, wrapped_quoted, day, fills=shade in COLOURS)


STYLES: Mapping[tuple[Shade, bool], Style] = {
    (shade, is_linked): _style(place, shade) for place, (shade, is_linked) in enumerate(_STYLES)
}
"""By shade, and whether the cell leads to another one."""
PLAIN, PLAIN_LINK = STYLES[Shade.PLAIN, False], STYLES[Shade.PLAIN, True]
