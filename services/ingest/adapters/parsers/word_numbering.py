"""The numbers that Word shows before headings and list items (ECMA-376, part 1, 17.9)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from coderai.services.ingest.adapters.parsers.word_names import W, number, switch, value
from coderai.services.ingest.adapters.parsers.word_number_formats import written
from coderai.services.ingest.adapters.parsers.word_styles import Styles

BULLET = "-"
_DEEPEST = 8
_LARGEST = 2**31 - 1
_LONGEST_TEXT = 255
_PLACE = re.compile("%([1-9])")
_PRIVATE = re.compile("[\ue000-\uf8ff]")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered."""

    start: int = 1
    format: str = "decimal"
    width: int = 0
    """Digits at least, of numbers that zeros fill up."""
    text: str = ""
    """What is shown; %1 stands for the number of the first level, and so on."""
    restart: int | None = None
    """After which level, from 1, it starts anew; 0: after none; None: after each higher one."""
    is_legal: bool = False
    """All numbers in it are written in digits."""
    style: str | None = None
    """The style whose paragraphs are on this level."""


@dataclass(frozen=True, slots=True)
class NumberedList:
    """A list that paragraphs refer to; those with one definition are counted together."""

    definition: str
    levels: Mapping[int, Level]
    starts: Mapping[int, int]
    """Where levels start anew when this list first has an item on them."""

    def level_of(self, styles: Iterable[str]) -> int:
        """The level that belongs to the first of these styles that has one; else the first."""
        by_style = {level.style: at for at, level in self.levels.items() if level.style}
        return next((by_style[style] for style in styles if style in by_style), 0)


class Numbering:
    """The lists that a file defines."""

    def __init__(self, root: Any, styles: Styles) -> None:
        """`root`: of the part with the numbering; None when the file has none."""
        found = () if root is None else tuple(root)
        self._styles = styles
        self._definitions = {e.get(f"{W}abstractNumId"): e for e in found if e.tag == f"{W}abstractNum"}
        self._by_style = {name: at for at, e in self._definitions.items() if (name := value(e, "styleLink"))}
        self._elements = {e.get(f"{W}numId"): e for e in found if e.tag == f"{W}num"}
        self._lists: dict[str, NumberedList] = {}
        self.language = styles.language

    def list_of(self, properties: Any, style: str | None) -> tuple[str, int] | None:
        """The list's id and the level, from 0, of a paragraph with these properties and this style; None: no list."""
        inherited = self._styles.get(style)
        direct = None if properties is None else properties.find(f"{W}numPr")
        found = value(direct, "numId") or inherited.list
        if found == "0" or (found is None and direct is None):
            return None
        level = value(direct, "ilvl")
        if level is None and (numbered := self.get(found or "")) is not None:
            by_style = numbered.level_of(self._styles.chain(style))
            level = str(by_style) if by_style or inherited.level is None else inherited.level
        return found or "", number(level, 0, 0, _DEEPEST)

    def get(self, id: str) -> NumberedList | None:
        """The list with an id."""
        element = self._elements.get(id)
        if element is None:
            return None
        if id not in self._lists:
            self._lists[id] = self._read(element)
        return self._lists[id]

    def _read(self, element: Any) -> NumberedList:
        definition = value(element, "abstractNumId") or ""
        linked = value(self._definitions.get(definition), "numStyleLink")
        definition = self._by_style.get(linked or "", definition)
        levels = dict(_levels(self._definitions.get(definition)))
        starts = {}
        for override in element.iter(f"{W}lvlOverride"):
            levels.update(_levels(override))
            if (start := value(override, "startOverride")) is not None:
                starts[_at(override)] = number(start, 1, 0, _LARGEST)
        return NumberedList(definition, levels, starts)


def _at(element: Any) -> int:
    return number(element.get(f"{W}ilvl"), 0, 0, _DEEPEST)


def _levels(parent: Any) -> dict[int, Level]:
    return {} if parent is None else {_at(level): _level(level) for level in parent.iter(f"{W}lvl")}


def _level(element: Any) -> Level:
    # A format newer than the standard stands in the first of several alternatives: "001, 002, 003, ...".
    format = next(element.iter(f"{W}numFmt"), None)
    name = "decimal" if format is None else format.get(f"{W}val", "decimal")
    example = "" if format is None else format.get(f"{W}format", "").split(",")[0].strip()
    is_hidden = switch(element, "rPr/vanish")
    restart = value(element, "lvlRestart")
    return Level(
        start=number(value(element, "start"), 0, 0, _LARGEST),
        format="decimal" if name == "custom" else name,
        width=min(len(example), 20) if name == "custom" and example.isdecimal() else 0,
        text="" if is_hidden else (value(element, "lvlText") or "")[:_LONGEST_TEXT],
        restart=None if restart is None else number(restart, 0, 0, _DEEPEST + 1),
        is_legal=switch(element, "isLgl") or False,
        style=value(element, "pStyle"),
    )


@dataclass
class Counter:
    """Counts the items of one story: the body, a text box, the notes, a header."""

    numbering: Numbering
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    """By definition and level."""
    _begun: set[tuple[str, int]] = field(default_factory=set)

    def next(self, id: str, at: int) -> str:
        """Counts an item of a list on a level, from 0, and gives what Word shows before it; a hyphen for a bullet."""
        numbered = self.numbering.get(id)
        if numbered is None or at not in numbered.levels:
            return BULLET
        counts = self._counts.setdefault(numbered.definition, {})
        self._count(numbered, id, at, counts)
        level = numbered.levels[at]
        if level.format == "bullet":
            return BULLET
        shown = _PLACE.sub(lambda place: self._number(numbered, level, counts, int(place[1]) - 1), level.text)
        return _PRIVATE.sub("", shown).strip()

    def _count(self, numbered: NumberedList, id: str, at: int, counts: dict[int, int]) -> None:
        levels = numbered.levels
        # A level that was passed over counts as begun: an item 1.1 without any 1 is followed by 2.
        for above in range(at):
            counts.setdefault(above, numbered.starts.get(above, levels.get(above, Level()).start))
        if at not in counts or (at in numbered.starts and (id, at) not in self._begun):
            counts[at] = numbered.starts.get(at, levels[at].start)
        else:
            counts[at] += 1
        self._begun.add((id, at))
        for below in range(at + 1, _DEEPEST + 1):
            restart = levels.get(below, Level()).restart
            if restart is None or at < restart:
                counts.pop(below, None)

    def _number(self, numbered: NumberedList, level: Level, counts: Mapping[int, int], of: int) -> str:
        shown = numbered.levels.get(of)
        if shown is None or of not in counts:
            return ""
        is_plain = level.is_legal and shown.format not in ("decimalZero", "none", "bullet")
        said = written(counts[of], "decimal" if is_plain else shown.format, self.numbering.language)
        return said.zfill(shown.width) if shown.width else said
