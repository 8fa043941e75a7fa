"""The styles of a Word file (ECMA-376, part 1, 17.7): what paragraphs and runs inherit from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from coderai.services.ingest.adapters.parsers.word_names import W, switch, value

_DEEPEST = 50
"""Styles that one may be based on; Word allows fewer."""


@dataclass(frozen=True, slots=True)
class Style:
    """What a style says, with what it has from those it is based on."""

    based_on: str | None = None
    list: str | None = None
    """The id of the list that its paragraphs are items of."""
    level: str | None = None
    is_hidden: bool | None = None
    starts_page: bool | None = None


_NOTHING = Style()


class Styles:
    """What the styles of one file say, as far as it bears on the text."""

    def __init__(self, root: Any) -> None:
        """`root`: of the part with the styles; None when the file has none."""
        found = [] if root is None else list(root.iter(f"{W}style"))
        defaults = (
            style.get(f"{W}styleId")
            for style in found
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on")
        )
        self._default: str | None = next(defaults, None)
        self._own = {style.get(f"{W}styleId", ""): _read(style) for style in found}
        self._whole: dict[str, Style] = {}
        lang = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
        self.language: str = "en" if lang is None else lang.get(f"{W}val", "en")
        """Of the file, where a paragraph says no other."""

    def get(self, id: str | None) -> Style:
        """A style by its id; the one of paragraphs that name none for None."""
        named = self._named(id)
        if named not in self._whole:
            for style in reversed(list(takewhile(lambda style: style not in self._whole, self.chain(id)))):
                own = self._own[style]
                self._whole[style] = _inheriting(own, self._whole.get(own.based_on or "", _NOTHING))
        return self._whole.get(named, _NOTHING)

    def chain(self, id: str | None) -> Iterator[str]:
        """The ids of a style and of those it is based on, its own first."""
        named: str | None = self._named(id)
        for _ in range(_DEEPEST):
            if named is None or named not in self._own:
                return
            yield named
            named = self._own[named].based_on

    def _named(self, id: str | None) -> str:
        return (self._default if id is None else id) or ""

    def is_hidden(self, paragraph_style: str | None, run_properties: Any) -> bool:
        """Whether a run's text is hidden: it is a property that two styles together undo (17.7.3)."""
        if (direct := switch(run_properties, "vanish")) is not None:
            return direct
        character = value(run_properties, "rStyle")
        of_character = character is not None and self.get(character).is_hidden
        return bool(self.get(paragraph_style).is_hidden) != bool(of_character)


def _read(style: Any) -> Style:
    return Style(
        based_on=value(style, "basedOn"),
        list=value(style, "pPr/numPr/numId"),
        level=value(style, "pPr/numPr/ilvl"),
        is_hidden=switch(style, "rPr/vanish"),
        starts_page=switch(style, "pPr/pageBreakBefore"),
    )


def _inheriting(own: Style, base: Style) -> Style:
    return replace(
        own,
        list=own.list or base.list,
        level=own.level or base.level,
        is_hidden=base.is_hidden if own.is_hidden is None else own.is_hidden,
        starts_page=base.starts_page if own.starts_page is None else own.starts_page,
    )
