"""Whichever engine made them, suggestions are valid, differ from each other, are new, and rest on the documents."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.names import column_name
from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.problems import LimitInvalid
from coderai.services.copilot.domain.proposal import CategoryCount
from coderai.services.copilot.domain.question import Question, read_limit
from coderai.services.copilot.domain.suggesting.ideas import CategoryIdea, Claim, VariableIdea
from coderai.services.copilot.domain.suggesting.variables import drafted
from tests.unit.copilot.questions import question, variable

TEXTS = {"a.txt": "Ward: north. Two cooks were hurt.", "b.txt": "Ward: south. Nobody was hurt."}
SEEN = (Claim("Two cooks were hurt", "0"),)


def idea(name: str, **fields: Any) -> VariableIdea:
    usual = {"display_name": "", "type": VariableType.TEXT, "instructions": "What.", "reason": "Why.", "claims": SEEN}
    return VariableIdea(**{"name": name, **usual, **fields})


def kept(ideas: list[VariableIdea], asked: Question) -> list[dict[str, Any]]:
    """The definitions of the variables that come of the ideas."""
    return [dict(draft.changes[0].variable_after or {}) for draft in drafted(ideas, asked).drafts]


def left_out(ideas: list[VariableIdea], **fields: Any) -> str:
    return " ".join(drafted(ideas, question(TEXTS, **fields)).left_out)


def test_names_become_columns() -> None:
    assert column_name("Número de heridos (total)") == "numero_de_heridos_total"
    assert column_name("2nd date") == "n_2nd_date"
    assert column_name("عدد الجرحى") == ""
    assert len(column_name("x" * 100)) == 63


@given(st.lists(st.text(max_size=80), max_size=8), st.lists(st.text(max_size=5), max_size=3))
def test_whatever_engines_call_them_names_are_columns_and_differ(names: list[str], taken: list[str]) -> None:
    existing = [variable(column_name(name) or "variable_1") for name in taken]
    found = kept(list(map(idea, names)), question(TEXTS, variables=existing))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", one["name"]) for one in found)
    assert len({one["name"] for one in found}) == len(found)
    assert not {one["name"] for one in found} & {one.name for one in existing}
    assert all(one["display_name"] for one in found)


def test_a_name_in_letters_that_no_column_can_have_gets_a_number() -> None:
    found = kept([idea("عدد"), idea("مكان")], question(TEXTS, variables=[variable("variable_1")]))
    assert [(one["name"], one["display_name"]) for one in found] == [("variable_2", "عدد"), ("variable_3", "مكان")]


def test_what_the_project_has_by_name_or_title_is_left_out_and_told() -> None:
    existing = [variable("town", display_name="Place of the event")]
    ideas = [idea("Town"), idea("place", display_name="place of the Event"), idea("size"), idea("Size")]
    assert [one["name"] for one in kept(ideas, question(TEXTS, variables=existing))] == ["size"]
    told = left_out(ideas, variables=existing)
    assert "the project has a variable town" in told
    assert "another variable has this title" in told
    assert "another suggestion is called size" in told


def test_what_a_dataset_calls_a_column_beside_a_variable_is_left_out_and_told() -> None:
    existing = [variable("town")]
    assert [one["name"] for one in kept([idea("town_page"), idea("size")], question(TEXTS, variables=existing))] == [
        "size"
    ]
    assert "the variables town and town_page" in left_out([idea("town_page")], variables=existing)


def test_quotes_are_found_in_the_documents_or_the_suggestion_is_left_out() -> None:
    elsewhere = idea("one", claims=(Claim("Nobody was hurt", "0"), Claim("nine cooks drowned", "0")))
    (draft,) = drafted([elsewhere], question(TEXTS)).drafts
    assert [(one.document_name, one.quote, one.start) for one in draft.quotes] == [("b.txt", "Nobody was hurt", 13)]
    assert "what it quotes (“nine cooks drowned”)" in left_out([idea("two", claims=(Claim("nine cooks drowned"),))])
    assert "no quote from the documents" in left_out([idea("three", claims=())])


def test_what_the_researcher_asks_for_may_stand_without_a_quote() -> None:
    wished = idea("weather", claims=(), wished=True)
    assert kept([wished], question(TEXTS, hint="the weather"))
    assert not kept([wished], question(TEXTS))
    assert not kept([idea("weather", claims=(Claim("it rained"),), wished=True)], question(TEXTS, hint="the weather"))


def test_categories_are_distinct_counted_and_too_few_make_a_text() -> None:
    north, south = Claim("Ward: north", "0"), Claim("Ward: south", "1")
    several = (
        CategoryIdea("North", "Up.", (north,)),
        CategoryIdea(" north ", "", (south,)),
        CategoryIdea(""),
        CategoryIdea("south", "", (south, Claim("Ward: west"))),
    )
    ideas = [
        idea("a", type=VariableType.CATEGORY, categories=several),
        idea("b", type=VariableType.CATEGORY, categories=several[:2]),
        idea("c", type=VariableType.NUMBER, categories=several),
    ]
    first, *_ = drafted(ideas, question(TEXTS)).drafts
    assert [(one.value, one.documents) for one in first.counts] == [("North", 1), ("south", 1)]
    assert isinstance(first.counts[0], CategoryCount) and first.sampled_documents == 2
    found = kept(ideas, question(TEXTS))
    assert found[0]["categories"] == [{"value": "North", "description": "Up."}, {"value": "south", "description": ""}]
    assert [(one["type"], "categories" in one) for one in found[1:]] == [("TEXT", False), ("NUMBER", False)]


def test_nonsense_is_left_out_and_told() -> None:
    crowd = tuple(CategoryIdea(str(number)) for number in range(10_000))
    assert "10,000 categories: 50 at most" in left_out([idea("a", type=VariableType.CATEGORY, categories=crowd)])
    assert "instructions have 0 characters" in left_out([idea("a", instructions=" ")])
    assert "instructions have 5,000 characters" in left_out([idea("a", instructions="x" * 5_000)])
    many = [idea(f"v{number}") for number in range(300)]
    assert "more were suggested than the 8 asked for" in left_out(many, limit=8)
    assert "too many variables: the first 60" in left_out([idea("same") for _ in range(300)])


def test_the_limit_is_1_to_20_and_8_when_absent() -> None:
    assert [read_limit(limit) for limit in (0, 1, 20)] == [8, 1, 20]
    for limit in (-1, 21):
        with pytest.raises(LimitInvalid):
            read_limit(limit)
