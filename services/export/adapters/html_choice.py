"""Says which documents a page shows, and of which it has the text: what a browser can bear."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from coderai.services.export.domain.dataset import Dataset

MOST_DOCUMENTS = 2_000
MOST_CELLS = 400_000
"""Of all rows: a browser takes some 0.6 kB for each."""
SEED = 20_000
"""Of the sample of documents, where there are more."""
LONGEST_TEXT = 8 * 2**20
MOST_TEXT = 96 * 2**20
"""UTF-8 bytes of one text, and of all of them."""
GROUP = 2**19
"""UTF-8 bytes of the texts that are packed together, unless a single one has more."""
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a page shows of a dataset."""

    documents: frozenset[str]
    """By id."""
    groups: Sequence[Sequence[str]]
    """Documents whose texts are packed together, by id, in upload order."""
    notes: Sequence[str] = ()
    """What it does not show, a sentence each."""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """The number of a document's group, and of its text in that, from 0; absent of those without a text."""

    @classmethod
    def of(cls, dataset: Dataset) -> Chosen:
        """All documents with rows, or a sample of them; all texts, or the shorter ones."""
        with_rows = {line.id: line.rows for line in dataset.survey.documents if line.rows}
        shown = _sample(with_rows, MOST_CELLS // max(1, len(dataset.codebook.variables)))
        sizes = dict(_sizes(dataset, shown))
        left_out = _too_long(sizes)
        groups = list(_groups({id: size for id, size in sizes.items() if id not in left_out}))
        places = {id: (number, at) for number, group in enumerate(groups) for at, id in enumerate(group)}
        notes = [*_sampled(len(with_rows), len(shown)), *_without_text(dataset, left_out)]
        return cls(frozenset(shown), groups, notes, places)


def _sample(rows: Mapping[str, int], most_rows: int) -> list[str]:
    """The documents that are shown, in upload order; `rows`: of each document, by id. One is shown in any case."""
    ids = list(rows)
    if len(ids) <= MOST_DOCUMENTS and sum(rows.values()) <= most_rows:
        return ids
    drawn = Random(SEED).sample(range(len(ids)), min(len(ids), MOST_DOCUMENTS))  # noqa: S311 - it can be drawn again
    sums = list(accumulate(rows[ids[number]] for number in drawn))
    return [ids[number] for number in sorted(drawn[: max(1, bisect_right(sums, most_rows))])]


def _sizes(dataset: Dataset, ids: Sequence[str]) -> Iterator[tuple[str, int]]:
    if dataset.texts is None:
        return
    for id in ids:
        found = dataset.texts.document(id)
        if found is not None and found.text_bytes:
            yield id, found.text_bytes


def _too_long(sizes: Mapping[str, int]) -> set[str]:
    """The longest ones, as many as must go for the others to find room."""
    left_out, total = set[str](), sum(sizes.values())
    for id, size in sorted(sizes.items(), key=lambda one: -one[1]):
        if size <= LONGEST_TEXT and total <= MOST_TEXT:
            break
        left_out.add(id)
        total -= size
    return left_out


def _groups(sizes: Mapping[str, int]) -> Iterator[list[str]]:
    group, total = list[str](), 0
    for id, size in sizes.items():
        if group and total + size > GROUP:
            yield group
            group, total = [], 0
        group.append(id)
        total += size
    if group:
        yield group


def _sampled(of: int, shown: int) -> Iterator[str]:
    if shown < of:
        yield (
            f"The page shows {shown:,} of the {of:,} documents that give rows, drawn at random (seed {SEED:,}), as it"
            f" holds {MOST_DOCUMENTS:,} documents and {MOST_CELLS:,} cells; the figures of the codebook are of all of"
            " them."
        )


def _without_text(dataset: Dataset, left_out: set[str]) -> Iterator[str]:
    if not left_out:
        return
    names = [line.name for line in dataset.survey.documents if line.id in left_out]
    some = f"{', '.join(names[:_NAMED])}{' ...' if len(names) > _NAMED else ''}"
    yield (
        f"The page has not the texts of {len(names):,} of its documents, those with the longest, as it holds"
        f" {MOST_TEXT // 2**20} MiB of text and no text of more than {LONGEST_TEXT // 2**20} MiB: {some}."
    )
