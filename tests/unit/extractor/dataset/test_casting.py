"""The cells that are shown: the newest extraction that did not fail, what people say before it, and conditions last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.codebook import Codebook
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Condition, Operator, Variable, VariableType
from coderai.measuring.feedback import Answer, Feedback, Verdict, decide, standing
from coderai.services.extractor.domain.coding.extraction import Flag, MissingReason, Origin, Status
from coderai.services.extractor.domain.dataset.casting import Columns, Newest, Stored, cast, columns_of, newest
from coderai.services.extractor.domain.dataset.cell import Cell, Outdated

UNIT, DOCUMENT = UUID(int=7), UUID(int=8)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = ("event", "injured", "hospital")
IDS = {name: UUID(int=100 + number) for number, name in enumerate(NAMES)}


def variable(name: str, *conditions: Condition, **rest: Any) -> Variable:
    prompt = PromptVersion("prompt", 1, f"{name}?", 0.1, 99)
    return Variable(str(IDS[name]), name, VariableType.TEXT, prompt, depends_on=conditions, **rest)


IF_MARCH = Condition("event", Operator.EQUALS, "march")
IF_INJURED = Condition("injured")
CODEBOOK = Codebook("h", (variable("hospital", IF_INJURED), variable("event"), variable("injured", IF_MARCH)))
COLUMNS = columns_of(CODEBOOK)


def stored(name: str, value: Any, job: int = 1, reason: MissingReason | None = None, **rest: Any) -> Stored:
    """An extraction; without a value it is NOT_STATED, or what `reason` says."""
    missing = reason or (MissingReason.NOT_STATED if value is None else None)
    status = Status.FAILED if missing is MissingReason.MODEL_FAILED else Status.EXTRACTED
    column = COLUMNS.by_id[IDS[name]]
    prints = {"asked": column.asked, "settings": column.settings, "type": VariableType.TEXT, "has_basis": True}
    if missing is MissingReason.NOT_APPLICABLE:
        prints["has_basis"] = False
    id, sure = UUID(int=1000 * job + NAMES.index(name)), 0.0 if value is None else 0.8
    own = {"id": id, "job_id": UUID(int=job), "value": value, "confidence": sure}
    return Stored(**own, variable_id=IDS[name], status=status, missing_reason=missing, **prints | rest)


def said(name: str, number: int = 1, author: int = 1, **rest: Any) -> Feedback:
    """That "march" was wrong, unless told otherwise; `number` is the order in time."""
    at = NOON + timedelta(minutes=number)
    fields = {"verdict": Verdict.INCORRECT, "judged": Answer("march"), "created_at": at} | rest
    return Feedback(UUID(int=number), DOCUMENT, UNIT, IDS[name], UUID(int=50 + author), **fields)


def shown(
    extractions: Sequence[Stored],
    feedback: Sequence[Feedback] = (),
    before: Mapping[UUID, Cell] | None = None,
    columns: Columns = COLUMNS,
) -> dict[str, Cell]:
    """The cells by the variable's name."""
    by_variable = {
        id: newest(some) for id in IDS.values() if (some := [one for one in extractions if one.variable_id == id])
    }
    by_people = {id: [one for one in feedback if one.variable_id == id] for id in IDS.values()}
    cells = cast(UNIT, columns, by_variable, by_people, before or {})
    return {columns.by_id[cell.variable_id].variable.name: cell for cell in cells}


MARCH = (stored("event", "march"), stored("injured", "12"), stored("hospital", "St Mary"))


def test_without_feedback_the_newest_extractions_are_shown_as_they_are() -> None:
    cells = shown([*MARCH, stored("injured", "15", job=2)])
    assert {name: cell.value for name, cell in cells.items()} == {
        "event": "march",
        "injured": "15",
        "hospital": "St Mary",
    }
    assert cells["injured"].job_id == UUID(int=2)
    assert all(cell.asked and cell.settings and cell.outdated is None for cell in cells.values())


def test_conditions_look_at_what_is_shown() -> None:
    strike = said("event", correction=Answer("strike"))
    cells = shown(MARCH, [strike])
    assert (cells["event"].value, cells["event"].origin, cells["event"].status) == (
        "strike",
        Origin.CORRECTED,
        Status.VALIDATED,
    )
    for name in ("injured", "hospital"):
        assert (cells[name].value, cells[name].missing_reason) == (None, MissingReason.NOT_APPLICABLE)
        assert cells[name].extraction_id == UUID(int=1000 + NAMES.index(name)), "what was asked comes back with them"
    assert shown(MARCH, [replace(strike, undone_at=NOON)]) == shown(MARCH)


def test_what_a_person_said_is_shown_whether_it_applies_or_not() -> None:
    strike, twelve = (
        said("event", correction=Answer("strike")),
        said("injured", verdict=Verdict.CORRECT, judged=Answer("12")),
    )
    assert shown(MARCH, [strike, twelve])["injured"].value == "12"
    assert shown(MARCH, [strike, twelve])["hospital"].value == "St Mary"


