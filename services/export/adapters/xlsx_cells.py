"""Writes single cells of a workbook so that any text arrives as the text it is."""

from __future__ import annotations

import re

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from coderai.language.spreadsheets import begins_formula, cell_text
from coderai.services.export.domain.ends import Scalar

WRAPPED_FROM = 60
"""Characters from which a text is wrapped."""

_PIECES = re.compile("[^_]*_|[^_]+")


class Cells:
    """Writes values as cells of their own type, in the workbook's formats."""

    def __init__(self, workbook: Workbook) -> None:
        self._other = workbook.add_format({"valign": "top"})
        self.heading = workbook.add_format({"bold": True, "valign": "top", "bottom": 1, "bg_color": "#EEF1F5"})
        self._text = {
            (wrapped, quoted): _text_format(workbook, wrapped, quoted)
            for wrapped in (False, True)
            for quoted in (False, True)
        }

    def put(self, sheet: Worksheet, row: int, column: int, value: Scalar | None) -> bool:
        """Writes a cell (rows and columns from 0); False says that its text was too long for a cell and was cut."""
        if isinstance(value, str):
            text = cell_text(value)
            self._put_text(sheet, row, column, text.shown)
            return text.whole
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, self._other)
        elif value is not None:
            sheet.write_number(row, column, value, self._other)
        return True

    def _put_text(self, sheet: Worksheet, row: int, column: int, text: str) -> None:
        wrapped = len(text) >= WRAPPED_FROM or "\n" in text
        style = self._text[wrapped, begins_formula(text)]
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes such a text for its own markup, but not when it makes that markup itself. Pieces end at
            # underscores: an _x0000_ within one piece would be escaped twice.
            sheet.write_rich_string(row, column, "<", "r>", *_PIECES.findall(text[3:]), style)
        elif text:
            sheet.write_string(row, column, text, style)


def _text_format(workbook: Workbook, wrapped: bool, quoted: bool) -> Format:
    style: Format = workbook.add_format({"valign": "top", "text_wrap": wrapped})
    style.set_quote_prefix(quoted)
    return style
