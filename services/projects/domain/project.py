"""A project: the context of a research question, its unit of observation, and where it stands."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from coderai.codebook.codebook import ONE_DOCUMENT, Unit, Verify
from coderai.codebook.context import FIELDS, Context, check_unit
from coderai.codebook.plain import read_fields
from coderai.codebook.problems import Problems
from coderai.kit.etags import etag_of
from coderai.services.projects.domain.problems import ProjectInvalid


class ProjectStatus(StrEnum):
    """Where a project stands on its way from upload to export."""

    CREATED = "CREATED"
    SCHEMA_DEFINED = "SCHEMA_DEFINED"
    SAMPLE_COMPLETE = "SAMPLE_COMPLETE"
    PROCESSING = "PROCESSING"
    COMPLETE = "COMPLETE"


EFFORTS = ("", "minimal", "low", "medium", "high")
"""How much a model thinks; empty for the provider's usual."""


@dataclass(frozen=True, slots=True)
class Project:
    """One research question."""

    id: UUID
    name: str
    description: str = ""
    domain: str = ""
    language: str = ""
    document_type: str = ""
    unit: Unit = ONE_DOCUMENT
    model: str = "offline"
    token_budget: int = 0
    ask_per_variable: bool = False
    verify: Verify = Verify.DOUBTFUL
    reasoning_effort: str = ""
    chunk_long_documents: bool = False
    status: ProjectStatus = ProjectStatus.CREATED
    status_before: ProjectStatus = ProjectStatus.CREATED
    """Of one that is PROCESSING: where it stands again if the full run is not completed."""

    @classmethod
    def define(cls, id: UUID, plain: dict[str, Any]) -> Self:
        """A new project from a request's fields; absent and empty ones take their defaults.

        Raises:
            ProjectInvalid: says per field what is wrong.
        """
        return cls(id, name="").changed(plain)

    def changed(self, plain: dict[str, Any]) -> Self:
        """This project with the fields in `plain` in place of its own; None stands for a field's default.

        What is empty in `unit` stays as it is.

        Raises:
            ProjectInvalid: says per field what is wrong.
        """
        values: dict[str, Any] = {
            name: _DEFAULTS[name] if value is None else value for name, value in plain.items() if name in _EDITABLE
        }
        if plain.get("unit") is not None:
            given = read_fields(Unit, plain["unit"])
            values["unit"] = replace(self.unit, **{name: value for name, value in given.items() if value})
        if not values.get("model", self.model):
            values["model"] = "offline"
        if "verify" in values:
            values["verify"] = Verify(values["verify"] or Verify.DOUBTFUL)
        project = replace(self, **values)
        project._check()
        return project

    def _check(self) -> None:
        problems = Problems()
        problems.unless(0 < len(self.name.strip()) <= 200, "name", "must have 1 to 200 characters")
        problems.unless(self.token_budget >= 0, "token_budget", "must be 0 (no limit) or more")
        provider, _, model = self.model.partition(":")
        problems.unless(
            self.model == "offline" or (bool(provider) and bool(model)),
            "model",
            'must be "offline" or name a provider and a model, such as "openai:gpt-5-mini"',
        )
        problems.unless(
            self.reasoning_effort in EFFORTS, "reasoning_effort", f"must be one of {', '.join(EFFORTS[1:])}, or empty"
        )
        check_unit(self.unit, problems)
        problems.raise_as(ProjectInvalid, "the project")

    @property
    def etag(self) -> str:
        """Another for each state of what can be changed of it; where it stands, which jobs move, is left out."""
        return etag_of({name: value for name, value in asdict(self).items() if name in _EDITABLE})

    @property
    def context(self) -> Context:
        """What it says of its documents and of its rows."""
        return Context(**{name: getattr(self, name) for name in FIELDS})

    def in_context(self, context: Context) -> Self:
        """This project with another context, which is valid as it is."""
        return replace(self, **{name: getattr(context, name) for name in FIELDS})

    def schema_changed(self, variables: int) -> Self:
        """This project once it has so many variables: defined from the first one on."""
        if self.status is ProjectStatus.CREATED and variables:
            return replace(self, status=ProjectStatus.SCHEMA_DEFINED)
        if self.status is ProjectStatus.SCHEMA_DEFINED and not variables:
            return replace(self, status=ProjectStatus.CREATED)
        return self

    def job_changed(self, kind: str, status: str, *, of_some_variables: bool = False) -> Self:
        """This project after one of its jobs (SAMPLE or FULL) reached a status.

        One that asked only some variables, or renewed what was stale, leaves it where it stood.
        """
        match kind, status:
            case "FULL", "COMPLETE" if of_some_variables and self.status is ProjectStatus.PROCESSING:
                return replace(self, status=self.status_before)
            case "FULL", "COMPLETE" if of_some_variables:
                return self
            case "SAMPLE", "COMPLETE" if self.status is ProjectStatus.SCHEMA_DEFINED:
                return replace(self, status=ProjectStatus.SAMPLE_COMPLETE)
            case "FULL", "PROCESSING" | "PAUSED" if self.status is not ProjectStatus.PROCESSING:
                return replace(self, status=ProjectStatus.PROCESSING, status_before=self.status)
            case "FULL", "COMPLETE":
                return replace(self, status=ProjectStatus.COMPLETE)
            case "FULL", "CANCELLED" | "FAILED" if self.status is ProjectStatus.PROCESSING:
                return replace(self, status=self.status_before)
            case _:
                return self


_EDITABLE = {f.name for f in fields(Project)} - {"id", "status", "status_before"}
_DEFAULTS = {f.name: "" if f.default is MISSING else f.default for f in fields(Project)}
