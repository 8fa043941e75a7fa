"""Matches the entities that a job found in a document to the units that the dataset has, as people have left these."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from unicodedata import normalize
from uuid import UUID, uuid5

import regex
from rapidfuzz import fuzz

from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import Evidence, EvidenceSpan, Found, Match, Mention
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.dataset.units import Unit, UnitState, first_id

KNOWN = "known to the dataset"
"""Why a mention is of a unit that was not found again."""
_NOWHERE = Evidence("", Match.NONE)
_NO_LETTERS = regex.compile(r"[^\p{L}\p{M}\p{N}]+")


_Row = tuple[Unit, Found]


@dataclass(frozen=True, slots=True)
class Resolved:
    """A row of a document: its unit, and the entity to ask about; None for the document itself."""

    unit: Unit
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """What there is to match in one document."""

    document_id: UUID
    document: Document
    finder: QuoteFinder
    new_id: Callable[[UUID, str], UUID] = uuid5
    """The id of a new unit, from its document and what names it within it: the same again for the same."""

    def itself(self, known: Iterable[Unit]) -> list[Resolved]:
        """The row of a document that is one row; none where a person has removed it."""
        unit = next((unit for unit in known if not unit.text), None)
        if unit is None:
            unit = Unit(first_id(self.document_id, 0), self.document_id, text_version=self.document.text_version)
        return [] if unit.state is UnitState.REMOVED else [Resolved(replace(unit, state=UnitState.PRESENT))]

    def present(self, known: Iterable[Unit]) -> list[Resolved]:
        """The rows of a document as the dataset has them, which nothing was found for."""
        units = sorted((unit for unit in known if unit.text and unit.state is UnitState.PRESENT), key=_row_order)
        rows = [(unit, self._found(unit)) for unit in units]
        if len({unit.number for unit in units}) < len(units):
            return _numbered(rows)
        return [Resolved(unit, found) for unit, found in rows]

    def resolve(self, found: Sequence[Found], known: Iterable[Unit]) -> list[Resolved]:
        """The rows that found entities give, each with the unit that it is; known units are in whichever state.

        One unit is one entity: that whose mentions overlap the unit's most, where both are of the same text; then one
        of the same name. An entity that a person has removed or split is no row; one that was merged is part of its
        target; what a person has added is a row, found or not. Mentions and names of units are those found last, but
        for names that people gave. In the order of the text, whatever the order of `found` and `known`.
        """
        units = sorted((unit for unit in known if unit.text), key=_row_order)
        every = sorted(found, key=_text_order)
        matched = self._matched(every, units)
        targets = _targets(units)
        joined = dict[UUID, list[_Row]]()
        for place, unit in matched.items():
            target = targets.get(unit.id)
            if target is not None:
                joined.setdefault(target.id, []).append((unit, every[place]))
        taken = {unit.id for unit in units}
        rows = [self._joined(unit, joined.get(unit.id, ())) for unit in units if _is_row(unit, joined)]
        rows += [self._new(one, taken) for place, one in enumerate(every) if place not in matched]
        return _numbered(sorted(rows, key=lambda row: (*_text_order(row[1]), row[0].id)))

    def _matched(self, found: Sequence[Found], units: Sequence[Unit]) -> dict[int, Unit]:
        """The unit of each found entity that has one, by its place; the best matches are made first."""
        places, names = [_merged(_places(one)) for one in found], [_key(one.text) for one in found]
        by_place, by_name = list[tuple[Any, ...]](), list[tuple[Any, ...]]()
        for n, unit in enumerate(units):
            name, is_none = _key(unit.text), unit.state is not UnitState.PRESENT
            known = _merged(unit.mentions) if unit.text_version == self.document.text_version else []
            for place, one in enumerate(found):
                if overlap := _overlap(known, places[place]):
                    alike = fuzz.token_set_ratio(unit.text, one.text)
                    by_place.append((-overlap, name != names[place], -alike, is_none, n, place))
                if name == names[place]:
                    by_name.append((is_none, n, place))
        matched, taken = dict[int, Unit](), set[int]()
        for *_, n, place in [*sorted(by_place), *sorted(by_name)]:
            if place not in matched and n not in taken:
                matched[place] = units[n]
                taken.add(n)
        # What people have merged may be found in parts again.
        several = {unit.merged_into for unit in units if unit.state is UnitState.MERGED}
        for *_, n, place in sorted(by_place):
            if units[n].id in several:
                matched.setdefault(place, units[n])
        return matched

    def _joined(self, unit: Unit, found: Sequence[_Row]) -> _Row:
        """A unit with what was found of it and of its parts; a person's, with nothing found, stays as it is."""
        present = replace(unit, state=UnitState.PRESENT, merged_into=None)
        if not found:
            known = self._found(present)
            version = self.document.text_version
            return replace(present, mentions=_places(known), text_version=version), known
        text = next((one.text for of, one in found if of is unit and not unit.added), unit.text)
        return self._row(replace(present, text=text), [mention for _, one in found for mention in one.mentions])

    def _new(self, found: Found, taken: set[UUID]) -> _Row:
        """A unit that the dataset does not have."""
        places = _places(found)
        name = f"{_key(found.text)}@{places[0].start}-{places[0].end}" if places else _key(found.text)
        new, times = self.new_id(self.document_id, name), 1
        while new in taken:
            times += 1
            new = self.new_id(self.document_id, f"{name}/{times}")
        taken.add(new)
        return self._row(Unit(new, self.document_id, text=found.text), found.mentions)

    def _row(self, unit: Unit, mentions: Iterable[Mention]) -> _Row:
        found = Found(unit.number, unit.text, tuple(sorted(mentions, key=_mention_order)))
        return replace(unit, mentions=_places(found), text_version=self.document.text_version), found

    def _found(self, unit: Unit) -> Found:
        """The entity that a unit is, from its mentions; where they are of another text, from its name."""
        if unit.text_version == self.document.text_version:
            evidence = [self.finder.evidence([Span(m.start, m.end)], Match.EXACT) for m in unit.mentions]
        else:
            evidence = [self.finder.find(unit.text)]
        mentions = [Mention(unit.text, one, one.start or 0, KNOWN) for one in evidence]
        return Found(unit.number, unit.text, tuple(mentions) or (Mention(unit.text, _NOWHERE, 0, KNOWN),))


