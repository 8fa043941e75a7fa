"""Asks again what is stale in the dataset, and what depends on it; nothing else.

Documents whose rows were found when a row stood for something else are coded whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from coderai.codebook.codebook import read_codebook
from coderai.codebook.conditions import with_dependents
from coderai.kit.identity import Identity
from coderai.services.extractor.domain.jobs.job import JobKind
from coderai.services.extractor.usecases.choosing import Chosen, NothingReadable, NothingStale, to_ask
from coderai.services.extractor.usecases.estimates import Estimate, Estimates
from coderai.services.extractor.usecases.jobs import Jobs, Order


@dataclass(frozen=True, slots=True)
class Renewal:
    """What a caller wants to renew."""

    project_id: UUID
    variables: Sequence[str] = ()
    """Names of the only ones; all that are stale when there are none."""
    other_model: bool = False
    """Whether what another model than the project's answered is asked again, too."""


@dataclass(frozen=True, slots=True)
class Renewals:
    """The use cases of renewing the dataset."""

    jobs: Jobs
    estimates: Estimates

    async def start(self, who: Identity, renewal: Renewal) -> UUID:
        """Starts a job over the documents with stale cells, which asks each of what is stale in it; returns its id.

        Raises:
            NotFound, NoVariables, UnknownVariables, NothingStale, NothingReadable,
            ModelNotAllowed, JobActive, BudgetUsedUp, TooManyJobs, QueueFull
        """
        await self.jobs.admit(who)
        frozen_at = self.jobs.now()
        snapshot, chosen = await self._chosen(who, renewal)
        job_id = self.jobs.new_id()
        await self.jobs.begin(who, Order(job_id, renewal.project_id, JobKind.FULL, snapshot, chosen, frozen_at))
        return job_id

    async def estimate(self, who: Identity, renewal: Renewal) -> Estimate:
        """What it would take. Raises what `start` raises of the renewal itself."""
        snapshot, chosen = await self._chosen(who, renewal)
        return await self.estimates.of(who, renewal.project_id, snapshot, chosen)

    async def _chosen(self, who: Identity, renewal: Renewal) -> tuple[Mapping[str, Any], Chosen]:
        """The codebook's snapshot, and the documents, each with what is stale in it and what depends on that."""
        project_id = renewal.project_id
        snapshot = await self.jobs.projects.freeze(project_id)
        codebook = read_codebook(snapshot)
        to_ask(codebook, renewal.variables)
        async with self.jobs.open_store(who.workspace_id) as store:
            stale = await store.stale_variables(project_id, codebook, renewal.variables, renewal.other_model)
            whole = await store.of_another_unit(project_id, codebook)
        if not stale:
            raise NothingStale()
        heads = [head async for head in self.jobs.documents.heads(project_id, ()) if head.id in stale]
        readable = [head for head in heads if head.is_readable]
        if not readable:
            raise NothingReadable(f"none of the {len(heads)} documents with stale cells is READY")
        some = [head.id for head in readable if head.id not in whole]
        only = {document_id: with_dependents(codebook.variables, stale[document_id]) for document_id in some}
        return snapshot, Chosen(readable, not_read_left_out=len(heads) - len(readable), only=only)
