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
    number, end = 1, tail[-most + 1 :]
    while (short := head[: most - len(end)] + end).casefold() in taken or reserved(short):
        number += 1
        end = f"_{number}{tail}"[-most + 1 :]
    taken.add(short.casefold())
    return short


def shortened(columns: Sequence[Column], names: Sequence[str]) -> Mapping[str, str]:
    """The columns that got another name: their names with the new ones."""
    return {column.name: name for column, name in zip(columns, names, strict=True) if column.name != name}
