"""The YAML of a project file: what is written reads back as the same, in one order, without what defaults say."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from coderai.codebook.definition import define, definition
from coderai.codebook.plain import write
from coderai.codebook.project_reading import read_project
from coderai.codebook.project_yaml import EXPLAINED, to_yaml, variable_form
from coderai.codebook.prompt import generate

TEXTS = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from(["\n", " ", "\t", "#", ":", "'", "\x85"]), max_size=300
)
PLAIN = {
    "name": "Strikes",
    "description": "How large are strikes?\nAnd who calls them?",
    "language": "العربية",
    "unit": {"row_is": "one strike", "rows_per_document": "MULTIPLE", "entity_identification_pattern": "each strike"},
    "model": "offline",
    "sample_size": 4,
    "formats": ["CSV", "XLSX"],
    "variables": [
        {"name": "when_it_began", "type": "DATE", "instructions": "The first day of it. " * 9},
        {"name": "kind", "type": "CATEGORY", "categories": [{"value": "yes"}, {"value": "b", "description": "B."}]},
    ],
}


def test_what_is_written_reads_back() -> None:
    read = yaml.safe_load(to_yaml(PLAIN))

    assert read["unit"] == PLAIN["unit"]
    assert read["description"] == PLAIN["description"]
    assert read["variables"][0] == PLAIN["variables"][0]  # type: ignore[index]
    assert read["variables"][1]["categories"] == ["yes", {"value": "b", "description": "B."}]
    assert "model" not in read, "the default says nothing"


@pytest.mark.parametrize("comments", [{}, EXPLAINED, {"": "# a\n\nb: c", "variables.kind": "Seen in 3.\n" + "w " * 99}])
def test_comments_change_nothing(comments: dict[str, str]) -> None:
    assert yaml.safe_load(to_yaml(PLAIN, comments)) == yaml.safe_load(to_yaml(PLAIN))


def test_comments_stand_above_what_they_tell_of() -> None:
    lines = to_yaml(PLAIN, {"": "First.", "unit": "Why this.", "variables.kind": "Seen in 3 of 4."}).splitlines()

    assert lines[0] == "# First."
    assert lines[lines.index("# Why this.") + 1] == "unit:"
    assert lines[lines.index("  # Seen in 3 of 4.") + 1] == "  - name: kind"


def test_a_defined_variable_is_written_without_its_defaults() -> None:
    plain = {"name": "dead", "type": "NUMBER", "instructions": "How many died.", "validation_rules": {"min": 0}}
    variable = define("1", "2", {**plain, "golden_examples": [{"text": "nobody counted", "value": None}]}, 0)

    written = variable_form(definition(variable))

    assert written == {**plain, "golden_examples": [{"text": "nobody counted", "value": None}]}
    assert definition(define("1", "2", yaml.safe_load(to_yaml({"variables": [written]}))["variables"][0], 0)) == (
        definition(variable)
    )


def test_a_prompt_is_written_where_a_person_wrote_it() -> None:
    variable = define("1", "2", {"name": "dead", "type": "NUMBER"}, 0)
    generated = write(generate(variable))

    assert "prompt" not in variable_form({**definition(variable), "active_prompt": generated})
    own = {**generated, "text": "Count the dead.", "origin": "EDITED"}
    written = variable_form({**definition(variable), "active_prompt": own})["prompt"]
    assert written == {"text": "Count the dead.", "temperature": 0.15, "max_tokens": 1024}


def test_the_order_of_keys_is_always_the_same() -> None:
    backwards = dict(reversed(PLAIN.items()))
    backwards["variables"] = [dict(reversed(one.items())) for one in PLAIN["variables"]]  # type: ignore[attr-defined]

    assert to_yaml(backwards) == to_yaml(PLAIN)


@pytest.mark.parametrize(
    "part", [{}, {"name": "x"}, {"sample_size": 0}, {"unit": {"row_is": "one strike"}}, {"variables": []}]
)
def test_a_part_can_be_written_alone(part: dict[str, Any]) -> None:
    assert (yaml.safe_load(to_yaml(part)) or {}) == {key: value for key, value in part.items() if value != []}


def test_what_is_used_twice_is_written_twice() -> None:
    categories = [{"value": "a"}]
    variables = [{"name": name, "type": "CATEGORY", "categories": categories} for name in "xy"]

    assert "&" not in to_yaml({"variables": variables}) and "*" not in to_yaml({"variables": variables})


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, value=TEXTS, number=st.floats(allow_nan=False, allow_infinity=False) | st.integers())
def test_any_text_comes_back_as_it_was(text: str, value: str, number: float) -> None:
    variable = {
        "name": "a",
        "type": "TEXT",
        "instructions": text,
        "default_value": value,
        "golden_examples": [{"text": text, "value": number, "note": value}],
    }
    plain = {"name": text, "unit": {"row_is": value}, "variables": [variable]}

    read = yaml.safe_load(to_yaml(plain, {"": text, "variables.a": value}))

    assert read.get("name", "") == text
    assert read.get("unit", {}).get("row_is", "") == value
    found = read["variables"][0]
    assert (found.get("instructions", ""), found["default_value"]) == (text, value)
    example = found["golden_examples"][0]
    assert (example.get("text", ""), example["value"], example.get("note", "")) == (text, number, value)


@settings(max_examples=200, deadline=None)
@given(text=TEXTS.filter(bool), value=TEXTS.filter(bool), kind=st.sampled_from(["TEXT", "DATE", "CATEGORY"]))
def test_any_text_is_read_again_as_the_command_and_the_server_read_it(text: str, value: str, kind: str) -> None:
    variable = {
        "name": "a",
        "type": kind,
        "instructions": text,
        "categories": [{"value": value, "description": text}, {"value": text}],
        "default_value": value,
        "validation_rules": {"allowed_values": [text, value]},
        "depends_on": [{"variable": "a", "operator": "EQUALS", "value": text}],
        "golden_examples": [{"text": text, "value": value}, {"text": value, "value": None}],
        "prompt": {"text": f"Say {text}.", "temperature": 0.5},
    }

    (read,) = read_project(to_yaml({"variables": [variable]}), needed=())["variables"]

    assert read == variable
