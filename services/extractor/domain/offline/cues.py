"""Turns a variable into cues: the words that should stand near its value, each with how much it tells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import regex

from services.extractor.domain.codebook import Codebook, Variable
from services.extractor.domain.offline.lexicon import AGAINST, PLAIN_WORDS, QUESTION_WORDS, same_meaning
from services.extractor.domain.offline.words import stems

_NOT_THIS = regex.compile(
    r"\b(?:do not|don't|never|not the|not an?|but not|nor|exclud\w*|except|ignor\w*|rather than|instead of|other than)\b[^.;\n]*",
    regex.IGNORECASE,
)
_SYNONYM = 0.85
_INSTRUCTION = 0.4
_PLAIN = 0.25


@dataclass(frozen=True, slots=True)
class Cue:
    """One idea of what is asked: the stems that stand for it, and its weight among the variable's cues."""

    weight: float
    stems: dict[str, float]
    """How well each stem stands for the idea, 0..1: 1 the user's own word, less a synonym."""


@dataclass(frozen=True, slots=True)
class Cues:
    """What to look for when a variable is asked."""

    name: tuple[Cue, ...]
    """From the variable's name and its display name."""
    hints: tuple[Cue, ...]
    """From the instructions and the golden examples: words that the name does not have."""
    unwanted: frozenset[str]
    """Stems that the instructions rule out ("not the subtotal")."""
    asked: frozenset[str]
    """All stems of the name and the instructions, question words among them."""
    words: frozenset[str]
    """The stems of the name that are neither question words nor what every document is about."""
    against: bool
    """Whether the variable itself is about a prohibition or an absence, so that a denial affirms it."""

    def ask_no_more_than(self, words: frozenset[str]) -> bool:
        """Whether the name only says what kind of value is asked for, in words that `words` has, or question words."""
        return self.words <= words | PLAIN_WORDS


def cues_of(variable: Variable, context: frozenset[str]) -> Cues:
    """Reads the cues from a variable; `context`, the stems of what every document is about, tells little of any value."""
    named = f"{variable.name.replace('_', ' ')} {variable.display_name}"
    wanted = _NOT_THIS.sub(" ", variable.instructions)
    unwanted = {word for match in _NOT_THIS.findall(variable.instructions) for word in stems(match)}
    name_words = _telling(stems(named))
    hint_words = [word for word in _telling(stems(f"{wanted} {_around_examples(variable)}")) if word not in name_words]
    plain = all(_is_plain(word, context) for word in name_words)
    name = tuple(_cue(word, 1.0 if plain or not _is_plain(word, context) else _PLAIN) for word in name_words)
    hints = tuple(_cue(word, _PLAIN * _INSTRUCTION if _is_plain(word, context) else _INSTRUCTION) for word in hint_words)
    asked = frozenset(stems(f"{named} {wanted}"))
    kept = frozenset(unwanted) - asked - QUESTION_WORDS
    return Cues(name, hints, kept, asked, frozenset(name_words) - context, bool(AGAINST & asked))




def context_of(codebook: Codebook) -> frozenset[str]:
    """Gives the stems of the words that the whole project is about."""
    described = f"{codebook.domain} {codebook.document_type} {codebook.project_name} {codebook.unit.row_is}"
    return frozenset(stems(described)) - QUESTION_WORDS


def _telling(words: Iterable[str]) -> list[str]:
    """The words, each once, without those that only put the question; all of them if nothing else is left."""
    unique = list(dict.fromkeys(word for word in words if len(word) > 1 or not word.isascii()))
    return [word for word in unique if word not in QUESTION_WORDS] or unique


def _is_plain(word: str, context: frozenset[str]) -> bool:
    return word in PLAIN_WORDS or word in context


def _cue(word: str, weight: float) -> Cue:
    return Cue(weight, dict.fromkeys(same_meaning(word), _SYNONYM) | {word: 1.0})


def _around_examples(variable: Variable) -> str:
    """The words next to the values in the golden examples."""
    contexts = []
    for example in variable.examples:
        before, found, after = example.text.partition(str(example.value))
        contexts.append(" ".join(before.split()[-4:] + after.split()[:4]) if found else "")
    return " ".join(contexts)
