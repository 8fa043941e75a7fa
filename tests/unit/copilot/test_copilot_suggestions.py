"""Whichever engine made them, suggestions are valid, differ from each other, and are new to the project."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.variable import Category, VariableType
from coderai.services.copilot.domain.problems import LimitInvalid
from coderai.services.copilot.domain.question import Existing, read_limit, spread
from coderai.services.copilot.domain.suggestion import Suggestion, fit, variable_name
from tests.unit.copilot.questions import question


def suggestion(name: str, **fields: Any) -> Suggestion:
    usual = {"display_name": "", "type": VariableType.TEXT, "instructions": "What.", "reason": "Why."}
    return Suggestion(**{"name": name, **usual, **fields})


def test_names_become_columns() -> None:
    assert variable_name("Número de heridos (total)") == "numero_de_heridos_total"
    assert variable_name("2nd date") == "n_2nd_date"
    assert variable_name("عدد الجرحى") == ""
    assert len(variable_name("x" * 100)) == 63


@given(st.lists(st.text(max_size=80), max_size=8), st.lists(st.text(max_size=5), max_size=3))
def test_whatever_engines_call_them_names_are_columns_and_differ(names: list[str], taken: list[str]) -> None:
    existing = [Existing(variable_name(name) or "variable_1") for name in taken]
    kept = fit(map(suggestion, names), question({}, variables=existing))
    found = [one.name for one in kept]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name) for name in found)
    assert len(set(found)) == len(found)
    assert not set(found) & {variable.name for variable in existing}
    assert all(one.display_name for one in kept)


def test_a_name_in_letters_that_no_column_can_have_gets_a_number() -> None:
    kept = fit([suggestion("عدد"), suggestion("مكان")], question({}, variables=[Existing("variable_1")]))
    assert [(one.name, one.display_name) for one in kept] == [("variable_2", "عدد"), ("variable_3", "مكان")]


def test_what_the_project_has_by_name_or_title_is_left_out() -> None:
    existing = [Existing("town", "Place of the event")]
    kept = fit(
        [suggestion("Town"), suggestion("place", display_name="place of the Event"), suggestion("size")],
        question({}, variables=existing),
    )
    assert [one.name for one in kept] == ["size"]


def test_categories_are_distinct_and_too_few_make_a_text() -> None:
    several = (Category("Yes"), Category(" yes "), Category(""), Category("no", "not at all"))
    kept = fit(
        [
            suggestion("a", type=VariableType.CATEGORY, categories=several),
            suggestion("b", type=VariableType.CATEGORY, categories=several[:2]),
            suggestion("c", type=VariableType.NUMBER, categories=several),
        ],
        question({}),
    )
    assert kept[0].categories == (Category("Yes"), Category("no", "not at all"))
    assert [(one.type, one.categories) for one in kept[1:]] == [(VariableType.TEXT, ()), (VariableType.NUMBER, ())]


def test_the_limit_is_1_to_20_and_8_when_absent() -> None:
    assert [read_limit(limit) for limit in (0, 1, 20)] == [8, 1, 20]
    for limit in (-1, 21):
        with pytest.raises(LimitInvalid):
            read_limit(limit)


def test_a_sample_is_spread_over_the_corpus() -> None:
    assert spread(range(100), 4) == [0, 25, 50, 75]
    assert spread(range(3), 4) == [0, 1, 2]
