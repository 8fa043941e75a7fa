"""The styles of a Word file (ECMA-376, part 1, 17.7): what paragraphs and runs inherit from them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from coderai.services.ingest.adapters.parsers.word_names import W, switch, value

_DEEPEST = 50
"""Styles that one may be based on; Word allows fewer."""


class Styles:
    """What the styles of one file say, as far as it bears on the text."""

    def __init__(self, root: Any) -> None:
        """`root`: of the part with the styles; None when the file has none."""
        found = [] if root is None else list(root.iter(f"{W}style"))
        self._by_id = {style.get(f"{W}styleId"): style for style in found}
        defaults = (
            style.get(f"{W}styleId")
            for style in found
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on")
        )
        self._default: str | None = next(defaults, None)
        lang = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr/{W}lang")
        self.language = "en" if lang is None else lang.get(f"{W}val", "en")
        """Of the file, where a paragraph says no other."""
        self.switched = cache(self._switched)
        """Whether the style with an id, or the default one, switches a property at a path on."""
        self.numbering = cache(self._numbering)
        """The list, the level and the ids of the styles that a style takes its number from; the first two may be None.
        """

    def _chain(self, style: str | None) -> Iterator[tuple[str, Any]]:
        named = self._default if style is None else style
        for _ in range(_DEEPEST):
            if named is None or (found := self._by_id.get(named)) is None:
                return
            yield named, found
            named = value(found, "basedOn")

    def _switched(self, style: str | None, path: str) -> bool:
        return next((on for _, found in self._chain(style) if (on := switch(found, path)) is not None), False)

    def _numbering(self, style: str | None) -> tuple[str | None, str | None, tuple[str, ...]]:
        chain = list(self._chain(style))
        lists = (number for _, found in chain if (number := value(found, "pPr/numPr/numId")))
        levels = (level for _, found in chain if (level := value(found, "pPr/numPr/ilvl")))
        return next(lists, None), next(levels, None), tuple(name for name, _ in chain)

    def is_hidden(self, paragraph_style: str | None, run_properties: Any) -> bool:
        """Whether a run's text is hidden: it is a property that two styles together undo (17.7.3)."""
        if (direct := switch(run_properties, "vanish")) is not None:
            return direct
        character = value(run_properties, "rStyle")
        of_character = character is not None and self.switched(character, "rPr/vanish")
        return self.switched(paragraph_style, "rPr/vanish") != of_character
