"""Writes the Stata do-file beside a CSV: types, labels of variables and values, a code for each missing reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.missing_codes import stata_codes
from coderai.services.export.domain.short_names import MOST_OF_STATA, no_name_in_stata, short_names, shortened
from coderai.services.export.domain.storage import Storage, StoredColumn, missing_columns, stored_columns
from coderai.services.export.domain.unicode_text import as_unicode

MOST_OF_LABEL = 80
"""Characters ([R] limits)."""

_OPENING = """\
* Reads the CSV that it stands beside into memory: run it in that folder. It needs Stata 16 or newer.
version 16
import delimited using {file}, clear varnames(nonames) rowrange(2) stringcols(_all) ///
    delimiters("{delimiter}") encoding("UTF-8") bindquote(strict) maxquotedrows(unlimited)
"""
_TEXTS = """
* Before a text that a spreadsheet would run as a formula stands an apostrophe.
foreach name of varlist {names} {{
    replace `name' = ustrregexrf(`name', "^'(?='*[=+\\-@\\t\\r\\n＝＋－＠])", "")
}}
"""
_NUMBERS = """
destring {names}, replace
"""
_DAYS = """
foreach name of varlist {names} {{
    tempvar read
    generate long `read' = daily(`name', "YMD")
    format `read' %td
    order `read', after(`name')
    drop `name'
    rename `read' `name'
}}
"""
_BOOLEANS = """
foreach name of varlist {names} {{
    tempvar read
    generate byte `read' = cond(`name' == "TRUE", 1, cond(`name' == "FALSE", 0, .))
    order `read', after(`name')
    drop `name'
    rename `read' `name'
    label define `name' 0 "no" 1 "yes"
    label values `name' `name'
}}
"""
_WORDS = """
* Words get codes in the codebook's order; those that it does not have (any more) come behind them.
foreach name of varlist {names} {{
    tempvar read
    encode `name', generate(`read') label(`name')
    order `read', after(`name')
    drop `name'
    rename `read' `name'
}}
"""
_MISSING = """
* Why a value is missing.
capture program drop say_why_missing
program define say_why_missing
    args name why
{codes}    label define `name'{labels}, modify
    label values `name' `name'
end
"""
_MISSING_ONE = """\
    replace `name' = {code} if missing(`name') & `why' == "{reason}"
"""


def write_load_stata(dataset: Dataset, path: Path) -> None:
    """Writes the do-file, in UTF-8."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_Script(dataset).parts())


class _Script:
    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._columns = stored_columns(dataset)
        columns = [found.column for found in self._columns]
        names = short_names(columns, MOST_OF_STATA, no_name_in_stata)
        self._shortened = shortened(columns, names)
        self._names = dict(zip((column.name for column in columns), names, strict=True))

    def parts(self) -> Iterator[str]:
        """The script, in parts."""
        file, delimiter = self._dataset.file_name(".csv"), self._dataset.options.delimiter
        yield _OPENING.format(file=_text(file), delimiter=delimiter.replace("\t", "\\t"))
        yield from self._renamings()
        yield self._all(_TEXTS, Storage.TEXT, Storage.WORD)
        yield self._all(_NUMBERS, Storage.NUMBER, Storage.WHOLE, Storage.CODE)
        yield self._all(_DAYS, Storage.DAY)
        yield self._all(_BOOLEANS, Storage.BOOLEAN)
        coded = [found for found in self._columns if found.storage in (Storage.WORD, Storage.CODE)]
        coded = [found for found in coded if not found.column.detail]
        yield from map(self._labels_of_values, coded)
        yield self._with(_WORDS, (found for found in coded if found.storage is Storage.WORD))
        yield from (f"label values {self._name(found)} {self._name(found)}\n" for found in coded)
        yield from self._missing()
        yield from self._labels()

    def _name(self, found: StoredColumn) -> str:
        return self._names[found.name]

    def _all(self, part: str, *storages: Storage) -> str:
        return self._with(part, (found for found in self._columns if found.storage in storages))

    def _with(self, part: str, columns: Iterable[StoredColumn]) -> str:
        names = [self._name(found) for found in columns]
        return part.format(names=" ///\n    ".join(names)) if names else ""

    def _renamings(self) -> Iterator[str]:
        if self._shortened:
            yield "\n* Names that Stata cannot have became others:\n"
            yield from (f"*     {name}: {short}\n" for name, short in self._shortened.items())
        yield "\n"
        for number, found in enumerate(self._columns, start=1):
            yield f"rename v{number} {self._name(found)}\n"

    def _labels_of_values(self, found: StoredColumn) -> str:
        labels = "".join(f" ///\n    {code} {_text(word)}" for code, word in enumerate(found.words, start=1))
        return f"label define {self._name(found)}{labels}\n" if labels else ""

    def _missing(self) -> Iterator[str]:
        """Codes for why numbers, categories, dates and yes or no are missing, where a column says it."""
        pairs = [pair for pair in missing_columns(self._columns) if pair[0].storage is not Storage.TEXT]
        if not pairs:
            return
        codes = stata_codes(self._dataset.words).items()
        yield _MISSING.format(
            codes="".join(_MISSING_ONE.format(code=code, reason=reason) for reason, code in codes),
            labels="".join(f' ///\n        {code} "{reason}"' for reason, code in codes),
        )
        yield from (f"say_why_missing {self._name(found)} {self._name(why)}\n" for found, why in pairs)

    def _labels(self) -> Iterator[str]:
        yield "\n"
        for found in self._columns:
            yield f"label variable {self._name(found)} {_text(found.label[:MOST_OF_LABEL])}\n"
            if found.name in self._shortened:
                yield f"char {self._name(found)}[name] {found.name}\n"
        yield f"label data {_text(self._dataset.codebook.project_name[:MOST_OF_LABEL])}\n"


def _text(text: str) -> str:
    """A text as Stata reads it: on one line, within compound quotes, nothing in it for macros or comments to see."""
    line = " ".join(as_unicode(text).replace("\0", "").split())
    return f'`"{_SEEN.sub(lambda found: f"`=uchar({ord(found[0])})" + chr(39), line)}"\''


_SEEN = re.compile(r"[`$'\"\\*/]")
