"""Wrong cells are put together by what goes wrong, by rules alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.ranges import make_range
from coderai.services.copilot.domain.refining.feedback import Answer, Feedback, Now, Place, cells
from coderai.services.copilot.domain.refining.grouping import Kind, grouped
from tests.unit.copilot.refining import variable, wrong

FORMS = {"categories": [{"value": "march"}, {"value": "rally"}]}
SENTENCE = "Police counted 400 people on 3 May 2021, the unions 1,200 on 4 May 2021."


@pytest.mark.parametrize(
    ("type", "cell", "kind"),
    [
        ("NUMBER", wrong(400, None, SENTENCE), Kind.FALSE_VALUE),
        ("NUMBER", wrong(None, 400, SENTENCE), Kind.MISSED),
        ("NUMBER", wrong(1200, 400, SENTENCE), Kind.SAME_SENTENCE),
        ("NUMBER", wrong(77, 400, SENTENCE), Kind.OTHER_PLACE),
        ("NUMBER", wrong(400_000, 400, SENTENCE), Kind.MAGNITUDE),
        ("NUMBER", wrong(400, make_range(400, 500)), Kind.RANGE),
        ("NUMBER", wrong(77, 400, verdict="PARTIALLY_CORRECT"), Kind.PARTLY),
        ("DATE", wrong("2021-05-04", "2021-05-03", SENTENCE), Kind.SAME_SENTENCE),
        ("DATE", wrong("2019-01-01", "2021-05-03", SENTENCE), Kind.OTHER_PLACE),
        ("DATE", wrong("2021-03-05", "2021-05-03", SENTENCE), Kind.FORM),
        ("DATE", wrong("2021", "2021-05-03", SENTENCE), Kind.PRECISION),
        ("CATEGORY", wrong("march", "rally"), Kind.CONFUSED),
        ("BOOLEAN", wrong(True, False), Kind.CONFUSED),
        ("TEXT", wrong("the unions", "Police", SENTENCE), Kind.SAME_SENTENCE),
        ("TEXT", wrong("the army", "Police", SENTENCE), Kind.OTHER_PLACE),
        ("TEXT", wrong("Rue de Lyon", "Rue de Lyon, Paris"), Kind.TOO_LITTLE),
        ("TEXT", wrong("the Rue de Lyon", "Rue de Lyon"), Kind.TOO_MUCH),
        ("TEXT", wrong("Rue-de-Lyon!", "Rue de Lyon"), Kind.FORM),
        ("TEXT", wrong("x", known=False), Kind.NOT_SAID),
        ("TEXT", wrong("x", known=False, verdict="PARTIALLY_CORRECT"), Kind.PARTLY),
        ("TEXT", wrong("x", "y", is_disputed=True), Kind.DISPUTED),
    ],
)
def test_what_goes_wrong_is_told_from_the_values_and_the_sentence(type: str, cell: Any, kind: Kind) -> None:
    (group,) = grouped(variable(type, **(FORMS if type == "CATEGORY" else {})), [cell])
    assert group.kind is kind and group.description


@pytest.mark.parametrize(
    ("said", "right", "kind"),
    [
        (["a"], ["a", "b"], Kind.TOO_LITTLE),
        (["a", "b"], ["b"], Kind.TOO_MUCH),
        (["a", "c"], ["a", "b"], Kind.PARTLY),
        (["c"], ["a"], Kind.OTHER_PLACE),
    ],
)
def test_of_several_values_it_counts_which_are_there(said: list[str], right: list[str], kind: Kind) -> None:
    assert grouped(variable("TEXT", if_multiple_values="ALL"), [wrong(said, right)])[0].kind is kind


def test_the_largest_group_comes_first_and_reasons_and_categories_tell_groups_apart() -> None:
    found = grouped(
        variable("CATEGORY", **FORMS),
        [
            wrong("march", None, reason="NOT_STATED"),
            wrong("march", "rally"),
            wrong("rally", "march"),
            wrong("march", "rally"),
            wrong(None, "rally", said_reason="UNSUPPORTED"),
        ],
    )
    assert [(group.description, len(group.cells)) for group in found] == [
        ("“rally” is coded as “march”", 2),
        ("A value is given where the document states none (NOT_STATED)", 1),
        ("A value that the document states is missing (UNSUPPORTED)", 1),
        ("“march” is coded as “rally”", 1),
    ]


VALUES = st.one_of(
    st.none(),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.booleans(),
    st.lists(st.text(max_size=5), max_size=3),
    st.builds(make_range, st.none() | st.integers(0, 99), st.none() | st.integers(0, 99)),
)


@given(
    st.sampled_from(["NUMBER", "DATE", "TEXT", "BOOLEAN", "CATEGORY"]), st.lists(st.tuples(VALUES, VALUES), max_size=6)
)
def test_every_wrong_cell_is_in_one_group_and_no_right_one_is(type: str, pairs: list[tuple[Any, Any]]) -> None:
    given_cells = [wrong(said, right, SENTENCE) for said, right in pairs]
    found = grouped(variable(type, **(FORMS if type == "CATEGORY" else {})), given_cells)
    grouped_ids = sorted(cell.feedback.id for group in found for cell in group.cells)
    assert grouped_ids == sorted(cell.feedback.id for cell in given_cells if cell.is_wrong)
    assert found == grouped(variable(type, **(FORMS if type == "CATEGORY" else {})), given_cells)


def said(id: str, verdict: str, right: Any = None, **fields: Any) -> Feedback:
    correction = None if right is None else Answer(right)
    usual = {"document_id": "d", "document_name": "d.txt", "unit_id": "u", "judged": Answer(7)}
    return Feedback(id, verdict=verdict, correction=correction, **{**usual, **fields})


def test_the_known_right_value_is_held_against_what_the_model_says_now() -> None:
    mended = cells([said("1", "INCORRECT", 9)], {"u": Now(Answer(9))})
    broken = cells([said("1", "CORRECT")], {"u": Now(Answer(8))})
    unknown = cells([said("1", "INCORRECT")], {"u": Now(Answer(8))})
    same = cells([said("1", "INCORRECT")], {})
    assert [one[0].is_wrong for one in (mended, broken, unknown, same)] == [False, True, False, True]


def test_the_newest_counts_and_people_who_differ_are_told_until_an_adjudication() -> None:
    one, other = said("1", "CORRECT", note="fine"), said("2", "INCORRECT", 9, note="The unions' number counts.")
    (cell,) = cells([other, one], {})
    assert (cell.feedback, cell.is_disputed, cell.notes) == (other, True, ("The unions' number counts.",))
    (cell,) = cells([one, other, said("3", "INCORRECT", 9)], {})
    assert cell.is_disputed
    (cell,) = cells([one, said("0", "INCORRECT", 9, is_final=True)], {})
    assert (cell.right, cell.is_disputed) == (Answer(9), False)
    (cell,) = cells([said("1", "INCORRECT", 9), said("2", "INCORRECT", 9)], {})
    assert not cell.is_disputed


def test_the_words_of_a_false_value_are_the_models() -> None:
    false = Feedback("1", "d", "d.txt", "u", "INCORRECT", Answer(7), Answer(None, "NOT_STATED"))
    place = Place("seven roads", 3, 14)
    assert cells([false], {"u": Now(Answer(7), place)})[0].place == place
    assert cells([said("1", "INCORRECT", 9)], {"u": Now(Answer(7), place)})[0].place == Place()
