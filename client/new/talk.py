"""What all steps of the walk in a terminal need: the project, the person, and how choices are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError
from coderai.client.models import Proposal, Setup, SetupStepState
from coderai.client.new.asking import Asks
from coderai.client.screen import Screen, counted
from coderai.client.setup_calls import StepName

_MENDABLE = (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
"""What a person can mend by saying something else."""


@dataclass(frozen=True, slots=True)
class Talk:
    """One person over one project's setup."""

    api: CoderAI
    screen: Screen
    asks: Asks
    project_id: str
    hint: str = ""
    """What they want to know, in words."""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why things are as they are, by their place in the project file."""

    def proposed(self, step: StepName, hint: str) -> Setup:
        """Has a step's default made."""
        with self.screen.waiting("reading a sample of the documents"):
            return self.api.propose_step(self.project_id, step, hint=hint)

    def accept(self, step: StepName, wanted: Sequence[Proposal]) -> None:
        """Has proposals applied and the step decided; what could not be applied is told."""
        accepted = self.api.accept_step(self.project_id, step, proposal_ids=[one.id for one in wanted])
        for refusal in accepted.refused:
            self.screen.warn(refusal)
        kept = len(wanted) - len(accepted.refused)
        if kept:
            self.screen.done(f"accepted {counted(kept, 'proposal')}")

    def tell(self, error: ApiError) -> None:
        """Tells why something was refused; raises it where nobody could say something else, or that would not help."""
        if not self.asks.is_person or error.status not in _MENDABLE:
            raise error
        self.screen.warn(str(error))


def state_of(setup: Setup, step: StepName) -> SetupStepState:
    """One step of a setup."""
    return next(state for state in setup.steps if state.step == step)


def still_open(state: SetupStepState) -> list[Proposal]:
    """The step's proposals that nobody has decided."""
    return [one for one in state.proposals if one.status == "PROPOSED"]
