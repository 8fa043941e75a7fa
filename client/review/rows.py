"""The rows of a review sheet: what a reviewer sees of a cell, and what they may write beside it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from coderai.client.models import Evidence, Extraction, Feedback, ReviewItem, Variable
from coderai.codebook import ranges
from coderai.messages.requests import Verdict

VERDICT_WORDS: Mapping[Verdict, tuple[str, ...]] = {
    "CORRECT": ("correct", "right", "ok"),
    "INCORRECT": ("wrong", "incorrect"),
    "PARTIALLY_CORRECT": ("partly", "partly correct", "partially correct", "partial"),
}
"""What reviewers may write for a verdict, in any case; the first word is the one that sheets offer."""
MISSING_REASONS = ("NOT_STATED", "NOT_APPLICABLE", "AMBIGUOUS", "VAGUE")
"""Why a person may say that there is no value."""

_AROUND = 140
"""Characters of the text shown on each side of a quote."""
_QUESTION = 240
"""Characters of a variable's instructions."""
_FOUND = ("EXACT", "FUZZY")
assert set(VERDICT_WORDS) == set(get_args(Verdict))


@dataclass(frozen=True, slots=True)
class Passage:
    """A quote with some of the document's text around it."""

    before: str = ""
    quote: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One cell of the dataset, as a row of the sheet."""

    document: str
    entity: str
    variable: str
    question: str
    passage: Passage
    value: str | int | float
    confidence: float | None
    """None of a blind sample, and without a value."""
    verdict: str
    correction: str
    missing_reason: str
    note: str
    extraction_id: str
    """Empty where nothing was ever asked; then the unit's says which row it is."""
    unit_id: str
    sample_id: str
    project_id: str


def sheet_rows(
    items: Iterable[ReviewItem],
    variables: Sequence[Variable],
    text_of: Callable[[str], str],
    project_id: str,
    *,
    blind: bool,
) -> Iterator[SheetRow]:
    """A row for each cell, with what the caller has said of it; `text_of` gives a document's text by its id."""
    by_name = {variable.name: variable for variable in variables}
    for item in items:
        found, said = item.extraction, item.feedback
        yield SheetRow(
            document=found.document_name,
            entity=found.entity_text,
            variable=found.variable,
            question=_question(by_name.get(found.variable)),
            passage=Passage() if blind else _passage(found.evidence, text_of(found.document_id)),
            value="" if blind else _value(found),
            confidence=None if blind or found.value is None else found.confidence,
            verdict=_word(said),
            correction=shown(said.corrected_value),
            missing_reason=said.missing_reason if said.has_correction else "",
            note=said.note,
            extraction_id=found.id,
            unit_id=found.unit_id,
            sample_id=item.sample_id,
            project_id=project_id,
        )


def shown(value: Any) -> str:
    """A value as a reviewer reads and may write it: several on a line each."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "\n".join(map(shown, value))
    return ranges.shown(value) if ranges.is_range(value) else str(value)


def _value(found: Extraction) -> str | int | float:
    if found.value is None:
        return f"[missing: {found.missing_reason}]"
    is_number = isinstance(found.value, int | float) and not isinstance(found.value, bool)
    return found.value if is_number else shown(found.value)


def _word(said: Feedback) -> str:
    return VERDICT_WORDS[said.verdict][0] if said.verdict in VERDICT_WORDS else ""  # type: ignore[index]


def _question(variable: Variable | None) -> str:
    if variable is None:
        return ""
    name = variable.display_name or variable.name
    return f"{name}: {textwrap.shorten(variable.instructions, _QUESTION, placeholder=' …')}"


def _passage(evidence: Evidence, text: str) -> Passage:
    """The quote, when the document has it, with what stands before and after it."""
    if evidence.match not in _FOUND:
        return Passage()
    spans = evidence.spans
    if not spans:
        return Passage(quote=evidence.quote)
    start, end = spans[0].start, spans[-1].end
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    before = f"… {_from_a_word(before)}" if start > _AROUND else before
    after = f"{_to_a_word(after)} …" if end + _AROUND < len(text) else after
    return Passage(_one_line(before), _one_line(evidence.quote).strip(), _one_line(after))


def _from_a_word(text: str) -> str:
    """Without the rest of a word that it begins with; whole where it has no space."""
    return text.split(maxsplit=1)[-1] if " " in text.strip() and not text[0].isspace() else text


def _to_a_word(text: str) -> str:
    return text.rsplit(maxsplit=1)[0] if " " in text.strip() and not text[-1].isspace() else text


def _one_line(text: str) -> str:
    """Line breaks and runs of spaces as single spaces; those at the ends stay, as the quote begins or ends there."""
    inner = " ".join(text.split())
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if text[-1:].isspace() and inner else ''}"
