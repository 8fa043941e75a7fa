"""What people do to the units of a document: from the units before to those after, and back again.

Every function takes all units of one document, in whichever state, and returns all of them; the present ones are
numbered anew in the order of the text.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from uuid import UUID

from coderai.kit.errors import AlreadyExists, Conflict, InvalidInput, NotFound
from coderai.measuring.feedback import same_value
from coderai.services.extractor.domain.coding.extraction import EvidenceSpan
from coderai.services.extractor.domain.dataset.units import ChangeKind, Unit, UnitState


class UnitNotFound(NotFound):
    """There is no such unit in this document."""


class UnitNotPresent(Conflict):
    """The unit is no row of the dataset (any more): take back the change that made it so first."""


class NotAnEntity(Conflict):
    """The unit is the document itself, and no entity in it: run a job that identifies entities first."""


class UnitExists(AlreadyExists):
    """The document has this entity at this place already."""


class UnitsAlike(InvalidInput):
    """The units that are named must be several, and different ones."""


class ChangeBuiltOn(Conflict):
    """A later change builds on this one: take that back first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry of the ledger."""

    id: UUID
    document_id: UUID
    kind: ChangeKind
    unit_ids: tuple[UUID, ...]
    """What was added, removed, merged (the one that stays first), or the split one followed by its parts."""
    before: tuple[Unit, ...]
    """The units that it changed, as they were."""
    author: UUID
    created_at: datetime
    note: str = ""
    undone_at: datetime | None = None

    @property
    def touches(self) -> frozenset[UUID]:
        """All units that it made or changed."""
        return frozenset(self.unit_ids) | {unit.id for unit in self.before}


@dataclass(frozen=True, slots=True)
class Step:
    """What a change does: `unit_ids` and `before` are a Change's, `after` has all units of the document."""

    kind: ChangeKind
    unit_ids: tuple[UUID, ...]
    before: tuple[Unit, ...]
    after: tuple[Unit, ...]


def add(units: Sequence[Unit], new: Unit) -> Step:
    """Adds an entity that was missed. Raises UnitExists."""
    _must_be_new(units, new)
    return Step(ChangeKind.ADD, (new.id,), (), numbered((*units, new)))


def remove(units: Sequence[Unit], unit_id: UUID) -> Step:
    """Removes an entity that is none, or that is lost.

    Raises:
        UnitNotFound, UnitNotPresent, NotAnEntity
    """
    unit = _entity(units, unit_id, UnitState.PRESENT, UnitState.LOST)
    return _step(ChangeKind.REMOVE, units, (unit_id,), [replace(unit, state=UnitState.REMOVED)])


def merge(units: Sequence[Unit], unit_id: UUID, others: Sequence[UUID]) -> Step:
    """Makes `others` part of the unit `unit_id`: it has their mentions then. Others may be lost.

    What was merged into one of them is merged into the one that stays: `merged_into` always names a unit that is not
    merged itself.

    Raises:
        UnitNotFound, UnitNotPresent, NotAnEntity
        UnitsAlike: none is named, or one twice
    """
    if not others or len({unit_id, *others}) < len(others) + 1:
        raise UnitsAlike(fields={"unit_ids": "must name one or more other units, each once"})
    stays = _entity(units, unit_id, UnitState.PRESENT)
    goes = [_entity(units, other, UnitState.PRESENT, UnitState.LOST) for other in others]
    told = [one for one in goes if one.text_version == stays.text_version]
    mentions = {mention for one in (stays, *told) for mention in one.mentions}
    changed = [
        replace(stays, mentions=_in_order(mentions)),
        *(replace(one, state=UnitState.MERGED, merged_into=unit_id) for one in goes),
        *(replace(one, merged_into=unit_id) for one in units if one.merged_into in others),
    ]
    return _step(ChangeKind.MERGE, units, (unit_id, *others), changed)


