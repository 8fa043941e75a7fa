"""Takes a filled-in review sheet back: rows become feedback, sent in batches; each refused row is told with why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError, UsageError
from coderai.client.models import Variable
from coderai.client.review.columns import (
    CORRECTION,
    EXTRACTION_ID,
    MISSING_REASON,
    NOTE,
    PROJECT_ID,
    SAMPLE_ID,
    UNIT_ID,
    VERDICT,
)
from coderai.client.review.reading import Line
from coderai.client.review.rows import MISSING_REASONS, VERDICT_WORDS
from coderai.messages.requests import CellFeedback, Verdict

BATCH = 200
"""Rows of one request; the API takes 1,000."""
_KEEPS_SEVERAL = ("ALL", "CONCATENATE")
_ABOUT_THE_REQUEST = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
)
"""Answers to a batch as a whole that one of its rows has brought about."""
_WORDS = {word: verdict for verdict, words in VERDICT_WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that was not taken."""

    line: Line
    why: str

    def __str__(self) -> str:
        cell = " · ".join(filter(None, map(self.line.text, ("document", "entity", "variable"))))
        return f"row {self.line.number}{f' ({cell})' if cell else ''}: {self.why}"


@dataclass(frozen=True, slots=True)
class Applied:
    """What became of a sheet."""

    kept: int
    refused: Sequence[Refusal]
    untouched: int
    """Rows with neither a verdict nor a correction."""
    notes_alone: int
    """Those of them that have a note."""


def apply_sheet(api: CoderAI, lines: Sequence[Line], project_id: str) -> Applied:
    """Sends what a sheet's rows say; the project is that of the rows, or the one named.

    Raises:
        UsageError: the rows are of several projects, or of another than the one named.
    """
    filled = [line for line in lines if any(map(line.text, (VERDICT, CORRECTION, MISSING_REASON)))]
    refused: list[Refusal] = []
    kept = 0
    if filled:
        project_id = _project(filled, project_id)
        variables = {variable.name: variable for variable in api.variables(project_id)}
        said: list[tuple[Line, CellFeedback]] = []
        for line in filled:
            read = read_line(line, variables)
            if isinstance(read, Refusal):
                refused.append(read)
            else:
                said.append((line, read))
        for batch in _batches(said):
            refused += _send(api, project_id, batch)
        kept = len(filled) - len(refused)
    untouched = len(lines) - len(filled)
    notes = sum(bool(line.text(NOTE)) for line in lines) - sum(bool(line.text(NOTE)) for line in filled)
    return Applied(kept, sorted(refused, key=lambda refusal: refusal.line.number), untouched, notes)


def read_line(line: Line, variables: Mapping[str, Variable]) -> CellFeedback | Refusal:
    """What a row says. Where it has no verdict, whether the model is right follows from what it says is right."""
    cell = _cell(line)
    if cell is None:
        return Refusal(line, f"neither {EXTRACTION_ID} nor {UNIT_ID} says which cell it is")
    word = line.text(VERDICT)
    verdict = _verdict(word)
    if word and verdict is None:
        words = ", ".join(words[0] for words in VERDICT_WORDS.values())
        return Refusal(line, f"the verdict {word!r} is none of {words}")
    reason = "_".join(line.text(MISSING_REASON).upper().split())
    if reason and reason not in MISSING_REASONS:
        return Refusal(
            line, f"the missing reason {line.text(MISSING_REASON)!r} is none of {', '.join(MISSING_REASONS)}"
        )
    value = _value(line.text(CORRECTION), variables.get(line.text("variable")))
    given = {
        "verdict": verdict,
        "corrected_value": value,
        "missing_reason": reason,
        "note": line.text(NOTE),
        "sample_id": line.text(SAMPLE_ID),
    }
    filled = {name: value for name, value in given.items() if value}
    return CellFeedback.model_validate({**cell, **filled})


def _cell(line: Line) -> dict[str, str] | None:
    """The cell by its extraction; by unit and variable where nothing was ever asked; None where the row has neither."""
    if line.text(EXTRACTION_ID):
        return {"extraction_id": line.text(EXTRACTION_ID)}
    by_unit = {"unit_id": line.text(UNIT_ID), "variable": line.text("variable")}
    return by_unit if all(by_unit.values()) else None


def _verdict(text: str) -> Verdict | None:
    """The verdict that a word stands for, whatever its case; None where there is none."""
    word = " ".join(text.replace("_", " ").lower().split())
    return _WORDS.get(word)


def _value(text: str, variable: Variable | None) -> str | list[str]:
    """The text; where the variable keeps several values, a list of its lines."""
    parts = [part.strip() for part in text.splitlines() if part.strip()]
    keeps_several = variable is not None and variable.if_multiple_values in _KEEPS_SEVERAL
    return parts if keeps_several and len(parts) > 1 else text


def _project(lines: Iterable[Line], named: str) -> str:
    found = {line.text(PROJECT_ID) for line in lines} - {""}
    if len(found | ({named} if named else set())) > 1:
        raise UsageError("the sheet's rows are of several projects, or of another than the one named: apply them apart")
    if not found and not named:
        raise UsageError(f"the sheet does not say of which project it is ({PROJECT_ID} is empty): name the project")
    return named or found.pop()


def _batches(said: Sequence[tuple[Line, CellFeedback]]) -> Iterator[Sequence[tuple[Line, CellFeedback]]]:
    return (said[start : start + BATCH] for start in range(0, len(said), BATCH))


def _send(api: CoderAI, project_id: str, batch: Sequence[tuple[Line, CellFeedback]]) -> list[Refusal]:
    """Sends one batch; returns the rows that were refused. A batch that is refused as a whole is sent row by row."""
    try:
        answer = api.give_feedback_batch(project_id, [feedback for _, feedback in batch])
    except ApiError as error:
        if error.status not in _ABOUT_THE_REQUEST:
            raise
        if len(batch) == 1:
            return [Refusal(batch[0][0], " ".join(str(error).split()))]
        return [refusal for one in batch for refusal in _send(api, project_id, [one])]
    outcomes = zip(batch, answer.items, strict=True)
    return [Refusal(line, outcome.error) for (line, _), outcome in outcomes if outcome.error]
