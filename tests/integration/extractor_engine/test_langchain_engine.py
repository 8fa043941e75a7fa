"""The engine over a model: replies that are cut off, do not fit, or do not fit in, and lists that go on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coderai.codebook.codebook import Codebook
from coderai.codebook.reply import Answer
from coderai.codebook.variable import VariableType
from coderai.engines.calls import Entity
from coderai.engines.prompting import messages, reply_schema
from coderai.kit.llm import ChatModels, LLMSettings
from coderai.kit.model_replies import Finish, ModelNeverEnds, ModelRefusedRequest, ModelReplyInvalid, ModelUnavailable
from coderai.services.extractor.adapters.langchain_engine import LangChainEngine
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason
from coderai.services.extractor.usecases.code_document import code_document
from tests.support.codebooks import asked, codebook, extract, findings, identify, stated, variable
from tests.support.codebooks import reply as reply_of
from tests.support.models import MODEL, PURSE, listed
from tests.support.openai_answers import document_of, messages_of, requested_schema
from tests.support.openai_faults import ErrorReply, Spoil, server_error
from tests.support.openai_server import OpenAIServer

TEXT = "PORTAVEL, 14 May 2024 - About 350 dock workers marched through Portavel. Two people were injured."
BOOK = codebook()


def say_number(body: dict[str, Any]) -> dict[str, Any]:
    """For each variable v<n>, what the document says of it as `v<n>=<value>;`."""
    document = document_of(body)
    answers: dict[str, Any] = {}
    for name in asked(body):
        _, found, rest = document.partition(f"{name}=")
        value = rest.partition(";")[0]
        answers[name] = stated(value, f"{name}={value};") if found else None
    return findings(answers, body)


def numbered(count: int, room: int = 1024) -> tuple[Codebook, str]:
    """A codebook of so many variables and a text that states them all."""
    book = codebook(*(variable(f"v{n:02}") for n in range(count)))
    return book, "\n".join(f"{'This is told at some length. ' * room}v{n:02}=value {n};" for n in range(count))


async def test_a_call_becomes_messages_and_a_reply_answers(server: OpenAIServer, engine: LangChainEngine) -> None:
    server.answer = lambda _: findings(reply_of(injured=stated(2, "Two people", 0.9)))
    call = extract(BOOK, TEXT)
    reply = await engine.ask(call)
    assert reply.answers["injured"] == (Answer(2, "Two people", 0.9, "It says so."),)
    assert all(reply.answers[v.name] == () for v in BOOK.variables if v.name != "injured")
    [received] = server.requests
    assert received.body["messages"] == [{"role": m.role, "content": m.content} for m in messages(call)]
    assert received.body["response_format"]["json_schema"]["schema"] == reply_schema(call)
    assert (received.body["temperature"], received.body["max_completion_tokens"]) == (0.1, 5 * 1024)
    assert (reply.usage.calls, reply.usage.tokens_in) == (1, server.stats.prompt_tokens)


async def test_of_a_reply_that_does_not_fit_even_when_repaired_the_rest_is_kept(
    server: OpenAIServer, engine: LangChainEngine
) -> None:
    server.answer = lambda _: findings(
        {"injured": stated([2]), "place": stated("Portavel", "Portavel"), "admin": stated(1)}
    )
    reply = await engine.ask(extract(BOOK, TEXT))
    assert reply.answers.keys() == {"place"}
    assert "does not fit" in reply.problem
    assert reply.usage.calls == 2


@pytest.mark.parametrize("fault", [Spoil.BROKEN_JSON, Spoil.EMPTY, Spoil.REFUSAL, Spoil.WRONG_SCHEMA])
async def test_a_reply_of_which_nothing_fits_is_invalid_and_says_what_it_cost(
    fault: Spoil, server: OpenAIServer, engine: LangChainEngine
) -> None:
    server.faults.always(fault)
    with pytest.raises(ModelReplyInvalid, match="does not fit") as failed:
        await engine.ask(extract(BOOK, TEXT))
    assert failed.value.usage.calls == 2
    assert failed.value.usage.tokens_in == server.stats.prompt_tokens
    with pytest.raises(ModelReplyInvalid):
        await engine.ask(identify(BOOK, TEXT))


async def test_the_models_own_errors_pass(server: OpenAIServer, engine: LangChainEngine) -> None:
    server.faults.at(0, fault=ErrorReply(400, "this content is not allowed", "invalid_request_error"))
    with pytest.raises(ModelRefusedRequest):
        await engine.ask(extract(BOOK, TEXT))
    server.faults.clear()
    server.faults.always(server_error())
    with pytest.raises(ModelUnavailable) as failed:
        await engine.ask(extract(BOOK, TEXT))
    assert failed.value.retryable


async def test_what_is_cut_off_or_too_long_answers_nothing(server: OpenAIServer, engine: LangChainEngine) -> None:
    server.faults.always(Spoil.CUT_OFF)
    reply = await engine.ask(extract(BOOK, TEXT))
    assert (reply.finish, reply.answers) == (Finish.CUT_OFF, {})
    server.faults.clear()
    server.context_limit = 100
    reply = await engine.ask(extract(BOOK, TEXT))
    assert (reply.finish, reply.answers) == (Finish.TOO_LONG, {})


async def test_of_a_list_that_was_cut_off_what_stands_whole_is_kept(
    server: OpenAIServer, engine: LangChainEngine
) -> None:
    names = [f"Event {n}" for n in range(20)]
    server.answer = lambda _: {"entities": [{"name": n, "quote": f"{n} began"} for n in names], "more": True}
    server.faults.always(Spoil.CUT_OFF)
    cut = await engine.ask(identify(BOOK, TEXT))
    server.faults.clear()
    assert cut.finish is Finish.CUT_OFF
    assert 5 < len(cut.entities) < 15
    whole = await engine.ask(identify(BOOK, TEXT))
    assert (whole.finish, whole.more) == (Finish.COMPLETE, True)
    assert whole.entities == tuple(Entity(n, f"{n} began") for n in names)
    assert whole.entities[: len(cut.entities)] == cut.entities


async def code(engine: LangChainEngine, book: Codebook, text: str) -> Coded:
    return await code_document(engine, book, Document("1", "report", text))


async def test_replies_that_are_cut_off_come_out_whole(server: OpenAIServer, engine: LangChainEngine) -> None:
    """With room for the answers to some ten variables in a reply."""
    book, text = numbered(40, 1)
    server.answer = say_number
    whole = await code(engine, book, text)
    server.faults.when(lambda asked_: len(asked(asked_.body)) > 12, Spoil.CUT_OFF)
    coded = await code(engine, book, text)
    assert coded.extractions == whole.extractions
    assert [e.value for e in coded.extractions] == [f"value {n}" for n in range(40)]
    assert (whole.receipt.usage.calls, coded.receipt.usage.calls) == (1, 7 + 2), "twice with more room first"
    assert coded.receipt.usage.tokens_in + whole.receipt.usage.tokens_in == server.stats.prompt_tokens


async def test_a_document_beyond_the_context_comes_out_as_it_would_in_one(
    server: OpenAIServer, engine: LangChainEngine
) -> None:
    book, text = numbered(10, 60)
    server.answer = say_number
    whole = await code(engine, book, text)
    server.context_limit = 2500
    coded = await code(engine, book, text)
    assert coded.extractions == whole.extractions
    for extraction in coded.extractions:
        assert extraction.evidence
        assert text[extraction.evidence.start : extraction.evidence.end] == extraction.evidence.quote
    assert coded.receipt.unanswered == {}
    assert len(server.requests) > 4


async def test_a_model_without_room_for_anything_fails_the_document_in_words(
    server: OpenAIServer, engine: LangChainEngine
) -> None:
    server.context_limit = 300
    with pytest.raises(ModelReplyInvalid, match="does not fit into the model's context"):
        await code(engine, *numbered(3, 60))


async def test_one_chunk_that_the_model_fails_on_shows(server: OpenAIServer, engine: LangChainEngine) -> None:
    book, text = numbered(3, 2)
    server.answer = lambda body: "no JSON" if "v02=" in document_of(body) else say_number(body)
    middle = text.index("v02=") - 10
    document = Document("1", "report", text, chunks=(Span(0, middle), Span(middle, len(text))))
    coded = await code_document(engine, book, document)
    first, second, third = coded.extractions
    assert (first.value, second.value, third.value) == ("value 0", "value 1", None)
    assert Flag.INCOMPLETE in first.flags
    assert third.missing_reason is MissingReason.INCOMPLETE
    assert "not valid JSON" in third.explanation
    assert (coded.receipt.chunks_sent, coded.receipt.chunks_answered) == (2, 1)


EVENTS = [f"the march of {name}" for name in ("Adala", "Brenn", "Corvo", "Dunmar", "Estil", "Farrow", "Gannet")]
REPORT = " ".join(f"Then {name} began, and v00={name[-3:]}; was seen." for name in EVENTS)


def list_two(body: dict[str, Any]) -> dict[str, Any]:
    """A model that lists two entities at a time and answers for the one it is asked of."""
    if asked(body):
        named = json.loads(messages_of(body)[1].split("<entity-")[1].split("\n")[1])
        return findings({"v00": stated(named["name"][-3:], f"v00={named['name'][-3:]};")}, body)
    left = [name for name in EVENTS if f'"{name}"' not in messages_of(body)[1]]
    return {"entities": [{"name": n, "quote": f"Then {n} began"} for n in left[:2]], "more": len(left) > 2}


@pytest.mark.parametrize("cut_off", [False, True])
async def test_more_entities_than_a_reply_holds_are_all_coded(
    cut_off: bool, server: OpenAIServer, engine: LangChainEngine
) -> None:
    book = codebook(variable("v00"), multiple=True)
    server.answer = list_two
    if cut_off:
        server.faults.when(lambda asked_: not asked(asked_.body), Spoil.CUT_OFF, times=2)
    coded = await code(engine, book, REPORT)
    assert [(e.entity_text, e.value) for e in coded.extractions] == [(name, name[-3:]) for name in EVENTS]
    assert coded.receipt.entities_found == len(EVENTS)
    assert (coded.receipt.chunks_sent, coded.receipt.chunks_answered) == (1, 1)


async def test_calls_about_one_passage_find_it_in_the_providers_cache(
    server: OpenAIServer, engine: LangChainEngine
) -> None:
    """The server caches prefixes as OpenAI does: schema first, in steps of 128 tokens from 1,024."""
    book = codebook(variable("v00"), multiple=True)
    server.answer = list_two
    await code(engine, book, REPORT + " It went on." * 1000)
    extracts = [r for r in server.requests if asked(r.body)]
    assert len(extracts) == len(EVENTS)
    prompt_tokens_of_one = 3000
    assert server.stats.cached_tokens > (len(EVENTS) - 1) * prompt_tokens_of_one


@pytest.mark.parametrize("model", [MODEL, "openai:gpt-4", "openai:gpt-5-pro"])
async def test_shared_parts_of_a_schema_reach_models_in_whatever_way_they_take_schemas(
    model: str, server: OpenAIServer
) -> None:
    """As a response format, as a function to call, over the responses API."""
    book = codebook(*(variable(f"v{n}", list(VariableType)[n % 2]) for n in range(20)))
    models = ChatModels(LLMSettings(), listed(server.base_url))
    reply = await LangChainEngine(await models.open(model, PURSE)).ask(extract(book, TEXT))
    await models.close()
    assert reply.answers.keys() == {v.name for v in book.variables}
    assert any(answers and answers[0].quote in TEXT for answers in reply.answers.values())


@pytest.mark.parametrize("model", [MODEL, "openai:gpt-4", "openai:gpt-5-pro"])
async def test_the_order_of_a_finding_reaches_the_model_in_whatever_way_it_takes_schemas(
    model: str, server: OpenAIServer
) -> None:
    """Models write properties in the order of the schema: the quote comes before what is made of it."""
    models = ChatModels(LLMSettings(), listed(server.base_url))
    await LangChainEngine(await models.open(model, PURSE)).ask(extract(BOOK, TEXT))
    await models.close()
    finding = (requested_schema(server.requests[0].body) or {})["properties"]["findings"]["items"]
    assert list(finding["properties"]) == ["variable", "quote", "reason", "value", "confidence"]


MISQUOTED = {
    "injured": stated(2, "Three policemen were hurt"),
    "place": stated("Portavel", "PORTAVEL [...] dock workers marched through portavel"),
    "event_date": None,
    "form": None,
}
CALL = extract(BOOK, TEXT)


async def test_a_quote_that_is_not_there_and_a_variable_left_out_are_asked_again_once(
    server: OpenAIServer, engine: LangChainEngine
) -> None:
    mended = {"injured": stated(2, "Two people were injured"), "police_force": None, "place": stated("X", "X")}
    replies = iter([findings(MISQUOTED), findings(mended)])
    server.answer = lambda _: next(replies)
    reply = await engine.ask(CALL)
    assert reply.answers["injured"] == (Answer(2, "Two people were injured", 0.95, "It says so."),)
    assert reply.answers["police_force"] == ()
    assert reply.answers["place"][0].value == "Portavel", "what was not asked again stays"
    assert (reply.usage.calls, reply.usage.tokens_in) == (2, server.stats.prompt_tokens)
    first, second = (received.body["messages"] for received in server.requests)
    assert second[: len(first)] == first
    assert "quoted for injured." in second[-1]["content"] and "left out police_force." in second[-1]["content"]


@pytest.mark.parametrize("second", ["no JSON", findings(MISQUOTED), {"findings": [], "not_stated": []}])
async def test_what_is_still_not_there_stays_as_it_was_and_is_not_asked_a_third_time(
    second: Any, server: OpenAIServer, engine: LangChainEngine
) -> None:
    replies = iter([findings(MISQUOTED), second])
    server.answer = lambda _: next(replies)
    reply = await engine.ask(CALL)
    assert reply.answers["injured"][0].quote == "Three policemen were hurt"
    assert "police_force" not in reply.answers
    assert reply.usage.calls == 2


async def test_a_reply_that_was_repaired_is_not_asked_again_for_its_quotes(
    server: OpenAIServer, engine: LangChainEngine
) -> None:
    replies = iter(["no JSON", findings(MISQUOTED)])
    server.answer = lambda _: next(replies)
    assert (await engine.ask(CALL)).usage.calls == 2


ONE = codebook(variable("v00"), reasoning_effort="low")
"""As the README has it: one variable, whose limit is 1,024 tokens."""


@pytest.mark.parametrize(("model", "calls"), [("openai:gpt-5-mini", 12), ("openai:a-later-model", 13)])
async def test_twelve_documents_take_a_model_that_thinks_twelve_calls(
    model: str, calls: int, server: OpenAIServer
) -> None:
    """A thousand tokens of thought each; a model that nobody knows to think shows it by its first reply."""
    server.thinking, server.answer = 1000, say_number
    models = ChatModels(LLMSettings(), listed(server.base_url))
    engine = LangChainEngine(await models.open(model, PURSE))
    text = "v00=told at some length, so that it does not fit beside a thousand tokens of thought;" * 2
    coded = [await code(engine, ONE, text) for _ in range(12)]
    await models.close()
    assert {one.extractions[0].value for one in coded} == {text[4:].partition(";")[0]}
    assert len(server.requests) == calls
    assert sum(one.receipt.usage.tokens_out for one in coded) == server.stats.completion_tokens > 12 * 1000
    assert {received.body["reasoning_effort"] for received in server.requests} == {"low"}


@pytest.mark.parametrize("model", ["openai:gpt-5-mini", "openai:a-small-local-one"])
@pytest.mark.parametrize(("variables", "most"), [(1, 4), (40, 10)])
async def test_a_model_that_never_ends_fails_the_document_after_a_few_calls(
    model: str, variables: int, most: int, server: OpenAIServer
) -> None:
    server.thinking = 10**9
    models = ChatModels(LLMSettings(), listed(server.base_url))
    engine = LangChainEngine(await models.open(model, PURSE))
    book, text = numbered(variables, 1)
    with pytest.raises((ModelReplyInvalid, ModelNeverEnds), match="token limit") as failed:
        await code(engine, book, text)
    first = len(server.requests)
    assert failed.value.usage.calls <= first <= most
    with pytest.raises((ModelReplyInvalid, ModelNeverEnds)):
        await code(engine, book, text)
    await models.close()
    assert len(server.requests) <= 2 * most - 3, "more room is not tried again"
