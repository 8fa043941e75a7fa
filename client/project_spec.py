"""The shape of a project file: the fields of the API's requests, and a few that only the command reads."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from coderai.messages.requests import CreateProjectRequest, CreateVariableRequest, ExportFormat, GeneratePromptRequest

OF_THE_COMMAND = ("sample_size", "truth", "formats")
"""What only the command reads."""


class VariableSpec(CreateVariableRequest):
    """A variable: the fields of POST projects/{id}/variables, and a prompt in a person's own words."""

    prompt: GeneratePromptRequest | None = None

    def request(self) -> dict[str, Any]:
        """The body of POST projects/{id}/variables."""
        return self.model_dump(exclude_unset=True, exclude={"prompt"})


class ProjectSpec(CreateProjectRequest):
    """The whole file: the fields of POST projects, its variables, and what only the command reads."""

    name: str
    variables: list[VariableSpec] = Field(default_factory=list)
    sample_size: int | None = None
    truth: str | None = None
    formats: list[ExportFormat] = Field(default_factory=list)

    def request(self) -> dict[str, Any]:
        """The body of POST projects."""
        return self.model_dump(exclude_unset=True, exclude={"variables", *OF_THE_COMMAND})
