"""Puts wrong cells into groups by what goes wrong; by rules alone, so that the same feedback gives the same groups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import regex

from coderai.codebook.ranges import ends, is_range
from coderai.codebook.variable import Variable, VariableType
from coderai.language.dates import find_dates
from coderai.language.numbers import find_numbers
from coderai.services.copilot.domain.refining.feedback import Cell
from coderai.services.copilot.domain.refining.refinement import ErrorCell, ErrorGroup


class Kind(IntEnum):
    """What goes wrong; of groups with as many cells, those with a smaller number come first."""

    FALSE_VALUE = 1
    MISSED = 2
    CONFUSED = 3
    RANGE = 4
    MAGNITUDE = 5
    SAME_SENTENCE = 6
    OTHER_PLACE = 7
    PRECISION = 8
    FORM = 9
    TOO_LITTLE = 10
    TOO_MUCH = 11
    PARTLY = 12
    NOT_SAID = 13
    DISPUTED = 14


TEACHES_NOTHING = (Kind.NOT_SAID, Kind.DISPUTED)
"""Groups of cells of which nobody knows what is right."""
_DESCRIPTIONS = {
    Kind.FALSE_VALUE: "A value is given where the document states none{detail}",
    Kind.MISSED: "A value that the document states is missing{detail}",
    Kind.CONFUSED: "{detail}",
    Kind.RANGE: "One value is given where the text states two ends, or two ends where it states one value",
    Kind.MAGNITUDE: "The digits are right, the magnitude is not: thousands, millions, decimals or a unit misread",
    Kind.SAME_SENTENCE: "Another {noun} of the same sentence is given",
    Kind.OTHER_PLACE: "Another {noun} of the document is given",
    Kind.PRECISION: "The date is less precise than the text, or more precise",
    Kind.FORM: "The same words in another form: case, punctuation, order of day and month",
    Kind.TOO_LITTLE: "Only a part of the value is given",
    Kind.TOO_MUCH: "More than the value is given",
    Kind.PARTLY: "The value is right in part",
    Kind.NOT_SAID: "The value is wrong, and nobody has said what is right",
    Kind.DISPUTED: "People differ about what is right: an adjudication would decide",
}
_NOUNS = {VariableType.NUMBER: "number", VariableType.DATE: "date", VariableType.TEXT: "passage"}
_LETTERS = regex.compile(r"[^\p{L}\p{N}]+")


@dataclass(frozen=True, slots=True)
class Group:
    """Wrong cells that go wrong in the same way, in the order of their feedback."""

    kind: Kind
    description: str
    cells: tuple[Cell, ...]

    def shown(self) -> ErrorGroup:
        """The group as people see it."""
        return ErrorGroup(self.description, tuple(map(_shown, self.cells)))


def grouped(variable: Variable, cells: Iterable[Cell]) -> list[Group]:
    """The wrong ones of the cells in groups, the largest first."""
    found = defaultdict[tuple[Kind, str], list[Cell]](list)
    for cell in cells:
        if cell.is_wrong:
            kind, detail = _kind(variable, cell)
            noun = _NOUNS.get(variable.type, "value")
            found[kind, _DESCRIPTIONS[kind].format(detail=detail, noun=noun)].append(cell)
    groups = [Group(kind, description, tuple(cells)) for (kind, description), cells in found.items()]
    return sorted(groups, key=lambda group: (-len(group.cells), group.kind, group.description))


def _kind(variable: Variable, cell: Cell) -> tuple[Kind, str]:
    """What goes wrong with a cell, and what tells it from others of its kind."""
    if cell.is_disputed:
        return Kind.DISPUTED, ""
    if cell.right is None:
        return (Kind.PARTLY if cell.is_partly_right else Kind.NOT_SAID), ""
    said, right = cell.said, cell.right
    if right.value is None:
        return Kind.FALSE_VALUE, f" ({right.missing_reason})" if right.missing_reason else ""
    if said.value is None:
        return Kind.MISSED, f" ({said.missing_reason})" if said.missing_reason else ""
    if variable.type in (VariableType.CATEGORY, VariableType.BOOLEAN) and not _is_list(said.value, right.value):
        return Kind.CONFUSED, f"“{_word(right.value)}” is coded as “{_word(said.value)}”"
    return _kind_of_values(variable.type, cell, said.value, right.value), ""


def _kind_of_values(type: VariableType, cell: Cell, said: Any, right: Any) -> Kind:
    if _is_list(said, right):
        return _kind_of_lists(_listed(said), _listed(right), cell)
    if type in (VariableType.NUMBER, VariableType.DATE) and is_range(said) != is_range(right):
        return Kind.RANGE
    match type:
        case VariableType.NUMBER:
            return _kind_of_numbers(said, right, cell)
        case VariableType.DATE:
            return _kind_of_dates(str(said), str(right), cell)
        case _:
            return _kind_of_texts(str(said), str(right), cell)


def _kind_of_lists(said: list[Any], right: list[Any], cell: Cell) -> Kind:
    if all(one in right for one in said):
        return Kind.TOO_LITTLE
    if all(one in said for one in right):
        return Kind.TOO_MUCH
    return Kind.PARTLY if any(one in right for one in said) or cell.is_partly_right else Kind.OTHER_PLACE


def _kind_of_numbers(said: Any, right: Any, cell: Cell) -> Kind:
    known = [end for value in (said, right) for end in ends(value) if isinstance(end, int | float)]
    if len(known) == 4 and known[0] and known[2] and _digits(known[0]) == _digits(known[2]):
        return Kind.MAGNITUDE
    stated = {end for number in find_numbers(cell.sentence) for end in (number.value, number.upper)}
    if stated.issuperset(end for end in ends(said) if end is not None):
        return Kind.SAME_SENTENCE
    return Kind.PARTLY if cell.is_partly_right else Kind.OTHER_PLACE


def _kind_of_dates(said: str, right: str, cell: Cell) -> Kind:
    if said.startswith(right) or right.startswith(said):
        return Kind.PRECISION
    if sorted(said.split("-")) == sorted(right.split("-")):
        return Kind.FORM
    if any(said.startswith(date.iso) or date.iso.startswith(said) for date in find_dates(cell.sentence)):
        return Kind.SAME_SENTENCE
    return Kind.PARTLY if cell.is_partly_right else Kind.OTHER_PLACE


def _kind_of_texts(said: str, right: str, cell: Cell) -> Kind:
    short, full = (_LETTERS.sub(" ", text).casefold().strip() for text in (said, right))
    if short == full:
        return Kind.FORM
    if short and short in full:
        return Kind.TOO_LITTLE
    if full and full in short:
        return Kind.TOO_MUCH
    if cell.is_partly_right:
        return Kind.PARTLY
    stated = _LETTERS.sub(" ", cell.sentence).casefold()
    return Kind.SAME_SENTENCE if short and short in stated else Kind.OTHER_PLACE


def _digits(number: float) -> str:
    """The significant digits of a number: the same for 1200, 12 and 1.2."""
    return f"{abs(number):.12e}".partition("e")[0].rstrip("0").rstrip(".")


def _is_list(*values: Any) -> bool:
    return any(isinstance(value, list | tuple) for value in values)


def _listed(value: Any) -> list[Any]:
    return list(value) if _is_list(value) else [value]


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(cell: Cell) -> ErrorCell:
    by = cell.feedback
    return ErrorCell(
        feedback_id=by.id,
        document_id=by.document_id,
        document_name=by.document_name,
        entity_text=by.entity_text,
        model_value=cell.said.value,
        right_value=None if cell.right is None else cell.right.value,
        quote=cell.place.quote,
        note=cell.notes[0] if cell.notes else "",
    )
