"""Categories described by the words that documents use for them, read off the quotes that people gave."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from coderai.codebook.variable import Category, VariableType
from coderai.engines.offline.words import Word, find_words, stems, telling
from coderai.services.copilot.domain.refining.feedback import Cell
from coderai.services.copilot.domain.refining.task import Task

MOST = 6
"""Words that one refinement adds to a category."""
LONGEST = 2_000
"""Characters of a description, as the contract of Category says."""


def described(task: Task) -> tuple[Category, ...]:
    """All categories, those that were missed with the words that were said for them; none where that adds nothing."""
    if task.variable.type is not VariableType.CATEGORY:
        return ()
    categories = task.variable.categories
    said = _said({category.value for category in categories}, task)
    known = {one.value: frozenset(stems(f"{one.value} {one.description}".replace("_", " "))) for one in categories}
    after = tuple(_with(one, _new_words(one, said, known)) for one in categories)
    return () if after == categories else after


def _said(values: set[str], task: Task) -> Mapping[str, list[str]]:
    """The quotes that people gave for each category that the model did not see."""
    found = defaultdict[str, list[str]](list)
    for cell in (cell for group in task.groups for cell in group.cells):
        for value in _right(cell):
            if value in values and cell.place.quote:
                found[value].append(cell.place.quote)
    return found


def _right(cell: Cell) -> Sequence[str]:
    if cell.right is None or cell.is_disputed or cell.right.value is None:
        return ()
    value = cell.right.value
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _new_words(category: Category, said: Mapping[str, list[str]], known: Mapping[str, frozenset[str]]) -> Iterable[str]:
    """The words of its quotes, the most frequent first, but for those that it has or that fit another category too."""
    others = frozenset[str]().union(
        *(stems_ for value, stems_ in known.items() if value != category.value),
        *(stems(quote) for value, quotes in said.items() if value != category.value for quote in quotes),
    )
    count, forms = Counter[str](), dict[str, str]()
    for quote in said.get(category.value, ()):
        for word in {word.stem: word for word in _plain_words(quote)}.values():
            count[word.stem] += 1
            forms.setdefault(word.stem, word.form)
    new = [stem for stem, _ in count.most_common() if stem not in others | known[category.value]]
    return [forms[stem] for stem in new[:MOST]]


def _plain_words(quote: str) -> Iterator[Word]:
    """The telling words of a quote without numbers, and without names where it has other words."""
    words = [word for word in telling(find_words(quote)) if not word.form[0].isdigit()]
    plain = [word for word in words if word.start == 0 or not quote[word.start : word.end][:1].isupper()]
    return iter(plain or words)


def _with(category: Category, words: Iterable[str]) -> Category:
    added = ", ".join(words)
    if not added:
        return category
    description = f"{category.description.rstrip('. ')}; also: {added}" if category.description else f"also: {added}"
    return replace(category, description=description) if len(description) <= LONGEST else category
