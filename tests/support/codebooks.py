"""Small codebooks for tests of the extractor, and what a model's reply to them looks like."""

from __future__ import annotations

from typing import Any

from coderai.codebook.codebook import Codebook, RowsPerDocument, Unit
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Category, GoldenExample, Variable, VariableType
from coderai.engines.calls import Call, CallKind, Entity, Passage
from tests.support.openai_answers import requested_schema

FORMS = ("march", "strike", "vigil")


def variable(name: str, type: VariableType = VariableType.TEXT, text: str = "", **rest: Any) -> Variable:
    """A variable with an active prompt; `active_prompt` overrides that."""
    prompt = PromptVersion(f"prompt-{name}", 1, text or f"{name}: what the document states.", 0.1, 1024)
    return Variable(f"id-{name}", name, type, **({"active_prompt": prompt} | rest))


def event_variables() -> tuple[Variable, ...]:
    """One variable of each type, about public events."""
    example = GoldenExample("The organisers spoke of 7,100 people and nine arrests.", 7100)
    return (
        variable("event_date", VariableType.DATE, "The day of the event."),
        variable("place", VariableType.TEXT, "The town of the event."),
        variable(
            "form",
            VariableType.CATEGORY,
            "The form of the event: march, strike or vigil.",
            categories=tuple(Category(form) for form in FORMS),
        ),
        variable("injured", VariableType.NUMBER, "How many people were injured.", golden_examples=(example,)),
        variable("police_force", VariableType.BOOLEAN, "Whether the police used force."),
    )


def codebook(*variables: Variable, multiple: bool = False, **rest: Any) -> Codebook:
    """A codebook of these variables, of public events by default."""
    several = (RowsPerDocument.MULTIPLE, "Each protest that the document reports, by its town.") if multiple else ()
    context: dict[str, Any] = {"domain": "news articles", "language": "English", "document_type": "wire reports"}
    return Codebook(
        "hash", variables or event_variables(), **({"unit": Unit("one public event", *several)} | context | rest)
    )


def extract(book: Codebook, text: str, entity: Entity | None = None) -> Call:
    """All of the variables, asked of one text."""
    return Call(CallKind.EXTRACT, book, Passage(text), book.variables, entity)


def identify(book: Codebook, text: str, *known: str) -> Call:
    """Which entities a text speaks of."""
    return Call(CallKind.IDENTIFY, book, Passage(text), known=known)


def stated(value: Any, quote: str = "", confidence: float = 0.95) -> list[dict[str, Any]]:
    """What a model says of one variable: one value."""
    return [{"quote": quote, "reason": "It says so.", "value": value, "confidence": confidence}]


def reply(**stated_values: Any) -> dict[str, Any]:
    """What a model says of each of the event variables; those not named are not stated."""
    return {v.name: None for v in event_variables()} | stated_values


def findings(said: dict[str, Any], body: dict[str, Any] | None = None) -> dict[str, Any]:
    """A whole reply of what a model says of each variable: a list of values, or None when it is not stated.

    To a request's `body` it gives reasons only where those are asked for.
    """
    parts = {name: part if isinstance(part, list) else [part] for name, part in said.items() if part is not None}
    named = [
        {"variable": name, **(item if isinstance(item, dict) else {"value": {"item": item}})}
        for name, items in parts.items()
        for item in items
    ]
    if body is not None and "reason" not in _finding(body):
        named = [{part: value for part, value in one.items() if part != "reason"} for one in named]
    return {"findings": named, "not_stated": [name for name, part in said.items() if part is None]}


def asked(body: dict[str, Any]) -> list[str]:
    """The variables that a request asks for; none when it asks something else."""
    names: list[str] = _finding(body).get("variable", {}).get("enum", [])
    return names


def _finding(body: dict[str, Any]) -> dict[str, Any]:
    """The parts that a request asks of each finding; empty when it asks something else."""
    found = (requested_schema(body) or {}).get("properties", {}).get("findings")
    return found["items"]["properties"] if found else {}
