"""Cells as statistics programs have them: texts, and numbers for everything else, words and days included."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from coderai.services.export.domain.cell_notes import Count
from coderai.services.export.domain.doubles import as_double
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.storage import Storage, StoredColumn, as_text
from coderai.services.export.domain.unicode_text import REPLACED, as_unicode, encodable

_INEXACT = "a number is not exactly the same, as a column of numbers has 53 bits"
_NO_ZEROS = "a character zero became �"


@dataclass(frozen=True, slots=True)
class Program:
    """What a statistics program can hold."""

    name: str
    most_columns: int
    most_of_name: int
    """Characters of a column's name; names here are ASCII."""
    reserved: Callable[[str], bool]
    """Whether a column cannot have the name."""
    column_label: Callable[[str], str]
    """As much of a column's label as it has, on one line."""
    most_of_label: int
    """Bytes of the label of a value."""
    most_of_text: int
    """Bytes; longer texts are cut."""
    keeps_spaces: bool
    """Whether spaces at the end of a text are kept."""
    greatest: float
    """The greatest number; greater ones are left out."""
    first_day: date

    @property
    def cut(self) -> str:
        """What becomes of texts that are too long."""
        return f"a text was cut, as {self.name} holds {self.most_of_text:,} bytes of it"

    @property
    def too_great(self) -> str:
        """What becomes of numbers that are too great."""
        return f"a number is left out, as it is greater than {self.name} can hold"

    @property
    def too_early(self) -> str:
        """What becomes of days that are too early."""
        return f"a date is left out, as {self.name} has none before {self.first_day.isoformat()}"

    @property
    def early_as_text(self) -> str:
        """What becomes of columns with days that are too early, and have no texts beside them."""
        return f"a date is before {self.first_day.isoformat()}, the first that {self.name} has: the column's are texts"

    @property
    def no_spaces(self) -> str:
        """What becomes of texts with spaces at their end."""
        return f"spaces at the end of a text are gone, as {self.name} fills texts up with such"


@dataclass(slots=True)
class CellCoding:
    """Codes the cells of one column."""

    stored: StoredColumn
    program: Program
    codes: dict[str, int] = field(default_factory=dict)
    """Of words: the number of each, from 1, in their order; words that are none of the column's come behind them."""

    def __post_init__(self) -> None:
        for word in self.stored.words:
            self._code(word)

    @property
    def is_text(self) -> bool:
        """Whether coded cells are texts: "" where there is none. Others are numbers: None where there is none."""
        return self.stored.storage is Storage.TEXT

    def coded(self, cells: Sequence[Scalar | None], count: Count) -> list[Any]:
        """The cells as the file has them; days as proleptic Gregorian ordinals (date.toordinal)."""
        return _CODINGS[self.stored.storage](self, cells, count)

    def _texts(self, cells: Sequence[Scalar | None], count: Count) -> list[str]:
        return [self._text(as_text(value) or "", place, count) for place, value in enumerate(cells)]

    def _text(self, text: str, place: int, count: Count) -> str:
        if not encodable(text):
            count(REPLACED, place)
        if "\0" in text:
            count(_NO_ZEROS, place)
        held = cut(clean(text), self.program.most_of_text)
        if len(held) < len(text):
            count(self.program.cut, place)
        if not self.program.keeps_spaces and held.endswith(" "):
            count(self.program.no_spaces, place)
            return held.rstrip(" ")
        return held

    def _numbers(self, cells: Sequence[Scalar | None], count: Count) -> list[float | None]:
        return [None if value is None else self._number(value, place, count) for place, value in enumerate(cells)]

    def _number(self, value: Any, place: int, count: Count) -> float | None:
        number = as_double(value)
        if abs(number) > self.program.greatest:
            count(self.program.too_great, place)
            return None
        if number != value:
            count(_INEXACT, place)
        return number

    def _days(self, cells: Sequence[Scalar | None], count: Count) -> list[float | None]:
        return [None if day is None else date.fromisoformat(str(day)).toordinal() for day in cells]

    def _words(self, cells: Sequence[Scalar | None], count: Count) -> list[float | None]:
        return [None if value is None else self._code(as_text(value) or "") for value in cells]

    def _code(self, word: str) -> int:
        return self.codes.setdefault(clean(word), len(self.codes) + 1)

    def _whole(self, cells: Sequence[Scalar | None], count: Count) -> list[float | None]:
        return [None if value is None else int(value) for value in cells]


_CODINGS: Mapping[Storage, Callable[[CellCoding, Sequence[Scalar | None], Count], list[Any]]] = {
    Storage.TEXT: CellCoding._texts,
    Storage.NUMBER: CellCoding._numbers,
    Storage.WHOLE: CellCoding._whole,
    Storage.DAY: CellCoding._days,
    Storage.BOOLEAN: CellCoding._whole,
    Storage.WORD: CellCoding._words,
    Storage.CODE: CellCoding._whole,
}


def clean(text: str) -> str:
    """The text with U+FFFD for what a text of C in UTF-8 cannot have: lone surrogates and the character zero."""
    return as_unicode(text).replace("\0", "�")


def cut(text: str, most: int) -> str:
    """As much of the text, from its beginning, as has so many bytes in UTF-8."""
    if len(text) * 4 <= most:
        return text
    encoded = text.encode()
    return text if len(encoded) <= most else encoded[:most].decode(errors="ignore")


def on_one_line(text: str, most: int) -> str:
    """A label: the text without line breaks, as much of it as has so many bytes."""
    return cut(_line(text), most).rstrip()


def is_cut(label: str, text: str) -> bool:
    """Whether a label that is on one line has not the whole of the text."""
    return label != _line(text)


def _line(text: str) -> str:
    return " ".join(clean(text).split())
