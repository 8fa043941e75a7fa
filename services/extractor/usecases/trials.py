"""Tries a changed variable on some documents, beside the dataset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coderai.kit.errors import InvalidInput
from coderai.kit.identity import Identity
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.usecases.choosing import Chosen, UnknownVariables, Wanted, choose
from coderai.services.extractor.usecases.estimates import Estimate, Estimates
from coderai.services.extractor.usecases.jobs import Jobs, Order


class NothingToTry(InvalidInput):
    """A trial is over some documents and asks a variable that has a prompt."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a caller wants to try."""

    project_id: UUID
    variable: Mapping[str, Any]
    """As kit.wire.to_plain gives it, with the prompt as its active one; it takes the place of that of the same id."""
    document_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Trials:
    """The use cases of trials: jobs that ask one variable, and nothing that depends on it."""

    jobs: Jobs
    estimates: Estimates

    async def start(self, who: Identity, trial: Trial) -> UUID:
        """Starts a trial under the project's codebook with the variable in place; returns the job's id.

        Raises:
            NotFound, NoVariables, NothingToTry, UnknownVariables, UnknownDocuments, DocumentsNotRead, NothingReadable,
            ModelNotAllowed, JobActive, BudgetUsedUp, TooManyJobs, QueueFull
        """
        await self.jobs.admit(who)
        snapshot, chosen = await self._chosen(trial)
        job_id = self.jobs.new_id()
        await self.jobs.begin(who, Order(job_id, trial.project_id, JobKind.TRIAL, snapshot, chosen))
        return job_id

    async def estimate(self, who: Identity, trial: Trial) -> Estimate:
        """What it would take. Raises what `start` raises of the trial itself."""
        snapshot, chosen = await self._chosen(trial)
        return await self.estimates.of(who, trial.project_id, snapshot, chosen)

    async def _chosen(self, trial: Trial) -> tuple[Mapping[str, Any], Chosen]:
        """The codebook's snapshot with the variable in place, and the documents."""
        variable = trial.variable
        _check(trial)
        snapshot = await self.jobs.projects.freeze(trial.project_id)
        if not any(one["id"] == variable["id"] for one in snapshot["variables"]):
            message = f"not in this project: {variable['id']}"
            raise UnknownVariables(message, fields={"variable.id": message})
        in_place = [variable if one["id"] == variable["id"] else one for one in snapshot["variables"]]
        wanted = Wanted(trial.project_id, JobKind.TRIAL, trial.document_ids)
        chosen = await choose(self.jobs.documents, wanted)
        return {**snapshot, "variables": in_place}, chosen.asking((variable["name"],))


def _check(trial: Trial) -> None:
    """Raises NothingToTry."""
    prompt = trial.variable.get("active_prompt") or {}
    missing = {
        "document_ids": trial.document_ids,
        "variable.name": trial.variable.get("name"),
        "variable.type": trial.variable.get("type"),
        "variable.active_prompt.text": prompt.get("text"),
    }
    fields = {name: "is missing" for name, value in missing.items() if not value}
    if fields:
        raise NothingToTry("; ".join(f"{name} {problem}" for name, problem in fields.items()), fields=fields)
