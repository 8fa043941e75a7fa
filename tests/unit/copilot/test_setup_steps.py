"""What of a setup still fits when a project, its variables or its documents change."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

import pytest

from coderai.codebook.codebook import RowsPerDocument, Unit
from coderai.codebook.plain import read
from coderai.codebook.variable import Variable, VariableType
from coderai.services.copilot.domain.setup.ground import Ground, ground
from coderai.services.copilot.domain.setup.setup import Default, Setup, StepState, current
from coderai.services.copilot.domain.setup.step import Step, StepStatus

EVENT = Unit("one protest")
VESSEL = Unit("one vessel", RowsPerDocument.MULTIPLE, "each vessel by its name")
HURT = Variable("v1", "injured", VariableType.NUMBER, instructions="How many?")
PLACE = Variable("v2", "place", VariableType.TEXT, instructions="Where?")


def stands(language: str = "English", unit: Unit = EVENT, *variables: Variable) -> Ground:
    return ground(language, unit, variables)


def new() -> Setup:
    return Setup(UUID(int=1))


def status(setup: Setup, now: Ground) -> dict[Step, StepStatus]:
    return {one.step: one.status for one in setup.seen(now)}


def reason(setup: Setup, step: Step, now: Ground) -> str:
    return next(one.outdated_reason for one in setup.seen(now) if one.step is step)


def test_a_new_setup_stands_at_its_first_step_with_nothing_proposed() -> None:
    seen = new().seen(stands())
    assert [one.step for one in seen] == list(Step)
    assert {one.status for one in seen} == {StepStatus.OPEN}
    assert {one.default for one in seen} == {None}
    assert current(seen) is Step.CONTEXT


def test_the_walk_goes_on_to_the_first_step_that_is_not_decided() -> None:
    setup = new().accepted(Step.CONTEXT, stands()).skipped(Step.UNIT)
    assert current(setup.seen(stands())) is Step.VARIABLES
    done = setup.accepted(Step.VARIABLES, stands()).skipped(Step.REVIEW)
    assert current(done.seen(stands())) is None


def test_variables_no_longer_fit_once_a_row_is_something_else() -> None:
    setup = new().accepted(Step.VARIABLES, stands("English", EVENT, HURT))
    now = stands("English", VESSEL, HURT)
    assert status(setup, now)[Step.VARIABLES] is StepStatus.OUTDATED
    told = "A row was “one protest” (SINGLE), and is “one vessel” (MULTIPLE) now."
    assert reason(setup, Step.VARIABLES, now) == told
    assert status(setup, stands("English", EVENT, HURT))[Step.VARIABLES] is StepStatus.ACCEPTED  # changed back


def test_how_a_row_is_recognised_is_no_matter_to_variables_but_to_the_review() -> None:
    otherwise = replace(VESSEL, entity_identification_pattern="each ship")
    before = stands("English", VESSEL, HURT)
    setup = new().accepted(Step.VARIABLES, before).accepted(Step.REVIEW, before)
    seen = status(setup, stands("English", otherwise, HURT))
    assert (seen[Step.VARIABLES], seen[Step.REVIEW]) == (StepStatus.ACCEPTED, StepStatus.OUTDATED)


def test_a_context_is_outdated_when_the_documents_are_in_another_language_by_now() -> None:
    setup = new().accepted(Step.CONTEXT, stands("English"))
    told = "The documents' language is Mixed by now and were English then."
    assert reason(setup, Step.CONTEXT, stands("Mixed")) == told
    assert reason(setup, Step.CONTEXT, stands("")) == ""


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ((HURT, PLACE), "Variables since then: new place."),
        ((), "Variables since then: gone injured."),
        ((replace(HURT, instructions="Who?", confidence_threshold=0.2),), "Variables since then: changed injured."),
        ((PLACE,), "Variables since then: new place; gone injured."),
    ],
)
def test_a_review_is_outdated_when_variables_have_changed(now: tuple[Variable, ...], told: str) -> None:
    setup = new().accepted(Step.REVIEW, stands("English", EVENT, HURT))
    assert reason(setup, Step.REVIEW, stands("English", EVENT, *now)) == told


def test_variables_that_are_all_gone_have_to_be_looked_at_again() -> None:
    setup = new().accepted(Step.VARIABLES, stands("English", EVENT, HURT))
    assert reason(setup, Step.VARIABLES, stands()) == "The project has no variable any more."


def test_what_was_skipped_stays_so() -> None:
    setup = new().accepted(Step.VARIABLES, stands()).skipped(Step.VARIABLES)
    assert status(setup, stands("German", VESSEL))[Step.VARIABLES] is StepStatus.SKIPPED


def test_a_default_that_no_longer_fits_is_as_if_none_had_been_made() -> None:
    default = Default(("Because.",), proposal_ids=("p1",))
    setup = new().proposed(Step.VARIABLES, default, stands())
    assert setup.seen(stands())[2].default == default
    assert setup.seen(stands("English", VESSEL))[2].default is None


def test_a_new_default_does_not_undo_a_decision() -> None:
    setup = new().accepted(Step.UNIT, stands()).proposed(Step.UNIT, Default(), stands())
    assert status(setup, stands())[Step.UNIT] is StepStatus.ACCEPTED


def test_a_step_is_read_as_it_was_written() -> None:
    setup = new().proposed(Step.REVIEW, Default(("A.",), {"unit": {}}, findings=({"kind": "UNIT"},)), stands())
    setup = setup.accepted(Step.REVIEW, stands("English", VESSEL, HURT))
    assert tuple(read(StepState, asdict(one)) for one in setup.steps) == setup.steps
