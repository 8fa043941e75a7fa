"""What several people's verdicts on one cell come to: the newest of each, adjudications, disputes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.measuring.feedback import (
    Answer,
    Feedback,
    NothingToJudge,
    Verdict,
    VerdictContradicted,
    checked,
    decide,
    differ,
    repeats,
    same_value,
    standing,
)
from coderai.services.extractor.domain.coding.extraction import MissingReason

START = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENT, UNIT, VARIABLE = UUID(int=1), UUID(int=2), UUID(int=3)
ANA, BEN, CLEO = UUID(int=11), UUID(int=12), UUID(int=13)
MODEL = Answer(250)
NOT_STATED = Answer(missing_reason=MissingReason.NOT_STATED)


def said(number: int, author: UUID, verdict: Verdict = Verdict.INCORRECT, right: Any = None, **rest: Any) -> Feedback:
    """The `number`-th of what people say of one cell; `right` is a value or an Answer."""
    correction = right if isinstance(right, Answer) or right is None else Answer(right)
    time = START + timedelta(minutes=number)
    own = {"judged": MODEL, "created_at": time, "correction": correction} | rest
    return Feedback(UUID(int=100 + number), DOCUMENT, UNIT, VARIABLE, author, verdict, **own)


def correct(number: int, author: UUID, **rest: Any) -> Feedback:
    return said(number, author, Verdict.CORRECT, **rest)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (250, 250.0),
        (0, 0.0),
        ("Malmö", " MALMÖ "),
        ("bus  strike\n", "Bus strike"),
        ("Malmö", "Malmo\u0308"),
        (["Bus", 3], ["bus ", 3.0]),
        ({"low": 1, "high": None}, {"high": None, "low": 1.0}),
        (None, None),
        ("مظاهرة", " مظاهرة "),
    ],
)
def test_values_are_the_same_by_what_they_say(one: Any, other: Any) -> None:
    assert same_value(one, other)
    assert Answer(one) == Answer(other)
    assert hash(Answer(one)) == hash(Answer(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        (0, None),
        ("250", 250),
        (["a", "b"], ["b", "a"]),
        (["a"], ["a", "b"]),
        (["a"], "a"),
        ({"low": 1, "high": 2}, {"low": 1, "high": 3}),
        ({"low": 1}, {"low": 1, "high": None}),
        ("Malmö", "Malmo"),
    ],
)
def test_values_that_say_something_else_are_not(one: Any, other: Any) -> None:
    assert not same_value(one, other)
    assert Answer(one) != Answer(other)


def test_missing_answers_are_the_same_for_the_same_reason() -> None:
    assert Answer(missing_reason=MissingReason.VAGUE) != NOT_STATED
    assert Answer(missing_reason=MissingReason.NOT_STATED) == NOT_STATED
    assert Answer(None) != NOT_STATED


def test_a_default_that_stands_in_for_a_missing_value_is_none() -> None:
    defaulted = Answer(0, MissingReason.NOT_STATED)
    assert defaulted == NOT_STATED
    assert defaulted != Answer(0)
    assert checked(Verdict.INCORRECT, defaulted, Answer(0)) == Answer(0)


def test_of_each_person_the_newest_that_is_not_taken_back_stands() -> None:
    first, second, other = said(1, ANA, right=300), said(2, ANA, right=310), said(3, BEN, right=300)
    assert standing([first, second, other]) == [other, second]
    undone = replace(second, undone_at=START)
    assert standing([first, undone, other]) == [other, first]
    assert standing([replace(first, undone_at=START)]) == []


def test_nothing_said_decides_nothing() -> None:
    assert decide([]) is None
    assert decide([said(1, ANA, undone_at=START)]) is None


def test_people_who_differ_are_in_dispute_and_the_newest_counts() -> None:
    first, second = said(1, ANA, right=300), said(2, BEN, right=310)
    decision = decide([first, second])
    assert decision is not None
    assert (decision.by, decision.is_disputed) == (second, True)


def test_who_says_the_same_is_in_no_dispute() -> None:
    decision = decide([said(1, ANA, right=300), said(2, BEN, right=300.0)])
    assert decision is not None
    assert not decision.is_disputed


def test_what_one_calls_right_and_another_wrong_is_in_dispute() -> None:
    agrees, objects = correct(1, ANA), said(2, BEN)
    decision = decide([agrees, objects])
    assert decision is not None
    assert (decision.by, decision.is_disputed) == (agrees, True)


def test_who_only_says_that_the_model_is_wrong_does_not_contradict_who_says_what_is_right() -> None:
    knows, objects = said(1, ANA, right=300), said(2, BEN)
    decision = decide([knows, objects])
    assert decision is not None
    assert (decision.by, decision.is_disputed) == (knows, False)


def test_two_older_ones_that_differ_are_in_dispute_whatever_the_newest_says() -> None:
    later = said(3, CLEO, judged=Answer(999))
    decision = decide([said(1, ANA, right=300), said(2, BEN, right=310), later])
    assert decision is not None
    assert decision.is_disputed


@pytest.mark.parametrize("who", [ANA, BEN, CLEO])
def test_an_adjudication_decides_whatever_anybody_says_after_it(who: UUID) -> None:
    final = said(2, CLEO, right=305, is_final=True)
    decision = decide([said(1, ANA, right=300), final, said(3, who, right=310)])
    assert decision is not None
    assert (decision.by, decision.is_disputed) == (final, False)


def test_a_newer_adjudication_replaces_an_older_one_and_gives_way_when_it_is_taken_back() -> None:
    older, newer = said(2, CLEO, right=305, is_final=True), said(3, BEN, right=306, is_final=True)
    decision = decide([older, newer])
    assert decision is not None and decision.by == newer
    decision = decide([older, replace(newer, undone_at=START)])
    assert decision is not None and decision.by == older


def test_without_its_adjudication_the_dispute_is_back() -> None:
    before = [said(1, ANA, right=300), said(2, BEN, right=310)]
    final = said(3, CLEO, right=305, is_final=True)
    decision = decide([*before, replace(final, undone_at=START)])
    assert decision is not None
    assert decision == decide(before)
    assert decision.is_disputed


def test_what_was_judged_may_differ_without_a_dispute() -> None:
    """After a re-run one called 250 right, another only another answer wrong."""
    assert not differ(correct(1, ANA), said(2, BEN, judged=Answer(300)))
    assert not differ(said(1, ANA), said(2, BEN, Verdict.PARTIALLY_CORRECT))


feedbacks = st.lists(
    st.builds(
        said,
        st.integers(1, 50),
        st.sampled_from([ANA, BEN, CLEO]),
        right=st.sampled_from([None, 300, 310, NOT_STATED]),
        is_final=st.booleans(),
        undone_at=st.sampled_from([None, START]),
    ),
    max_size=4,
    unique_by=lambda one: one.id,
)


@given(feedbacks)
def test_a_decision_does_not_depend_on_the_order_in_which_feedback_is_read(all_said: list[Feedback]) -> None:
    assert len({decide(order) for order in permutations(all_said)}) == 1


@given(feedbacks)
def test_what_is_taken_back_is_as_if_it_had_never_been_said(all_said: list[Feedback]) -> None:
    assert decide(all_said) == decide([one for one in all_said if one.undone_at is None])


@given(feedbacks)
def test_an_adjudication_is_never_in_dispute(all_said: list[Feedback]) -> None:
    decision = decide(all_said)
    finals = [one for one in all_said if one.is_final and one.undone_at is None]
    if finals:
        assert decision is not None
        assert decision.by == max(finals, key=lambda one: one.created_at)
        assert not decision.is_disputed


def test_saying_the_same_again_is_a_repetition_and_saying_more_is_none() -> None:
    one = said(1, ANA, right=300, note="see page 2")
    assert repeats(replace(one, id=UUID(int=9), created_at=START), one)
    others: list[dict[str, Any]] = [
        {"note": "see page 3"},
        {"is_final": True},
        {"correction": Answer(301)},
        {"correction": None},
        {"sample_id": UUID(int=7)},
        {"author": BEN},
        {"verdict": Verdict.PARTIALLY_CORRECT},
        {"judged": Answer(7)},
    ]
    for other in others:
        assert not repeats(replace(one, **other), one)


def test_a_verdict_and_a_correction_must_agree() -> None:
    assert checked(Verdict.CORRECT, MODEL, None) is None
    assert checked(Verdict.CORRECT, MODEL, Answer(250.0)) is None
    assert checked(Verdict.INCORRECT, MODEL, None) is None
    assert checked(Verdict.INCORRECT, MODEL, Answer(300)) == Answer(300)
    assert checked(Verdict.PARTIALLY_CORRECT, MODEL, NOT_STATED) == NOT_STATED
    for verdict, right in (
        (Verdict.CORRECT, Answer(300)),
        (Verdict.CORRECT, NOT_STATED),
        (Verdict.INCORRECT, Answer(250.0)),
        (Verdict.PARTIALLY_CORRECT, Answer(250)),
    ):
        with pytest.raises(VerdictContradicted):
            checked(verdict, MODEL, right)


def test_where_no_model_has_answered_only_what_is_right_can_be_said() -> None:
    assert checked(Verdict.INCORRECT, None, Answer(300)) == Answer(300)
    for verdict, right in ((Verdict.INCORRECT, None), (Verdict.CORRECT, None), (Verdict.CORRECT, Answer(300))):
        with pytest.raises(NothingToJudge):
            checked(verdict, None, right)
