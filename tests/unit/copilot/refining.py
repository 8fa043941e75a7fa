"""Wrong cells, groups of them and tasks, for tests of refinements."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from coderai.codebook.definition import define
from coderai.codebook.prompt import generate
from coderai.codebook.variable import Variable
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.refining.feedback import Answer, Cell, Feedback, Place
from coderai.services.copilot.domain.refining.grouping import grouped
from coderai.services.copilot.domain.refining.task import Task

_NUMBERS = count(1)


def variable(type: str = "NUMBER", **fields: Any) -> Variable:
    """A variable with its generated prompt, or with the `prompt` given."""
    text = fields.pop("prompt", None)
    defined = define("v", "p", {"name": "size", "type": type, **fields}, 0)
    prompt = generate(defined)
    return replace(defined, active_prompt=prompt if text is None else replace(prompt, text=text))


def wrong(said: Any, right: Any = None, sentence: str = "", **fields: Any) -> Cell:
    """A cell of a document of its own where the model said one thing and a person another; None is a missing value."""
    number = next(_NUMBERS)
    place = Place(fields.pop("quote", sentence))
    known = fields.pop("known", True)
    said_reason, reason = fields.pop("said_reason", ""), fields.pop("reason", "")
    notes = tuple(fields.pop("notes", ()))
    is_disputed = fields.pop("is_disputed", False)
    plain = {"verdict": "INCORRECT", "document_id": f"d{number}", "document_name": f"{number}.txt", **fields}
    judged, correction = Answer(said, said_reason), Answer(right, reason) if known else None
    feedback = Feedback(f"{number:06}", unit_id=f"u{number}", judged=judged, correction=correction, **plain)
    return Cell(feedback, judged, correction, place, notes, is_disputed, sentence)


def task(of: Variable, *cells: Cell, model: str = "offline", known: int = 0, hint: str = "") -> Task:
    """A task of these wrong cells, and of so many further DEV documents whose cells are right."""
    documents = dict.fromkeys([*(cell.feedback.document_id for cell in cells), *(f"right{n}" for n in range(known))])
    return Task(Project("Events", model, row_is="one event"), of, grouped(of, cells), tuple(documents), hint)
