"""Shortens the names of columns for formats that want short ones, such that they still differ."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from coderai.services.export.domain.table import Column

MOST_OF_STATA, MOST_OF_SPSS = 32, 64
"""Characters of a name ([R] limits; bytes in SPSS, whose names are ASCII here)."""
_NOT_IN_STATA = re.compile(
    r"_.*|str\d+|strL|byte|int|long|float|double|if|in|using|with|_all|_b|_coef|_cons|_n|_N|_pi|_pred|_rc|_skip"
)
_FEW = 3
"""Numbers that are tried before a name is begun otherwise."""
_NOT_IN_SPSS = re.compile(r"all|and|by|eq|ge|gt|le|lt|ne|not|or|to|with", re.IGNORECASE)


def no_name_in_stata(name: str) -> bool:
    """Whether no variable may have the name ([U] 11.3)."""
    return _NOT_IN_STATA.fullmatch(name) is not None


def no_name_in_spss(name: str) -> bool:
    """Whether it is one of the words that SPSS keeps for itself."""
    return _NOT_IN_SPSS.fullmatch(name) is not None


def short_names(columns: Sequence[Column], most: int, reserved: Callable[[str], bool] = lambda _: False) -> list[str]:
    """A name for each column, of at most so many characters, no two the same whatever their case.

    Names that fit stay as they are. Others are cut before what stands behind the variable's name ("_confidence", "_2"),
    and get a number where they would be the same; a reserved name gets an underscore.
    """
    fits = {column.name for column in columns if len(column.name) <= most and not reserved(column.name)}
    taken = {name.casefold() for name in fits}
    return [column.name if column.name in fits else _short(column, most, reserved, taken) for column in columns]


def _short(column: Column, most: int, reserved: Callable[[str], bool], taken: set[str]) -> str:
    name = column.name
    told = column.variable and name.startswith(column.variable)
    head, tail = (column.variable, name[len(column.variable) :]) if told else (name, "")
    if len(name) < most and reserved(name):
        head, tail = name, "_"
    number, short = 1, _joined(head, "", tail, most)
    while short.casefold() in taken or reserved(short):
        number += 1
        # A word at its beginning may be what makes a name a reserved one, whatever its number.
        first = f"v{head}" if number > _FEW and reserved(short) else head
        short = _joined(first, f"_{number}", tail, most)
    taken.add(short.casefold())
    return short


def _joined(head: str, number: str, tail: str, most: int) -> str:
    """As much of the head and of the tail's end as fits around the number, which stays whole."""
    room = max(0, most - 1 - len(number))
    end = number + (tail[-room:] if room else "")
    return head[: max(1, most - len(end))] + end


def shortened(columns: Sequence[Column], names: Sequence[str]) -> Mapping[str, str]:
    """The columns that got another name: their names with the new ones."""
    return {column.name: name for column, name in zip(columns, names, strict=True) if column.name != name}
