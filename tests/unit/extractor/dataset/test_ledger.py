"""What people do to units keeps every unit in one state, and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from coderai.kit.errors import CoderAIError
from coderai.services.extractor.domain.coding.extraction import EvidenceSpan
from coderai.services.extractor.domain.dataset import ledger
from coderai.services.extractor.domain.dataset.ledger import (
    Change,
    ChangeBuiltOn,
    NotAnEntity,
    Step,
    UnitExists,
    UnitNotFound,
    UnitNotPresent,
    UnitsAlike,
)
from coderai.services.extractor.domain.dataset.units import ChangeKind, Unit, UnitState

DOCUMENT, AUTHOR = UUID(int=1), UUID(int=2)
START = datetime(2026, 1, 1, tzinfo=UTC)
LOST = UnitState.LOST


def unit(number: int, start: int, text: str = "", **rest: object) -> Unit:
    """A unit that the document names at one place, ten characters long."""
    fields = {"mentions": (EvidenceSpan(start, start + 10, 1),)} | rest
    return Unit(UUID(int=1000 + number), DOCUMENT, number, text or f"unit {number}", **fields)  # type: ignore[arg-type]


A, B, C = unit(1, 100), unit(2, 200), unit(3, 300)
NEW = unit(9, 150, "unit 9", added=True)


def noted(step: Step, number: int = 1) -> Change:
    time = START + timedelta(minutes=number)
    return Change(UUID(int=number), DOCUMENT, step.kind, step.unit_ids, step.before, AUTHOR, time)


def rows(units: Sequence[Unit]) -> list[str]:
    """The names of the present units, in the order of their numbers, which are 1, 2 ..."""
    present = sorted((u for u in units if u.state is UnitState.PRESENT), key=lambda u: u.number)
    assert [u.number for u in present] == list(range(1, len(present) + 1))
    return [u.text for u in present]


def state(units: Sequence[Unit], of: Unit) -> UnitState:
    return next(u.state for u in units if u.id == of.id)


def test_an_added_entity_stands_where_the_text_names_it() -> None:
    step = ledger.add([A, B], NEW)
    assert rows(step.after) == ["unit 1", "unit 9", "unit 2"]
    assert (step.kind, step.unit_ids, step.before) == (ChangeKind.ADD, (NEW.id,), ())
    assert ledger.undo(step.after, noted(step), [], ()) == (A, B)


def test_an_entity_that_is_there_is_not_added_again_whatever_people_made_of_it() -> None:
    again = replace(NEW, text=" UNIT 1 ", mentions=(EvidenceSpan(105, 112, 1),))
    for known in UnitState:
        units = [replace(A, state=known), B]
        if known is UnitState.SPLIT:
            assert ledger.add(units, again)
        else:
            with pytest.raises(UnitExists, match=known):
                ledger.add(units, again)
    elsewhere = replace(again, mentions=(EvidenceSpan(110, 120, 1),))
    of_another_text = replace(again, text_version=1)
    for other in (elsewhere, of_another_text, replace(again, text="another")):
        assert ledger.add([A, B], other)


def test_a_removed_entity_is_no_row_and_comes_back() -> None:
    step = ledger.remove([A, B, C], B.id)
    assert rows(step.after) == ["unit 1", "unit 3"]
    assert state(step.after, B) is UnitState.REMOVED
    assert step.before == (B,)
    assert ledger.undo(step.after, noted(step), [], ()) == (A, B, C)


def test_a_lost_entity_may_be_removed_or_merged_and_is_lost_again_after_that_is_taken_back() -> None:
    lost = replace(C, state=LOST)
    for step in (ledger.remove([A, lost], C.id), ledger.merge([A, lost], A.id, [C.id])):
        assert state(step.after, C) is not LOST
        assert ledger.undo(step.after, noted(step), [], ()) == (A, lost)


def test_a_merged_entity_has_the_mentions_of_all_and_stands_at_the_first() -> None:
    step = ledger.merge([A, B, C], C.id, [A.id])
    assert rows(step.after) == ["unit 3", "unit 2"]
    stays = next(u for u in step.after if u.id == C.id)
    assert stays.mentions == A.mentions + C.mentions
    assert (state(step.after, A), step.after[0].merged_into) == (UnitState.MERGED, C.id)
    assert step.unit_ids == (C.id, A.id)
    assert ledger.undo(step.after, noted(step), [], ()) == (A, B, C)


def test_mentions_in_another_text_are_not_taken_over() -> None:
    earlier = replace(A, state=LOST, text_version=1)
    stays = next(u for u in ledger.merge([earlier, B], B.id, [A.id]).after if u.id == B.id)
    assert stays.mentions == B.mentions


def test_what_was_merged_into_a_merged_one_is_merged_into_the_one_that_stays() -> None:
    first = ledger.merge([A, B, C], B.id, [A.id])
    second = ledger.merge(first.after, C.id, [B.id])
    assert {u.merged_into for u in second.after} == {C.id, None}
    with pytest.raises(ChangeBuiltOn):
        ledger.undo(second.after, noted(first, 1), [noted(second, 2)], ())
    back = ledger.undo(second.after, noted(second, 2), [], ())
    assert back == first.after
    assert ledger.undo(back, noted(first, 1), [], ()) == (A, B, C)


def test_a_split_entity_gives_way_to_its_parts() -> None:
    parts = [unit(7, 205, "first", added=True), unit(8, 100, "second", added=True)]
    step = ledger.split([A, B, C], B.id, parts)
    assert rows(step.after) == ["second", "unit 1", "first", "unit 3"]
    assert step.unit_ids == (B.id, parts[0].id, parts[1].id)
    assert state(step.after, B) is UnitState.SPLIT
    assert ledger.undo(step.after, noted(step), [], ()) == (A, B, C)


def test_a_part_may_be_called_as_the_whole_was() -> None:
    parts = [replace(NEW, text=B.text, mentions=B.mentions), unit(8, 250, "rest", added=True)]
    assert rows(ledger.split([A, B], B.id, parts).after) == ["unit 1", "unit 2", "rest"]


def test_parts_must_be_several_and_differ_and_be_new() -> None:
    one, other = unit(7, 205, "first"), unit(8, 210, "first")
    for parts in ([], [one], [one, other]):
        with pytest.raises(UnitsAlike):
            ledger.split([A, B], B.id, parts)
    with pytest.raises(UnitExists):
        ledger.split([A, B], B.id, [one, replace(A, id=UUID(int=5))])


def test_an_added_entity_of_which_people_have_spoken_is_lost_and_not_dropped() -> None:
    step = ledger.add([A, B], NEW)
    after = ledger.undo(step.after, noted(step), [], {NEW.id})
    assert state(after, NEW) is LOST
    assert rows(after) == ["unit 1", "unit 2"]


def test_only_what_is_present_is_changed() -> None:
    for gone in (UnitState.REMOVED, UnitState.MERGED, UnitState.SPLIT):
        units = [A, replace(B, state=gone)]
        for change in (
            lambda units=units: ledger.remove(units, B.id),
            lambda units=units: ledger.merge(units, A.id, [B.id]),
            lambda units=units: ledger.merge(units, B.id, [A.id]),
            lambda units=units: ledger.split(units, B.id, [NEW, C]),
        ):
            with pytest.raises(UnitNotPresent, match=gone):
                change()
    lost = replace(B, state=LOST)
    for call in (lambda: ledger.split([A, lost], B.id, [NEW, C]), lambda: ledger.merge([A, lost], B.id, [A.id])):
        with pytest.raises(UnitNotPresent):
            call()
    with pytest.raises(UnitNotFound):
        ledger.remove([A], B.id)


@pytest.mark.parametrize("others", [[], [A.id], [B.id, B.id], [A.id, B.id]])
def test_a_merge_names_other_units_each_once(others: list[UUID]) -> None:
    with pytest.raises(UnitsAlike):
        ledger.merge([A, B], A.id, others)


def test_the_document_itself_is_no_entity() -> None:
    whole = Unit(UUID(int=4), DOCUMENT)
    with pytest.raises(NotAnEntity):
        ledger.remove([whole], whole.id)


def test_a_later_change_of_other_units_is_no_obstacle() -> None:
    first = ledger.remove([A, B, C], A.id)
    second = ledger.remove(first.after, C.id)
    assert rows(ledger.undo(second.after, noted(first, 1), [noted(second, 2)], ())) == ["unit 1", "unit 2"]


def test_a_later_change_that_is_taken_back_is_no_obstacle() -> None:
    first = ledger.merge([A, B], A.id, [B.id])
    undone = replace(noted(ledger.remove(first.after, A.id), 2), undone_at=START)
    assert ledger.undo(first.after, noted(first, 1), [undone], ()) == (A, B)


def test_what_jobs_have_found_since_stays_when_a_change_is_taken_back() -> None:
    step = ledger.merge([A, B], A.id, [B.id])
    found = (EvidenceSpan(5, 9, 1),)
    later = [replace(u, text="another name", mentions=found, text_version=1) for u in step.after]
    back = ledger.undo(later, noted(step), [], ())
    assert [u.mentions for u in back] == [found, found]
    assert [u.text for u in back] == ["another name"] * 2
    assert {u.state for u in back} == {UnitState.PRESENT}


def test_what_a_job_has_dropped_since_is_put_back() -> None:
    step = ledger.merge([A, B], A.id, [B.id])
    back = ledger.undo([u for u in step.after if u.id != A.id], noted(step), [], ())
    assert {u.id for u in back} == {A.id, B.id}
    assert rows(back) == ["unit 1", "unit 2"]


names = st.sampled_from(["bus", "Bus", "tram", "ferry", "port"])
spans = st.integers(0, 30)


class Ledger(RuleBasedStateMachine):
    """Any sequence of changes, taken back in any order in which that is allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.units: tuple[Unit, ...] = ()
        self.changes: list[Change] = []
        self.made = 0

    @initialize(places=st.lists(st.tuples(names, spans, st.booleans()), max_size=5))
    def begin(self, places: list[tuple[str, int, bool]]) -> None:
        states = {False: UnitState.PRESENT, True: LOST}
        made = [replace(self.named(name, start), added=False, state=states[lost]) for name, start, lost in places]
        self.units = self.beginning = ledger.numbered(made)

    def named(self, name: str, start: int) -> Unit:
        self.made += 1
        return unit(self.made, start, name, added=True)

    def pick(self, data: st.DataObject) -> UUID:
        """A unit's id, most times of one that can be changed."""
        every = [u.id for u in self.units] or [UUID(int=0)]
        live = [u.id for u in self.units if u.state in (UnitState.PRESENT, LOST)] or every
        return data.draw(st.sampled_from(live) | st.sampled_from(live) | st.sampled_from(every))

    def apply(self, make: object) -> None:
        try:
            step = make()  # type: ignore[operator]
        except CoderAIError:
            return
        self.changes.append(noted(step, len(self.changes) + 1))
        self.units = step.after

    @rule(name=names, start=spans)
    def add(self, name: str, start: int) -> None:
        self.apply(lambda: ledger.add(self.units, self.named(name, start)))

    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        one = self.pick(data)
        self.apply(lambda: ledger.remove(self.units, one))

    @rule(data=st.data(), many=st.integers(1, 2))
    def merge(self, data: st.DataObject, many: int) -> None:
        one, others = self.pick(data), [self.pick(data) for _ in range(many)]
        self.apply(lambda: ledger.merge(self.units, one, others))

    @rule(data=st.data(), parts=st.lists(st.tuples(names, spans), min_size=2, max_size=3))
    def split(self, data: st.DataObject, parts: list[tuple[str, int]]) -> None:
        one = self.pick(data)
        self.apply(lambda: ledger.split(self.units, one, [self.named(*part) for part in parts]))

    def take_back(self, place: int) -> bool:
        change = self.changes[place]
        try:
            self.units = ledger.undo(self.units, change, self.changes[place + 1 :], ())
        except ChangeBuiltOn:
            return False
        self.changes[place] = replace(change, undone_at=START)
        return True

    def standing(self) -> list[int]:
        return [place for place, change in enumerate(self.changes) if change.undone_at is None]

    @precondition(lambda self: self.standing())
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        self.take_back(data.draw(st.sampled_from(self.standing())))

    @invariant()
    def each_unit_is_there_once_in_one_state(self) -> None:
        by_id = {u.id: u for u in self.units}
        assert len(by_id) == len(self.units)
        rows(self.units)
        for u in self.units:
            assert (u.state is UnitState.MERGED) == (u.merged_into is not None)
            if u.merged_into is not None:
                assert by_id[u.merged_into].state is not UnitState.MERGED

    @invariant()
    def the_last_change_can_always_be_taken_back(self) -> None:
        """And all of them, from the last to the first, give the beginning."""
        kept, changes = self.units, list(self.changes)
        for place in reversed(self.standing()):
            assert self.take_back(place)
        if hasattr(self, "beginning"):
            assert {u.id: u for u in self.units} == {u.id: u for u in self.beginning}
        self.units, self.changes = kept, changes


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=60, stateful_step_count=20)
