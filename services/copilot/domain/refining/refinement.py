"""A refinement: errors in groups, options for a better prompt, and what a person decides of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from coderai.codebook.variable import Category, GoldenExample, Variable
from coderai.services.copilot.domain.problems import OptionUnknown, RefinementDecided


class RefinementStatus(StrEnum):
    """What a person has decided."""

    PROPOSED = "PROPOSED"
    APPLIED = "APPLIED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True)
class ErrorCell:
    """A cell of which a person said that it is wrong."""

    feedback_id: str
    document_id: str
    document_name: str
    entity_text: str = ""
    model_value: Any = None
    """None when missing."""
    right_value: Any = None
    """None when it is missing, or not known."""
    quote: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ErrorGroup:
    """Cells that go wrong in the same way."""

    description: str
    cells: tuple[ErrorCell, ...]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to ask better."""

    number: int
    """From 1."""
    title: str
    reason: str
    text: str
    """The prompt as it would be."""
    diff: str
    """Unified diff against the active prompt's text."""
    golden_examples: tuple[GoldenExample, ...] = ()
    """All of the variable's as they would be; the new ones come last."""
    new_examples: int = 0
    categories: tuple[Category, ...] = ()
    """All of the variable's as they would be; none when they stay."""
    document_ids: tuple[str, ...] = ()
    """DEV documents on which it can be tried: with known cells, but for those that its new examples come from."""
    trial_job_id: str = ""
    """Of the newest trial; empty before any."""

    def of(self, variable: Variable) -> Variable:
        """The variable as it would be; temperature, token limit and all else stay."""
        return replace(
            variable,
            active_prompt=replace(variable.active_prompt, text=self.text),
            golden_examples=self.golden_examples,
            categories=self.categories or variable.categories,
        )


@dataclass(frozen=True, slots=True)
class Refinement:
    """Options for one variable's prompt; nothing changes until a person applies one."""

    id: UUID
    project_id: UUID
    variable_id: UUID
    variable: str
    groups: tuple[ErrorGroup, ...]
    options: tuple[Option, ...]
    based_on_prompt_id: UUID
    asked: str
    """Fingerprint of what the variable asked when it was made (codebook.fingerprints)."""
    feedback_ids: tuple[str, ...]
    document_ids: tuple[str, ...]
    model: str
    author: UUID | None
    status: RefinementStatus = RefinementStatus.PROPOSED
    chosen_option: int = 0
    """The applied option; while PROPOSED: one that has begun to be applied, and may have been."""
    prompt_id: UUID | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None

    def option(self, number: int) -> Option:
        """Raises OptionUnknown."""
        if not 1 <= number <= len(self.options):
            message = f"must be 1 to {len(self.options)}"
            raise OptionUnknown(f"option {message}", fields={"option": message})
        return self.options[number - 1]

    def to_try(self, number: int) -> Option:
        """An option to try. Raises OptionUnknown, RefinementDecided."""
        option = self.option(number)
        if self.status is not RefinementStatus.PROPOSED:
            raise RefinementDecided(f"the refinement is {self.status} already: have a new one made to try")
        return option

    def tried(self, number: int, job_id: str) -> Self:
        """This refinement with an option's newest trial."""
        option = replace(self.option(number), trial_job_id=job_id)
        return replace(self, options=tuple(option if one.number == number else one for one in self.options))

    def begun(self, number: int) -> Self:
        """This refinement as an option begins to be applied; the same again is fine.

        Raises:
            OptionUnknown, RefinementDecided
        """
        self.option(number)
        if self.status is RefinementStatus.REJECTED:
            raise RefinementDecided("the refinement is REJECTED: have a new one made")
        if self.chosen_option not in (0, number):
            raise RefinementDecided(f"option {self.chosen_option} of the refinement has been chosen, not {number}")
        return replace(self, chosen_option=number)

    def given_up(self) -> Self:
        """This refinement where the chosen option could not be applied: all are open again."""
        return replace(self, chosen_option=0) if self.status is RefinementStatus.PROPOSED else self

    def applied(self, prompt_id: UUID, by: UUID | None, now: datetime) -> Self:
        """This refinement once the chosen option is the variable's prompt; the first decision stays."""
        if self.status is RefinementStatus.APPLIED:
            return self
        status = RefinementStatus.APPLIED
        return replace(self, status=status, prompt_id=prompt_id, decided_by=by, decided_at=now)

    def rejected(self, by: UUID | None, now: datetime) -> Self:
        """This refinement as a person rejects it; the first decision stays. Raises RefinementDecided."""
        if self.status is RefinementStatus.REJECTED:
            return self
        if self.chosen_option:
            raise RefinementDecided(f"option {self.chosen_option} is applied, or being applied")
        return replace(self, status=RefinementStatus.REJECTED, decided_by=by, decided_at=now)
