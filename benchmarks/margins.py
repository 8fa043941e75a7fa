"""Chooses the offline engine's two margins over folds of the gold contracts, and tells what they give on other folds.

A yes/no question's least likeness is where F1 of yes is best, as the mean of that at the contracts' own share of yeses
and at a half; a category's least lead is where F1 is. The engine has the medians of what the folds choose.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from statistics import mean, median

from benchmarks import gold
from benchmarks.line import report
from coderai.codebook.variable import Category
from coderai.engines.calls import Passage
from coderai.engines.offline import values
from coderai.engines.offline.reading import Question, read
from coderai.engines.offline.words import stems

_Pairs = Sequence[tuple[float, bool]]
"""Scores, each with whether the answer that it goes with is right."""
_Score = Callable[[_Pairs, float], float]
FOLDS = 5
STEPS = [step / 100 for step in range(60)]


def main() -> None:
    """Prints both margins."""
    if not gold.GOLD.is_dir():
        print(f"no gold corpora at {gold.GOLD}: not measured")
        return
    values.LEAST_LEAD = 0.0  # All leads are wanted, whichever one the engine asks for.
    contracts, context = list(gold.read_contracts()), frozenset(stems("contracts"))
    clauses: list[list[tuple[float, bool]]] = [[] for _ in range(FOLDS)]
    sections: list[list[tuple[float, bool]]] = [[] for _ in range(FOLDS)]
    categories = tuple(Category(heading, described) for heading, described in gold.SECTIONS.items())
    kind = gold.variable("section", "CATEGORY", "What the section is about.", categories)
    for number, (text, language, right) in enumerate(contracts):
        reading = read(Passage(text, 0, language))
        for clause, asked in gold.CLAUSES.items():
            question = Question(gold.variable(clause, "BOOLEAN", asked), reading, reading.sentences, context)
            clauses[number % FOLDS].append((max(question.likeness), right[clause]))
        for heading, body in gold.sections(text):
            part = read(Passage(body, 0, language))
            for found in values.find_categories_for(Question(kind, part, part.sentences, context)):
                sections[number % FOLDS].append((found.score, found.value == heading))
    _choose("likeness", clauses, lambda pairs, least: mean((_f1(pairs, least), _f1(pairs, least, _odds(pairs)))), _f1)
    _choose("lead", sections, _f1_of_all, _f1_of_all)


def _choose(name: str, folds: Sequence[_Pairs], choose: _Score, told: _Score) -> None:
    chosen, given = [], []
    for number, fold in enumerate(folds):
        others = [pair for other, pairs in enumerate(folds) if other != number for pair in pairs]
        chosen.append(max(STEPS, key=partial(choose, others)))
        given.append(told(fold, chosen[-1]))
    how = f"median of {FOLDS} folds' choices {chosen}; F1 on the fold left out {mean(given):.3f}"
    report(f"margins.{name}", median(chosen), "least", how)


def _odds(pairs: _Pairs) -> float:
    """What a wrong one weighs where right and wrong are to count alike."""
    right = sum(one for _, one in pairs)
    return right / max(1, len(pairs) - right)


def _f1(pairs: _Pairs, least: float, wrong: float = 1.0) -> float:
    """F1 of yes."""
    said = [one for score, one in pairs if score >= least]
    hits = sum(said)
    return 2 * hits / max(1.0, hits + wrong * (len(said) - hits) + sum(one for _, one in pairs))


def _f1_of_all(pairs: _Pairs, least: float) -> float:
    """F1 of categories, where each text has one."""
    said = [one for score, one in pairs if score >= least]
    return 2 * sum(said) / max(1, len(said) + len(pairs))


if __name__ == "__main__":
    main()
