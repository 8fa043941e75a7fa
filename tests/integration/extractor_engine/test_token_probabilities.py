"""Probabilities of a value's tokens on their way from the provider's reply into the cell's confidence."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

from coderai.codebook.codebook import Verify
from coderai.codebook.variable import VariableType
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Extraction
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.codebooks import codebook, findings, stated, variable
from tests.support.models import MODEL, PURSE, listed
from tests.support.openai_answers import document_of
from tests.support.openai_faults import ErrorReply
from tests.support.openai_server import OpenAIServer

FIRST, SECOND = "In Łódź 12 people were injured.", "The clinic in Zürich wrote of 15 injured."
TEXT = f"{FIRST} {SECOND}"
PLACE, INJURED = variable("place"), variable("injured", VariableType.NUMBER)
BOOK = codebook(PLACE, INJURED, verify=Verify.NONE)
WHOLE = Document("1", "report", TEXT, language="en")
CHUNKED = Document("1", "report", TEXT, chunks=[Span(0, len(FIRST)), Span(len(FIRST) + 1, len(TEXT))], language="en")
SURE, UNSURE = math.log(0.97), math.log(0.4)


def by_byte(text: str) -> Sequence[tuple[bytes, float]]:
    """A token a byte; the model is unsure of the first byte of the last character of each place."""
    places = [finding["value"] for finding in json.loads(text)["findings"] if finding["variable"] == "place"]
    tokens = [(bytes([byte]), SURE) for byte in text.encode()]
    for place in places:
        end = text.encode().index(f'"value": "{place}'.encode()) + len(f'"value": "{place}'.encode())
        tokens[end - len(place[-1].encode())] = (tokens[end - len(place[-1].encode())][0], UNSURE)
    return tokens


async def coded(server: OpenAIServer, document: Document = WHOLE, *, logprobs: bool = True) -> dict[str, Extraction]:
    server.answer = lambda body: findings(
        {"place": stated("Łódź", FIRST), "injured": stated(12, FIRST)}
        if FIRST in document_of(body)
        else {"place": stated("Zürich", SECOND), "injured": stated(15, SECOND)},
        body,
    )
    models = ChatModels(LLMSettings(llm_logprobs=logprobs), listed(server.base_url))
    done = await code_document(LangChainEngine(await models.open(MODEL, PURSE)), BOOK, document)
    await models.close()
    return {one.variable.name: one for one in done.extractions}


async def test_a_value_with_an_improbable_token_is_less_sure(server: OpenAIServer) -> None:
    without = await coded(server, logprobs=False)
    server.tokens = by_byte
    found = await coded(server)
    assert [round(found[name].chosen[0].probability or 0, 4) for name in ("place", "injured")] == [0.4, 0.97]
    assert found["place"].confidence < without["place"].confidence
    assert found["injured"].confidence == without["injured"].confidence
    assert [found[name].value for name in ("place", "injured")] == ["Łódź", 12]
    assert found["place"].model_confidence == without["place"].model_confidence == 0.95


async def test_each_candidate_keeps_its_own(server: OpenAIServer) -> None:
    server.tokens = by_byte
    found = await coded(server, CHUNKED)
    kept = [(c.value, round(c.probability or 0, 4)) for name in found for c in found[name].candidates]
    assert kept == [("Łódź", 0.4), ("Zürich", 0.4), (12, 0.97), (15, 0.97)]


async def test_a_provider_that_gives_or_takes_none_changes_nothing(server: OpenAIServer) -> None:
    without = await coded(server, logprobs=False)
    assert await coded(server) == without
    refusal = ErrorReply(403, "You are not allowed to request logprobs from this model", "invalid_request_error")
    server.faults.when(lambda asked: "logprobs" in asked.body, refusal)
    assert await coded(server, CHUNKED) == await coded(server, CHUNKED, logprobs=False)
    assert await coded(server) == without
