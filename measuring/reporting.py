"""How good a variable's column is: every figure of it, from the cells that were drawn and judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np

from coderai.codebook.variable import Variable, VariableType
from coderai.measuring.agreement import Agreement, Level, Said, agreement
from coderai.measuring.calibration import Calibration, calibration
from coderai.measuring.comparing import Label, is_missing, label
from coderai.measuring.design import DrawnStratum
from coderai.measuring.estimating import Estimate
from coderai.measuring.feedback import Feedback, standing
from coderai.measuring.judging import Drawn, Judgement, is_judged, judge
from coderai.measuring.ratios import Strata, proportion, ratio
from coderai.measuring.weighting import weigh

Samples = Mapping[UUID, Sequence[DrawnStratum]]
Known = Sequence[tuple[Drawn, Judgement]]


@dataclass(frozen=True, slots=True)
class Category:
    """How well one category, or true, is told from the others."""

    value: Any
    precision: Estimate | None
    recall: Estimate | None
    f1: Estimate | None


@dataclass(frozen=True, slots=True)
class Confused:
    """How many judged cells have a right value, and another or the same by the model; None stands for no value."""

    right: Any
    given: Any
    cells: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What the estimates leave out, or take as they found it, in cells."""

    drawn: int = 0
    judged: int = 0
    lapsed: int = 0
    """Said to be wrong, of which the model says something else since."""
    disputed: int = 0
    unnamed: int = 0
    """Wrong, and nobody says what is right."""


@dataclass(frozen=True, slots=True)
class Quality:
    """What is known of a variable's cells."""

    tally: Tally = Tally()
    accuracy: Estimate | None = None
    false_values: Estimate | None = None
    missed_values: Estimate | None = None
    categories: Sequence[Category] = ()
    confusion: Sequence[Confused] = ()
    calibration: Calibration | None = None
    with_model: Agreement | None = None
    among_people: Agreement | None = None
    samples: frozenset[UUID] = field(default=frozenset())
    """Those in which a cell was judged."""


def quality(
    variable: Variable, samples: Samples, drawn: Sequence[Drawn], cells_of_people: Iterable[Sequence[Feedback]]
) -> Quality:
    """Every figure of one variable.

    `samples`: each one's strata of the variable; `drawn`: the cells drawn from these that are rows of the dataset
    still; `cells_of_people`: what was said of each cell of which two people or more have said something.
    """
    judged = [(cell, judge(variable, cell)) for cell in drawn]
    known = [(cell, judgement) for cell, judgement in judged if judgement is not None]
    among = agreement(_of_people(variable, cells_of_people), _level(variable), _number)
    tally = Tally(
        drawn=len(drawn),
        judged=len(known),
        lapsed=sum(judgement is None and is_judged(cell) for cell, judgement in judged),
        disputed=sum(judgement.is_disputed for _, judgement in known),
        unnamed=sum(judgement.right is None for _, judgement in known),
    )
    strata = weigh(samples, [_place(cell) for cell in drawn], [_place(cell) for cell, _ in known])
    if strata is None:
        return Quality(tally, among_people=among)
    right = np.array([judgement.is_right for _, judgement in known], float)
    found = np.array([not is_missing(cell.says) for cell, _ in known], float)
    return Quality(
        tally=tally,
        accuracy=proportion(right, strata),
        false_values=ratio(found * (1 - right), found, strata),
        missed_values=ratio((1 - found) * (1 - right), 1 - found, strata),
        categories=_categories(variable, known, strata),
        confusion=_confusion(variable, known),
        calibration=calibration([cell.confidence for cell, _ in known], found, right, strata),
        with_model=_with_model(variable, known, strata),
        among_people=among,
        samples=frozenset(cell.sample_id for cell, _ in known),
    )


def cell_weights(variable: Variable, samples: Samples, drawn: Sequence[Drawn]) -> dict[UUID, float]:
    """How many of the variable's cells each judged one stands for, by unit: the weights of the figures in `quality`.

    They add up to the population; where several samples are combined, to the mean of theirs.
    """
    known = [cell for cell in drawn if judge(variable, cell) is not None]
    strata = weigh(samples, [_place(cell) for cell in drawn], [_place(cell) for cell in known])
    if strata is None:
        return {}
    weights = strata.weights * (strata.population.sum() / strata.samples / strata.weights.sum())
    found = dict[UUID, float]()
    for cell, weight in zip(known, weights.tolist(), strict=True):
        unit_id = cell.said[0].unit_id
        found[unit_id] = found.get(unit_id, 0.0) + weight
    return found


