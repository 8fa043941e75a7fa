"""Tokens of a document's calls against naive ones: one call a variable, without evidence, checks or protection.

    .venv/bin/python -m benchmarks cost

Prints one JSON object a line: {name, value, unit, goal, ok, how}. Nothing is sent; tokens are counted exactly, by
o200k, in what the extractor would send: messages and the schema as it goes over the wire. A naive call has 60 tokens of
instructions, the document and the variable's words, and no schema. Two codebooks: one with a sentence a variable, and
that of examples/public-events, whose variables take a paragraph each; both are repeated up to 50 variables.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import yaml

from benchmarks.line import report
from coderai.codebook.codebook import Codebook, Unit
from coderai.codebook.definition import define
from coderai.codebook.plain import read
from coderai.codebook.prompt import generate
from coderai.engines.calls import Call, CallKind, Claim, Passage
from coderai.engines.prompting import messages, reply_schema
from coderai.kit.tokens import token_counter
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.planning import first_calls

EXAMPLE = Path(__file__).parents[1] / "examples" / "public-events"
NAIVE_INSTRUCTIONS = 60
"""Tokens."""
GOALS = {(5, 250): 2.5, (5, 1000): 4.5, (50, 1000): 20.0}
"""Times fewer tokens, by variables and words of the document."""
MOST_OF_AN_ANSWER = 45
SHORT: dict[str, Any] = {
    "domain": "news articles",
    "language": "English",
    "document_type": "wire reports of protests",
    "variables": [
        {"name": "event_date", "type": "DATE", "instructions": "The day on which the event took place."},
        {"name": "town", "type": "TEXT", "instructions": "The town in which it took place, by its name only."},
        {
            "name": "form",
            "type": "CATEGORY",
            "categories": [{"value": form} for form in ("march", "rally", "strike", "vigil")],
        },
        {"name": "participants", "type": "NUMBER", "instructions": "How many people took part, not how many came by."},
        {"name": "police_force", "type": "BOOLEAN", "instructions": "Whether the police used force against people."},
    ],
}
FLOOR = "at most, had the call no rules, context or tags: the document, the variables' words and the schema alone"
_QUOTE = "About 350 dock workers marched through Portavel on Tuesday"
_REASON = "they walk through the town"

count = token_counter("openai:gpt-5-mini")


def main() -> None:
    """Prints the measurements."""
    words = " ".join(path.read_text() for path in sorted(EXAMPLE.glob("documents/*.txt"))).split()
    example = yaml.safe_load((EXAMPLE / "project.yaml").read_text())
    for label, plain in (("sentence", SHORT), ("paragraph", example)):
        for (variables, length), goal in GOALS.items():
            book, text = codebook(plain, variables), " ".join(islice(cycle(words), length))
            asked = sum(map(tokens, first_calls(book, Document("", "", text))))
            naive = sum(
                NAIVE_INSTRUCTIONS + count(text) + count(f"{v.name}: {v.active_prompt.text}") for v in book.variables
            )
            how = f"{naive} tokens of naive calls, {asked} of CoderAI's; a {label} for each variable"
            case = f"{label}.{variables}_variables.{length}_words"
            report(f"input.{case}", naive / asked, "times fewer", how, goal)
            report(f"floor.{case}", naive / floor(book, text), "times fewer", FLOOR)
    for name, finding in answers().items():
        how = "tokens of one finding in a reply, with a quote of nine words"
        report(f"answer.{name}", count(compact(finding)), "tokens", how, MOST_OF_AN_ANSWER, at_least=False)
    judge()


def answers() -> dict[str, dict[str, Any]]:
    """A finding of a variable that states its value, and of one whose value is inferred."""
    stated = {"variable": "participants", "quote": _QUOTE, "reason": "", "value": 350, "confidence": 0.95}
    return {"stated": stated, "inferred": stated | {"variable": "form", "reason": _REASON, "value": "march"}}


def judge() -> None:
    """Prints what the call that judges doubtful quotes takes, which comes on top of the above."""
    claim = Claim(codebook(SHORT, 5).variables[2], "march", _QUOTE, f"{_QUOTE}, police said. Nobody was hurt.")
    call = Call(CallKind.JUDGE, codebook(SHORT, 5), Passage(""))
    one, two = (tokens(replace(call, claims=(claim,) * claims)) for claims in (1, 2))
    report("judge.call", 2 * one - two, "tokens", "rules and schema, once for a document with doubtful values")
    report("judge.claim", two - one, "tokens", "one value with its quote and the sentences around it")


def floor(book: Codebook, text: str) -> int:
    """The input of the calls without all that could be shortened."""
    calls = first_calls(book, Document("", "", text))
    return sum(
        count(call.passage.text)
        + count(compact(reply_schema(call)))
        + sum(count(f"{v.name}: {v.active_prompt.text}") for v in call.variables)
        for call in calls
    )


def tokens(call: Call) -> int:
    """The input of a call; providers count the schema as input."""
    return sum(count(message.content) for message in messages(call)) + count(compact(reply_schema(call)))


def compact(part: Any) -> str:
    """JSON as clients send it."""
    return json.dumps(part, ensure_ascii=False, separators=(",", ":"))


def codebook(plain: dict[str, Any], variables: int) -> Codebook:
    """A project with so many of its variables, and the prompts that are generated for them."""
    given: Sequence[dict[str, Any]] = list(islice(cycle(plain["variables"]), variables))
    known = len(plain["variables"])
    named = [one["name"] if number < known else f"{one['name']}_{number // known}" for number, one in enumerate(given)]
    defined = [
        define(str(number), "", {**one, "depends_on": [], "name": name}, number)
        for number, (one, name) in enumerate(zip(given, named, strict=True))
    ]
    asked = tuple(replace(v, active_prompt=replace(generate(v), id=v.id, version=1)) for v in defined)
    context = {name: plain[name] for name in ("domain", "language", "document_type")}
    return Codebook(
        "", asked, read(Unit, plain.get("unit", {})), project_description=plain.get("description", ""), **context
    )


if __name__ == "__main__":
    main()
