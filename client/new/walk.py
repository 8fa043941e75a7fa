"""The guided setup in a terminal: shows each step's default and why, asks, and has the choice written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from coderai.client.api import CoderAI
from coderai.client.errors import ApiError
from coderai.client.models import Proposal, Setup, SetupStepState, Variable
from coderai.client.new.asking import Asks
from coderai.client.new.showing import (
    added_variable,
    show_context,
    show_finding,
    show_proposal,
    show_reasons,
    show_unit,
)
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
_MENDABLE = (HTTPStatus.BAD_REQUEST, HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY)
"""What a person can mend by saying something else."""


@dataclass(slots=True)
class SetupWalk:
    """A walk through one project's setup."""

    api: CoderAI
    screen: Screen
    asks: Asks
    project_id: str
    hint: str = ""
    reasons: dict[str, str] = field(default_factory=dict)
    """Why things are as they are, by their place in the project file."""

    def go(self) -> Setup:
        """Goes from the first step that nobody has decided to the end.

        Raises:
            Left: the person leaves; what is decided is kept.
            ApiError: the API refuses what is no person's to mend.
        """
        setup = self.api.setup(self.project_id)
        at: StepName | None = setup.current or None  # type: ignore[assignment]
        while at:
            setup = self._with_default(setup, at)
            self.screen.heading(f"Step {STEPS.index(at) + 1} of {len(STEPS)}: {_TITLES[at]}")
            at = self._step(at, _state(setup, at))
            setup = self.api.setup(self.project_id)
            at = at or setup.current or None  # type: ignore[assignment]
        return setup

    def _with_default(self, setup: Setup, step: StepName) -> Setup:
        state = _state(setup, step)
        if state.outdated_reason:
            self.screen.warn(f"look again at {_TITLES[step]}: {state.outdated_reason}")
        if state.proposed:
            return setup
        with self.screen.waiting("reading a sample of the documents"):
            return self.api.propose_step(self.project_id, step, hint=self.hint)

    def _step(self, step: StepName, state: SetupStepState) -> StepName | None:
        """Has a step decided; the step to go back to, if the person wants to."""
        does: Mapping[StepName, Callable[[SetupStepState], StepName | None]] = {
            "CONTEXT": self._context,
            "UNIT": self._unit,
            "VARIABLES": self._variables,
            "REVIEW": self._review,
        }
        return does[step](state)

    # Context and unit

    def _context(self, state: SetupStepState) -> StepName | None:
        show_context(state, self.screen)
        show_reasons(state, self.screen)
        self.reasons["domain"] = " ".join(state.reasons)
        return self._decide(state, self._other_context)

    def _unit(self, state: SetupStepState) -> StepName | None:
        show_unit(state, self.screen)
        show_reasons(state, self.screen)
        self.reasons["unit"] = " ".join(state.reasons)
        return self._decide(state, self._other_unit)

    def _decide(self, state: SetupStepState, other: Callable[[SetupStepState], dict[str, Any]]) -> StepName | None:
        """Has the default accepted, something else written, or the step skipped."""
        step: StepName = state.step  # type: ignore[assignment]
        back = ["back"] if step != STEPS[0] else []
        while True:
            answer = self.asks.choose("Take this?", ["yes", "edit", "skip", *back])
            if answer == "back":
                return STEPS[STEPS.index(step) - 1]
            if answer == "skip":
                self.api.skip_step(self.project_id, step)
                return None
            chosen = other(state) if answer == "edit" else None
            try:
                self.api.accept_step(self.project_id, step, context=chosen)
                return None
            except ApiError as error:
                self._must_be_mendable(error)
                self.screen.warn(str(error))
                if error.code == _CHANGED:
                    self.api.propose_step(self.project_id, step, hint=self.hint)
                    return step

    def _other_context(self, state: SetupStepState) -> dict[str, Any]:
        self.screen.detail("Enter keeps what stands in brackets")
        context = state.context
        asked = {
            "language": ("Language of the documents", context.language),
            "domain": ("What they are about", context.domain),
            "document_type": ("What each of them is", context.document_type),
            "description": ("What do you want to know? (a sentence or two)", self.hint),
        }
        return {name: self.asks.text(question, default) for name, (question, default) in asked.items()}

    def _other_unit(self, state: SetupStepState) -> dict[str, Any]:
        unit = state.context.unit
        row_is = self.asks.text("One row is", unit.row_is)
        several = unit.rows_per_document == "MULTIPLE"
        answers = ["several", "one"] if several else ["one", "several"]
        if self.asks.choose("How many rows may a document give?", answers) == "one":
            return {"unit": {"row_is": row_is, "rows_per_document": "SINGLE"}}
        pattern = self.asks.text(f"How is {row_is} recognised in a document?", unit.entity_identification_pattern)
        return {"unit": {"row_is": row_is, "rows_per_document": "MULTIPLE", "entity_identification_pattern": pattern}}

    # Variables

    def _variables(self, state: SetupStepState) -> StepName | None:
        show_reasons(state, self.screen)
        if not _open(state):
            self.screen.note("nothing more is proposed")
        back = self._choose_variables(state)
        if back:
            return back
        while wish := self.asks.text("Anything else that you want to know? (in words; Enter goes on)", ""):
            with self.screen.waiting("looking for it"):
                setup = self.api.propose_step(self.project_id, "VARIABLES", hint=wish)
            self._choose_variables(_state(setup, "VARIABLES"))
        if self.api.variables(self.project_id):
            return None
        self.screen.warn("a dataset needs a column: accept a proposal, or say what you want to know")
        answer = self.asks.choose("Look again?", ["skip", "again", "back"])
        if answer == "skip":
            self.api.skip_step(self.project_id, "VARIABLES")
        return {"again": "VARIABLES", "back": "UNIT"}.get(answer)  # type: ignore[return-value]

    def _choose_variables(self, state: SetupStepState) -> StepName | None:
        """Asks of each proposal, and has those that are wanted applied."""
        wanted, edited = list[Proposal](), dict[str, dict[str, Any]]()
        taken = False
        for proposal in _open(state):
            if not taken:
                show_proposal(proposal, self.screen)
            answer = "yes" if taken else self.asks.choose("Code this?", ["yes", "no", "edit", "all", "done", "back"])
            taken = taken or answer == "all"
            if answer == "back":
                return "UNIT"
            if answer == "done":
                break
            if answer == "no":
                self.api.reject_proposal(proposal.id)
                continue
            wanted.append(proposal)
            variable = added_variable(proposal)
            if answer == "edit" and variable is not None:
                edited[proposal.id] = self._edited(variable)
        if wanted or self.api.variables(self.project_id):
            self._apply("VARIABLES", wanted)
            self._write_edits(wanted, edited)
        return None

    def _edited(self, variable: Variable) -> dict[str, Any]:
        """The fields that a person gives a variable otherwise."""
        fields: dict[str, Any] = {
            "name": self.asks.text("Name of the column", variable.name),
            "type": self.asks.text("Type (text, number, date, category, boolean)", variable.type).upper(),
            "instructions": self.asks.text("What to code", variable.instructions),
        }
        if fields["type"] == "CATEGORY":
            given = self.asks.text(
                "Categories, with commas between them", ", ".join(c.value for c in variable.categories)
            )
            described = {one.value: one.description for one in variable.categories}
            values = dict.fromkeys(value.strip() for value in given.split(",") if value.strip())
            fields["categories"] = [{"value": value, "description": described.get(value, "")} for value in values]
        elif variable.categories:
            fields["categories"] = []
        now = variable.model_dump(include=set(fields))
        return {name: value for name, value in fields.items() if (value and value != now[name]) or name == "categories"}

    def _write_edits(self, wanted: list[Proposal], edited: Mapping[str, dict[str, Any]]) -> None:
        """Gives the variables that came of proposals what the person wrote otherwise."""
        for proposal in wanted:
            added = added_variable(proposal)
            if added is not None:
                name = edited.get(proposal.id, {}).get("name", added.name)
                self.reasons[f"variables.{name}"] = proposal.reason
        for proposal_id, fields in edited.items():
            for variable_id in self.api.proposal(proposal_id).variable_ids:
                try:
                    self.api.update_variable(variable_id, **fields)
                except ApiError as error:
                    self._must_be_mendable(error)
                    self.screen.warn(f"it stays as it was proposed: {error}")

    def _apply(self, step: StepName, wanted: list[Proposal]) -> None:
        accepted = self.api.accept_step(self.project_id, step, proposal_ids=[one.id for one in wanted])
        for refusal in accepted.refused:
            self.screen.warn(refusal)
        kept = len(wanted) - len(accepted.refused)
        if kept:
            self.screen.done(f"accepted {counted(kept, 'proposal')}")

    def _must_be_mendable(self, error: ApiError) -> None:
        """Raises the error where nobody is there who could say something else, or that would not help."""
        if not self.asks.is_person or error.status not in _MENDABLE:
            raise error

    # Review

    def _review(self, state: SetupStepState) -> StepName | None:
        show_reasons(state, self.screen)
        for finding in state.findings:
            show_finding(finding, self.screen)
        if not state.findings:
            self.screen.done("nothing is found wrong")
        wanted = list[Proposal]()
        for proposal in _open(state):
            show_proposal(proposal, self.screen)
            answer = self.asks.choose("Change this?", ["yes", "no", "back"])
            if answer == "back":
                return "VARIABLES"
            if answer == "yes":
                wanted.append(proposal)
            else:
                self.api.reject_proposal(proposal.id)
        if not self.api.variables(self.project_id):
            self.api.skip_step(self.project_id, "REVIEW")
            return None
        self._apply("REVIEW", wanted)
        return None


def show_offer(setup: Setup, screen: Screen) -> None:
    """The sample that the walk ends with, and what it takes."""
    state = _state(setup, "REVIEW")
    if state.sample_size and state.estimate.documents:
        screen.note(f"a first sample: {counted(state.sample_size, 'document')}")
        show_estimate(state.estimate, screen)


def _state(setup: Setup, step: StepName) -> SetupStepState:
    return next(state for state in setup.steps if state.step == step)


def _open(state: SetupStepState) -> list[Proposal]:
    return [one for one in state.proposals if one.status == "PROPOSED"]
