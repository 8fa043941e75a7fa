"""Entities through the engine over a model: later chunks know the earlier ones', one call tells the rest apart."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.codebooks import codebook, variable
from tests.support.openai_answers import document_of, messages_of, requested_schema
from tests.support.openai_server import OpenAIServer

SENTENCES = ("Anna Keller spoke first. ", "Peter Keller left early. ", "Keller later agreed. ", "A. Keller signed. ")
NAMES = ("Anna Keller", "Peter Keller", "A. Keller")


def listed(text: str) -> list[dict[str, str]]:
    names = [name for name in NAMES if name in text] or ["Keller"]
    return [{"name": name, "quote": text.strip()} for name in names]


async def test_a_short_form_of_two_is_told_apart_by_one_call(server: OpenAIServer, engine: LangChainEngine) -> None:
    kinds: list[str] = []

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        [first, *_] = (requested_schema(body) or {})["properties"]
        kinds.append(first)
        if first == "same":
            assert "Keller later agreed." in str(messages_of(body))
            return {"same": [[2, 3]]}
        return (
            {"findings": [], "not_stated": ["v"]}
            if first == "findings"
            else {"entities": listed(document_of(body)), "more": False}
        )

    server.answer = answer
    starts = [sum(map(len, SENTENCES[:n])) for n in range(len(SENTENCES) + 1)]
    chunks = [Span(a, b) for a, b in pairwise(starts)]
    document = Document("1", "report", "".join(SENTENCES), chunks=chunks)
    coded = await code_document(engine, codebook(variable("v"), multiple=True), document)
    found = [[(m.text, m.why) for m in entity.mentions] for entity in coded.receipt.entities]
    assert found == [
        [("Anna Keller", "first mention"), ("A. Keller", "initials of given names: 'Anna Keller'")],
        [("Peter Keller", "first mention"), ("Keller", "surname: 'Peter Keller'")],
    ]
    assert kinds.count("same") == 1
    assert coded.receipt.usage.calls == len(server.requests) == len(kinds)
