"""Which calls the entities of a document take, and that its chunks do not change what they are."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.engines.calls import Call, CallKind, Entity, Reply
from coderai.engines.offline.engine import OfflineEngine
from coderai.kit.model_replies import Finish, ModelReplyInvalid, Usage
from coderai.services.extractor.domain.coding.coded import Coded
from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.planning import waves
from coderai.services.extractor.usecases.code_document import code_document
from coderai.services.extractor.usecases.progress import NO_ENTITY
from tests.support.codebooks import codebook, variable

BOOK = codebook(variable("v"), multiple=True)
ONE = Usage(calls=1, tokens_in=10, tokens_out=1)
NAMES = ("Anna Keller", "Dr. Anna Keller", "Peter Weber", "P. Weber", "Keller", "MV Corvina", "the Corvina")


class Model:
    """Lists the names that a passage has, and says which mentions are the same as told."""

    def __init__(self, same: Callable[[Call], Reply] = lambda call: Reply(usage=ONE)) -> None:
        self.same = same
        self.calls: list[Call] = []

    async def ask(self, call: Call) -> Reply:
        self.calls.append(call)
        await asyncio.sleep(0)
        if call.kind is CallKind.SAME:
            return self.same(call)
        if call.kind is CallKind.EXTRACT:
            return Reply({"v": ()}, usage=ONE)
        quotes = {name: f"Then {name} came" for name in (*NAMES, "Peter Keller", "the vessel")}
        listed = [Entity(name, quote) for name, quote in quotes.items() if quote in call.passage.text]
        return Reply(entities=tuple(listed), usage=ONE)

    def asked(self, kind: CallKind) -> list[Call]:
        return [call for call in self.calls if call.kind is kind]


def told(*names: str) -> Document:
    """A document with a sentence, and a chunk, for each name."""
    parts = [f"Then {name} came. " for name in names]
    starts = [sum(map(len, parts[:n])) for n in range(len(parts) + 1)]
    return Document("1", "", "".join(parts), chunks=[Span(a, b) for a, b in pairwise(starts)])


def entities(coded: Coded) -> list[list[str]]:
    return [[mention.text for mention in entity.mentions] for entity in coded.receipt.entities]


async def code(document: Document, model: Model) -> list[list[str]]:
    coded = await code_document(model, BOOK, document)
    assert coded.receipt.usage.calls == len(model.calls)
    return entities(coded)


def test_passages_are_asked_in_waves_that_double() -> None:
    assert [list(wave) for wave in waves(list(range(9)))] == [[0], [1, 2], [3, 4, 5, 6], [7, 8]]
    assert waves([]) == []


async def test_later_passages_are_told_what_earlier_ones_named_and_nothing_further_is_asked() -> None:
    model = Model()
    found = await code(told("Anna Keller", "Dr. Anna Keller", "Peter Weber", "Keller", "P. Weber"), model)
    assert found == [["Anna Keller", "Dr. Anna Keller", "Keller"], ["Peter Weber", "P. Weber"]]
    earlier = [call.earlier for call in model.asked(CallKind.IDENTIFY)]
    assert earlier == [(), *[("Anna Keller",)] * 2, *[("Dr. Anna Keller", "Peter Weber")] * 2]
    assert not model.asked(CallKind.SAME)


TWO_KELLERS = told("Anna Keller", "Peter Keller", "Keller")


async def test_what_names_leave_open_is_put_to_one_call() -> None:
    model = Model(lambda call: Reply(same=((1, 2),), usage=ONE))
    assert await code(TWO_KELLERS, model) == [["Anna Keller"], ["Peter Keller", "Keller"]]
    [call] = model.asked(CallKind.SAME)
    assert [(named.names, named.quote) for named in call.named] == [
        ((name,), f"Then {name} came") for name in ("Anna Keller", "Peter Keller", "Keller")
    ]
    assert call.named[2].context == "Then Keller came."


async def test_what_shares_no_word_with_a_shorthand_is_put_to_the_same_call_and_what_the_text_says_is_not() -> None:
    model = Model(lambda call: Reply(same=((0, 1),), usage=ONE))
    assert await code(told("MV Corvina", "the vessel"), model) == [["MV Corvina", "the vessel"]]
    model, text = Model(), 'Then MV Corvina came. Later MV Corvina ("the vessel") left. Then the vessel came.'
    assert await code(Document("1", "", text), model) == [["MV Corvina", "the vessel"]]
    assert not model.asked(CallKind.SAME)


@pytest.mark.parametrize(
    "answer", [Reply(usage=ONE), Reply(same=((0, 1, 2),), usage=ONE), Reply(finish=Finish.CUT_OFF, usage=ONE)]
)
async def test_without_an_answer_that_can_be_used_what_is_open_stands_alone(answer: Reply) -> None:
    assert await code(TWO_KELLERS, Model(lambda call: answer)) == [["Anna Keller"], ["Peter Keller"], ["Keller"]]


async def test_a_reply_that_makes_no_sense_loses_no_entity() -> None:
    def fail(call: Call) -> Reply:
        raise ModelReplyInvalid("no JSON", ONE)

    assert len(await code(TWO_KELLERS, Model(fail))) == 3


async def test_a_document_without_an_entity_says_so_in_its_receipt() -> None:
    coded = await code_document(Model(), BOOK, Document("1", "", "Nobody came."))
    assert (coded.extractions, coded.receipt.unanswered) == ((), {"(entities)": NO_ENTITY})


async def test_the_offline_engine_merges_by_rules_alone() -> None:
    people = codebook(
        variable("v"), unit=BOOK.unit.__class__("one person", BOOK.unit.rows_per_document, "Each person named.")
    )
    parts = ["Anna Keller spoke on Monday. ", "Dr. Anna Keller was held by the police. "]
    chunks = [Span(0, len(parts[0])), Span(len(parts[0]), len("".join(parts)))]
    coded = await code_document(
        OfflineEngine(), people, Document("1", "", "".join(parts), chunks=chunks, language="en")
    )
    assert [[m.rpartition(". ")[2] for m in names] for names in entities(coded)] == [["Anna Keller", "Anna Keller"]]


@given(st.lists(st.sampled_from(NAMES), unique=True, min_size=1), st.lists(st.integers(0, 300)), st.randoms())
def test_chunks_and_their_order_change_no_entity(names: list[str], cuts: list[int], random: Random) -> None:
    document = told(*names)
    whole = asyncio.run(code(Document("1", "", document.text), Model()))
    ends = [span.end for span in document.chunks]
    chunks = [Span(max(0, end - 60), end) for end in ends] + [Span(0, min(cut, ends[-1])) for cut in cuts]
    random.shuffle(chunks)
    chunked = asyncio.run(code(Document("1", "", document.text, chunks=chunks), Model()))
    assert [list(dict.fromkeys(one)) for one in chunked] == whole
