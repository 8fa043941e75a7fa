"""Asks a model what is wrong or doubtful in a project's variables, against the documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coderai.codebook.reply import TEXT, object_schema
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.findings import Finding, FindingKind, Severity
from coderai.services.copilot.domain.suggesting.ideas import FindingIdea, InstructionsIdea
from coderai.services.copilot.domain.suggesting.prompting.ground import (
    CATEGORIES,
    SEEN,
    Asking,
    claims,
    read_categories,
    rules,
)

_KINDS = {
    FindingKind.OVERLAPPING_NAMES: "two variables ask nearly the same",
    FindingKind.CATEGORIES_NOT_EXCLUSIVE: "two categories can both be right of one row",
    FindingKind.CATEGORIES_NOT_EXHAUSTIVE: "a document has a value that no category takes: quote it",
    FindingKind.NOT_ANSWERED: "no document answers it",
    FindingKind.THRESHOLD: "its confidence threshold fits it badly",
    FindingKind.DEPENDENCY: "it should depend on another variable, or its condition never holds",
    FindingKind.ASKS_FOR_INFERENCE: "its instructions ask for what no quote can state",
    FindingKind.UNCLEAR_INSTRUCTIONS: "two coders would code a document differently: quote the case",
    FindingKind.UNIT: "the unit fits the documents badly: quote what shows it",
}
_RULES = rules(
    "Review the variables together, as an experienced coder would before work begins. Report what would make the"
    " dataset wrong or useless, the gravest first; nothing where all is well.",
    "kind: " + "; ".join(f"{kind} ({told})" for kind, told in _KINDS.items()) + ".",
    "severity: ERROR if the dataset cannot be right so, WARNING, NOTE. variables: the names concerned, the one to"
    " change first. message: what is wrong and what to do, in a sentence or two. seen: where documents show it.",
    "What would mend it, in the first of the variables: instructions, whole and better, or empty; categories, those"
    " that should be added, each with where it was seen, or an empty list; remove, if the variable is not needed.",
)
_SCHEMA = object_schema(
    {
        "problems": {
            "type": "array",
            "items": object_schema(
                {
                    "kind": {"type": "string", "enum": [kind.value for kind in _KINDS]},
                    "severity": {"type": "string", "enum": [one.value for one in Severity]},
                    "variables": {"type": "array", "items": TEXT},
                    "message": TEXT,
                    "seen": SEEN,
                    "instructions": TEXT,
                    "categories": CATEGORIES,
                    "remove": {"type": "boolean"},
                }
            ),
        }
    }
)


def _ask(question: Question) -> str:
    return "Review the variables and the unit."


def _read(content: Mapping[str, Any], question: Question) -> Sequence[FindingIdea]:
    return [_finding(item, question) for item in content["problems"]]


def _finding(item: Mapping[str, Any], question: Question) -> FindingIdea:
    names = tuple(dict.fromkeys(item["variables"]))
    seen, text = claims(item["seen"], question), item["instructions"].strip()
    return FindingIdea(
        Finding(FindingKind(item["kind"]), Severity(item["severity"]), names, item["message"].strip()),
        claims=seen,
        by_engine=True,
        instructions=InstructionsIdea(text, item["message"], seen) if text else None,
        categories=read_categories(item["categories"], question),
        remove=item["remove"],
    )


REVIEW = Asking("review", _RULES, _SCHEMA, _ask, _read)
