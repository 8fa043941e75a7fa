"""One sheet of a workbook: its rows and links as XML, in files of their own until the workbook is put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from xlsxwriter.utility import xl_col_to_name

from coderai.language.spreadsheets import begins_formula, fits_cell
from coderai.services.export.adapters.xlsx_cells import (
    LONGEST,
    NO_DAY,
    NO_NUMBER,
    boolean_xml,
    day_number,
    empty_xml,
    escaped,
    held_text,
    is_held,
    is_usual,
    number_xml,
    text_xml,
)
from coderai.services.export.adapters.xlsx_styles import HEADING, PLAIN, Style
from coderai.services.export.domain.ends import Scalar
from coderai.services.export.domain.problems import TooLargeForSheet

MOST_ROWS, MOST_COLUMNS, MOST_LINKS = 1_048_576, 16_384, 65_530
"""Of one sheet (Excel's specifications and limits)."""
MOST_BYTES = 2_000_000_000
"""Of the XML of one sheet's rows: an archive without Zip64, which not all readers take, has files of 2 GiB."""
WIDEST = 40
"""Characters that fit into a line of the widest columns."""

_LINE_HEIGHT, _MOST_LINES = 15, 10
"""A row is as many lines high, of so many points, as its longest wrapped text has, at most so many."""
_MARKS = frozenset("'=+-@\t\n＝＋－＠")
"""What texts begin with that may begin a formula."""
FORMULA = "a text begins like a formula; it is a text, also when it is edited"

Tell = Callable[[str, str, int], None]
"""What became of a cell: what, the column's name, the row."""
GoesOn = Callable[[str, str, str], int]
"""Keeps a long text elsewhere: the sheet's name, the cell, the text. Gives the row where it is."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of a sheet."""

    name: str
    width: int
    """In characters, at most WIDEST."""
    is_day: bool = False
    """Whether its texts are days, to be dates in the sheet."""
    wraps: bool = True
    """Whether texts that are wider go on in a further line."""


class Sheet:
    """Takes rows one by one; memory stays flat."""

    def __init__(self, name: str, columns: Sequence[SheetColumn], files: Path, tell: Tell, goes_on: GoesOn) -> None:
        """`files`: the path of what keeps rows and links, without an ending."""
        self.name, self.columns = name, columns
        self.rows = self.links = 0
        self.frozen = (0, 0)
        """Rows and columns that stay in sight."""
        self.is_filtered = False
        """Whether the first row is a header by which the others can be filtered."""
        self.rows_file, self.links_file = files.with_suffix(".rows"), files.with_suffix(".links")
        self._files = self.rows_file.open("wb"), self.links_file.open("wb")
        self._cells = [(column, xl_col_to_name(place)) for place, column in enumerate(columns)]
        self._tell, self._goes_on = tell, goes_on
        self._lines = 1
        """Of the row that is added."""
        self._bytes = 0

    def add_header(self) -> None:
        """Adds a row with the columns' names, which stays in sight and has filters."""
        self.rows += 1
        names = (text_xml(f"{at}{self.rows}", HEADING.plain, escaped(column.name)) for column, at in self._cells)
        self._write(f'<row r="{self.rows}">{"".join(names)}</row>')
        self.frozen, self.is_filtered = (1, 0), True

    def add(self, values: Iterable[Scalar | None], styles: Iterable[Style] | None = None) -> None:
        """Adds a row; of fewer values than columns the rest is empty.

        Raises:
            TooLargeForSheet: the sheet cannot hold it.
        """
        self.rows += 1
        if self.rows > MOST_ROWS:
            raise TooLargeForSheet(f"the sheet {self.name} has more than {MOST_ROWS:,} rows: export as CSV or JSON")
        row, self._lines = self.rows, 1
        found = zip(self._cells, values, styles or [PLAIN] * len(self._cells), strict=False)
        cells = "".join([self._cell(column, f"{at}{row}", value, style) for (column, at), value, style in found])
        height = f' ht="{self._lines * _LINE_HEIGHT}" customHeight="1"' if self._lines > 1 else ""
        self._write(f'<row r="{row}"{height}>{cells}</row>')

    def link(self, ref: str, sheet: str, target: str) -> bool:
        """Lets a cell lead to another one; False says that a sheet has no more such links."""
        if self.links == MOST_LINKS:
            return False
        self.links += 1
        self._files[1].write(f'<hyperlink ref="{ref}" location="\'{sheet}\'!{target}"/>'.encode())
        return True

    def close(self) -> None:
        """Ends the files."""
        for file in self._files:
            file.close()

    def _write(self, xml: str) -> None:
        self._bytes += self._files[0].write(xml.encode())
        if self._bytes > MOST_BYTES:
            raise TooLargeForSheet(
                f"the sheet {self.name} has more than {MOST_BYTES / 1e9:.1f} GB, which no workbook holds: export as CSV"
                " or Parquet"
            )

    def _cell(self, column: SheetColumn, ref: str, value: Scalar | None, style: Style) -> str:
        if value is None:
            return empty_xml(ref, style.plain) if style.fills else ""
        if isinstance(value, str):
            return self._day(column, ref, value, style) if column.is_day else self._text(column, ref, value, style)
        if isinstance(value, bool):
            return boolean_xml(ref, style.plain, value)
        if is_held(value):
            return number_xml(ref, style.plain, value)
        self._tell(NO_NUMBER, column.name, self.rows)
        return self._text(column, ref, str(value), style)

    def _day(self, column: SheetColumn, ref: str, value: str, style: Style) -> str:
        number = day_number(value)
        if number is not None:
            return number_xml(ref, style.day, number)
        self._tell(NO_DAY, column.name, self.rows)
        return self._text(column, ref, value, style)

    def _text(self, column: SheetColumn, ref: str, value: str, style: Style) -> str:
        usual = is_usual(value)
        text = value if usual else self._held(column, value)
        if not text:
            return empty_xml(ref, style.plain) if style.fills else ""
        if not fits_cell(text):
            row = self._goes_on(self.name, ref, text)
            text = f"{text[:LONGEST]} … [the whole text is in the sheet Long texts from row {row} on]"
        number = self._text_style(column, text, style)
        return text_xml(ref, number, text if usual else escaped(text))

    def _held(self, column: SheetColumn, value: str) -> str:
        """What the sheet can hold of a text, told where that is less."""
        text, told = held_text(value)
        for what in told:
            self._tell(what, column.name, self.rows)
        return text

    def _text_style(self, column: SheetColumn, text: str, style: Style) -> int:
        """The number of the format of a text's cell; makes the row as high as that needs."""
        is_wrapped = column.wraps and (len(text) > column.width or "\n" in text)
        if is_wrapped:
            self._lines = max(self._lines, _lines(text, column.width))
        if text[0] in _MARKS and begins_formula(text):
            self._tell(FORMULA, column.name, self.rows)
            return style.wrapped_quoted if is_wrapped else style.quoted
        return style.wrapped if is_wrapped else style.plain


def _lines(text: str, width: int) -> int:
    """How many lines a text has in a column of that width, as far as a row is high at most."""
    lines = text.split("\n", _MOST_LINES)
    return min(_MOST_LINES, sum(1 + len(line) // width for line in lines))
