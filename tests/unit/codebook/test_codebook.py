"""The codebook's values are those of its proto messages, and travel through them unchanged."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.codebook import Codebook, RowsPerDocument, Unit, Verify, read_codebook
from coderai.codebook.definition import changed, define, definition
from coderai.codebook.plain import read, write
from coderai.codebook.problems import VariableInvalid
from coderai.codebook.prompt_version import PromptOrigin, PromptVersion
from coderai.codebook.types import SPECS
from coderai.codebook.variable import (
    NOT_DEFINED,
    Category,
    Condition,
    GoldenExample,
    IfMultipleValues,
    IfRange,
    IfUncertain,
    IfUnsupported,
    Operator,
    Reading,
    ValidationRules,
    Variable,
    VariableType,
)
from coderai.kit.wire import enum_numbers, from_plain, to_plain
from coderai.projects.v1 import codebook_pb2 as pb

ONLY_IN_THE_MESSAGE = {
    "Variable": {"created_at", "warnings", "etag"},
    "PromptVersion": {"variable_id", "response_schema", "author", "active", "created_at", "refinement_id"},
}
CONTRACTS: list[tuple[Any, Any]] = [
    (Variable, pb.Variable),
    (Category, pb.Category),
    (ValidationRules, pb.ValidationRules),
    (Condition, pb.Condition),
    (GoldenExample, pb.GoldenExample),
    (PromptVersion, pb.PromptVersion),
    (Unit, pb.UnitOfObservation),
    (Codebook, pb.Codebook),
]
ENUMS: list[tuple[Any, str]] = [
    (VariableType, "VariableType"),
    (RowsPerDocument, "RowsPerDocument"),
    (IfUncertain, "IfUncertain"),
    (IfMultipleValues, "IfMultipleValues"),
    (Operator, "ConditionOperator"),
    (Reading, "Reading"),
    (IfUnsupported, "IfUnsupported"),
    (IfRange, "IfRange"),
    (Verify, "Verify"),
    (PromptOrigin, "PromptOrigin"),
]


@pytest.mark.parametrize(("kind", "message"), CONTRACTS, ids=lambda one: one.__name__)
def test_fields_are_those_of_the_contract(kind: Any, message: Any) -> None:
    declared = {field.name for field in message.DESCRIPTOR.fields} - ONLY_IN_THE_MESSAGE.get(kind.__name__, set())
    assert {field.name for field in fields(kind)} == declared


@pytest.mark.parametrize(("kind", "name"), ENUMS, ids=str)
def test_enums_are_those_of_the_contract(kind: Any, name: str) -> None:
    assert set(kind) == enum_numbers(pb.DESCRIPTOR.enum_types_by_name[name]).keys() - {""}


def test_every_type_says_what_it_means() -> None:
    assert set(SPECS) == set(VariableType)


values = st.none() | st.booleans() | st.integers(-(2**50), 2**50) | st.text(max_size=9)
variables = st.builds(
    Variable,
    id=st.text(),
    name=st.text(),
    type=st.sampled_from(VariableType),
    categories=st.lists(st.builds(Category, st.text(), st.text()), max_size=3).map(tuple),
    max_values=st.integers(1, 20),
    default_value=values,
    required=st.booleans(),
    validation_rules=st.builds(ValidationRules, st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)),
    depends_on=st.lists(st.builds(Condition, st.text(), st.sampled_from(Operator), values), max_size=2).map(tuple),
    golden_examples=st.lists(st.builds(GoldenExample, st.text(), values, st.text()), max_size=2).map(tuple),
    active_prompt=st.builds(PromptVersion, st.text(), st.integers(0, 9), st.text(), st.floats(0, 2)),
)
codebooks = st.builds(
    Codebook,
    hash=st.text(),
    variables=st.lists(variables, max_size=3).map(tuple),
    unit=st.builds(Unit, st.text(min_size=1), st.sampled_from(RowsPerDocument), st.text()),
    model=st.text(min_size=1),
    token_budget=st.integers(0, 2**40),
)


@given(codebooks)
def test_a_codebook_travels_unchanged(codebook: Codebook) -> None:
    assert read_codebook(write(codebook)) == codebook
    assert read_codebook(to_plain(from_plain(pb.Codebook, write(codebook)))) == codebook


def test_what_is_absent_or_unspecified_has_its_default() -> None:
    found = read(Variable, {"id": "1", "name": "a", "type": "TEXT", "if_uncertain": "", "default_value": None, "x": 1})
    assert found == Variable("1", "a", VariableType.TEXT)
    with pytest.raises(TypeError):
        read(Variable, {"name": "a"})


def test_a_definition_makes_the_same_variable_again() -> None:
    plain = {
        "name": "form",
        "type": "CATEGORY",
        "categories": [{"value": "march"}, {"value": "vigil", "description": "They stand."}],
        "default_value": "March",
        "golden_examples": [{"text": "They walked.", "value": "march"}, {"text": "It rained.", "value": None}],
        "depends_on": [{"variable": "place", "operator": "IS_PRESENT"}],
    }
    made = define("1", "2", plain, 3)
    assert (made.id, made.project_id, made.position, made.display_name) == ("1", "2", 3, "Form")
    assert made.default_value == "march", "as the category is written"
    assert define("1", "2", definition(made), 3) == made == changed(made, {})
    assert not NOT_DEFINED & definition(made).keys()


@pytest.mark.parametrize(
    ("type", "wrong", "field"),
    [
        ("NUMBER", {"default_value": "many"}, "default_value"),
        ("DATE", {"default_value": "2021-13-01"}, "default_value"),
        ("BOOLEAN", {"default_value": "perhaps"}, "default_value"),
        ("TEXT", {"validation_rules": {"min": 3}}, "validation_rules.min"),
        ("DATE", {"validation_rules": {"min": "soon"}}, "validation_rules.min"),
        ("NUMBER", {"validation_rules": {"min": 5, "max": 3}}, "validation_rules.min"),
        ("NUMBER", {"validation_rules": {"allowed_values": ["x"]}}, "validation_rules.allowed_values[0]"),
        ("TEXT", {"categories": [{"value": "a"}]}, "categories"),
        ("NUMBER", {"golden_examples": [{"text": "x", "value": "x"}]}, "golden_examples[0].value"),
        ("NUMBER", {"golden_examples": [{"text": "x", "value": [1, 2]}]}, "golden_examples[0].value"),
    ],
)
def test_what_a_type_cannot_have_is_refused_by_field(type: str, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(VariableInvalid) as caught:
        define("", "", {"name": "a", "type": type, **wrong}, 0)
    assert set(caught.value.fields) == {field}


def test_an_unknown_enum_is_named() -> None:
    with pytest.raises(VariableInvalid, match="MAYBE"):
        define("", "", {"name": "a", "type": "TEXT", "if_uncertain": "MAYBE"}, 0)
