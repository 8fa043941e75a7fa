"""The step VARIABLES in a terminal: each proposal is shown, and taken, changed or left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coderai.client.errors import ApiError
from coderai.client.models import Proposal, SetupStepState, Variable
from coderai.client.new.showing import added_variable, show_reasons, show_variable
from coderai.client.new.talk import Talk, state_of, still_open
from coderai.client.proposals import show_proposal
from coderai.client.setup_calls import StepName

_ANSWERS = ("yes", "no", "edit", "all", "done", "back")


@dataclass(frozen=True, slots=True)
class VariablesStep:
    """One look at what could be coded; every answer is written at once, so that leaving loses none."""

    talk: Talk

    def decide(self, state: SetupStepState) -> StepName | None:
        """Asks of each proposal, then whether more is wanted; the step to go back to, if the person wants to."""
        show_reasons(state, self.talk.screen)
        if not still_open(state):
            self.talk.screen.note("nothing more is proposed")
        if self._ask_of(still_open(state)) == "back":
            return "UNIT"
        while wish := self.talk.asks.text("What else would you like to know? (in words; Enter goes on)", ""):
            if self._ask_of(still_open(state_of(self.talk.proposed("VARIABLES", wish), "VARIABLES"))) == "back":
                return "UNIT"
        return self._ended()

    def _ended(self) -> StepName | None:
        talk = self.talk
        if talk.api.variables(talk.project_id):
            talk.accept("VARIABLES", ())
            return None
        talk.screen.warn("a dataset needs a column: take a proposal, or say what you want to know")
        answer = talk.asks.choose("Go on without any?", ["skip", "again", "back"])
        if answer == "skip":
            talk.api.skip_step(talk.project_id, "VARIABLES")
            return None
        return "VARIABLES" if answer == "again" else "UNIT"

    def _ask_of(self, proposals: Sequence[Proposal]) -> str:
        """Asks of each in turn; returns the answer that ended it."""
        answer = ""
        for number, proposal in enumerate(proposals):
            self._show(proposal)
            answer = self.talk.asks.choose("Code this?", _ANSWERS)
            match answer:
                case "all":
                    self._take_all(proposals[number:])
                    break
                case "done" | "back":
                    break
                case "no":
                    self.talk.api.reject_proposal(proposal.id)
                case _:
                    self._take(proposal, edited=answer == "edit")
        return answer

    def _show(self, proposal: Proposal) -> None:
        variable = added_variable(proposal)
        if variable is None:
            show_proposal(proposal, self.talk.screen)
        else:
            show_variable(variable, proposal, self.talk.screen)

    def _take(self, proposal: Proposal, *, edited: bool) -> None:
        """Has a proposal applied, then what came of it changed, until it is accepted as it is written."""
        try:
            applied = self.talk.api.apply_proposal(proposal.id)
        except ApiError as error:
            self.talk.tell(error)
            return
        for variable in applied.variables:
            while edited:
                variable, edited = self._changed(variable)
            self.talk.reasons[f"variables.{variable.name}"] = proposal.reason

    def _changed(self, variable: Variable) -> tuple[Variable, bool]:
        """The variable as a person writes it, and whether they have to write it again."""
        fields = self._written(variable)
        try:
            return self.talk.api.update_variable(variable.id, **fields) if fields else variable, False
        except ApiError as error:
            self.talk.tell(error)
            return variable, True

    def _take_all(self, proposals: Sequence[Proposal]) -> None:
        self.talk.accept("VARIABLES", proposals)
        for proposal in proposals:
            added = added_variable(proposal)
            if added is not None:
                self.talk.reasons[f"variables.{added.name}"] = proposal.reason

    def _written(self, variable: Variable) -> dict[str, Any]:
        """The fields that a person gives otherwise."""
        text = self.talk.asks.text
        fields: dict[str, Any] = {
            "name": text("Name of the column", variable.name),
            "type": text("Type (text, number, date, category, boolean)", variable.type).upper(),
            "instructions": text("What to code", variable.instructions),
        }
        if fields["type"] == "CATEGORY" or variable.categories:
            fields["categories"] = self._categories(variable) if fields["type"] == "CATEGORY" else []
        now = variable.model_dump(include=set(fields))
        changed = {name: value for name, value in fields.items() if value != now[name]}
        if "name" in changed and variable.display_name == variable.name.replace("_", " ").capitalize():
            changed["display_name"] = ""  # it follows the name
        return changed

    def _categories(self, variable: Variable) -> list[dict[str, str]]:
        """The values that a person writes, each with the description that it had."""
        described = {one.value: one.description for one in variable.categories}
        written = self.talk.asks.text("Categories, with commas between them", ", ".join(described))
        values = dict.fromkeys(value.strip() for value in written.split(",") if value.strip())
        return [{"value": value, "description": described.get(value, "")} for value in values]