def _targets(units: Sequence[Unit]) -> dict[UUID, Unit]:
    """The unit that each has become a part of, or is; those that are no rows, by a person's wish, have none."""
    by_id = {unit.id: unit for unit in units}
    targets = dict[UUID, Unit]()
    for unit in units:
        seen, at = set[UUID](), by_id.get(unit.id)
        while at is not None and at.state is UnitState.MERGED and at.id not in seen:
            seen.add(at.id)
            at = by_id.get(at.merged_into) if at.merged_into else None
        if at is not None and at.state in (UnitState.PRESENT, UnitState.LOST):
            targets[unit.id] = at
    return targets


def _is_row(unit: Unit, joined: Container[UUID]) -> bool:
    return unit.id in joined or (unit.added and unit.state is UnitState.PRESENT)


def _numbered(rows: Sequence[_Row]) -> list[Resolved]:
    return [
        Resolved(replace(unit, number=number), replace(found, index=number))
        for number, (unit, found) in enumerate(rows, start=1)
    ]


def _places(found: Found) -> tuple[EvidenceSpan, ...]:
    """Where the document names an entity, in the order of the text, each place once.

    A quote may be a sentence that other entities share: of one that has the name, the place is that of the name.
    """
    places = {_place(mention) for mention in found.mentions if mention.evidence.spans}
    return tuple(sorted(places, key=lambda place: (place.start, place.end)))


def _place(mention: Mention) -> EvidenceSpan:
    span = mention.evidence.spans[0]
    at = mention.evidence.quote[: span.end - span.start].find(mention.text)
    return span if at < 0 else replace(span, start=span.start + at, end=span.start + at + len(mention.text))


def _overlap(one: Sequence[EvidenceSpan], other: Sequence[EvidenceSpan]) -> int:
    """How many characters both cover, neither of them any twice."""
    return sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)


def _merged(spans: Sequence[EvidenceSpan]) -> list[EvidenceSpan]:
    """The spans, sorted by start, without what two of them share."""
    merged: list[EvidenceSpan] = []
    for span in spans:
        if merged and span.start <= merged[-1].end:
            merged[-1] = replace(merged[-1], end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _key(text: str) -> str:
    """A name as it is compared: without case, spaces and punctuation."""
    folded = normalize("NFKC", text).casefold()
    return _NO_LETTERS.sub("", folded) or folded


def _row_order(unit: Unit) -> tuple[int, UUID]:
    return unit.number, unit.id


def _text_order(found: Found) -> tuple[Any, ...]:
    places = [(place.start, place.end) for place in _places(found)]
    return not places, places, found.text, [_mention_order(mention) for mention in found.mentions]


def _mention_order(mention: Mention) -> tuple[Any, ...]:
    evidence = mention.evidence
    return evidence.start or 0, evidence.end or 0, mention.text, mention.passage, evidence.quote
