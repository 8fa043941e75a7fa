"""What is too much at once is asked in parts that leave nothing out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.reply import LONGEST_QUOTE
from coderai.engines.calls import Call, Entity, Passage, Reply
from coderai.kit.model_replies import Finish
from coderai.services.extractor.domain.coding.splitting import LEAST_PASSAGE, OVERLAP, halves, next_calls
from tests.support.codebooks import codebook, extract, identify, variable

pieces = st.sampled_from(["\n\n", "\n", ". ", "。", " ", "word", "слово", "x" * 400, "漢字" * 50, "a b c d e "])
texts = st.lists(pieces, min_size=30, max_size=300).map("".join).filter(lambda t: len(t) >= LEAST_PASSAGE)


@given(texts, st.integers(0, 5000), st.data())
def test_halves_are_parts_of_the_document_and_whatever_is_short_stands_whole_in_one(
    text: str, start: int, data: st.DataObject
) -> None:
    document = "#" * start + text
    first, second = halves(Passage(text, start))
    for half in (first, second):
        assert document[half.start : half.end] == half.text
        assert len(half.text) < len(text)
    assert (first.start, second.end) == (start, len(document))
    at = data.draw(st.integers(0, len(text) - 1))
    end = min(len(text), at + OVERLAP)
    assert any(half.start <= start + at and start + end <= half.end for half in (first, second))


def test_a_quote_with_the_words_around_it_stands_whole_in_a_half() -> None:
    assert OVERLAP > LONGEST_QUOTE


def test_a_text_is_cut_between_paragraphs_rather_than_inside_them() -> None:
    paragraph = "One sentence. Another one.\nA new line with more words. " * 8
    text = paragraph * 3 + "\n\n" + paragraph * 3
    first, second = halves(Passage(text))
    middle = (second.start + first.end) // 2
    assert text[middle - 2 : middle] == "\n\n"


LONG = Passage("word " * 1000)
SHORT = Passage("word " * 10)
BOOK = codebook(*(variable(f"v{n}") for n in range(5)))


def call(passage: Passage, count: int = 5) -> Call:
    return replace(extract(BOOK, ""), passage=passage, variables=BOOK.variables[:count])


def test_an_answered_call_leaves_nothing_to_ask() -> None:
    assert next_calls(call(LONG), Reply()) == ()
    assert next_calls(identify(BOOK, LONG.text), Reply(entities=(Entity("a"),))) == ()


def test_a_reply_that_was_cut_off_is_asked_for_by_half_of_the_variables() -> None:
    first, second = next_calls(call(SHORT), Reply(finish=Finish.CUT_OFF))
    assert first.variables + second.variables == BOOK.variables
    assert first.passage == second.passage == SHORT


def test_a_single_variable_is_asked_of_half_of_the_passage_and_given_up_when_that_is_short() -> None:
    first, second = next_calls(call(LONG, 1), Reply(finish=Finish.CUT_OFF))
    assert first.variables == second.variables == BOOK.variables[:1]
    assert first.passage.end > second.passage.start
    assert next_calls(call(SHORT, 1), Reply(finish=Finish.CUT_OFF)) == ()


def test_of_what_does_not_fit_the_longer_part_is_halved() -> None:
    too_long = Reply(finish=Finish.TOO_LONG)
    first, second = next_calls(call(LONG), too_long)
    assert (first.variables, second.variables) == (BOOK.variables, BOOK.variables)
    wordy = codebook(*(variable(f"v{n}", text="word " * 500) for n in range(4)))
    first, second = next_calls(replace(call(LONG), variables=wordy.variables), too_long)
    assert first.variables + second.variables == wordy.variables
    assert next_calls(call(SHORT, 1), too_long) == ()
    assert len(next_calls(call(SHORT, 2), too_long)) == 2


@pytest.mark.parametrize("finish", [Finish.COMPLETE, Finish.CUT_OFF])
def test_a_list_goes_on_with_what_is_not_listed_yet(finish: Finish) -> None:
    asked = identify(BOOK, LONG.text, "a")
    reply = Reply(entities=(Entity("a"), Entity("b"), Entity("b"), Entity("c")), more=True, finish=finish)
    [further] = next_calls(asked, reply)
    assert further == replace(asked, known=("a", "b", "c"))


def test_a_list_ends_when_nothing_new_comes_whatever_the_model_says() -> None:
    asked = identify(BOOK, LONG.text, "a", "b")
    assert next_calls(asked, Reply(entities=(Entity("b"),), more=True)) == ()
    assert next_calls(asked, Reply(more=True)) == ()
    cut_off = next_calls(asked, Reply(entities=(Entity("b"),), finish=Finish.CUT_OFF))
    assert [half.known for half in cut_off] == [("a", "b")] * 2
