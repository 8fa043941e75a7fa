"""Which candidates a second call has to judge, what it is shown of them, and what its verdicts make of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from coderai.codebook.codebook import Codebook, Verify
from coderai.engines.calls import Call, CallKind, Claim, Passage
from coderai.language.quotes import ELLIPSIS
from coderai.services.extractor.domain.coding.candidates import merge_same
from coderai.services.extractor.domain.coding.cells import Cell
from coderai.services.extractor.domain.coding.confidence import rated
from coderai.services.extractor.domain.coding.deciding import conflict
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Candidate, MissingReason, Support
from coderai.services.extractor.domain.coding.quotes import QuoteFinder

MOST_CLAIMS = 60
"""In one call; a document has one call unless it has more undecided cells."""
MOST_OF_A_CELL = 3
"""Different values of one cell that are put to the judge, the surest first."""
MOST_CONFLICTS = 20
"""In one call; a document has one call unless it has more cells in conflict."""
LONGEST_CONTEXT = 1_200
"""Code points of the sentences around a quote."""


def undecided(cells: Iterable[Cell], verify: Verify) -> list[tuple[Cell, Candidate]]:
    """The candidates that have to be judged: of each cell those that its value may come from."""
    if verify is Verify.NONE:
        return []
    doubtful = [Support.UNCHECKED] if verify is Verify.DOUBTFUL else [Support.UNCHECKED, Support.STATED]
    found = []
    for cell in cells:
        if cell.asked and (cell.decided().support in doubtful or _is_open(cell)):
            open_ones = [c for c in cell.candidates if c.value is not None and c.support in doubtful]
            surest = sorted(merge_same(open_ones), key=lambda c: (-c.confidence, c.position, repr(c.value)))
            found += [(cell, candidate) for candidate in surest[:MOST_OF_A_CELL]]
    return found


def _is_open(cell: Cell) -> bool:
    """Whether parts of the document contradict each other: what the judge refuses of that may leave one value."""
    return cell.decided().missing_reason is MissingReason.AMBIGUOUS


def judge_calls(
    codebook: Codebook, doubtful: Sequence[tuple[Cell, Candidate]], document: Document, finder: QuoteFinder
) -> list[tuple[Call, Sequence[tuple[Cell, Candidate]]]]:
    """The calls that put the claims to the judge, each with what it is about."""
    batches = [doubtful[start : start + MOST_CLAIMS] for start in range(0, len(doubtful), MOST_CLAIMS)]
    return [
        (
            Call(
                CallKind.JUDGE,
                codebook,
                Passage("", language=document.language),
                claims=tuple(_claim(cell, candidate, document, finder) for cell, candidate in batch),
            ),
            batch,
        )
        for batch in batches
    ]


def apply(batch: Sequence[tuple[Cell, Candidate]], verdicts: Mapping[int, bool]) -> None:
    """Puts the judged candidates in the places of the undecided ones; what got no verdict stays as it is."""
    for place, states in verdicts.items():
        cell, candidate = batch[place]
        judged = rated(replace(candidate, support=_judged(candidate, states), judged=states))
        cell.candidates[cell.candidates.index(candidate)] = judged


def _judged(candidate: Candidate, states: bool) -> Support:
    if not states:
        return Support.CONTRADICTED
    return candidate.support if candidate.support is Support.STATED else Support.JUDGED


def conflicts(cells: Iterable[Cell]) -> list[tuple[Cell, list[Candidate]]]:
    """The cells for which parts of the document state different values, equally well supported, with these values."""
    found = [(cell, conflict(cell.variable, cell.candidates)) for cell in cells if cell.asked]
    return [(cell, values) for cell, values in found if values]


def decide_calls(
    codebook: Codebook, found: Sequence[tuple[Cell, list[Candidate]]], document: Document, finder: QuoteFinder
) -> list[tuple[Call, Sequence[tuple[Cell, list[Candidate]]]]]:
    """The calls that ask which of the values each cell has, each with what it is about."""
    batches = [found[start : start + MOST_CONFLICTS] for start in range(0, len(found), MOST_CONFLICTS)]
    return [
        (
            Call(
                CallKind.DECIDE,
                codebook,
                Passage("", language=document.language),
                conflicts=tuple(tuple(_claim(cell, c, document, finder) for c in values) for cell, values in batch),
            ),
            batch,
        )
        for batch in batches
    ]


def prefer(batch: Sequence[tuple[Cell, list[Candidate]]], choices: Mapping[int, int]) -> None:
    """Marks the value that was chosen of each conflict; one without a choice stays as it is."""
    for place, choice in choices.items():
        cell, values = batch[place]
        chosen, others = values[choice], ", ".join(str(c.value) for c in values if c is not values[choice])
        why = f"preferred to what other parts of the document state: {others}"
        explained = "; ".join(part for part in (chosen.explanation, why) if part)
        cell.candidates[cell.candidates.index(chosen)] = replace(chosen, preferred=True, explanation=explained)


def _claim(cell: Cell, candidate: Candidate, document: Document, finder: QuoteFinder) -> Claim:
    around = [finder.sentences_around(Span(span.start, span.end)) for span in candidate.evidence.spans]
    context = ELLIPSIS.join(document.text[span.start : span.end] for span in around)
    quote = candidate.evidence.quote
    return Claim(
        cell.variable, candidate.value, quote, "" if context == quote else context[:LONGEST_CONTEXT], cell.entity_text
    )
