"""The guided setup in a terminal: shows each step's default and why, asks, and has the choice written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from coderai.client.errors import ApiError
from coderai.client.models import Proposal, Setup, SetupStepState
from coderai.client.new.showing import show_context, show_finding, show_reasons, show_unit
from coderai.client.new.talk import Talk, state_of, still_open
from coderai.client.new.variables import VariablesStep
from coderai.client.proposals import show_proposal
from coderai.client.renew import show_estimate
from coderai.client.screen import Screen, counted
from coderai.client.setup_calls import STEPS, StepName

_TITLES: Mapping[StepName, str] = {
    "CONTEXT": "what the documents are",
    "UNIT": "what one row of the dataset is",
    "VARIABLES": "what is coded: the columns",
    "REVIEW": "a look at all of it",
}
_CHANGED = "ground_changed"
"""The API's code for a proposal whose ground has changed since it was made."""


@dataclass(frozen=True, slots=True)
class SetupWalk:
    """A walk through one project's setup."""

    talk: Talk

    def go(self) -> Setup:
        """Goes from the first step that nobody has decided to the end.

        Raises:
            Left: the person leaves; what is decided is kept.
            ApiError: the API refuses what is no person's to mend.
        """
        api, project_id = self.talk.api, self.talk.project_id
        setup = api.setup(project_id)
        at = _current(setup)
        while at:
            setup = self._with_default(setup, at)
            self.talk.screen.heading(f"Step {STEPS.index(at) + 1} of {len(STEPS)}: {_TITLES[at]}")
            back = self._decide(at, state_of(setup, at))
            setup = api.setup(project_id)
            at = back or _current(setup)
        return setup

    def _with_default(self, setup: Setup, step: StepName) -> Setup:
        state = state_of(setup, step)
        if state.outdated_reason:
            self.talk.screen.warn(f"look again at {_TITLES[step]}: {state.outdated_reason}")
        return setup if state.proposed else self.talk.proposed(step, self.talk.hint)

    def _decide(self, step: StepName, state: SetupStepState) -> StepName | None:
        """Has a step decided; the step to go back to, if the person wants to."""
        match step:
            case "CONTEXT":
                return self._context(state)
            case "UNIT":
                return self._unit(state)
            case "VARIABLES":
                return VariablesStep(self.talk).decide(state)
            case "REVIEW":
                return self._review(state)

    def _context(self, state: SetupStepState) -> StepName | None:
        show_context(state, self.talk.screen)
        show_reasons(state, self.talk.screen)
        return self._take(state, "domain", lambda: self._other_context(state))

    def _unit(self, state: SetupStepState) -> StepName | None:
        show_unit(state, self.talk.screen)
        show_reasons(state, self.talk.screen)
        return self._take(state, "unit", lambda: self._other_unit(state))

    def _take(self, state: SetupStepState, place: str, other: Callable[[], dict[str, Any]]) -> StepName | None:
        """Has the default accepted, something else written, or the step skipped; `place`: in the project file."""
        talk, step = self.talk, next(one for one in STEPS if one == state.step)
        back = ["back"] if step != STEPS[0] else []
        while True:
            answer = talk.asks.choose("Take this?", ["yes", "edit", "skip", *back])
            if answer == "back":
                return STEPS[STEPS.index(step) - 1]
            if answer == "skip":
                talk.api.skip_step(talk.project_id, step)
                return None
            try:
                talk.api.accept_step(talk.project_id, step, context=other() if answer == "edit" else None)
                if answer == "yes":
                    talk.reasons[place] = " ".join(state.reasons)
                return None
            except ApiError as error:
                talk.tell(error)
                if error.code == _CHANGED:
                    talk.proposed(step, talk.hint)
                    return step

    def _other_context(self, state: SetupStepState) -> dict[str, Any]:
        """What the person writes; Enter keeps what stands in brackets."""
        context = state.context
        asked = {
            "language": ("Language of the documents", context.language),
            "domain": ("What they are about", context.domain),
            "document_type": ("What each of them is", context.document_type),
            "description": ("What do you want to know? (a sentence or two)", self.talk.hint),
        }
        return {name: self.talk.asks.text(question, default) for name, (question, default) in asked.items()}

    def _other_unit(self, state: SetupStepState) -> dict[str, Any]:
        asks, unit = self.talk.asks, state.context.unit
        row_is = asks.text("One row is", unit.row_is)
        answers = ["several", "one"] if unit.rows_per_document == "MULTIPLE" else ["one", "several"]
        if asks.choose("How many rows may a document give?", answers) == "one":
            return {"unit": {"row_is": row_is, "rows_per_document": "SINGLE"}}
        pattern = asks.text(f"How is {row_is} recognised in a document?", unit.entity_identification_pattern)
        several = {"rows_per_document": "MULTIPLE", "entity_identification_pattern": pattern}
        return {"unit": {"row_is": row_is, **several}}

    def _review(self, state: SetupStepState) -> StepName | None:
        talk = self.talk
        show_reasons(state, talk.screen)
        for finding in state.findings:
            show_finding(finding, talk.screen)
        if not state.findings:
            talk.screen.done("nothing is found wrong")
        wanted = list[Proposal]()
        for proposal in still_open(state):
            show_proposal(proposal, talk.screen)
            answer = talk.asks.choose("Change this?", ["yes", "no", "back"])
            if answer == "back":
                return "VARIABLES"
            if answer == "yes":
                wanted.append(proposal)
            else:
                talk.api.reject_proposal(proposal.id)
        if talk.api.variables(talk.project_id):
            talk.accept("REVIEW", wanted)
        else:
            talk.api.skip_step(talk.project_id, "REVIEW")
        return None


def show_offer(setup: Setup, screen: Screen) -> None:
    """The sample that the walk ends with, and what it takes."""
    state = state_of(setup, "REVIEW")
    if state.sample_size and state.estimate.documents:
        screen.note(f"a first sample: {counted(state.sample_size, 'document')}")
        show_estimate(state.estimate, screen)


def _current(setup: Setup) -> StepName | None:
    """The first step that nobody has decided."""
    return next((step for step in STEPS if step == setup.current), None)
