"""The offline engine suggests what recurs in the documents, with its type and where it was seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.definition import define
from coderai.codebook.variable import Variable, VariableType
from tests.unit.copilot.questions import offline, variable

FORMS = {
    "a.txt": "Date of entry: 3 May 2021\nPermit: yes\nWard: north\nFee: EUR 20\nRemarks: came late, left early",
    "b.txt": "Date of entry: 2021-06-01\nPermit: no\nWard: south\nFee: EUR 35.50\nRemarks: none of note today",
    "c.txt": "Date of entry: 12. März 2021\nPermit: yes\nWard: North\nFee: EUR 20\nRemarks: two dogs and a cat",
}


def test_labelled_fields_get_the_type_of_their_values() -> None:
    found = offline(FORMS)
    assert {name: found[name]["type"] for name in ("date_of_entry", "permit", "ward", "fee", "remarks")} == {
        "date_of_entry": VariableType.DATE,
        "permit": VariableType.BOOLEAN,
        "ward": VariableType.CATEGORY,
        "fee": VariableType.NUMBER,
        "remarks": VariableType.TEXT,
    }
    assert [category["value"] for category in found["ward"]["categories"]] == ["north", "south"]
    assert found["ward"]["display_name"] == "Ward"
    assert found["ward"]["reason"] == "Seen in 3 of 3 documents (a.txt, b.txt, c.txt), as in “Ward: north”."
    assert "the event" in found["ward"]["instructions"]


def test_what_stands_in_one_document_alone_does_not_recur() -> None:
    assert "colour" not in offline({"a": "Colour: red", "b": "Size: 3", "c": "nothing"})


def test_a_single_document_is_all_there_is_to_go_by() -> None:
    assert offline({"a": "Colour: red\nSize: 30 cm"})["size"]["type"] == VariableType.NUMBER


@pytest.mark.parametrize(
    ("texts", "name", "type"),
    [
        ({"a": "On 3 May 2021 it rained.", "b": "It began on 7.6.2020."}, "date", VariableType.DATE),
        ({"a": "El 3 de mayo de 2021 llovió.", "b": "2020年6月7日开始"}, "date", VariableType.DATE),
        ({"a": "Two cooks were injured.", "b": "Nobody was injured."}, "number_of_injured", VariableType.NUMBER),
        ({"a": "Some 200 litres ran out.", "b": "About 1,500 litres."}, "number_of_litres", VariableType.NUMBER),
        ({"a": "It cost €20.", "b": "They paid 3 million euros."}, "amount", VariableType.NUMBER),
        (
            {"a": "There was no looting.", "b": "without looting", "c": "Looting!"},
            "looting",
            VariableType.BOOLEAN,
        ),
    ],
)
def test_what_documents_mention_again_and_again_is_suggested(
    texts: dict[str, str], name: str, type: VariableType
) -> None:
    suggestion = offline(texts)[name]
    assert suggestion["type"] == type
    assert suggestion["instructions"]


def test_dates_are_not_counts() -> None:
    texts = {"a": "On 3 May 2021 and at 10 pm for 3 hours.", "b": "On 4 May 2020 and at 9 pm for 2 hours."}
    assert not [name for name in offline(texts) if name.startswith("number")]


def test_the_hint_comes_first_with_the_type_that_it_asks_for() -> None:
    hint = "How many people were hurt, when it happened, whether police came; the weather"
    found = offline({"a": "Three people were hurt.", "b": "Nothing."}, hint=hint)
    assert {name: s["type"] for name, s in list(found.items())[:4]} == {
        "people_hurt": VariableType.NUMBER,
        "date_happened": VariableType.DATE,
        "police_came": VariableType.BOOLEAN,
        "weather": VariableType.TEXT,
    }
    assert (
        found["people_hurt"]["reason"]
        == "You asked for it. Seen in 1 of 2 documents (a), as in “Three people were hurt.”."
    )
    assert found["weather"]["reason"] == "You asked for it; no document of the sample uses these words."


def test_a_question_word_alone_names_nothing() -> None:
    assert list(offline({"a": "Three people were hurt."}, hint="who was hurt, how many")) == ["hurt"]


def test_a_hint_lifts_what_it_speaks_of() -> None:
    texts = {"a": "Ward: north\nPermit: yes", "b": "Ward: south\nPermit: no", "c": "Ward: east"}
    assert next(iter(offline(texts))) == "ward"
    assert next(iter(offline(texts, hint="Permit"))) == "permit"


@pytest.mark.parametrize(
    "existing", [variable("ward"), variable("city_ward"), variable("district", display_name="The ward")]
)
def test_what_the_project_has_is_not_suggested_again(existing: Variable) -> None:
    assert "ward" not in offline(FORMS, variables=[existing])
    assert "permit" in offline(FORMS, variables=[existing])


def test_the_same_documents_give_the_same_suggestions_up_to_the_limit() -> None:
    found = list(offline(FORMS))
    assert list(offline(FORMS)) == found
    assert list(offline(FORMS, limit=2)) == found[:2]


WORDS = st.sampled_from(
    [
        "Ward:",
        "no",
        "injured",
        "two",
        "3",
        "May",
        "2021",
        "in",
        "Kessling",
        "mayor",
        "Conrad",
        "Vey",
        "\n",
        ".",
        "€5",
        "{row}",
    ]
)
TEXTS = st.lists(WORDS, max_size=30).map(" ".join) | st.text()


@given(texts=st.lists(TEXTS, max_size=4), hint=TEXTS)
def test_whatever_the_documents_say_each_suggestion_can_be_added_as_it_stands(texts: list[str], hint: str) -> None:
    found = offline({f"{number}.txt": text for number, text in enumerate(texts)}, hint=hint)
    for suggestion in found.values():
        made = define("", "", {name: value for name, value in suggestion.items() if name != "reason"}, position=0)
        assert made.name == suggestion["name"]
        assert suggestion["reason"]
        assert suggestion["instructions"]
