"""Instructions to add to a prompt: the reviewers' notes, each said once, or what the groups of errors suggest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coderai.codebook.variable import VariableType
from coderai.engines.offline.words import find_words, telling
from coderai.language.sentences import split_sentences
from coderai.services.copilot.domain.refining.grouping import Kind
from coderai.services.copilot.domain.refining.task import Task

MOST = 8
LONGEST = 300
"""Characters of one."""
LEAST_WORDS = 3
"""Words that tell something: "wrong" and "see page 4" are no instructions."""
ALIKE = 0.7
"""Share of stems that two notes have in common, from which on they say the same."""
_OF_KIND = {
    Kind.FALSE_VALUE: "Give a value only where the document states it for just this; else say that it is not stated.",
    Kind.MISSED: "Look through the whole document before saying that it is not stated: it may stand there in passing, "
    "or in other words.",
    Kind.CONFUSED: "{description} too often: decide by what the document says, not by what is usual.",
    Kind.RANGE: "Where the text states two ends (“400 to 500”, “more than 60”), give both; where one value, one.",
    Kind.MAGNITUDE: "Read magnitude words, decimal signs and units with the number: “1.2 million” is 1200000.",
    Kind.SAME_SENTENCE: "Where a sentence has several {noun}s, take the one that it states for just this.",
    Kind.OTHER_PLACE: "Where the document has several {noun}s, take the one that is stated for just this.",
    Kind.PRECISION: "Give a date as precisely as the text does, and no more precisely.",
    Kind.FORM: "Give it in the words and the form of the text.",
    Kind.TOO_LITTLE: "Give the whole of it, not only a part.",
    Kind.TOO_MUCH: "Give just this, without the words around it.",
    Kind.PARTLY: "Check each part of the value against the text.",
}
_NOUNS = {VariableType.NUMBER: "number", VariableType.DATE: "date", VariableType.TEXT: "passage"}


def from_notes(task: Task) -> list[str]:
    """What the researcher's wish and the reviewers' notes ask for, the most frequent first, each once."""
    cells = (cell for group in task.groups for cell in group.cells)
    said = [task.hint, *(note for cell in cells for note in cell.notes)]
    counted: dict[str, tuple[frozenset[str], int]] = {}
    for one in (sentence for note in said for sentence in _sentences(note)):
        stems = _stems(one)
        known = next((other for other, (its, _) in counted.items() if _alike(stems, its)), one)
        counted[known] = (counted.get(known, (stems, 0))[0], counted.get(known, (stems, 0))[1] + 1)
    ranked = sorted(counted, key=lambda one: -counted[one][1])
    return _new(task, ranked)


def from_groups(task: Task) -> list[str]:
    """What the groups of errors suggest, the largest group first."""
    noun = _NOUNS.get(task.variable.type, "value")
    found = (
        _OF_KIND[group.kind].format(description=group.description, noun=noun)
        for group in task.groups
        if group.kind in _OF_KIND
    )
    return _new(task, dict.fromkeys(found))


def _new(task: Task, rules: Iterable[str]) -> list[str]:
    """Those that the prompt does not have already."""
    present = " ".join(task.variable.active_prompt.text.split())
    return [rule for rule in rules if rule not in present][:MOST]


def _sentences(note: str) -> Iterator[str]:
    for start, end in split_sentences(note):
        said = " ".join(note[start:end].split())
        if len(said) <= LONGEST and len(list(telling(find_words(said)))) >= LEAST_WORDS:
            yield said[:1].upper() + said[1:] + ("" if said[-1] in ".!?。！？؟" else ".")


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.stem for word in telling(find_words(text)))


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one & other) >= ALIKE * len(one | other)
