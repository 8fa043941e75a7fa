"""The shape of a project file: the fields of the API's requests, and a few that only the command reads."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue


class Part(BaseModel):
    """A part of a project file, with the fields of the API's request of the same name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def request(self) -> dict[str, Any]:
        """What the file says, and nothing that it leaves to the API's defaults."""
        return self.model_dump(exclude_unset=True)


class UnitSpec(Part):
    """What one row stands for."""

    row_is: str = ""
    rows_per_document: Literal["SINGLE", "MULTIPLE"] = "SINGLE"
    entity_identification_pattern: str = ""


class CategorySpec(Part):
    """One value of a CATEGORY variable."""

    value: str
    description: str = ""


class RulesSpec(Part):
    """What a value must satisfy."""

    min: JsonValue = None
    max: JsonValue = None
    pattern: str = ""
    allowed_values: list[JsonValue] = []


class ConditionSpec(Part):
    """When a variable is asked."""

    variable: str
    operator: Literal["EQUALS", "NOT_EQUALS", "IN", "GREATER", "LESS", "IS_PRESENT"]
    value: JsonValue = None


class ExampleSpec(Part):
    """In this text the value is this."""

    text: str
    value: JsonValue = None
    note: str = ""


class VariableSpec(Part):
    """One variable; the fields of POST projects/{id}/variables."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
    type: Literal["TEXT", "NUMBER", "DATE", "CATEGORY", "BOOLEAN"]
    display_name: str = ""
    instructions: str = ""
    categories: list[CategorySpec] = []
    confidence_threshold: Annotated[float, Field(ge=0, le=1)] = 0.7
    if_uncertain: Literal["FLAG", "SKIP", "USE_DEFAULT", "KEEP"] = "FLAG"
    if_multiple_values: Literal["FIRST", "LAST", "ALL", "CONCATENATE", "FLAG"] = "FIRST"
    max_values: Annotated[int, Field(ge=1, le=20)] = 5
    default_value: JsonValue = None
    required: bool = False
    validation_rules: RulesSpec = RulesSpec()
    depends_on: list[ConditionSpec] = []
    golden_examples: list[ExampleSpec] = []


class ProjectSpec(Part):
    """The whole file; the fields of POST projects, then what only the command reads."""

    name: Annotated[str, Field(min_length=1)]
    description: str = ""
    domain: str = ""
    language: str = ""
    document_type: str = ""
    unit: UnitSpec = UnitSpec()
    model: str = ""
    token_budget: Annotated[int, Field(ge=0)] = 0
    ask_per_variable: bool = False
    variables: list[VariableSpec] = []
    sample_size: Annotated[int, Field(ge=0)] | None = None
    truth: str | None = None

    def request(self) -> dict[str, Any]:
        """The body of POST projects."""
        return self.model_dump(exclude_unset=True, exclude={"variables", "sample_size", "truth"})