def test_what_applies_now_and_was_not_asked_has_no_extraction() -> None:
    strike = [stored("event", "strike"), *(stored(n, None, reason=MissingReason.NOT_APPLICABLE) for n in NAMES[1:])]
    assert shown(strike)["injured"].extraction_id == UUID(int=1001)
    march = said("event", judged=Answer("strike"), correction=Answer("march"))
    not_asked = shown(strike, [march])["injured"]
    assert (not_asked.extraction_id, not_asked.value, not_asked.missing_reason) == (None, None, None)
    never = shown([stored("event", "march")])["injured"]
    assert (never.extraction_id, never.missing_reason, never.asked) == (None, None, "")
    right_to_be_missing = said("injured", verdict=Verdict.CORRECT, judged=Answer(None, MissingReason.NOT_APPLICABLE))
    assert shown(strike, [right_to_be_missing])["injured"].status is Status.VALIDATED
    assert shown(strike, [right_to_be_missing, march])["injured"] == not_asked


def test_a_default_is_no_value_that_conditions_look_at() -> None:
    default = replace(stored("event", None), value="march", origin=Origin.DEFAULTED)
    assert shown([default, *MARCH[1:]])["injured"].missing_reason is MissingReason.NOT_APPLICABLE


def test_an_answer_that_is_only_said_to_be_wrong_is_rejected_until_another_comes() -> None:
    wrong = said("event")
    cell = shown(MARCH, [wrong])["event"]
    assert (cell.value, cell.status, cell.flags) == ("march", Status.FLAGGED, (Flag.REJECTED,))
    assert (cell.verdict, cell.feedback_id, cell.corrected_by) == (Verdict.INCORRECT, wrong.id, None)
    other = shown([*MARCH, stored("event", "strike", job=2)], [wrong])["event"]
    assert (other.value, other.status, other.verdict) == ("strike", Status.EXTRACTED, None)


def test_an_answer_that_is_said_to_be_right_outlives_what_a_newer_job_says() -> None:
    right = said("event", verdict=Verdict.CORRECT)
    cell = shown(MARCH, [right])["event"]
    assert (cell.status, cell.origin, cell.corrected_by) == (Status.VALIDATED, Origin.EXTRACTED, None)
    cell = shown([*MARCH, stored("event", "strike", job=2)], [right])["event"]
    assert (cell.value, cell.origin, cell.corrected_by) == ("march", Origin.CORRECTED, right.author)
    assert cell.job_id == UUID(int=2), "what is asked next is compared with what was asked last"


def test_where_people_differ_the_newest_correction_is_shown_with_a_flag_until_one_is_final() -> None:
    people = [said("event", 1, 1, correction=Answer("strike")), said("event", 2, 2, correction=Answer("vigil"))]
    cell = shown(MARCH, people)["event"]
    assert (cell.value, cell.status, cell.flags) == ("vigil", Status.FLAGGED, (Flag.DISPUTED,))
    final = said("event", 3, 3, correction=Answer("strike"), is_final=True)
    cell = shown(MARCH, [*people, final])["event"]
    assert (cell.value, cell.status, cell.flags) == ("strike", Status.VALIDATED, ())


def test_a_correction_is_shown_though_another_has_since_said_only_that_the_model_is_wrong() -> None:
    people = [said("event", 1, 1, correction=Answer("strike")), said("event", 2, 2)]
    cell = shown(MARCH, people)["event"]
    assert (cell.value, cell.status, cell.flags) == ("strike", Status.VALIDATED, ())


def test_where_what_it_depends_on_failed_a_failed_cell_stays_failed() -> None:
    failed = shown([stored(name, None, reason=MissingReason.MODEL_FAILED) for name in NAMES])
    assert {cell.status for cell in failed.values()} == {Status.FAILED}
    assert {cell.outdated for cell in failed.values()} == {Outdated.FAILED}


def test_why_a_cell_should_be_asked_again_stays_until_it_was() -> None:
    before = {cell.variable_id: replace(cell, outdated=Outdated.UNIT_CHANGED) for cell in shown(MARCH).values()}
    kept = shown(MARCH, [said("event", correction=Answer("strike"))], before)
    assert {cell.outdated for cell in kept.values()} == {Outdated.UNIT_CHANGED}
    asked = shown([*MARCH, stored("event", "march", job=2)], before=before)
    assert (asked["event"].outdated, asked["injured"].outdated) == (None, Outdated.UNIT_CHANGED)


