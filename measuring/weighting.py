"""What each judged cell of the drawn samples stands for: the strata that estimates are made with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

import numpy as np

from coderai.measuring.design import DrawnStratum
from coderai.measuring.ratios import Floats, Strata

Place = tuple[UUID, str]
"""A sample, and the name of a stratum of it."""


def weigh(
    samples: Mapping[UUID, Sequence[DrawnStratum]], drawn: Iterable[Place], judged: Sequence[Place]
) -> Strata | None:
    """The strata of one variable's judged cells; None without any.

    `samples`: each one's strata of the variable, neighbours side by side; `drawn`: where each drawn cell is from that
    is still in the dataset; `judged`: those of them that were judged.

    A stratum stands for the cells that it had at the draw, less the share that its drawn cells show to be gone since.
    Cells are shown in random order, so that those judged are a random part of those drawn: they stand for all of their
    stratum (weighting classes: Lohr 2021, Sampling: Design and Analysis, 3rd ed., section 8.5). A stratum without any
    is joined to its neighbour, rather one of the same kind.

    Several samples are independent estimates of the same population; each counts by the number of equal cells that its
    weights make it worth (Kish), which does not depend on what was found: O'Muircheartaigh and Pedlow (2002), Combining
    samples vs. cumulating cases, Proceedings of the ASA Survey Research Methods Section, 2557-2562.
    """
    if not judged:
        return None
    present, seen = Counter(drawn), Counter(judged)
    numbers, populations, scales = dict[Place, int](), list[float](), list[float]()
    used = 0
    for sample, strata in samples.items():
        counts = [seen[sample, stratum.name] for stratum in strata]
        if not any(counts):
            continue
        used += 1
        stand_for = _joined(strata, [_left(stratum, present[sample, stratum.name]) for stratum in strata], counts)
        kept = [index for index, count in enumerate(counts) if count]
        numbers |= {(sample, strata[index].name): len(populations) + new for new, index in enumerate(kept)}
        populations += [stand_for[index] for index in kept]
        own, of_own = np.array([stand_for[index] for index in kept]), np.array([counts[index] for index in kept])
        scales += [float(own.sum() / (own**2 / of_own).sum())] * len(kept)
    scale: Floats = np.array(scales) if used > 1 else np.ones(len(scales))
    of_cell = np.array([numbers[place] for place in judged], np.intp)
    return Strata(of_cell, np.array(populations, float), scale, used)


def _left(stratum: DrawnStratum, present: int) -> float:
    """How many of a stratum's cells the dataset still has, by the share of its drawn ones that it has."""
    return stratum.population * (present / stratum.drawn if stratum.drawn else 1.0)


def _joined(strata: Sequence[DrawnStratum], populations: Sequence[float], judged: Sequence[int]) -> list[float]:
    """What each stratum stands for when those without a judged cell are joined to their nearest neighbours."""
    stand_for = list(populations)
    for index, stratum in enumerate(strata):
        if judged[index] or not populations[index]:
            continue
        others = [other for other, count in enumerate(judged) if count]
        nearest = min(others, key=lambda other: (strata[other].has_value != stratum.has_value, abs(other - index)))
        stand_for[nearest] += stand_for[index]
        stand_for[index] = 0.0
    return stand_for
