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
from typing import Any
from uuid import UUID

import yaml

from benchmarks.line import report
from coderai.codebook.codebook import Codebook, read_codebook
from coderai.engines.calls import Call
from coderai.engines.prompting import messages, reply_schema
from coderai.kit.tokens import estimate_tokens
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.planning import first_calls
from coderai.services.projects.domain.project import Project
from coderai.services.projects.domain.prompt import generate
from coderai.services.projects.domain.variable import Variable

EXAMPLE = Path(__file__).parents[1] / "examples" / "public-events"
ID = UUID(int=0)
GOALS = {5: 1 / 4, 50: 1 / 20}
WORDS = (250, 1000, 2000, 3000, 5000)
"""From the length of an example to that of the longest document that is not chunked."""


def main() -> None:
    """Prints the measurements."""
    words = " ".join(path.read_text() for path in sorted(EXAMPLE.glob("documents/*.txt"))).split()
    for count, goal in GOALS.items():
        book = codebook(count)
        each = sum(estimate_tokens(v.prompt.text) for v in book.variables) / count
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
    """The example's project with so many of its variables, and the prompts that the projects service generates."""
    example = yaml.safe_load((EXAMPLE / "project.yaml").read_text())
    plain = {key: example[key] for key in ("name", "description", "domain", "language", "document_type", "unit")}
    project = Project.define(ID, plain)
    variables = [
        variable(project, {**given, "name": f"variable_{number}"}, number)
        for number, given in enumerate(islice(cycle(example["variables"]), count))
    ]
    context = {"project_description": project.description} | {
        k: plain[k] for k in ("domain", "language", "document_type")
    }
    return read_codebook({"hash": "", "unit": plain["unit"], "variables": variables, **context})


def variable(project: Project, given: dict[str, Any], number: int) -> dict[str, Any]:
    """A variable as a frozen codebook has it."""
    defined = Variable.define(ID, ID, given, number)
    prompt = generate(project, defined)
    active = {"id": str(number), "version": 1, "text": prompt.text, "response_schema": prompt.response_schema}
    active |= {"temperature": prompt.temperature, "max_tokens": prompt.max_tokens}
    return {"id": str(number), "name": defined.name, "type": defined.type, "active_prompt": active}


if __name__ == "__main__":
    main()
