"""Coding a document: nothing that goes in is lost, and chunking does not change what comes out."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coderai.codebook.codebook import Codebook
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Category, Condition, IfMultipleValues, Operator, VariableType
from coderai.engines.calls import Call, CallKind, Entity, Reply
from coderai.kit.errors import Unavailable
from coderai.kit.model_replies import Finish, ModelNeverEnds, ModelReplyInvalid, Usage
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Extraction, Flag, MissingReason, Status
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.usecases.asking import CUT_OFF, ENDLESS, MOST_CALLS, MOST_CUT_OFF, TOO_LONG
from coderai.services.extractor.usecases.code_document import NO_ANSWER, code_document
from coderai.services.extractor.usecases.progress import LOST_QUOTE
from tests.support.codebooks import codebook, variable

ONE = Usage(calls=1, tokens_in=10, tokens_out=1)
STATEMENT = re.compile(r"\[s(\d+)\] (\w+) was ([^.;\]]+)\.")


def read(call: Call) -> Reply:
    """What a perfect model answers: every statement that stands whole in the passage."""
    found: dict[str, list[Answer]] = {v.name: [] for v in call.variables}
    for statement in STATEMENT.finditer(call.passage.text):
        if statement[2] in found:
            confidence = (0.6, 0.8, 0.95)[int(statement[1]) % 3]
            found[statement[2]].append(Answer(statement[3], statement[0], confidence))
    return Reply({name: tuple(answers) for name, answers in found.items()}, usage=ONE)


@dataclass
class ScriptedEngine:
    """Answers as told, and keeps what it was asked."""

    answer: Callable[[Call], Reply] = read
    calls: list[Call] = field(default_factory=list)

    async def ask(self, call: Call) -> Reply:
        self.calls.append(call)
        await asyncio.sleep(0)
        return self.answer(call)

    def asked(self, kind: CallKind = CallKind.EXTRACT) -> list[Call]:
        return [call for call in self.calls if call.kind is kind]


async def code(
    book: Codebook, document: Document, answer: Callable[[Call], Reply] = read
) -> tuple[Coded, ScriptedEngine]:
    engine = ScriptedEngine(answer)
    return await code_document(engine, book, document), engine


def by_name(coded: Coded, entity: int = 0) -> dict[str, Extraction]:
    return {e.variable.name: e for e in coded.extractions if e.entity_index == entity}


MERGED = codebook(
    variable("first", VariableType.NUMBER),
    variable("last", VariableType.NUMBER, if_multiple_values=IfMultipleValues.LAST),
    variable("every", VariableType.TEXT, if_multiple_values=IfMultipleValues.ALL, max_values=4),
    variable("joined", VariableType.TEXT, if_multiple_values=IfMultipleValues.CONCATENATE),
    variable("kind", VariableType.CATEGORY, categories=(Category("march"), Category("strike"))),
    variable("true", VariableType.BOOLEAN),
)
VALUES = {
    "first": "123",
    "last": "456",
    "every": "xyzw",
    "joined": "pqr",
    "kind": ("march", "strike", "coup"),
    "true": ("yes", "no"),
}

statements = st.sampled_from([(name, value) for name, values in VALUES.items() for value in values])
filler = st.text(st.characters(exclude_categories=["Cs"]), max_size=60) | st.sampled_from(
    ["\n\n", "Nothing to report here. " * 4]
)


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, list[Span]]:
    """A text with statements in it, and chunks of it that overlap somehow."""
    parts = draw(st.lists(st.tuples(filler, statements), max_size=8))
    text = "".join(f"{fill}[s{n}] {name} was {value}." for n, (fill, (name, value)) in enumerate(parts)) + draw(filler)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=5)) | {0, len(text)})
    overlaps = draw(st.lists(st.integers(0, 60), min_size=len(cuts), max_size=len(cuts)))
    return text, [Span(max(0, a - o), b) for a, b, o in zip(cuts, cuts[1:], overlaps, strict=False)]


def without_conflicts(extraction: Extraction) -> tuple[Any, ...]:
    """What must not depend on chunks; only whether parts contradict each other does."""
    flags = tuple(f for f in extraction.flags if f is not Flag.AMBIGUOUS)
    candidates = [(c.value, c.evidence, c.confidence) for c in extraction.candidates]
    return extraction.value, extraction.evidence, extraction.confidence, extraction.missing_reason, flags, candidates


@given(documents())
def test_chunking_changes_nothing_when_every_statement_is_whole_in_a_chunk(given_: tuple[str, list[Span]]) -> None:
    text, chunks = given_
    chunked, engine = asyncio.run(code(MERGED, Document("1", "", text, chunks=chunks)))
    for extraction in chunked.extractions:
        evidence = extraction.evidence
        assert evidence is None or text[evidence.start : evidence.end] == evidence.quote
    assert (
        (chunked.receipt.chunks_sent, chunked.receipt.chunks_answered) == (len(set(chunks)),) * 2 if chunks else (1, 1)
    )
    assert chunked.receipt.usage.calls == len(engine.calls)
    assume(all(any(c.start <= s.start() and s.end() <= c.end for c in chunks) for s in STATEMENT.finditer(text)))
    whole, _ = asyncio.run(code(MERGED, Document("1", "", text)))
    assert [without_conflicts(e) for e in chunked.extractions] == [without_conflicts(e) for e in whole.extractions]


TEXT = "[s1] first was 1. " + "Nothing more on this page. " * 20 + "[s2] first was 2. [s4] every was x."
PAGES = (Span(0, 300), Span(300, len(TEXT)))
LONG = Document("1", "report", TEXT, PAGES, (Span(0, 320), Span(250, len(TEXT))))
ONLY = codebook(*MERGED.variables[:3])


async def test_a_receipt_accounts_for_everything() -> None:
    coded, engine = await code(ONLY, LONG)
    receipt = coded.receipt
    assert (receipt.pages_read, receipt.chunks_sent, receipt.chunks_answered) == (2, 2, 2)
    assert (receipt.variables_asked, receipt.variables_answered, receipt.unanswered) == (3, 2, {"last": "NOT_STATED"})
    assert (receipt.usage, receipt.judge, receipt.deciding) == (Usage(3, 30, 3), Usage(), Usage(1, 10, 1))
    assert [call.kind for call in engine.calls] == [CallKind.EXTRACT, CallKind.EXTRACT, CallKind.DECIDE]


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (ModelReplyInvalid("it does not fit", ONE), "it does not fit"),
        (Reply(finish=Finish.CUT_OFF, usage=ONE), CUT_OFF),
        (Reply(finish=Finish.TOO_LONG, usage=ONE), TOO_LONG),
        (Reply({"first": ()}, usage=ONE), NO_ANSWER),
    ],
)
async def test_a_chunk_that_is_not_answered_shows(broken: Reply | ModelReplyInvalid, problem: str) -> None:
    def answer(call: Call) -> Reply:
        if call.passage.start == 0:
            return read(call)
        if isinstance(broken, ModelReplyInvalid):
            raise broken
        return broken

    coded, engine = await code(ONLY, LONG, answer)
    found = by_name(coded)
    assert found["every"].missing_reason is MissingReason.INCOMPLETE
    assert (found["every"].status, found["every"].flags) == (Status.FLAGGED, (Flag.INCOMPLETE,))
    assert problem in found["every"].explanation
    assert "pages 1-2" in found["every"].explanation
    assert found["first"].value == 1
    if problem != NO_ANSWER:
        assert Flag.INCOMPLETE in found["first"].flags
        assert (coded.receipt.chunks_sent, coded.receipt.chunks_answered, coded.receipt.pages_read) == (2, 1, 2)
    assert coded.receipt.unanswered == {"last": "INCOMPLETE", "every": "INCOMPLETE"}
    assert coded.receipt.usage.calls == len(engine.calls)


async def test_a_default_does_not_hide_that_a_part_was_not_answered() -> None:
    with_default = codebook(replace(MERGED.variables[0], default_value=0))

    def answer(call: Call) -> Reply:
        return Reply({"first": ()}) if call.passage.start == 0 else Reply()

    coded, _ = await code(with_default, LONG, answer)
    assert (coded.extractions[0].value, coded.extractions[0].missing_reason) == (None, MissingReason.INCOMPLETE)
    coded, _ = await code(with_default, LONG, lambda call: Reply({"first": ()}))
    assert (coded.extractions[0].value, coded.extractions[0].missing_reason) == (0, MissingReason.NOT_STATED)
    assert coded.receipt.unanswered == {"first": "NOT_STATED"}


async def test_a_variable_that_no_part_answers_has_failed_though_others_are_answered() -> None:
    coded, _ = await code(ONLY, LONG, lambda call: Reply({"first": (), "last": ()}, usage=ONE))
    every = by_name(coded)["every"]
    assert (every.missing_reason, every.status) == (MissingReason.MODEL_FAILED, Status.FAILED)


async def test_what_is_not_found_may_stand_on_a_page_that_has_no_text() -> None:
    with_pictures = replace(LONG, pages=(*PAGES, Span(len(TEXT), len(TEXT))), unread_pages=(3,))
    coded, _ = await code(codebook(replace(MERGED.variables[1], default_value=7), *ONLY.variables[::2]), with_pictures)
    found = by_name(coded)
    assert (found["last"].value, found["last"].missing_reason) == (None, MissingReason.INCOMPLETE)
    assert found["last"].explanation == "no text was read of page 3"
    assert (found["last"].status, found["last"].flags) == (Status.FLAGGED, (Flag.INCOMPLETE,))
    assert found["every"].value == "x" and not found["every"].flags, "what is stated is stated"
    assert (coded.receipt.unread_pages, coded.receipt.pages_read) == ((3,), 2)
    assert coded.receipt.unanswered == {"last": "INCOMPLETE"}


async def test_a_value_is_no_surer_than_text_recognition_is_of_its_page() -> None:
    texts = ("[s2] first was 1. [s2] last was 4.", "[s2] last was 5. [s2] first was 1. [s2] joined was p.")
    document = Document(
        "1", "", "".join(texts), pages=(Span(0, len(texts[0])), Span(len(texts[0]), len("".join(texts))))
    )
    book = codebook(*(v for v in MERGED.variables if v.name in ("first", "last", "joined")))
    known = by_name((await code(book, document))[0])
    coded, _ = await code(book, replace(document, unsure_pages={2: 0.41}))
    found = by_name(coded)
    assert {name: one.value for name, one in found.items()} == {"first": 1, "last": 5, "joined": "p"}
    assert found["first"] == known["first"], "a page without doubts states it too"
    for name in ("last", "joined"):
        evidence = found[name].evidence
        assert Flag.UNSURE_PAGE in found[name].flags and Flag.UNSURE_PAGE not in known[name].flags
        assert found[name].confidence == 0.41 < known[name].confidence
        assert evidence is not None and evidence.recognition == 0.41
    assert (coded.receipt.unsure_pages, coded.receipt.pages_read) == ((2,), 2)


async def test_what_is_not_found_may_have_been_misread() -> None:
    coded, _ = await code(ONLY, replace(LONG, unsure_pages={2: 0.5}), lambda call: Reply({"every": ()}))
    found = by_name(coded)["every"]
    assert (found.value, found.missing_reason) == (None, MissingReason.NOT_STATED), "the page was read, and asked about"
    assert (found.status, found.flags) == (Status.FLAGGED, (Flag.UNSURE_PAGE,))
    assert found.explanation == "text recognition is unsure of page 2"


async def test_a_quote_that_runs_on_to_an_unsure_page_stands_on_it() -> None:
    document = Document("1", "", "Twelve were\ninjured.", pages=(Span(0, 12), Span(12, 20)), unsure_pages={2: 0.3})
    finder = QuoteFinder(document)
    assert finder.find("Twelve were injured.").recognition == 0.3
    assert finder.find("Twelve were").recognition is None


async def test_a_document_about_which_nothing_is_answered_fails_and_says_what_it_cost() -> None:
    with pytest.raises(ModelNeverEnds, match="ran to their token limit") as failed:
        await code(ONLY, LONG, lambda call: Reply(finish=Finish.CUT_OFF, usage=ONE))
    assert failed.value.usage.calls == MOST_CUT_OFF + 1


async def test_so_does_one_whose_entities_are_listed_and_nothing_is_answered_about_them() -> None:
    def answer(call: Call) -> Reply:
        return read_events(call) if call.kind is CallKind.IDENTIFY else Reply(problem="it does not fit", usage=ONE)

    with pytest.raises(ModelReplyInvalid, match="does not fit") as failed:
        await code(ROWS, SEVERAL, answer)
    assert failed.value.usage.calls == 4 + 3


@pytest.mark.parametrize("multiple", [True, False])
@pytest.mark.parametrize("finish", [Finish.CUT_OFF, Finish.TOO_LONG])
async def test_a_model_that_is_never_done_is_not_asked_without_end(finish: Finish, multiple: bool) -> None:
    fifty = codebook(*(variable(f"v{n}") for n in range(50)), multiple=multiple)
    engine = ScriptedEngine(lambda call: Reply(finish=finish))
    with pytest.raises((ModelReplyInvalid, ModelNeverEnds)):
        await code_document(engine, fifty, Document("1", "", "word " * 20_000))
    assert 0 < len(engine.calls) <= MOST_CALLS


async def test_what_does_not_fit_is_asked_in_parts_and_comes_out_the_same() -> None:
    def with_room_for(length: int) -> Callable[[Call], Reply]:
        return lambda call: read(call) if len(call.passage.text) <= length else Reply(finish=Finish.TOO_LONG)

    statements = "".join("Much more is told here at length. " * 12 + f"[s{n}] every was {n}." for n in range(30))
    document = Document("1", "", statements)
    book = codebook(replace(MERGED.variables[2], max_values=20))
    whole, _ = await code(book, document)
    split, engine = await code(book, document, with_room_for(3000))
    assert split.extractions[0].value == whole.extractions[0].value
    assert split.extractions[0].evidence == whole.extractions[0].evidence
    assert len(engine.calls) > 8
    assert (split.receipt.chunks_sent, split.receipt.chunks_answered) == (1, 1)


async def test_a_reply_that_is_cut_off_is_asked_for_in_parts_and_comes_out_the_same() -> None:
    def few_at_a_time(call: Call) -> Reply:
        return read(call) if len(call.variables) <= 2 else Reply(finish=Finish.CUT_OFF, usage=ONE)

    whole, _ = await code(MERGED, LONG)
    split, engine = await code(MERGED, LONG, few_at_a_time)
    assert split.extractions == whole.extractions
    assert split.receipt.usage.calls == len(engine.calls) == 2 * (1 + 2 + 4) + 1
    assert len(engine.asked()) == 2 * (1 + 2 + 4)


async def test_later_rounds_ask_only_what_applies() -> None:
    book = codebook(
        variable("first", VariableType.NUMBER),
        variable("every", depends_on=(Condition("first", Operator.EQUALS, 2),)),
        variable("last", VariableType.NUMBER, depends_on=(Condition("first", Operator.GREATER, 5),)),
    )
    coded, engine = await code(book, LONG)
    assert [[v.name for v in call.variables] for call in engine.asked()] == [["first"], ["first"], ["every"], ["every"]]
    found = by_name(coded)
    assert found["every"].value == "x"
    assert (found["last"].missing_reason, coded.receipt.variables_asked) == (MissingReason.NOT_APPLICABLE, 2)
    assert coded.receipt.unanswered == {"last": "NOT_APPLICABLE"}


async def test_an_error_of_the_model_ends_the_other_calls() -> None:
    ended: list[bool] = []

    class Failing:
        async def ask(self, call: Call) -> Reply:
            if call.passage.start:
                raise Unavailable("not now")
            try:
                await asyncio.Event().wait()
            finally:
                ended.append(True)
            return Reply()

    with pytest.raises(Unavailable, match="not now"):
        await code_document(Failing(), ONLY, LONG)
    assert ended == [True]


# Documents with several entities

EVENTS = (
    "A march in Portavel drew a crowd. [s1] first was 1. ",
    "Nothing else happened there. " * 10,
    "A vigil in Kessling was quiet. [s2] first was 2. ",
    "Later in Portavel the crowd grew. [s5] every was y. ",
)
STARTS = [sum(len(part) for part in EVENTS[:n]) for n in range(5)]
SEVERAL = Document("1", "", "".join(EVENTS), chunks=[Span(a, b) for a, b in pairwise(STARTS)])
MARCH, VIGIL = Entity("march in Portavel", "A march in Portavel"), Entity("vigil in Kessling", "A vigil in Kessling")
ROWS = codebook(*MERGED.variables[:3], multiple=True)


def read_events(call: Call) -> Reply:
    if call.kind is CallKind.EXTRACT:
        return read(call)
    return Reply(entities=tuple(e for e in (MARCH, VIGIL) if e.quote in call.passage.text), usage=ONE)


async def test_an_entity_is_asked_of_the_passages_that_speak_of_it() -> None:
    coded, engine = await code(ROWS, SEVERAL, read_events)
    asked = {(c.entity.text, c.passage.start) for c in engine.asked() if c.entity}
    assert asked == {(MARCH.text, STARTS[0]), (MARCH.text, STARTS[3]), (VIGIL.text, STARTS[2])}
    march, vigil = by_name(coded, 1), by_name(coded, 2)
    assert [(e.entity_index, e.entity_text) for e in coded.extractions] == [(1, MARCH.text)] * 3 + [(2, VIGIL.text)] * 3
    assert (march["first"].value, march["every"].value, vigil["first"].value, vigil["every"].value) == (1, "y", 2, None)
    receipt = coded.receipt
    assert (receipt.entities_found, receipt.chunks_sent, receipt.chunks_answered) == (2, 4, 4)
    assert (receipt.variables_asked, receipt.variables_answered, receipt.unanswered) == (3, 2, {"last": "NOT_STATED"})
    assert receipt.usage.calls == len(engine.calls) == 4 + 3


async def test_a_part_whose_entities_were_not_listed_and_one_that_is_not_in_the_text_show() -> None:
    def answer(call: Call) -> Reply:
        if call.kind is CallKind.IDENTIFY and call.passage.start == STARTS[1]:
            raise ModelReplyInvalid("it does not fit", ONE)
        reply = read_events(call)
        invented = (Entity("riot in Elsewhere", "A riot in Elsewhere"),) if call.passage.start == STARTS[2] else ()
        return replace(reply, entities=reply.entities + invented)

    coded, _ = await code(ROWS, SEVERAL, answer)
    assert coded.receipt.entities_found == 2
    assert (coded.receipt.chunks_sent, coded.receipt.chunks_answered) == (4, 3)
    place = f"characters {STARTS[1]}-{STARTS[2]}"
    assert coded.receipt.unanswered == {
        "last": "NOT_STATED",
        f"(entities in {place})": "it does not fit",
        "(riot in Elsewhere)": LOST_QUOTE,
    }


async def test_an_entity_that_is_misquoted_in_one_part_and_found_in_another_is_not_lost() -> None:
    def answer(call: Call) -> Reply:
        elsewhere = (replace(MARCH, text="protest", quote="no such words"), replace(MARCH, text="protest"))
        return replace(read_events(call), entities=elsewhere if not call.passage.start else ())

    coded, _ = await code(ROWS, SEVERAL, answer)
    assert coded.receipt.entities_found == 1
    assert not any(name.startswith("(") for name in coded.receipt.unanswered)


async def test_an_entity_whose_quote_is_wrong_is_found_by_its_name() -> None:
    misquoted = Entity("march in Portavel", "the big march")
    coded, _ = await code(
        ROWS, SEVERAL, lambda c: replace(read_events(c), entities=(misquoted,) if not c.passage.start else ())
    )
    assert coded.receipt.entities_found == 1
    assert coded.extractions[0].entity_text == "march in Portavel"


async def test_a_document_without_entities_gives_no_rows() -> None:
    coded, engine = await code(ROWS, SEVERAL, lambda call: Reply(usage=ONE))
    assert (coded.extractions, coded.receipt.entities_found, coded.receipt.variables_asked) == ((), 0, 0)
    assert coded.receipt.usage.calls == len(engine.calls) == 4


def listing(
    names: list[str], at_a_time: int, finish: Finish = Finish.COMPLETE, *, always_more: bool = False
) -> Callable[[Call], Reply]:
    """A model that lists a few names at a time, leaving out the known ones."""

    def answer(call: Call) -> Reply:
        if call.kind is CallKind.EXTRACT:
            return Reply({v.name: () for v in call.variables})
        left = [name for name in names if name not in call.known and f"{name}." in call.passage.text]
        listed = tuple(Entity(name, f"{name}.") for name in left[:at_a_time])
        is_last = len(left) <= at_a_time
        return Reply(entities=listed, more=always_more or not is_last, finish=Finish.COMPLETE if is_last else finish)

    return answer


NAMES = [f"Event{letter}{other}" for letter in "ABCDEFGHIJ" for other in "ABCDEFGHIJ"]
LIST = Document("1", "", " ".join(f"{name}." for name in NAMES))


@pytest.mark.parametrize("finish", [Finish.COMPLETE, Finish.CUT_OFF])
@pytest.mark.parametrize("always_more", [True, False])
async def test_a_long_list_of_entities_is_continued(finish: Finish, always_more: bool) -> None:
    book = codebook(variable("v"), multiple=True)
    coded, engine = await code(book, LIST, listing(NAMES, 30, finish, always_more=always_more))
    assert [e.entity_text for e in coded.extractions] == NAMES
    assert (
        len(engine.asked(CallKind.IDENTIFY)) == (5 if always_more and finish is Finish.COMPLETE else 4) or always_more
    )
    assert coded.receipt.chunks_answered == 1


async def test_a_list_without_end_is_left_and_that_shows() -> None:
    book = codebook(variable("v"), multiple=True)
    coded, engine = await code(book, LIST, listing(NAMES, 1))
    assert len(engine.asked(CallKind.IDENTIFY)) == MOST_CALLS
    assert coded.receipt.entities_found == MOST_CALLS
    assert list(coded.receipt.unanswered.values()) == ["NOT_STATED", ENDLESS]
    assert coded.receipt.chunks_answered == 0


async def test_one_entity_goes_ahead_of_the_others_where_a_provider_caches_the_passage() -> None:
    order: list[str] = []

    class Noting:
        async def ask(self, call: Call) -> Reply:
            name = call.entity.text if call.entity else ""
            order.append(f"> {name}")
            await asyncio.sleep(0)
            order.append(f"< {name}")
            return Reply(
                {"v": ()},
                entities=() if name else (Entity("EventAA", ""), Entity("EventBB", ""), Entity("EventCC", "")),
            )

    book = codebook(variable("v"), multiple=True)
    await code_document(Noting(), book, replace(LIST, text=LIST.text + " word" * 1000))
    assert order[2:] == ["> EventAA", "< EventAA", "> EventBB", "> EventCC", "< EventBB", "< EventCC"]


async def test_an_engine_that_cannot_tell_absence_has_not_found_what_it_does_not_answer() -> None:
    def searched(call: Call) -> Reply:
        return replace(read(call), knows_absence=False)

    defaulted = variable("last", VariableType.NUMBER, default_value=0)
    coded, _ = await code(codebook(variable("first"), defaulted), Document("1", "d", "[s1] first was x."), searched)
    found = by_name(coded)
    assert (found["first"].value, found["first"].missing_reason) == ("x", None)
    assert (found["last"].value, found["last"].missing_reason) == (0, MissingReason.NOT_FOUND)
    assert coded.receipt.unanswered == {"last": "NOT_FOUND"}
