"""Input tokens per document when its variables go out together, against one call per variable.

    .venv/bin/python -m benchmarks.cost

Prints one JSON object a line: {name, value, unit, goal, ok, how}. Nothing is sent: the prompts are those that the
extractor would send, schemas included, for the variables of examples/public-events (repeated up to 50).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

import yaml

from benchmarks.line import report
from coderai.codebook.codebook import Codebook, Unit
from coderai.codebook.definition import define
from coderai.codebook.plain import read
from coderai.codebook.prompt import generate
from coderai.engines.calls import Call
from coderai.engines.prompting import messages, reply_schema
from coderai.kit.tokens import estimate_tokens
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.planning import first_calls

EXAMPLE = Path(__file__).parents[1] / "examples" / "public-events"
GOALS = {5: 1 / 4, 50: 1 / 20}
WORDS = (250, 1000, 2000, 3000, 5000)
"""From the length of an example to that of the longest document that is not chunked."""


def main() -> None:
    """Prints the measurements."""
    words = " ".join(path.read_text() for path in sorted(EXAMPLE.glob("documents/*.txt"))).split()
    for count, goal in GOALS.items():
        book = codebook(count)
        each = sum(estimate_tokens(v.active_prompt.text) for v in book.variables) / count
        for length in WORDS:
            document = Document("", "", " ".join(islice(cycle(words), length)))
            apart = first_calls(replace(book, ask_per_variable=True), document)
            value = tokens(first_calls(book, document)) / tokens(apart)
            how = (
                f"estimated tokens of messages and schemas; a document of {length} words, {each:.0f} tokens a variable"
            )
            name = f"input_tokens.{count}_variables.{length}_words"
            report(name, value, "of one call per variable", how, goal, at_least=False)


def tokens(calls: Sequence[Call]) -> int:
    """The input of these calls; providers count the schema as input."""
    texts = [message.content for call in calls for message in messages(call)]
    return sum(map(estimate_tokens, [*texts, *(json.dumps(reply_schema(call)) for call in calls)]))


def codebook(count: int) -> Codebook:
    """The example's project with so many of its variables, and the prompts that are generated for them."""
    plain = yaml.safe_load((EXAMPLE / "project.yaml").read_text())
    unit = read(Unit, plain["unit"])
    given = islice(cycle(plain["variables"]), count)
    variables = [
        define(str(number), "", {**one, "depends_on": [], "name": f"variable_{number}"}, number)
        for number, one in enumerate(given)
    ]
    asked = tuple(replace(v, active_prompt=replace(generate(unit, v), id=v.id, version=1)) for v in variables)
    context = {name: plain[name] for name in ("domain", "language", "document_type")}
    return Codebook("", asked, unit, project_description=plain["description"], **context)


if __name__ == "__main__":
    main()