def split(units: Sequence[Unit], unit_id: UUID, parts: Sequence[Unit]) -> Step:
    """Puts several new entities in the place of one.

    Raises:
        UnitNotFound, UnitNotPresent, NotAnEntity, UnitExists
        UnitsAlike: fewer than two parts, or two of one name at one place
    """
    unit = _entity(units, unit_id, UnitState.PRESENT)
    if len(parts) < 2 or any(_is_same(one, other) for one, other in combinations(parts, 2)):
        raise UnitsAlike(fields={"parts": "must be two or more, of different names or at different places"})
    rest = [other for other in units if other.id != unit_id]
    for part in parts:
        _must_be_new(rest, part)
    unit_ids = (unit_id, *(part.id for part in parts))
    step = _step(ChangeKind.SPLIT, units, unit_ids, [replace(unit, state=UnitState.SPLIT)])
    return replace(step, after=numbered((*step.after, *parts)))


def undo(
    units: Sequence[Unit], change: Change, later: Iterable[Change], spoken_of: Collection[UUID]
) -> tuple[Unit, ...]:
    """Puts back what a change did, and leaves what jobs have found since.

    What it added is gone, or LOST where people have said something of it (`spoken_of`): that is never dropped.

    Raises:
        ChangeBuiltOn: a later change that is not taken back touches one of its units.
    """
    if any(other.undone_at is None and other.touches & change.touches for other in later):
        raise ChangeBuiltOn()
    before = {unit.id: unit for unit in change.before}
    added = change.touches - before.keys()
    after = {unit.id: unit for unit in units if unit.id not in added or unit.id in spoken_of}
    for unit_id in added & after.keys():
        after[unit_id] = replace(after[unit_id], state=UnitState.LOST)
    for unit_id, earlier in before.items():
        after[unit_id] = _put_back(after.get(unit_id), earlier, is_target=_is_target(change, unit_id))
    return numbered(tuple(after.values()))


def numbered(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """The units, of which the present ones are numbered from 1 in the order of their first mentions."""
    present = sorted((unit for unit in units if unit.state is UnitState.PRESENT), key=_place)
    numbers = {unit.id: number for number, unit in enumerate(present, start=1)}
    return tuple(replace(unit, number=numbers.get(unit.id, unit.number)) for unit in units)


def _is_target(change: Change, unit_id: UUID) -> bool:
    return change.kind is ChangeKind.MERGE and unit_id == change.unit_ids[0]


def _put_back(now: Unit | None, before: Unit, *, is_target: bool) -> Unit:
    """A unit after a change of it is taken back; `now` is None where a job has dropped it since."""
    if now is None:
        return before
    if is_target:
        return replace(now, mentions=before.mentions) if now.text_version == before.text_version else now
    return replace(now, state=before.state, merged_into=before.merged_into)


def _step(kind: ChangeKind, units: Sequence[Unit], unit_ids: tuple[UUID, ...], changed: Iterable[Unit]) -> Step:
    by_id = {unit.id: unit for unit in changed}
    before = tuple(unit for unit in units if unit.id in by_id)
    return Step(kind, unit_ids, before, numbered([by_id.get(unit.id, unit) for unit in units]))


def _entity(units: Sequence[Unit], unit_id: UUID, *states: UnitState) -> Unit:
    unit = next((unit for unit in units if unit.id == unit_id), None)
    if unit is None:
        raise UnitNotFound()
    if unit.state not in states:
        raise UnitNotPresent(f"the unit {unit.text[:80]!r} is {unit.state}: take back what made it so first")
    if unit.number == 0 and not unit.text:
        raise NotAnEntity()
    return unit


def _must_be_new(units: Iterable[Unit], new: Unit) -> None:
    """What people have split may come back as one of its parts; all else is there, or was said not to be."""
    same = next((unit for unit in units if unit.state is not UnitState.SPLIT and _is_same(unit, new)), None)
    if same is not None:
        raise UnitExists(f"the document has {new.text[:80]!r} at this place already, and it is {same.state}")


def _is_same(one: Unit, other: Unit) -> bool:
    """Whether two units have one name, and a place in common."""
    if one.text_version != other.text_version or not same_value(one.text, other.text):
        return False
    return any(a.start < b.end and b.start < a.end for a in one.mentions for b in other.mentions)


def _in_order(mentions: Iterable[EvidenceSpan]) -> tuple[EvidenceSpan, ...]:
    return tuple(sorted(mentions, key=lambda mention: (mention.start, mention.end)))


def _place(unit: Unit) -> tuple[bool, int, int, str, UUID]:
    """Sorts units as the text has them; those without a mention last."""
    first = unit.mentions[0] if unit.mentions else None
    return first is None, first.start if first else 0, first.end if first else 0, unit.text, unit.id
