"""The guided setup of a project: what is proposed for each step, what a person decided, and what still fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from uuid import UUID

from coderai.services.copilot.domain.proposal import SourceQuote
from coderai.services.copilot.domain.setup.ground import Ground, change
from coderai.services.copilot.domain.setup.step import Step, StepStatus


@dataclass(frozen=True, slots=True)
class Default:
    """What is proposed for a step, and why."""

    reasons: tuple[str, ...] = ()
    """A sentence each."""
    context: Mapping[str, Any] | None = None
    """Of CONTEXT and UNIT: plain fields of coderai.projects.v1.ProjectContext."""
    quotes: tuple[SourceQuote, ...] = ()
    proposal_ids: tuple[str, ...] = ()
    findings: tuple[Mapping[str, Any], ...] = ()
    """Of REVIEW: coderai.copilot.v1.SchemaFinding, plain."""
    sample_size: int = 0
    """Of REVIEW: documents that a sample would take."""
    estimate: Mapping[str, Any] | None = None
    """Of REVIEW: coderai.extractor.v1.EstimateJobResponse, plain; None while there is nothing to ask."""


@dataclass(frozen=True, slots=True)
class StepState:
    """A step as it is kept."""

    step: Step
    decision: StepStatus = StepStatus.OPEN
    """OPEN, ACCEPTED or SKIPPED; whether it is OUTDATED is seen when it is looked at."""
    decided_on: Ground | None = None
    """Of an accepted one: how things were then."""
    default: Default | None = None
    proposed_on: Ground | None = None
    """How things were when the default was made."""


@dataclass(frozen=True, slots=True)
class SeenStep:
    """A step as it stands now."""

    step: Step
    status: StepStatus
    default: Default | None
    """None when none was made, or the one that was no longer fits."""
    outdated_reason: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """The walk through all steps."""

    project_id: UUID
    steps: tuple[StepState, ...] = field(default_factory=lambda: tuple(map(StepState, Step)))
    """One each, in order."""

    def state(self, step: Step) -> StepState:
        """The step as it is kept."""
        return next(one for one in self.steps if one.step is step)

    def proposed(self, step: Step, default: Default, on: Ground) -> Self:
        """This setup with a new default; what was decided stands until something else is."""
        return self._with(step, lambda one: replace(one, default=default, proposed_on=on))

    def accepted(self, step: Step, on: Ground) -> Self:
        """This setup once a person has chosen; `on`: how things are with what they chose."""
        return self._with(step, lambda one: replace(one, decision=StepStatus.ACCEPTED, decided_on=on))

    def skipped(self, step: Step) -> Self:
        """This setup once a person has left the project as it is."""
        return self._with(step, lambda one: replace(one, decision=StepStatus.SKIPPED, decided_on=None))

    def seen(self, now: Ground) -> tuple[SeenStep, ...]:
        """All steps as they stand now."""
        return tuple(_seen(one, now) for one in self.steps)

    def _with(self, step: Step, changed: Callable[[StepState], StepState]) -> Self:
        return replace(self, steps=tuple(changed(one) if one.step is step else one for one in self.steps))


def current(steps: tuple[SeenStep, ...]) -> Step | None:
    """The first step that is open or outdated; None when all are decided."""
    undecided = (one.step for one in steps if one.status in (StepStatus.OPEN, StepStatus.OUTDATED))
    return next(undecided, None)


def _seen(state: StepState, now: Ground) -> SeenStep:
    reason = change(state.step, state.decided_on, now) if state.decided_on else ""
    fits = state.proposed_on is not None and not change(state.step, state.proposed_on, now)
    status = StepStatus.OUTDATED if reason else state.decision
    return SeenStep(state.step, status, state.default if fits else None, reason)
