"""What a caller sends is no larger than the contract says, and an error names the field and the limit."""

from __future__ import annotations

from typing import Any

import pytest

from coderai.kit.errors import InvalidInput
from coderai.kit.sizes import ITEMS, check_sizes
from coderai.kit.wire import to_value
from coderai.projects.v1 import projects_service_pb2 as pb
from coderai.projects.v1.codebook_pb2 import (
    Category,
    Condition,
    GoldenExample,
    UnitOfObservation,
    ValidationRules,
    Variable,
)

TOO_LARGE: dict[str, tuple[Any, str, str]] = {
    "name": (pb.CreateProjectRequest(name="x" * 201), "name", "200 characters"),
    "description": (pb.UpdateProjectRequest(description="x" * 20_001), "description", "20,000 characters"),
    "unit": (pb.CreateProjectRequest(unit=UnitOfObservation(row_is="x" * 2_001)), "unit.row_is", "2,000 characters"),
    "instructions": (Variable(instructions="x" * 20_001), "instructions", "20,000 characters"),
    "categories": (Variable(categories=[Category(value="x")] * 301), "categories", "300 elements"),
    "a category": (Variable(categories=[Category(), Category(value="x" * 301)]), "categories[1].value", "300"),
    "its description": (
        Variable(categories=[Category(description="x" * 2_001)]),
        "categories[0].description",
        "2,000",
    ),
    "examples": (Variable(golden_examples=[GoldenExample(text="x")] * 31), "golden_examples", "30 elements"),
    "an example": (Variable(golden_examples=[GoldenExample(text="x" * 10_001)]), "golden_examples[0].text", "10,000"),
    "its value": (
        Variable(golden_examples=[GoldenExample(value=to_value("x" * 20_001))]),
        "golden_examples[0].value",
        "20,000 bytes",
    ),
    "conditions": (Variable(depends_on=[Condition(variable="x")] * 51), "depends_on", "50 elements"),
    "allowed values": (
        Variable(validation_rules=ValidationRules(allowed_values=[to_value(1)] * 501)),
        "validation_rules.allowed_values",
        "500 elements",
    ),
    "a default": (Variable(default_value=to_value(["x"] * 20_000)), "default_value", "20,000 bytes"),
    "a prompt": (pb.GeneratePromptRequest(text="x" * 50_001), "text", "50,000 characters"),
    "an id": (pb.GetProjectRequest(project_id="x" * 501), "project_id", "500 characters"),
}


@pytest.mark.parametrize("what", TOO_LARGE)
def test_what_is_too_large_is_refused_with_its_field_and_limit(what: str) -> None:
    message, field, limit = TOO_LARGE[what]
    with pytest.raises(InvalidInput) as caught:
        check_sizes(message)
    assert list(caught.value.fields) == [field]
    assert limit in caught.value.fields[field]
    assert caught.value.code == "input_too_large"


def test_what_is_as_large_as_it_may_be_passes() -> None:
    check_sizes(
        Variable(
            name="x" * 63,
            instructions="é" * 20_000,
            categories=[Category(value="x" * 300)] * 300,
            golden_examples=[GoldenExample(text="x" * 10_000)] * 30,
        )
    )


def test_what_the_server_fills_is_no_part_of_what_is_checked() -> None:
    check_sizes(Variable(created_at="x" * 100_000, warnings=["x"] * (ITEMS + 1)))


def test_an_error_names_some_fields_of_many() -> None:
    with pytest.raises(InvalidInput) as caught:
        check_sizes(Variable(categories=[Category(value="x" * 301)] * 300))
    assert len(caught.value.fields) == 20
