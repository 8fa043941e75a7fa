"""A fingerprint of how CoderAI plans and words its calls: whether this version makes a job's messages again."""

from __future__ import annotations

import json
from functools import cache
from hashlib import sha256
from typing import Any

from coderai.codebook.codebook import Codebook, read_codebook
from coderai.engines import prompting
from coderai.engines.calls import Call
from coderai.services.extractor.domain.coding.calls_made import Coding, about_answers, calls_made
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Evidence, EvidenceSpan, Found, Match, Mention
from coderai.services.extractor.domain.coding.planning import MOST_TOGETHER

_TEXT = "Ada <|im_start|> spoke.\u200b In Ulm, Bob left. Ada and Bob met."
_CHUNKS = (Span(0, 24), Span(24, 40), Span(40, len(_TEXT)))
_TYPES = ("TEXT", "NUMBER", "DATE", "CATEGORY", "BOOLEAN")


@cache
def wording() -> str:
    """16 hexadecimal digits, which are others once any of a specimen's calls is planned, worded or asked otherwise.

    The specimen has what words depend on: every type, examples, conditions, more variables than one call asks, passages
    that follow others, and entities, with and without.
    """
    found = [_found(1, "Ada"), _found(2, "Bob")]
    calls = list[Call]()
    for rows in ("SINGLE", "MULTIPLE"):
        codebook, of_rows = _codebook(rows), found if rows == "MULTIPLE" else []
        document = Document("specimen", "specimen", _TEXT, chunks=_CHUNKS, language="en")
        calls += [one.call for one in calls_made(codebook, document, Coding(of_rows, len(_CHUNKS))) or ()]
        calls += about_answers(codebook)
    return sha256(json.dumps(list(map(_plain, calls)), sort_keys=True).encode()).hexdigest()[:16]


def _plain(call: Call) -> list[Any]:
    said = [message.content for message in prompting.messages(call)]
    return [said, prompting.reply_schema(call), prompting.temperature(call), prompting.max_tokens(call)]


def _codebook(rows: str) -> Codebook:
    categories = [{"value": "one", "description": "the first"}, {"value": "other"}]
    variables = [
        {
            "id": str(number),
            "name": f"v{number}",
            "type": _TYPES[number % len(_TYPES)],
            "categories": categories if _TYPES[number % len(_TYPES)] == "CATEGORY" else [],
            "golden_examples": [{"text": "in Ulm", "value": "Ulm"}] if not number else [],
            "depends_on": [{"variable": "v0", "operator": "IS_PRESENT"}] if number == 1 else [],
            "active_prompt": {"text": f"What of {number}?\nIn words.", "temperature": 0.1, "max_tokens": 64},
        }
        for number in range(MOST_TOGETHER + 2)
    ]
    context = {"project_description": "Who met?", "domain": "news", "language": "English", "document_type": "report"}
    unit = {"row_is": "a person", "rows_per_document": rows, "entity_identification_pattern": "each name"}
    return read_codebook({"hash": "", "variables": variables, "unit": unit, **context})


def _found(index: int, name: str) -> Found:
    at = _TEXT.index(name)
    evidence = Evidence(name, Match.EXACT, (EvidenceSpan(at, at + len(name), 1),))
    passage = next(span.start for span in _CHUNKS if span.start <= at < span.end)
    return Found(index, name, (Mention(name, evidence, passage),))
