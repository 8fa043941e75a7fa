"""What confidence is worth: the model's own figure and the reported one, with and without probabilities of tokens.

The answers are those of `careless`, three draws a document, whole and in passages. The weights of
services/extractor/domain/coding/confidence.py are fitted on one half of the documents, all figures are of the other.
Everything about that model is invented: what it says of itself, and its tokens' probabilities, which are noise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from zlib import crc32

import numpy as np

from benchmarks.careless import Careless, Corpus, corpora, in_passages
from benchmarks.line import report
from coderai.client.truth import is_right
from coderai.codebook.codebook import Verify
from coderai.services.extractor.domain.coding.confidence import WEIGHTS, confidence, terms
from coderai.services.extractor.domain.coding.extraction import Candidate
from coderai.services.extractor.usecases.code_document import code_document

BINS = 10
DRAWS = range(3)
SETTINGS = (("no_judge", Verify.NONE, None), ("doubtful", Verify.DOUBTFUL, 0.9), ("all", Verify.ALL, 0.9))
"""Names, what the judge gets, and the share of its verdicts that are right."""
OF_TOKENS = ("tokens",)
SET = ("model", "not_exact", "contested")
"""Weights that are set: the scripted model quotes exactly, and hardly states two values of one variable."""

Figures = Sequence[tuple[float, bool]]


@dataclass(frozen=True, slots=True)
class Case:
    """A value in question: whether it is right, stands in its cell, and is of the half that nothing is fitted on."""

    candidate: Candidate
    right: bool
    stands: bool
    held_out: bool


def measure() -> None:
    """Prints the measurements."""
    everything: list[Case] = []
    for name, verify, judge in SETTINGS:
        for how, of in (("whole", corpora(verify)), ("in_passages", in_passages(verify))):
            cases = asyncio.run(_cases(of, judge))
            everything += cases
            if standing := [case for case in cases if case.held_out and case.stands]:
                _report(f"calibration.{name}.{how}", standing)
    fitted = fit([case for case in everything if not case.held_out])
    for term in (term for term in WEIGHTS if term not in SET):
        weight = fitted[term]
        how = f"log-odds, fitted on the other half; confidence.WEIGHTS has {WEIGHTS[term]:g}"
        report(f"calibration.weight.{term}", weight, "log-odds", how)


async def _cases(of: Iterable[Corpus], judge: float | None) -> list[Case]:
    found: list[Case] = []
    for corpus in of:
        for case in corpus.cases:
            held_out = bool(crc32(case.document.id.encode()) % 2)
            for draw in DRAWS:
                engine = Careless(case, judge, gives_probabilities=True, draw=draw)
                for one in (await code_document(engine, corpus.codebook, case.document)).extractions:
                    gold = case.gold.get(one.variable.name, ())
                    asked = [c for c in one.chosen or one.candidates if c.value is not None]
                    found += [
                        Case(c, is_right(one.variable.type, c.value, gold), bool(one.chosen), held_out) for c in asked
                    ]
    return found


def _report(name: str, cases: Sequence[Case]) -> None:
    how = f"{len(cases)} values of one half of all documents, scripted careless model (nothing of it is a real model's)"
    figures: dict[str, Figures] = {
        "of_model": [(case.candidate.model_confidence, case.right) for case in cases],
        "reported": [(confidence(replace(case.candidate, probability=None)), case.right) for case in cases],
        "reported_with_tokens": [(confidence(case.candidate), case.right) for case in cases],
    }
    own = {kind: score(figures["of_model"]) for kind, score in SCORES.items()}
    for figure, pairs in figures.items():
        for kind, score in SCORES.items():
            goal = None if figure == "of_model" else own[kind]
            report(f"{name}.{figure}.{kind}", score(pairs), "0..1", how, goal, at_least=kind == "auroc")


def calibration_error(figures: Figures) -> float:
    """Expected calibration error over ten bins of equal width: Naeini et al., AAAI 2015."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for figure, right in figures:
        bins[min(BINS - 1, int(figure * BINS))].append((figure, right))
    gaps = (len(b) * abs(fmean(c for c, _ in b) - fmean(right for _, right in b)) for b in bins if b)
    return sum(gaps) / max(1, len(figures))


def brier_score(figures: Figures) -> float:
    """The mean squared distance of the figures from 1 for what is right and 0 for what is not: Brier, 1950."""
    return fmean((figure - right) ** 2 for figure, right in figures)


def auroc(figures: Figures) -> float:
    """The share of all pairs of a right and a wrong value in which the right one has the higher figure; ties half.

    0.5 where there are none: the calibration error alone would praise a figure that is the same for all values.
    """
    of_right, of_wrong = ([c for c, right in figures if right is wanted] for wanted in (True, False))
    if not of_right or not of_wrong:
        return 0.5
    return fmean((a > b) + 0.5 * (a == b) for a in of_right for b in of_wrong)


SCORES = {"error": calibration_error, "brier": brier_score, "auroc": auroc}


def fit(cases: Sequence[Case]) -> dict[str, float]:
    """The weights under which the cases are likeliest: first without the tokens, then those of the tokens."""
    found = [terms(case.candidate) for case in cases]
    right = [case.right for case in cases]
    weights = {name: WEIGHTS[name] for name in SET}
    for names in ([n for n in WEIGHTS if n not in (*SET, *OF_TOKENS)], OF_TOKENS):
        known = [sum(weights[name] * of[name] for name in weights) for of in found]
        rows = [[of[name] for name in names] for of in found]
        weights |= dict(zip(names, _logistic(rows, right, known), strict=True))
    return weights


def _logistic(rows: Sequence[Sequence[float]], right: Sequence[bool], known: Sequence[float]) -> list[float]:
    """Logistic regression by Newton's method, beside what is known in log-odds, with a standard normal prior."""
    x, wanted, offset = np.array(rows), np.array(right, float), np.array(known)
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        share = 1 / (1 + np.exp(-offset - x @ weights))
        hessian = np.eye(x.shape[1]) + (x.T * (share * (1 - share))) @ x
        step = np.linalg.solve(hessian, x.T @ (wanted - share) - weights)
        weights = weights + step
        if np.abs(step).max() < 1e-6:
            break
    return [float(weight) for weight in weights]
