"""Where a passage of a page's text stands among the glyphs that the page shows; found for sure, or not at all."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from coderai.services.ingest.domain.spelling import is_hyphen, spelling

_LEAST_ALIKE = 12
"""Letters, those around the passage included, that text and page must have alike in a row, or else all of the text."""
_MOST_PLACES = 500
"""Places of the same letters that are compared; a passage that a page has more often is not looked for."""
_GAP = 3.0
"""Heights of a line that lie between its words at most; beyond it stands another cell or column."""


class Box(NamedTuple):
    """A rectangle, in any one unit, from the upper left corner of the page as it is shown."""

    left: float
    top: float
    right: float
    bottom: float

    def around(self, other: Box) -> Box:
        """The smallest that holds both."""
        left, top = min(self.left, other.left), min(self.top, other.top)
        return Box(left, top, max(self.right, other.right), max(self.bottom, other.bottom))


@dataclass(frozen=True, slots=True)
class Glyphs:
    """What a page shows as text, in the order in which it is read."""

    text: str
    """A character for each glyph."""
    boxes: Sequence[Box | None]
    """Where each stands, in points; None where nothing is seen of it."""
    lines: Sequence[int]
    """Which line each is on; those of a line follow one another."""


class _Alike(NamedTuple):
    """How many letters around a place in one text are those around a place in another."""

    before: int
    after: int

    def exceeds(self, other: _Alike) -> bool:
        return self != other and self.before >= other.before and self.after >= other.after


class GlyphFinder:
    """Finds passages of a page's text among its glyphs.

    The text may lack what the page has (running headers, hyphens at line ends), and have letters for shapes of letters.
    A place is sure when the letters stand there without another between them, and text and page are more alike around
    it than around any other place where the page, or the text, has the same letters.
    """

    def __init__(self, text: str, glyphs: Glyphs) -> None:
        """`text`: what was read of the page."""
        self._text, self._glyphs = text, glyphs
        read, shown = spelling(text), spelling(glyphs.text)
        self._read, self._shown = read.letters, shown.letters
        self._read_at, self._shown_at = read.at, shown.at
        self._read_back, self._shown_back = self._read[::-1], self._shown[::-1]

    def boxes_of(self, start: int, end: int) -> list[Box]:
        """A box for each line of text[start:end], in points; none when there is no sure place, or no letter in it."""
        first, last = bisect_left(self._read_at, start), bisect_left(self._read_at, end)
        place = self._place(first, last) if first < last else None
        if place is None:
            return []
        begin, stop = self._with_hyphens(
            self._shown_at[place], self._shown_at[place + last - first - 1] + 1, start, end
        )
        seen = {self._shown_at[index] for index in range(place, place + last - first)}
        if any(self._glyphs.boxes[index] is None for index in seen):
            return []
        return [box for part in self._lines(begin, stop) for box in _joined(part)]

    def _place(self, first: int, last: int) -> int | None:
        """Where among the page's letters those of the text from first to last stand, if that is sure."""
        letters = self._read[first:last]
        places = list(_places(letters, self._shown))
        if not places or len(places) > _MOST_PLACES:
            return None
        alike = {place: self._alike(first, last, place) for place in places}
        place = max(places, key=lambda place: sum(alike[place]))
        found = alike[place]
        others = [other for where, other in alike.items() if where != place]
        twins = list(_places(letters, self._read))
        if len(twins) > _MOST_PLACES:
            return None
        others += [self._alike(twin, twin + len(letters), place) for twin in twins if twin != first]
        is_whole = found == (first, len(self._read) - last)
        is_long = sum(found) + len(letters) >= _LEAST_ALIKE
        return place if (is_whole or is_long) and all(map(found.exceeds, others)) else None

    def _alike(self, first: int, last: int, place: int) -> _Alike:
        read, shown = len(self._read), len(self._shown)
        before = _common(self._read_back, read - first, self._shown_back, shown - place)
        return _Alike(before, _common(self._read, last, self._shown, place + last - first))

    def _with_hyphens(self, begin: int, stop: int, start: int, end: int) -> tuple[int, int]:
        """The glyphs with the hyphens and minus signs at both ends of the passage."""
        glyphs = self._glyphs.text
        while start < end and is_hyphen(self._text[start]) and begin and is_hyphen(glyphs[begin - 1]):
            start, begin = start + 1, begin - 1
        while start < end and is_hyphen(self._text[end - 1]) and stop < len(glyphs) and is_hyphen(glyphs[stop]):
            end, stop = end - 1, stop + 1
        return begin, stop

    def _lines(self, begin: int, stop: int) -> Iterator[Iterable[Box]]:
        """The boxes of the glyphs that are seen, line by line."""
        of_line = self._glyphs.lines.__getitem__
        for _, indexes in groupby(range(begin, stop), of_line):
            seen = (index for index in indexes if not self._glyphs.text[index].isspace())
            yield [box for box in map(self._glyphs.boxes.__getitem__, seen) if box is not None]


def _joined(boxes: Iterable[Box]) -> Iterator[Box]:
    """One box around those of a line, or one for each group of them that stands by itself."""
    whole: Box | None = None
    for box in boxes:
        if whole is not None and _are_near(whole, box):
            whole = whole.around(box)
        else:
            if whole is not None:
                yield whole
            whole = box
    if whole is not None:
        yield whole


def _are_near(box: Box, other: Box) -> bool:
    wide = max(other.left - box.right, box.left - other.right)
    high = max(other.top - box.bottom, box.top - other.bottom)
    size = max(min(box.bottom - box.top, box.right - box.left), other.bottom - other.top)
    return max(wide, high) < _GAP * size


def _places(letters: str, within: str) -> Iterator[int]:
    """Where the letters stand, overlapping ones too; one more than are looked at, at most."""
    at = within.find(letters)
    count = 0
    while at >= 0 and count <= _MOST_PLACES:
        yield at
        count += 1
        at = within.find(letters, at + 1)


def _common(text: str, start: int, other: str, at: int) -> int:
    """How many characters are the same from there on."""
    most = min(len(text) - start, len(other) - at)
    low, step = 0, 16
    while low < most:
        step = min(step, most - low)
        if text[start + low : start + low + step] != other[at + low : at + low + step]:
            break
        low, step = low + step, 2 * step
    else:
        return low
    high = low + step  # they differ somewhere before it
    while high - low > 1:
        middle = (low + high) // 2
        if text[start + low : start + middle] == other[at + low : at + middle]:
            low = middle
        else:
            high = middle
    return low
