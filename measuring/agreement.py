"""How far people, or a model and people, say the same of the same cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np

from coderai.measuring.estimating import Estimate, simple
from coderai.measuring.ratios import Floats

RESAMPLES = 1000
MOST_UNITS = 1000
"""From which the coefficients are made; of more, as many drawn at random: their labels are compared two by two."""
_SEED = 14
"""Of the resamples, so that the same judgements give the same interval."""


class Level(StrEnum):
    """What is known of how far two labels are apart: Krippendorff's levels of measurement."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    INTERVAL = "interval"


class Said(NamedTuple):
    """What one coder says of one unit."""

    coder: Hashable
    unit: int
    label: Any
    """Hashable; of the levels ordinal and interval a number."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement on the units that two coders or more have coded."""

    units: int
    percent: Estimate
    """Of the pairs of coders on a unit that say the same."""
    cohen_kappa: float | None
    krippendorff_alpha: Estimate | None
    level: Level


def agreement(
    said: Iterable[Said], level: Level = Level.NOMINAL, number_of: Callable[[Any], float | None] = float
) -> Agreement | None:
    """Agreement on units that two or more have coded; None without any. A coefficient is None where nothing varies.

    `number_of`: a label as a number, for alpha of the levels ordinal and interval; None of one that is none, such as a
    missing value, which counts as not coded there.
    """
    shared = _shared(said)
    if not shared:
        return None
    some = [shared[at] for at in _some(len(shared))]
    numbers = some if level is Level.NOMINAL else _numbers(some, number_of)
    return Agreement(len(shared), _percent(shared), cohen_kappa(some), alpha(numbers, level), level)


def _percent(shared: Sequence[Sequence[Said]]) -> Estimate:
    """The share of pairs that say the same; the interval counts units, as pairs on the same unit tell little more."""
    pairs = [one.label == other.label for of_unit in shared for one, other in combinations(of_unit, 2)]
    return simple(sum(pairs) / len(pairs), len(shared))


def cohen_kappa(shared: Sequence[Sequence[Said]]) -> float | None:
    """Cohen's kappa of two coders, of more the mean over pairs, weighted by the units that a pair has both coded.

    None where nothing varies. Cohen (1960), Educational and Psychological Measurement 20, 37-46; of several coders:
    Light (1971), Psychological Bulletin 76, 365-377.
    """
    by_pair: dict[frozenset[Hashable], list[Said]] = {}
    for of_unit in shared:
        for one, other in combinations(of_unit, 2):
            by_pair.setdefault(frozenset((one.coder, other.coder)), []).extend((one, other))
    kappas = [(_kappa(of_pair), len(of_pair)) for of_pair in by_pair.values()]
    known = [(kappa, many) for kappa, many in kappas if kappa is not None]
    return sum(kappa * many for kappa, many in known) / sum(many for _, many in known) if known else None


def alpha(shared: Sequence[Sequence[Said]], level: Level) -> Estimate | None:
    """Krippendorff's alpha with a bootstrap interval over units; None where nothing varies.

    Krippendorff (2011), Computing Krippendorff's alpha-reliability. The interval: percentiles of the alphas of
    resamples of the units, drawn with replacement (Efron and Tibshirani 1993, An Introduction to the Bootstrap, 13).
    """
    labels = sorted({one.label for of_unit in shared for one in of_unit}, key=repr)
    if len(labels) < 2:
        return None
    counts = _counts(shared, labels)
    distance = _distances(labels, counts.sum(axis=0), level)
    # NLTK takes two seconds to import, and 100 MB: whoever never asks need not have it.
    from nltk.metrics.agreement import AnnotationTask

    at = {label: index for index, label in enumerate(labels)}
    task = AnnotationTask(
        [(str(one.coder), one.unit, at[one.label]) for of_unit in shared for one in of_unit],
        distance=lambda one, other: float(distance[one, other]),
    )
    low, high = _bootstrap(counts, labels, level)
    value = float(task.alpha())
    return Estimate(value, min(low, value), max(high, value), len(shared), "BOOTSTRAP")


def _numbers(shared: Sequence[Sequence[Said]], number_of: Callable[[Any], float | None]) -> list[list[Said]]:
    """What is said as numbers, of units of which two or more say one."""
    coded = ((one, number_of(one.label)) for of_unit in shared for one in of_unit)
    return _shared(one._replace(label=number) for one, number in coded if number is not None)


def _some(units: int) -> Iterable[int]:
    """Numbers of the units that coefficients are made from."""
    if units <= MOST_UNITS:
        return range(units)
    return map(int, np.random.default_rng(_SEED).choice(units, MOST_UNITS, replace=False))


def _kappa(of_pair: Sequence[Said]) -> float | None:
    labels = Counter(one.label for one in of_pair)
    if len(labels) < 2:
        return None
    from nltk.metrics.agreement import AnnotationTask

    task = AnnotationTask([(str(one.coder), one.unit, one.label) for one in of_pair])
    return float(task.kappa())


def _shared(said: Iterable[Said]) -> list[list[Said]]:
    """What is said of units by two or more, unit by unit."""
    by_unit: dict[int, list[Said]] = {}
    for one in said:
        by_unit.setdefault(one.unit, []).append(one)
    return [of_unit for of_unit in by_unit.values() if len(of_unit) > 1]


def _counts(shared: Sequence[Sequence[Said]], labels: Sequence[Any]) -> Floats:
    """How often each label was given to each unit: a row a unit, a column a label."""
    at = {label: index for index, label in enumerate(labels)}
    counts = np.zeros((len(shared), len(labels)))
    for row, of_unit in enumerate(shared):
        for one in of_unit:
            counts[row, at[one.label]] += 1
    return counts


def _distances(labels: Sequence[Any], frequencies: Floats, level: Level) -> Floats:
    """How far two labels are apart (Krippendorff 2011, part D); of ordinal ones it depends on their frequencies."""
    if level is Level.NOMINAL:
        return 1.0 - np.eye(len(labels))
    values = np.array(labels, float)
    if level is Level.ORDINAL:
        order = np.argsort(values)
        until = np.cumsum(frequencies[order])
        values[order] = until - frequencies[order] / 2
    distances: Floats = (values[:, None] - values[None, :]) ** 2
    return distances


def _bootstrap(counts: Floats, labels: Sequence[Any], level: Level) -> tuple[float, float]:
    """The middle 95 % of the alphas of resamples of the units; NLTK would take minutes for so many."""
    random, units = np.random.default_rng(_SEED), len(counts)
    times = random.multinomial(units, np.full(units, 1 / units), size=RESAMPLES).astype(float)
    if level is Level.ORDINAL:
        alphas = np.concatenate([_alphas(of[None], counts, _distances(labels, of @ counts, level)) for of in times])
    else:
        alphas = _alphas(times, counts, _distances(labels, counts.sum(axis=0), level))
    low, high = np.quantile(alphas, (0.025, 0.975))
    return float(low), float(high)


def _alphas(times: Floats, counts: Floats, distance: Floats) -> Floats:
    """Alpha of each row of `times`, which says how often each unit is in a resample; 1 where nothing varies."""
    coders = counts.sum(axis=1)
    totals, frequencies = times @ coders, times @ counts
    within = ((counts @ distance) * counts).sum(axis=1) / (coders - 1)
    observed = times @ within / totals
    expected = ((frequencies @ distance) * frequencies).sum(axis=1) / (totals * (totals - 1))
    alphas: Floats = 1 - np.divide(observed, expected, out=np.zeros_like(observed), where=expected > 0)
    return alphas
