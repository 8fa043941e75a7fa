"""What a model is asked of documents' kind, and how its reply is read: what no document bears out is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coderai.codebook.reply import TEXT, object_schema
from coderai.services.copilot.domain.describing.description import Description, Told
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.checking import found, not_found, short
from coderai.services.copilot.domain.suggesting.prompting.ground import SEEN, Asking, claims, rules

_LONGEST_VALUE, _LONGEST_REASON = 200, 1_000
_RULES = rules(
    "Say what kind of documents these are, as a dataset's codebook describes its sources.",
    'domain: what they are about or where they come from, in two to four words of English ("news articles", "court'
    ' records", "hospital discharge letters").',
    'document_type: what each of them is, in a phrase of English ("weekly incident bulletins of a port").',
    "reason: one sentence on what in the documents tells it. seen: where they show it.",
    "Say nothing that the documents do not show: an empty value where they show none.",
)
_FIELD = object_schema({"value": TEXT, "reason": TEXT, "seen": SEEN})
_SCHEMA = object_schema({"domain": _FIELD, "document_type": _FIELD})
_NAMES = {"domain": "domain", "document_type": "document type"}


def _ask(question: Question) -> str:
    return "What kind of documents are these?"


def read_description(content: Mapping[str, Any], question: Question) -> Description:
    """The description in a reply that fits the schema, without the fields that no document bears out."""
    told, left_out = dict[str, Told](), list[str]()
    for field, name in _NAMES.items():
        value, reason = short(content[field]["value"], _LONGEST_VALUE), short(content[field]["reason"], _LONGEST_REASON)
        if not value:
            continue
        said = claims(content[field]["seen"], question)
        quotes = found(said, question.documents)
        if quotes:
            told[field] = Told(value, reason, tuple(quotes))
        else:
            left_out.append(f"The model's {name} ({value}) is left out: {not_found(said)}.")
    return Description(told.get("domain"), told.get("document_type"), tuple(left_out))


CONTEXT = Asking("context", _RULES, _SCHEMA, _ask, read_description, usual_reply=300)
