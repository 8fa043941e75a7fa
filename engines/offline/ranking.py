"""Ranks texts by their likeness to a question: the cosine of tf-idf vectors of stems and of runs of letters.

Written out in Python, for scikit-learn would cost each extractor process a second at its start and much of its memory.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from coderai.engines.offline.words import Word, telling


class Ranking:
    """Texts that questions can be compared with."""

    def __init__(self, texts: Sequence[Iterable[Word]]) -> None:
        counted = [_features(words) for words in texts]
        self._size = len(counted)
        self._having = Counter(feature for features in counted for feature in features)
        self._places: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, features in enumerate(counted):
            for feature, weight in self._vector(features).items():
                self._places[feature].append((number, weight))

    def likeness(self, question: Iterable[Word]) -> list[float]:
        """How alike each text is to the question, 0..1."""
        alike = [0.0] * self._size
        for feature, weight in self._vector(_features(question)).items():
            for number, other in self._places.get(feature, ()):
                alike[number] += weight * other
        return alike

    def _vector(self, features: Mapping[str, int]) -> dict[str, float]:
        """Weights (1 + log tf) * (log((1 + n) / (1 + df)) + 1), brought to length 1."""
        rarity = {one: math.log((1 + self._size) / (1 + self._having[one])) + 1 for one in features}
        weights = {one: (1 + math.log(count)) * rarity[one] for one, count in features.items()}
        length = math.hypot(*weights.values()) or 1.0
        return {one: weight / length for one, weight in weights.items()}


def _features(words: Iterable[Word]) -> Counter[str]:
    return Counter(feature for word in telling(words) for feature in (f"={word.stem}", *_runs(word.form)))


@lru_cache(maxsize=50_000)
def _runs(word: str) -> tuple[str, ...]:
    """Three to five letters in a row, the word's bounds as blanks."""
    return tuple(
        f" {word} "[at : at + n] for n in range(3, min(5, len(word) + 2) + 1) for at in range(len(word) + 3 - n)
    )
