"""The part of the API that makes prompts better, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.client.calls import Calls
from coderai.client.models import Job, JobEstimate, Refinement


class RefinementCalls(Calls):
    """Options for a better prompt, made from feedback on DEV documents; nothing changes until a person chooses one."""

    def create_refinement(self, variable_id: str, *, hint: str = "") -> Refinement:
        """What goes wrong with a variable, and two or three options; `hint`: what should be better, in words."""
        path = f"variables/{variable_id}/refinements"
        return Refinement.model_validate(self._ask_model(path, {"hint": hint} if hint else {}))

    def refinements(self, variable_id: str) -> Iterator[Refinement]:
        """A variable's refinements, newest first, without what trials show."""
        return self._items(Refinement, f"variables/{variable_id}/refinements")

    def refinement(self, refinement_id: str) -> Refinement:
        """One refinement, with what its trials have shown so far."""
        return Refinement.model_validate(self._session.get(f"refinements/{refinement_id}"))

    def estimate_try(self, refinement_id: str, option: int) -> JobEstimate:
        """What trying an option (from 1) would take."""
        answer = self._session.post(f"refinements/{refinement_id}/try/estimate", {"option": option})
        return JobEstimate.model_validate(answer)

    def try_refinement(self, refinement_id: str, option: int) -> Job:
        """Starts the job that tries an option on the reviewed DEV documents, beside the dataset."""
        return Job.model_validate(self._session.post(f"refinements/{refinement_id}/try", {"option": option}))

    def apply_refinement(self, refinement_id: str, option: int) -> Refinement:
        """Makes the chosen option the variable's new active prompt version; twice is once."""
        return Refinement.model_validate(self._session.post(f"refinements/{refinement_id}/apply", {"option": option}))

    def reject_refinement(self, refinement_id: str) -> Refinement:
        """Leaves everything as it is; twice is once."""
        return Refinement.model_validate(self._session.post(f"refinements/{refinement_id}/reject"))
