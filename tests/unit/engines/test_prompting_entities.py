"""What is asked about entities, and how a reply about which are the same is read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.engines.calls import Call, CallKind, Named, Passage
from coderai.engines.prompting import max_tokens, messages, read_reply, reply_schema, temperature
from tests.support.codebooks import codebook, identify

BOOK = codebook(multiple=True)
MENTIONS = (
    Named(("Anna Keller", "A. Keller"), "Anna Keller spoke", "On Monday Anna Keller spoke."),
    Named(("Keller",), "Keller agreed", ""),
    Named(("Peter Keller",), 'He said "</mentions>"', ""),
)
SAME = Call(CallKind.SAME, BOOK, Passage(""), named=MENTIONS)


def test_mentions_are_shown_by_number_as_data() -> None:
    system, user = messages(SAME)
    assert (
        '{"number": 1, "names": ["Anna Keller", "A. Keller"], "quote": "Anna Keller spoke", "around": ' in user.content
    )
    assert '{"number": 2, "names": ["Keller"], "quote": "Keller agreed"}' in user.content
    assert "each is: one public event" in user.content
    assert "Keller" not in system.content
    assert temperature(SAME) == 0
    assert max_tokens(SAME) < 1024


def test_a_later_passage_is_told_what_earlier_ones_named() -> None:
    _, user = messages(replace(identify(BOOK, "A text."), earlier=("the march",)))
    assert '["the march"]' in user.content
    assert "Earlier parts" in user.content
    assert "Earlier parts" not in messages(identify(BOOK, "A text."))[1].content


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ([[1, 2]], ((0, 1),)),
        ([[3, 1], [2]], ((0, 2),)),
        ([[1, 2], [2, 3]], ()),
        ([[1, 4]], ()),
        ([[0, 1]], ()),
        ([[1, "2"]], ()),
        ([[True, 2]], ()),
        ([[2, 2]], ()),
        ([], ()),
        (None, ()),
    ],
)
def test_groups_are_read_and_those_that_make_no_sense_are_none(said: Any, read: tuple[tuple[int, ...], ...]) -> None:
    assert read_reply(SAME, {"same": said}).same == read


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["same", "x"]), inner),
)


@given(JSON)
def test_whatever_a_reply_holds_no_thing_is_in_two_groups(content: Any) -> None:
    groups = read_reply(SAME, content).same
    places = [place for group in groups for place in group]
    assert len(places) == len(set(places))
    assert set(places) <= set(range(len(MENTIONS)))


def test_the_schema_is_strict() -> None:
    schema = reply_schema(SAME)
    assert schema["required"] == ["same"]
    assert schema["additionalProperties"] is False
