"""Whatever JSON a model gives, what is read of it can be relied on."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from attacks import ATTACKS, Attack
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.reply import LONGEST_QUOTE, LONGEST_REASON, LONGEST_VALUE, MOST_ANSWERS, Answer
from coderai.engines.calls import Call, Entity, Reply
from coderai.engines.prompting import read_cut_off, read_reply
from coderai.engines.prompting.identifying import LONGEST_NAME, MOST_ENTITIES
from tests.support.codebooks import codebook, extract, findings, identify, reply, stated

BOOK = codebook()
NAMES = [v.name for v in BOOK.variables]
EXTRACT = extract(BOOK, "A text.")
IDENTIFY = identify(BOOK, "A text.")

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=300)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
near_answers = st.fixed_dictionaries(
    {},
    optional={
        "variable": st.sampled_from([*NAMES, "admin", "injurеd"]) | anything,
        "quote": anything,
        "reason": anything,
        "value": anything,
        "confidence": anything,
        "extra": scalars,
    },
)
near_replies = st.fixed_dictionaries(
    {},
    optional={
        "findings": st.lists(near_answers | scalars, max_size=8) | anything,
        "not_stated": st.lists(st.sampled_from(NAMES) | scalars, max_size=8) | anything,
        "extra": anything,
    },
)
near_entities = st.fixed_dictionaries(
    {},
    optional={
        "entities": st.lists(st.fixed_dictionaries({}, optional={"name": scalars, "quote": scalars}) | scalars),
        "more": anything,
    },
)


def check(call: Call, read: Reply) -> None:
    """What holds of any reply."""
    assert set(read.answers) <= {v.name for v in call.variables}
    assert isinstance(read.more, bool)
    for answers in read.answers.values():
        assert len(answers) <= MOST_ANSWERS
        for answer in answers:
            assert isinstance(answer.value, str | bool | int | float)
            assert answer.value == answer.value != ""
            assert (
                len(answer.value) <= LONGEST_VALUE + 1 if isinstance(answer.value, str) else math.isfinite(answer.value)
            )
            assert 0.0 <= answer.confidence <= 1.0
            assert len(answer.quote) <= LONGEST_QUOTE
            assert len(answer.explanation) <= LONGEST_REASON
    assert len(read.entities) <= MOST_ENTITIES
    assert all(0 < len(entity.text) <= LONGEST_NAME < LONGEST_QUOTE >= len(entity.quote) for entity in read.entities)
    storable = repr(read).encode()
    assert b"\\x00" not in storable


@given(near_replies | anything)
def test_any_reply_is_read_into_answers_that_make_sense(content: Any) -> None:
    check(EXTRACT, read_reply(EXTRACT, content))


@given(near_entities | anything)
def test_any_list_is_read_into_entities_that_make_sense(content: Any) -> None:
    read = read_reply(IDENTIFY, content)
    check(IDENTIFY, read)
    assert not read.answers


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_a_fooled_models_reply_is_read_all_the_same(attack: Attack) -> None:
    content: Any = attack.replied
    if isinstance(content, str) and content.startswith("{"):
        content = json.loads(content)
    check(EXTRACT, read_reply(EXTRACT, content))
    check(IDENTIFY, read_reply(IDENTIFY, content))


def test_a_reply_that_fits_is_read_as_it_is() -> None:
    read = read_reply(EXTRACT, findings(reply(injured=stated(2, "two were injured", 0.8) + stated(3, "three", 0.4))))
    assert read.answers["injured"] == (
        Answer(2, "two were injured", 0.8, "It says so."),
        Answer(3, "three", 0.4, "It says so."),
    )
    assert all(read.answers[name] == () for name in NAMES if name != "injured")
    listed = {"entities": [{"name": "the march", "quote": "marched"}], "more": True}
    assert read_reply(IDENTIFY, listed) == Reply(entities=(Entity("the march", "marched"),), more=True)


@pytest.mark.parametrize(
    ("part", "answers"),
    [
        (None, ()),
        ([{"value": None, "quote": "", "confidence": 0}], ()),
        ([{"value": "  "}], ()),
        ([{"value": 5}], (Answer(5),)),
        ([{"value": True, "confidence": True}], (Answer(True),)),
        ([{"value": 5, "confidence": "high", "quote": 7}], (Answer(5),)),
        ([{"value": 5, "confidence": 85}], (Answer(5, confidence=0.85),)),
        ([{"value": 5, "confidence": 1000}], (Answer(5, confidence=1.0),)),
        ([{"value": "x" * 9_000}], (Answer("x" * (LONGEST_VALUE + 1)),)),
        ([{"value": 5, "confidence": -(10**400)}], (Answer(5),)),
    ],
)
def test_what_can_be_understood_is(part: Any, answers: tuple[Answer, ...]) -> None:
    assert read_reply(EXTRACT, findings({"injured": part})).answers == {"injured": answers}


@pytest.mark.parametrize(
    "part",
    [
        [{"item": "two"}],
        [{"quote": "two"}],
        [{"value": [2]}],
        [{"value": {"value": 2}}],
        [{"value": 10**400}],
        [{"value": math.inf}],
        [{"value": math.nan}],
        [{"value": 2}, {"item": "and three"}],
    ],
)
def test_a_part_that_is_no_answer_leaves_its_variable_unanswered(part: Any) -> None:
    assert read_reply(EXTRACT, findings({"injured": part, "place": stated("Portavel")})).answers.keys() == {"place"}


def test_a_variable_that_was_skipped_is_told_apart_from_one_that_is_not_stated() -> None:
    content = findings({"place": stated("Portavel"), "injured": None})
    assert read_reply(EXTRACT, content).answers.keys() == {"place", "injured"}
    both = content | {"not_stated": ["place"]}
    assert read_reply(EXTRACT, both).answers["place"][0].value == "Portavel"


@pytest.mark.parametrize(
    ("quote", "kept"),
    [
        ("short", "short"),
        ("word " * 199 + "word", "word " * 199 + "word"),
        ("a" * 3000, "a" * 497 + " […] " + "a" * 497),
        ("abcd " * 300 + "end", ("abcd " * 99).strip() + " […] " + "abcd " * 98 + "end"),
        ("a\u0000b\ud800c", "abc"),
    ],
)
def test_of_a_long_quote_the_first_and_last_words_are_kept(quote: str, kept: str) -> None:
    [answer] = read_reply(EXTRACT, findings({"place": stated("p", quote)})).answers["place"]
    assert answer.quote == kept
    assert len(kept) <= LONGEST_QUOTE


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.text(max_size=20)), max_size=8), st.data())
def test_of_a_list_that_was_cut_off_the_whole_ones_are_kept(named: list[tuple[str, str]], data: st.DataObject) -> None:
    text = json.dumps({"entities": [{"name": name, "quote": quote} for name, quote in named], "more": False})
    whole = read_reply(IDENTIFY, json.loads(text)).entities
    assert read_cut_off(text) == whole
    cut = read_cut_off(text[: data.draw(st.integers(0, len(text)))])
    assert cut == whole[: len(cut)]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[", "[{", "no JSON [ at all {", "[" * 10_000, '{"entities": [' + "[{" * 10_000, '[{"a": ' * 10_000],
)
def test_a_cut_off_text_that_is_no_list_gives_nothing(text: str) -> None:
    assert read_cut_off(text) == ()
