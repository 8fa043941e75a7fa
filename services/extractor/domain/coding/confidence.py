"""How sure a value is: the model's own figure, weighed with its quote, its tokens and what agrees with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from coderai.language.negation import denies
from coderai.services.extractor.domain.coding.extraction import Candidate, Match, Support

WEIGHTS: Mapping[str, float] = {
    "model": 1.0,
    "base": -0.9,
    "stated": 2.0,
    "judged": 2.4,
    "refused": -0.4,
    "repeated": 0.5,
    "contested": -0.5,
    "not_exact": -0.5,
    "tokens": 0.8,
}
"""What each term counts, in log-odds.

The sum is the weight of evidence (Good, Bayesian Statistics 2, 1985): the model's own odds, times a factor for each
thing that is known beside them. Fitted by logistic regression on half of the documents of benchmarks/calibration.py,
whose model is scripted; `model`, `contested` and `not_exact` are set, as those documents say too little of them.
"""
_REFUSED = 2
"""The rank of what is refused."""
_LEAST = 0.01
"""Figures are taken for 0.01 to 0.99: models say 0 and 1 of what they cannot know."""
_SURE = 0.9
"""From this probability on a token tells nothing: wrong values are copied as surely as right ones."""


def confidence(one: Candidate) -> float:
    """The confidence in a candidate's value, 0..1: the logistic function of the weighted sum of its terms.

    It is no surer than text recognition is of the page that states the value, where that is unsure.
    """
    coded = 1 / (1 + math.exp(-sum(WEIGHTS[name] * value for name, value in terms(one).items())))
    read = one.evidence.recognition
    return coded if read is None else min(coded, read)


def rated(one: Candidate) -> Candidate:
    """The candidate with its confidence."""
    return replace(one, confidence=confidence(one))


def terms(one: Candidate) -> dict[str, float]:
    """What the confidence is built from, by the names of WEIGHTS: log-odds of figures, and 1 for what holds."""
    refused = one.support in (Support.CONTRADICTED, Support.UNGROUNDED)
    held = {
        "base": True,
        "stated": one.support is Support.STATED,
        "judged": one.judged and not refused,
        "refused": refused,
        "repeated": one.repeated,
        "contested": one.contested,
        "not_exact": one.evidence.match is Match.FUZZY,
    }
    doubt = 0.0 if one.probability is None else min(0.0, _log_odds(one.probability) - _log_odds(_SURE))
    # Whoever makes up a quote is no witness to how sure the value is.
    model = 0.0 if refused else _log_odds(one.model_confidence)
    return {"model": model, "tokens": doubt} | {name: float(holds) for name, holds in held.items()}


def _log_odds(figure: float) -> float:
    held = min(1 - _LEAST, max(_LEAST, figure))
    return math.log(held / (1 - held))


def repeated(best: Candidate, same: Sequence[Candidate]) -> Candidate:
    """The candidate that stands for several of one value: repeated when supported ones are from different places.

    Quotes that overlap are one place: two chunks show it, or two answers quote it.
    """
    spans = [one.evidence.spans for one in same if one.evidence.spans and _rank(one) < _REFUSED]
    apart = bool(spans) and max(s[0].start for s in spans) >= min(s[-1].end for s in spans)
    return replace(best, repeated=apart)


def contested(values: Sequence[Candidate]) -> Iterator[Candidate]:
    """The different values of a variable that has one, each with whether another is supported as well as it is.

    A "no" whose quote denies nothing contests nothing: it says that a part of the document lacks it.
    """
    for one in values:
        others = (c for c in values if c is not one and not (c.value is False and not denies(c.evidence.quote)))
        yield replace(one, contested=any(_rank(c) <= _rank(one) < _REFUSED for c in others))


def _rank(one: Candidate) -> int:
    """0 for what is supported, 1 for what could not be checked, 2 for what is refused."""
    if one.support in (Support.STATED, Support.JUDGED):
        return 0
    return 1 if one.support is Support.UNCHECKED else _REFUSED
