"""Without a model, categories are the values that documents give, each with its count and a quote."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coderai.codebook.variable import Category, Variable
from coderai.services.copilot.domain.offline.categories import categories
from coderai.services.copilot.domain.suggesting.categories import drafted
from coderai.services.copilot.domain.suggesting.checking import Drafted
from coderai.services.copilot.domain.suggesting.ideas import CategoriesIdea, CategoryIdea, Claim
from tests.unit.copilot.questions import question, variable

WARDS = {
    "a": "Ward: north",
    "b": "Ward: South",
    "c": "Ward: North",
    "d": "Ward: the old harbour quarter behind the northern railway station",
    "e": "no ward",
}


def proposed(texts: Mapping[str, str], about: Variable) -> Drafted:
    asked = question(texts, variable=about)
    return drafted(categories(asked), asked)


def after(result: Drafted) -> dict[str, Any]:
    change = result.drafts[0].changes[0]
    return {name: (change.variable_after or {})[name] for name in change.fields}


def test_values_of_the_field_are_counted_and_quoted_and_long_ones_left_over() -> None:
    result = proposed(WARDS, variable("ward"))
    (draft,) = result.drafts
    assert [(one.value, one.documents, one.quote and one.quote.quote) for one in draft.counts] == [
        ("north", 2, "Ward: north"),
        ("South", 1, "Ward: South"),
    ]
    assert draft.leftovers == ("the old harbour quarter behind the northern railway station",)
    assert draft.sampled_documents == 5
    assert after(result)["type"] == "CATEGORY"


def test_a_persons_categories_stay_with_their_descriptions() -> None:
    own = variable("ward", "CATEGORY", categories=(Category("north", "Up."), Category("west")))
    result = proposed(WARDS, own)
    assert after(result) == {
        "categories": [
            {"value": "north", "description": "Up."},
            {"value": "west", "description": ""},
            {"value": "South", "description": ""},
        ]
    }
    assert [one.documents for one in result.drafts[0].counts] == [2, 0, 1]


def test_kinds_of_events_are_categories() -> None:
    texts = {
        "a": "Hundreds took part in a march.",
        "b": "The strike was called by the union.",
        "c": "Der Streik. La marcha fue convocada por el sindicato. The march was organised by them.",
    }
    result = proposed(texts, variable("kind_of_event"))
    assert {(one.value, one.documents) for one in result.drafts[0].counts} >= {("march", 2), ("strike", 1)}


def test_what_the_engine_finds_in_several_documents_makes_categories_and_the_rest_is_left_over() -> None:
    texts = {
        name: f"The survey in {place} went on."
        for name, place in zip("abcd", ("Elmo", "Bree", "Elmo", "Bree"), strict=True)
    }
    result = proposed({**texts, "e": "The survey in Corvina went on."}, variable("town", display_name="Town"))
    assert [(one.value, one.documents) for one in result.drafts[0].counts] == [("Elmo", 2), ("Bree", 2)]
    assert result.drafts[0].leftovers == ("Corvina",)
    once = proposed({"a": "In Elmo.", "b": "The survey in Bree went on."}, variable("town"))
    assert not once.drafts and "seen once" in once.left_out[0] and "Bree" in once.left_out[0]


def test_what_the_hint_names_is_looked_for() -> None:
    texts = {"a": "A march went on.", "b": "They held a vigil.", "c": "A march again."}
    asked = question(texts, variable=variable("form"), hint="march, vigil, blockade")
    result = drafted(categories(asked), asked)
    assert [(one.value, one.documents) for one in result.drafts[0].counts] == [("march", 2), ("vigil", 1)]
    assert "“blockade” is left out" in result.left_out[0]


def test_where_nothing_is_seen_nothing_is_proposed_and_that_is_said() -> None:
    result = proposed({"a": "Nothing."}, variable("mood"))
    assert not result.drafts
    assert "no two values" in result.left_out[0]
    full = variable("ward", "CATEGORY", categories=(Category("north"), Category("south")))
    result = proposed({"a": "Ward: north", "b": "Ward: south"}, full)
    assert not result.drafts and "all that the sample shows" in result.left_out[0]


def test_what_no_document_has_is_left_out_and_told() -> None:
    asked = question(WARDS, variable=variable("ward"))
    seen = [CategoryIdea(value, "", (Claim(f"Ward: {value}"),)) for value in ("north", "South", "Atlantis")]
    result = drafted(CategoriesIdea(tuple(seen), "Why."), asked)
    assert [one.value for one in result.drafts[0].counts] == ["north", "South"]
    assert "“Atlantis” is left out" in result.left_out[0]


def test_ten_thousand_categories_are_refused_whole() -> None:
    asked = question(WARDS, variable=variable("ward"))
    idea = CategoriesIdea(tuple(CategoryIdea(str(number)) for number in range(10_000)), "Why.")
    result = drafted(idea, asked)
    assert not result.drafts and "10,000" in result.left_out[0]
