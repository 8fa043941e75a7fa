"""The part of the API that is about the guided setup, as methods of client.api.CoderAI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from coderai.client.calls import Calls
from coderai.client.models import AcceptedStep, Setup

StepName = Literal["CONTEXT", "UNIT", "VARIABLES", "REVIEW"]
STEPS: tuple[StepName, ...] = ("CONTEXT", "UNIT", "VARIABLES", "REVIEW")


class SetupCalls(Calls):
    """A walk through a project's context, unit, variables and review; where it stands is kept by the API."""

    def setup(self, project_id: str) -> Setup:
        """Where the walk stands; one that nobody has begun stands at its first step."""
        return Setup.model_validate(self._session.get(f"projects/{project_id}/setup"))

    def propose_step(self, project_id: str, step: StepName, *, hint: str = "") -> Setup:
        """Has a step's default made from the documents; `hint`: what you want to know, in words."""
        body = {"step": step, "hint": hint}
        return Setup.model_validate(self._ask_model(f"projects/{project_id}/setup/propose", body))

    def accept_step(
        self,
        project_id: str,
        step: StepName,
        *,
        context: Mapping[str, Any] | None = None,
        proposal_ids: Sequence[str] = (),
        all_proposals: bool = False,
    ) -> AcceptedStep:
        """Writes what you choose for a step to the project, and goes on.

        `context`: of CONTEXT (language, domain, document_type, description) and UNIT (unit) what to write in place of
        the default. `proposal_ids`: of VARIABLES and REVIEW what to apply; `all_proposals`: all that stand.
        """
        body: dict[str, Any] = {"step": step, "proposal_ids": list(proposal_ids), "all_proposals": all_proposals}
        body |= {} if context is None else {"context": dict(context)}
        return AcceptedStep.model_validate(self._session.post(f"projects/{project_id}/setup/accept", body))

    def skip_step(self, project_id: str, step: StepName) -> Setup:
        """Leaves the project as it is, and goes on."""
        return Setup.model_validate(self._session.post(f"projects/{project_id}/setup/skip", {"step": step}))
