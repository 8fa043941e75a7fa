"""Writes texts whose numbers are figures of the statistics, and keeps which number is which."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coderai.measuring.figures import NUMBER, Figure, How, figure_at, shown

_BEGIN, _BETWEEN, _END = "\ue000", "\ue001", "\ue002"
"""Around a figure while a text is made: of Unicode's private use, which is taken out of what projects say."""
_MARKED = re.compile(f"{_BEGIN}([^{_BETWEEN}]*){_BETWEEN}([^{_BETWEEN}]*){_BETWEEN}([^{_END}]*){_END}")
_MARKS = re.compile(f"[{_BEGIN}{_BETWEEN}{_END}]")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, heading or item of a list."""

    text: str
    heading: int = 0
    """1 for the title, 2 for a heading; 0 for a text."""
    is_item: bool = False

    @property
    def plain(self) -> str:
        """The text as it is read."""
        return _MARKED.sub(lambda found: found[3], self.text)


class Figures:
    """Gives figures of the statistics as they stand in sentences."""

    def __init__(self, statistics: Mapping[str, Any]) -> None:
        self._statistics = statistics

    def value(self, path: str) -> Any:
        """The figure itself; None where there is none."""
        return figure_at(self._statistics, path)

    def count(self, path: str, noun: str = "", plural: str = "") -> str:
        """A whole number, with its noun: "1 cell", "2 cells"; "no cells" and "0" where there is no such figure."""
        many = self.value(path) or 0
        number = self.told(path, How.COUNT) if self.value(path) is not None else "no" if noun else "0"
        return f"{number} {noun if many == 1 else plural or f'{noun}s'}" if noun else number

    def percent(self, path: str) -> str:
        """A share in per cent: "91.2 %"."""
        return f"{self.told(path, How.PERCENT)} %"

    def told(self, path: str, how: How) -> str:
        """The figure, written so; it must be there."""
        return f"{_BEGIN}{path}{_BETWEEN}{how}{_BETWEEN}{shown(self.value(path), how)}{_END}"


def said(text: str) -> str:
    """What a project says, in one line, for use in a sentence."""
    return _MARKS.sub("", " ".join(text.split()))


def sentence(text: str) -> str:
    """A text with a full stop, unless it ends like a sentence."""
    return text if text.endswith((".", "?", "!", "؟", "。")) else f"{text}."


def figures_of(blocks: Sequence[Block]) -> Iterator[Figure]:
    """Which numbers of the text are figures, in their order."""
    place = 0
    for block in blocks:
        at = 0
        for found in _MARKED.finditer(block.text):
            place += len(NUMBER.findall(block.text[at : found.start()])) + 1
            yield Figure(place, found[1], How(found[2]))
            at = found.end()
        place += len(NUMBER.findall(block.text[at:]))


def listed(parts: Sequence[str]) -> str:
    """Parts of a sentence: "a", "a and b", "a, b and c"."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""
