"""Has a refinement's options tried, and does with it what a person decides: nothing else changes a variable."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.codebook.variable import Variable
from coderai.extractor.v1.extractor_service_pb2 import EstimateJobResponse, Job
from coderai.kit.audit import Fact
from coderai.kit.errors import CoderAIError
from coderai.kit.identity import Identity
from coderai.services.copilot.domain.problems import GroundChanged, NothingToTryOn
from coderai.services.copilot.domain.refining.refinement import Option, Refinement, RefinementStatus
from coderai.services.copilot.usecases.create_refinement import fingerprint
from coderai.services.copilot.usecases.ports import OpenStore, Projects, Trials


@dataclass(frozen=True, slots=True)
class DecideRefinement:
    """The use cases with what they need of the world."""

    open_store: OpenStore
    projects: Projects
    trials: Trials
    clock: Callable[[], datetime]

    async def estimate(self, refinement_id: UUID, number: int) -> EstimateJobResponse:
        """What trying an option would cost.

        Raises:
            RefinementNotFound, OptionUnknown, RefinementDecided, GroundChanged, NothingToTryOn
        """
        option, variable = await self._to_try(refinement_id, number)
        return await self.trials.estimate(option.of(variable), option.document_ids)

    async def start(self, refinement_id: UUID, number: int) -> Job:
        """Starts the job that tries an option; what it shows belongs to the option's newest one.

        Raises:
            RefinementNotFound, OptionUnknown, RefinementDecided, GroundChanged, NothingToTryOn
            CoderAIError: the extractor starts none.
        """
        option, variable = await self._to_try(refinement_id, number)
        job = await self.trials.start(option.of(variable), option.document_ids)
        async with self.open_store() as store:
            refinement = await store.refinement(refinement_id)
            await store.save_refinement(refinement.tried(number, job.id))
            await store.commit()
        return job

    async def apply(self, who: Identity, refinement_id: UUID, number: int) -> None:
        """Makes an option the variable's new active prompt; the same again changes nothing.

        It is noted first which option is chosen: whoever asks again after a fault finds out whether it was applied,
        and nobody rejects what is being applied.

        Raises:
            RefinementNotFound, OptionUnknown, RefinementDecided, GroundChanged
            CoderAIError: the variable is not there any more, or cannot be changed so.
        """
        refinement = await self._load(refinement_id)
        if refinement.begun(number).status is RefinementStatus.APPLIED:
            return
        if not refinement.chosen_option:
            await self._standing(refinement)
        await self._begin(refinement_id, number)
        try:
            prompt_id = await self.projects.refine(refinement, refinement.option(number))
        except CoderAIError as error:
            if not error.retryable:
                await self._give_up(refinement_id)
            if error.code == "prompt_replaced":
                raise GroundChanged() from None
            raise
        async with self.open_store() as store:
            before = await store.refinement(refinement_id)
            await store.save_refinement(before.applied(prompt_id, who.user_id, self.clock()))
            if before.status is not RefinementStatus.APPLIED:
                kind, changes = audit.AUDIT_KIND_REFINEMENT_APPLIED, {"option": (None, number)}
                await store.record(Fact(kind, before.project_id, before.id, before.variable, changes))
            await store.commit()

    async def reject(self, who: Identity, refinement_id: UUID) -> None:
        """Notes that nobody wants the options; the same again changes nothing.

        Raises:
            RefinementNotFound, RefinementDecided
        """
        async with self.open_store() as store:
            refinement = await store.refinement(refinement_id)
            await store.save_refinement(refinement.rejected(who.user_id, self.clock()))
            await store.commit()

    async def _to_try(self, refinement_id: UUID, number: int) -> tuple[Option, Variable]:
        refinement = await self._load(refinement_id)
        option = refinement.to_try(number)
        if not option.document_ids:
            raise NothingToTryOn()
        return option, await self._standing(refinement)

    async def _load(self, refinement_id: UUID) -> Refinement:
        async with self.open_store() as store:
            return await store.refinement(refinement_id)

    async def _standing(self, refinement: Refinement) -> Variable:
        """The variable, which asks what it asked when the refinement was made. Raises GroundChanged."""
        variable = await self.projects.variable(refinement.variable_id)
        if (variable.active_prompt.id, fingerprint(variable)) != (str(refinement.based_on_prompt_id), refinement.asked):
            raise GroundChanged()
        return variable

    async def _begin(self, refinement_id: UUID, number: int) -> None:
        async with self.open_store() as store:
            refinement = await store.refinement(refinement_id)
            await store.save_refinement(refinement.begun(number))
            await store.commit()

    async def _give_up(self, refinement_id: UUID) -> None:
        async with self.open_store() as store:
            refinement = await store.refinement(refinement_id)
            await store.save_refinement(refinement.given_up())
            await store.commit()