def test_values_are_decided_again_only_under_other_settings_and_of_what_was_kept() -> None:
    strict = columns_of(replace(CODEBOOK, variables=tuple(variable(n, confidence_threshold=0.9) for n in NAMES[:2])))
    decided = list[str]()

    def redecide(of: Variable, one: Stored) -> Stored:
        decided.append(of.name)
        return replace(one, value=None, missing_reason=MissingReason.BELOW_THRESHOLD)

    def again(columns: Columns, *extractions: Stored) -> dict[UUID, Cell]:
        extracted = {one.variable_id: Newest(one) for one in extractions}
        return {cell.variable_id: cell for cell in cast(UNIT, columns, extracted, redecide=redecide)}

    assert again(COLUMNS, *MARCH).keys() == set(IDS.values())
    assert decided == []
    event, injured = MARCH[0], replace(MARCH[1], has_basis=False)
    cells = again(strict, event, injured)
    assert decided == ["event"]
    assert cells[IDS["event"]].missing_reason is MissingReason.BELOW_THRESHOLD
    assert cells[IDS["injured"]].value == "12"
    for id, cell in cells.items():
        assert cell.settings == strict.by_id[id].settings
    number = replace(event, type=VariableType.NUMBER)
    assert again(strict, number)[IDS["event"]].value == "march", "of another type until it is asked again"


def test_what_was_asked_but_did_not_apply_in_the_end_is_decided_when_it_does() -> None:
    asked = replace(stored("injured", None, reason=MissingReason.NOT_APPLICABLE), has_basis=True)

    def redecide(of: Variable, one: Stored) -> Stored:
        return replace(one, value="12", missing_reason=None)

    for event, value in (("march", "12"), ("strike", None)):
        extracted = {one.variable_id: Newest(one) for one in (stored("event", event), asked)}
        cells = {cell.variable_id: cell for cell in cast(UNIT, COLUMNS, extracted, redecide=redecide)}
        assert (cells[IDS["injured"]].value, cells[IDS["injured"]].extraction_id) == (value, asked.id)


VALUES = st.sampled_from([None, "march", "strike", "12"])
REASONS = st.sampled_from([None, MissingReason.NOT_APPLICABLE, MissingReason.MODEL_FAILED])


@st.composite
def some_stored(draw: st.DrawFn) -> Stored:
    value = draw(VALUES)
    reason = draw(REASONS) if value is None else None
    return stored(draw(st.sampled_from(NAMES)), value, draw(st.integers(1, 4)), reason)


@st.composite
def some_feedback(draw: st.DrawFn) -> list[Feedback]:
    many = draw(st.integers(0, 6))
    return [
        said(
            draw(st.sampled_from(NAMES)),
            number,
            draw(st.integers(1, 3)),
            verdict=draw(st.sampled_from(Verdict)),
            judged=_answer(draw(VALUES)),
            correction=draw(st.none() | st.builds(_answer, VALUES)),
            is_final=draw(st.booleans()),
            undone_at=draw(st.none() | st.just(NOON)),
        )
        for number in range(many)
    ]


def _answer(value: Any) -> Answer:
    return Answer(value, MissingReason.NOT_STATED if value is None else None)


EXTRACTIONS = st.lists(some_stored(), max_size=8, unique_by=lambda one: one.id)


@given(EXTRACTIONS, some_feedback())
def test_casting_again_changes_nothing(extractions: list[Stored], feedback: list[Feedback]) -> None:
    cells = shown(extractions, feedback)
    assert shown(extractions, feedback, {cell.variable_id: cell for cell in cells.values()}) == cells


@given(EXTRACTIONS, some_feedback(), st.randoms())
def test_the_order_of_rows_does_not_matter(extractions: list[Stored], feedback: list[Feedback], random: Any) -> None:
    mixed, said_mixed = list(extractions), list(feedback)
    random.shuffle(mixed)
    random.shuffle(said_mixed)
    assert shown(mixed, said_mixed) == shown(extractions, feedback)


@given(EXTRACTIONS, some_feedback())
def test_a_correction_is_always_shown(extractions: list[Stored], feedback: list[Feedback]) -> None:
    cells = shown(extractions, feedback)
    for name, cell in cells.items():
        of_cell = [one for one in feedback if one.variable_id == IDS[name]]
        decision = decide(of_cell)
        if decision is None or decision.by.correction is None:
            continue
        right = decision.by.correction
        assert (cell.value, cell.missing_reason) == (right.value, right.missing_reason)
        assert cell.status is (Status.FLAGGED if decision.is_disputed else Status.VALIDATED)
        if not decision.by.is_final:
            assert decision.by == next(one for one in standing(of_cell) if one.right is not None)


@given(EXTRACTIONS, some_feedback())
def test_a_failure_never_replaces_what_is_known(extractions: list[Stored], feedback: list[Feedback]) -> None:
    sound = {one.variable_id for one in extractions if not one.failed}
    failures = [stored(n, None, 5, MissingReason.MODEL_FAILED) for n in NAMES if IDS[n] in sound]
    before, after = shown(extractions, feedback), shown([*extractions, *failures], feedback)
    for name, cell in after.items():
        assert replace(cell, outdated=before[name].outdated) == before[name]
        if IDS[name] in sound:
            applies = cell.missing_reason is not MissingReason.NOT_APPLICABLE
            assert cell.outdated is (Outdated.FAILED if applies else None)
