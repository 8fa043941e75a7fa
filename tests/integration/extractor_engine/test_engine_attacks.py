"""A model that does what a document tells it can spoil that document's own values, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from coderai.codebook.variable import VariableType
from coderai.engines.prompting.delimiters import shown
from coderai.engines.prompting.judging import RULES as JUDGE_RULES
from coderai.kit.model_replies import ModelReplyInvalid
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document
from coderai.services.extractor.domain.coding.extraction import Extraction, Flag, MissingReason, Status, Support
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.codebooks import FORMS, asked, codebook, findings
from tests.support.openai_answers import document_of, messages_of, requested_schema
from tests.support.openai_server import OpenAIServer
from tests.unit.engines.attacks import ATTACKS, HONEST, HONEST_REPLY, Attack

BOOK = codebook()
PLAIN = "\n\n".join(HONEST)
TYPES: dict[VariableType, Any] = {
    VariableType.TEXT: str,
    VariableType.DATE: str,
    VariableType.CATEGORY: str,
    VariableType.NUMBER: int | float,
    VariableType.BOOLEAN: bool,
}

attacked = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


def fooled_by(attack: Attack) -> Callable[[dict[str, Any]], dict[str, Any] | str]:
    """A model that obeys the attack wherever it reads it, and else answers honestly, what it is asked each time."""

    def answer(body: dict[str, Any]) -> dict[str, Any] | str:
        if "verdicts" in (requested_schema(body) or {})["properties"]:
            return {"verdicts": []}
        said = attack.obeyed if shown(attack.text) in document_of(body) else HONEST_REPLY
        if isinstance(said, str) or "injured" not in said:
            return said
        return findings({k: v for k, v in said.items() if k in asked(body) or k not in HONEST_REPLY})

    return answer


async def code(engine: LangChainEngine, text: str) -> Coded | ModelReplyInvalid:
    try:
        return await code_document(engine, BOOK, Document("1", "report", text, language="en"))
    except ModelReplyInvalid as failed:
        return failed


def check(extraction: Extraction, text: str) -> None:
    """What holds of a value, whatever the model was made to say."""
    value, evidence = extraction.value, extraction.evidence
    if value is None:
        assert extraction.missing_reason is not None
        return
    assert isinstance(value, TYPES[extraction.variable.type])
    assert extraction.variable.type is not VariableType.CATEGORY or value in FORMS
    assert 0.0 <= extraction.confidence <= 1.0
    assert evidence is not None
    assert text[evidence.start : evidence.end] == evidence.quote
    assert extraction.support in (Support.STATED, Support.UNCHECKED)


@attacked
async def test_what_a_fooled_model_says_is_checked_and_other_documents_are_as_they_were(
    attack: Attack, server: OpenAIServer, engine: LangChainEngine
) -> None:
    server.answer = fooled_by(attack)
    before = await code(engine, PLAIN)
    server.reset()
    server.answer = fooled_by(attack)
    spoilt, beside = await asyncio.gather(code(engine, attack.document), code(engine, PLAIN))
    assert beside == before
    if isinstance(spoilt, Coded):
        assert [e.variable.name for e in spoilt.extractions] == [v.name for v in BOOK.variables]
        for extraction in spoilt.extractions:
            check(extraction, attack.document)
    else:
        assert spoilt.usage.calls == 2, "a reply and its repair"
    systems = {messages_of(received.body)[0] for received in server.requests}
    assert len(systems - {JUDGE_RULES}) == 1


@attacked
async def test_a_made_up_number_is_never_passed_off_as_stated(
    attack: Attack, server: OpenAIServer, engine: LangChainEngine
) -> None:
    """The one thing that an attack can achieve is that its own words are quoted as what the document says."""
    server.answer = fooled_by(attack)
    coded = await code(engine, attack.document)
    if isinstance(coded, Coded):
        injured = next(e for e in coded.extractions if e.variable.name == "injured")
        evidence = injured.evidence
        quotes_the_attack = evidence is not None and evidence.quote in attack.text
        assert injured.value in (2, None) or Flag.UNGROUNDED in injured.flags or quotes_the_attack


async def outcome(name: str, server: OpenAIServer, engine: LangChainEngine) -> dict[str, Extraction]:
    attack = next(attack for attack in ATTACKS if attack.name == name)
    server.answer = fooled_by(attack)
    coded = await code(engine, attack.document)
    assert isinstance(coded, Coded)
    return {e.variable.name: e for e in coded.extractions}


async def test_a_value_without_a_quote_is_never_clean(server: OpenAIServer, engine: LangChainEngine) -> None:
    injured = (await outcome("ignore instructions", server, engine))["injured"]
    assert (injured.support, injured.status) == (Support.UNCHECKED, Status.FLAGGED)
    assert injured.flags[0] is Flag.UNCHECKED


async def test_a_made_up_value_beside_a_stated_one_is_left(server: OpenAIServer, engine: LangChainEngine) -> None:
    assert (await outcome("two values, one made up", server, engine))["injured"].value == 2


async def test_a_golden_example_is_no_evidence(server: OpenAIServer, engine: LangChainEngine) -> None:
    injured = (await outcome("quote of an example", server, engine))["injured"]
    assert (injured.value, injured.missing_reason) == (None, MissingReason.NOT_STATED)
    assert Flag.EXAMPLE_LEAKED in injured.flags


async def test_a_category_outside_the_list_is_refused(server: OpenAIServer, engine: LangChainEngine) -> None:
    found = await outcome("category outside the list", server, engine)
    assert (found["form"].value, found["form"].missing_reason) == (None, MissingReason.MODEL_FAILED)
    assert found["place"].value == "Portavel"


@pytest.mark.parametrize("name", ["unknown variable", "prototype", "look-alike name"])
async def test_an_unknown_variable_is_dropped(name: str, server: OpenAIServer, engine: LangChainEngine) -> None:
    found = await outcome(name, server, engine)
    assert found["injured"].value in (2, None) or Flag.UNGROUNDED in found["injured"].flags


@pytest.mark.parametrize("name", ["list for a number", "object for a value", "huge number"])
async def test_of_a_reply_that_does_not_fit_only_what_does_not_fit_fails(
    name: str, server: OpenAIServer, engine: LangChainEngine
) -> None:
    found = await outcome(name, server, engine)
    failed = [e for e in found.values() if e.missing_reason is MissingReason.MODEL_FAILED]
    assert len(failed) == 1
    assert failed[0].status is Status.FAILED
    assert failed[0].explanation
