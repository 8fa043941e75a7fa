"""Turns a variable into cues: the words that should stand near its value, each with how much it tells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import regex

from coderai.codebook.codebook import Codebook
from coderai.codebook.variable import Variable
from coderai.engines.offline.lexicon import (
    AGAINST,
    PLAIN_WORDS,
    QUESTION_WORDS,
    TOTAL_WORDS,
    TURNING_WORDS,
)
from coderai.engines.offline.synonyms import same_meaning
from coderai.engines.offline.words import stem_set, stems

_NOT_THIS = regex.compile(
    r"(?i)\b(?:do not|don't|never|not the|not an?|but not|nor|exclud\w*|except|ignor\w*|rather than|instead of"
    r"|other than)\b[^.;\n]*"
)
_SYNONYM = 0.85
_PLAIN = 0.25
_HINT, _SHOWN = 0.4, 0.6
_INSTEAD_WORDS = 2
_LEAST_COMPOUND, _LEAST_PART, _COMPOUND = 10, 5, 0.9
_EXAMPLE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Cue:
    """One idea of what is asked, and its weight among the variable's cues."""

    word: str
    """The user's own word for it, as a stem."""
    weight: float
    stems: Mapping[str, float]
    """How well each stem stands for the idea, 0..1: 1 the user's own word, less one that means the same."""

    def strength(self, words: Iterable[str]) -> float:
        """Gives how well the best of `words`, stems, stands for the idea; 0 if none does."""
        return max((self.stems.get(word, 0.0) for word in words), default=0.0)

    def likeness(self, word: str) -> float:
        """Gives how well `word` stands for the idea, or a part of it does, as in "Rechnungsnummer"."""
        if word in self.stems or len(word) < _LEAST_COMPOUND:
            return self.stems.get(word, 0.0)
        parts = (stem for stem in self.stems if len(stem) >= _LEAST_PART)
        return max(
            (_COMPOUND * self.stems[part] for part in parts if word.startswith(part) or word.endswith(part)),
            default=0.0,
        )


@dataclass(frozen=True, slots=True)
class Cues:
    """What to look for when a variable is asked."""

    name: tuple[Cue, ...]
    """From the variable's name and its display name."""
    instead: tuple[Cue, ...]
    """What the instructions ask for, where the name is as plain as "amount"; empty otherwise."""
    hints: tuple[Cue, ...]
    """From the instructions and the golden examples: words that the name does not have."""
    unwanted: frozenset[str]
    """Stems that the instructions rule out ("not the subtotal")."""
    asked: frozenset[str]
    """All stems of the name and the instructions, question words among them."""
    about: frozenset[str]
    """The stems of what every document is about, and of words that mean the same."""

    @property
    def against(self) -> bool:
        """Whether the variable itself is about a prohibition or an absence, so that a denial affirms it."""
        return bool(AGAINST & self.asked)

    def ask_no_more_than(self, words: frozenset[str]) -> bool:
        """Whether the name only says what kind of value is asked for, in words that `words` or every document has."""
        return all(cue.word in words or cue.word in PLAIN_WORDS or cue.word in self.about for cue in self.name)


def context_of(codebook: Codebook) -> frozenset[str]:
    """Gives the stems of the words that the whole project is about."""
    described = f"{codebook.domain} {codebook.document_type} {codebook.project_name} {codebook.unit.row_is}"
    return stem_set(described) - QUESTION_WORDS


def cues_of(variable: Variable, context: frozenset[str]) -> Cues:
    """Reads the cues from a variable; `context`, what every document is about, tells little of any one value."""
    named = f"{variable.name.replace('_', ' ')} {variable.display_name}"
    wanted = _NOT_THIS.sub(" ", variable.instructions)
    ruled_out = stem_set(" ".join(_NOT_THIS.findall(variable.instructions)))
    plain = PLAIN_WORDS | context
    name = _telling(stems(named))
    shown = _around_examples(variable)
    hints = [word for word in _telling(stems(f"{shown} {wanted}")) if word not in name]
    main = _main(name, plain)
    asked = stem_set(f"{named} {wanted}")
    return Cues(
        name=tuple(_cue(word, 1.0 if word in main else _PLAIN) for word in name),
        instead=tuple(_cue(word, 1.0) for word in _instead(name, stems(wanted), plain)),
        hints=tuple(
            _cue(word, (_SHOWN if word in stem_set(shown) else _HINT) * (_PLAIN if word in plain else 1.0))
            for word in hints
        ),
        unwanted=ruled_out - asked - QUESTION_WORDS,
        asked=asked,
        about=frozenset[str]().union(*map(same_meaning, context)),
    )


def _telling(words: Iterable[str]) -> list[str]:
    """The words, each once, without those that only put or turn the question; all of them if nothing else is left."""
    unique = list(dict.fromkeys(word for word in words if len(word) > 1 or not word.isascii()))
    return [word for word in unique if word not in QUESTION_WORDS | TURNING_WORDS] or unique


def _main(name: list[str], plain: frozenset[str]) -> list[str]:
    """The words that carry the name: those that are not plain; if all are, "total" before the rest."""
    return [word for word in name if word not in plain] or [word for word in name if word in TOTAL_WORDS] or name


def _instead(name: list[str], wanted: list[str], plain: frozenset[str]) -> list[str]:
    """The first telling words of the instructions, if the name has none; a total before all else."""
    if not plain.issuperset(name) or TOTAL_WORDS.intersection(name):
        return []
    totals = [word for word in wanted if word in TOTAL_WORDS]
    return totals[:1] or [word for word in _telling(wanted) if word not in plain][:_INSTEAD_WORDS]


def _cue(word: str, weight: float) -> Cue:
    return Cue(word, weight, dict.fromkeys(same_meaning(word), _SYNONYM) | {word: 1.0})


def _around_examples(variable: Variable) -> str:
    """The words next to the values in the golden examples."""
    around: list[str] = []
    for example in variable.golden_examples:
        before, found, after = example.text.partition(str(example.value) or "\0")
        if found:
            around += before.split()[-_EXAMPLE_WORDS:] + after.split()[:_EXAMPLE_WORDS]
    return " ".join(around)