def _place(cell: Drawn) -> tuple[UUID, str]:
    return cell.sample_id, cell.stratum


def _categories(variable: Variable, known: Known, strata: Strata) -> list[Category]:
    """Precision, recall and F1 of each category that the model or people gave to a judged cell.

    Cells that are wrong without anybody saying what is right count for precision, as what the model says is not right;
    they cannot count for recall.
    """
    says = [label(variable, cell.says) for cell, _ in known]
    right = [label(variable, one.right) if one.right is not None else frozenset[Hashable]() for _, one in known]
    given = frozenset[Hashable]().union(*says, *right)
    return [_category(value, says, right, strata) for value in _values(variable) if value in given]


def _values(variable: Variable) -> list[Any]:
    if variable.type is VariableType.CATEGORY:
        return [category.value for category in variable.categories]
    return [True] if variable.type is VariableType.BOOLEAN else []


def _category(value: Any, says: Sequence[Label], right: Sequence[Label], strata: Strata) -> Category:
    by_model = np.array([value in one for one in says], float)
    by_people = np.array([value in one for one in right], float)
    both = by_model * by_people
    return Category(
        value,
        precision=ratio(both, by_model, strata),
        recall=ratio(both, by_people, strata),
        f1=ratio(2 * both, by_model + by_people, strata),
    )


def _confusion(variable: Variable, known: Known) -> list[Confused]:
    """The confusion table of a variable with one value of a known set; it leaves out what nobody says is right of."""
    values = [*_values(variable), *([False] if variable.type is VariableType.BOOLEAN else []), None]
    if len(values) == 1 or variable.keeps_several:
        return []
    pairs = Counter(
        (_only(label(variable, judgement.right)), _only(label(variable, cell.says)))
        for cell, judgement in known
        if judgement.right is not None
    )
    return [Confused(right, given, pairs[right, given]) for right in values for given in values if pairs[right, given]]


def _only(said: Label) -> Hashable:
    return next(iter(said), None)


def _with_model(variable: Variable, known: Known, strata: Strata) -> Agreement | None:
    """Agreement of the model and people on the cells of which it is known what is right; its percentage is weighted."""
    pairs = [(cell.says, judgement.right) for cell, judgement in known if judgement.right is not None]
    said = [
        Said(coder, unit, label(variable, answer))
        for unit, pair in enumerate(pairs)
        for coder, answer in zip(("model", "people"), pair, strict=True)
    ]
    named = np.array([judgement.right is not None for _, judgement in known], float)
    percent = ratio(named * np.array([judgement.is_right for _, judgement in known]), named, strata)
    found = agreement(said, _level(variable), _number)
    return None if found is None or percent is None else replace(found, percent=percent)


def _of_people(variable: Variable, cells: Iterable[Sequence[Feedback]]) -> list[Said]:
    """What each person says of cells: an adjudication is no coding, as who adjudicates has seen the others'."""
    return [
        Said(one.author, unit, label(variable, one.right))
        for unit, said in enumerate(cells)
        for one in standing(one for one in said if not one.is_final)
        if one.right is not None
    ]


def _level(variable: Variable) -> Level:
    is_scale = variable.type in (VariableType.NUMBER, VariableType.DATE) and not variable.keeps_several
    return Level.INTERVAL if is_scale else Level.NOMINAL


def _number(said: Label) -> float | None:
    """A label of one number or date as a number (of a date the day), the middle of two ends; None of any other."""
    ends = next(iter(said)) if len(said) == 1 else None
    if not isinstance(ends, tuple) or None in ends:
        return None
    numbers = [_day(end) if isinstance(end, str) else float(end) for end in ends]
    known = [number for number in numbers if number is not None]
    return sum(known) / len(known) if len(known) == len(numbers) else None


def _day(text: str) -> float | None:
    """An ISO 8601 date as the number of its day; of a month or a year the middle one; None of what is no date."""
    try:
        match text.split("-"):
            case [year]:
                return date(int(year), 7, 2).toordinal()
            case [year, month]:
                return date(int(year), int(month), 15).toordinal()
            case [year, month, day]:
                return date(int(year), int(month), int(day)).toordinal()
            case _:
                return None
    except ValueError:
        return None
