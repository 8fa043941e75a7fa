"""Codes an odd answer in the whole pipeline: a scripted model gives it, a scripted judge says yes, no or neither."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coderai.codebook.codebook import Verify
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Extraction
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.codebooks import codebook, findings, stated
from tests.support.odd_answers import Odd
from tests.support.openai_answers import requested_schema
from tests.support.openai_server import OpenAIServer


async def coded(
    odd: Odd,
    verdict: bool | None,
    server: OpenAIServer,
    engine: LangChainEngine,
    verify: Verify = Verify.DOUBTFUL,
) -> Extraction:
    """The extraction that comes of the answer; a verdict of None is a judge that does not answer."""

    def answer(body: dict[str, Any]) -> dict[str, Any]:
        if asks_for_verdicts(body):
            return {"verdicts": [] if verdict is None else [{"claim": n, "states": verdict} for n in (1, 2, 3)]}
        given = ((odd.value, odd.quote), *odd.also)
        said = {odd.variable.name: [item for pair in given for item in stated(*pair, odd.confidence)]}
        return findings(said, body)

    server.answer = answer
    document = Document("1", odd.kind, odd.text, language=odd.language)
    return (await code_document(engine, codebook(odd.variable, verify=verify), document)).extractions[0]


def asks_for_verdicts(body: Mapping[str, Any]) -> bool:
    """Whether a request is one to judge claims."""
    return "verdicts" in (requested_schema(dict(body)) or {}).get("properties", {})
