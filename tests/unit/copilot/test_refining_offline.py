"""Options without a model are made of the corrections, can be applied as they stand, and are the same each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.definition import changed
from coderai.codebook.prompt import generate
from coderai.codebook.ranges import make_range
from coderai.codebook.variable import Category, GoldenExample
from coderai.services.copilot.domain.problems import NothingToLearnFrom
from coderai.services.copilot.domain.refining.offline import options
from coderai.services.copilot.domain.refining.pinning import MOST, pins
from coderai.services.copilot.domain.refining.wording import Wording
from tests.unit.copilot.refining import task, variable, wrong

FORMS = [{"value": "march"}, {"value": "rally", "description": "They stand and listen."}]
MARCHED = wrong("rally", "march", "Hundreds walked to the square.", quote="walked to the square")
STOOD = wrong("march", "rally", "The speeches went on.", quote="speeches")


def test_the_corrections_give_examples_words_and_rules() -> None:
    noted = replace(MARCHED, notes=("wrong", "A procession through streets is a march."))
    form = variable("CATEGORY", categories=FORMS)
    examples, words, rules = options(task(form, noted, STOOD, known=4))
    assert examples.golden_examples == (
        GoldenExample("Hundreds walked to the square.", "march"),
        GoldenExample("The speeches went on.", "rally"),
    )
    assert examples.text.endswith('Example: {"quote": "The speeches went on.", "value": "rally"}')
    assert words.categories == (
        Category("march", "also: walked, square"),
        Category("rally", "They stand and listen; also: speeches"),
    )
    assert "- march: also: walked, square" in words.text.splitlines()
    assert "A procession through streets is a march." in rules.text.splitlines()
    assert "wrong" not in rules.text
    assert rules.diff.splitlines()[:2] == ["--- active", "+++ option"]
    assert "+A procession through streets is a march." in rules.diff.splitlines()


def test_two_ways_are_offered_together_too() -> None:
    found = options(task(variable(), wrong(400, 500, "Some 400 came, 500 by night."), known=3))
    assert [(one.number, one.new_examples, one.title) for one in found] == [
        (1, 1, "Pin examples from the corrections"),
        (2, 0, "Add rules against these errors"),
        (3, 1, "Pin examples from the corrections, and add rules against these errors"),
    ]
    assert "does not read the words of a prompt" in found[1].reason


def test_a_single_way_says_why_there_is_no_other() -> None:
    (only,) = options(task(variable(), wrong(400, 500)))
    assert "There is no other option" in only.reason


def test_nobody_learns_from_cells_of_which_nobody_says_what_is_right() -> None:
    with pytest.raises(NothingToLearnFrom):
        options(task(variable(), wrong(400, known=False), wrong(1, 2, "One of 2.", is_disputed=True)))


def test_an_option_is_tried_on_documents_that_its_examples_are_not_from() -> None:
    cells = [wrong(7, number, f"They were {number} people.") for number in range(20, 30)]
    examples, rules, _ = options(task(variable(), *cells))
    sources = {cell.feedback.document_id for cell in cells[:MOST]}
    assert {one.document_id for one in pins(task(variable(), *cells))} == sources
    assert set(examples.document_ids) == {cell.feedback.document_id for cell in cells} - sources
    assert len(rules.document_ids) == len(cells)


def test_half_of_the_documents_stay_for_the_trial_and_each_group_has_an_example() -> None:
    same = [wrong(1, 500, f"Night {n}: 1 or 500 came.") for n in range(3)]
    false = wrong(7, None, "Route 7 was closed.")
    pinned = pins(task(variable(), *same, false))
    assert [one.example.value for one in pinned] == [500, None]


def test_what_cannot_be_an_example_is_none() -> None:
    present = variable(golden_examples=[{"text": "They were 5 people.", "value": 5}])
    unfit = (
        wrong(1, 5, "They  were 5 people."),
        wrong(1, 6),
        wrong(1, 7, "x" * 1_001),
        wrong(1, [8, 9], "Between 8 and 9 came."),
        wrong(1, make_range(8, None), "At least 8, it seems, came.", quote="it seems"),
    )
    assert pins(task(present, *unfit, known=20)) == ()
    range_of_words = wrong(1, make_range(400, 500), "From 400 to 500 came.", quote="400 to 500")
    assert pins(task(present, range_of_words, known=3))[0].example.value == "400 to 500"
    entity = wrong(1, 6, "They were 6 in Bree.", entity_text="the march in Bree")
    assert pins(task(present, entity, known=3))[0].example.note == "for the march in Bree"


def test_notes_that_say_the_same_are_one_rule_and_the_most_frequent_comes_first() -> None:
    notes = (
        "count only what police say",
        "Only the number of arrested adults counts. See page 4",
        "Count only what the police say!",
    )
    cells = [wrong(1, 2, notes=(note,)) for note in notes]
    noted = options(task(variable(instructions="How many?"), *cells, hint="Never add up several numbers."))[0]
    assert noted.text.splitlines()[1:] == [
        "Count only what police say.",
        "Never add up several numbers.",
        "Only the number of arrested adults counts.",
    ]


def test_a_rule_that_the_prompt_has_already_is_not_added_again() -> None:
    noted = wrong(1, 2, notes=("Count only what police say.",))
    once = options(task(variable(), noted))[0]
    again = replace(variable(), active_prompt=replace(variable().active_prompt, text=once.text))
    assert all(one.text.count("Count only what police say.") == 1 for one in options(task(again, noted)))


def test_a_prompt_without_room_is_told() -> None:
    with pytest.raises(NothingToLearnFrom):
        options(task(variable(prompt="x" * 20_000), wrong(1, 2, notes=("Count only what police say.",))))


def test_a_persons_own_words_stay_as_they_are_above_what_is_added() -> None:
    own = variable("CATEGORY", categories=FORMS, prompt="Which form?\nExactly one of those that I know.")
    words = options(task(own, MARCHED, STOOD, known=4))[1]
    assert words.text.startswith("Which form?\nExactly one of those that I know.\nExactly one of:\n- march: also: ")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@given(
    st.lists(st.tuples(TEXTS, st.sampled_from(["march", "rally"])), max_size=4),
    st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from(["march", "rally"]), TEXTS), min_size=1, max_size=5),
    st.booleans(),
)
def test_every_option_can_be_saved_differs_and_is_made_again(
    examples: list[tuple[str, str]], given_cells: list[tuple[str, str, str, str]], is_own: bool
) -> None:
    form = variable(
        "CATEGORY",
        categories=FORMS,
        golden_examples=[{"text": text, "value": value} for text, value in examples],
        **({"prompt": "My own words."} if is_own else {}),
    )
    cells = [
        wrong("rally" if right == "march" else "march", right, sentence, quote=quote, notes=(note,))
        for sentence, quote, right, note in given_cells
    ]
    asked = task(form, *cells, known=3)
    found = options(asked)
    assert found == options(asked)
    assert len({form.active_prompt.text, *(one.text for one in found)}) == len(found) + 1
    for one in found:
        after = changed(one.of(form), {})
        assert after.active_prompt.check().temperature == form.active_prompt.temperature
        assert after.golden_examples[: len(examples)] == form.golden_examples
        assert [c.value for c in after.categories] == ["march", "rally"]
        if not is_own and "Add" not in one.title and "add" not in one.title:
            assert one.text == generate(after).text


@given(st.lists(TEXTS, max_size=3), st.booleans())
def test_a_generated_prompt_comes_apart_and_together_again(texts: list[str], is_described: bool) -> None:
    forms: list[dict[str, Any]] = FORMS if is_described else [{"value": "march"}, {"value": "rally"}]
    examples = [{"text": text, "value": "march"} for text in texts]
    form = variable("CATEGORY", categories=forms, golden_examples=examples, instructions="Which form?")
    wording = Wording.of(form)
    assert wording.instructions == "Which form?"
    assert wording.text() == form.active_prompt.text
