"""Units keep their ids whatever a later job calls them, and stay as people have left them."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from random import Random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.services.extractor.domain.coding.document import Document, Span
from coderai.services.extractor.domain.coding.extraction import EvidenceSpan, Found, Match, Mention
from coderai.services.extractor.domain.coding.quotes import QuoteFinder
from coderai.services.extractor.domain.dataset.matching import Matching, Resolved
from coderai.services.extractor.domain.dataset.units import Unit, UnitState

DOCUMENT_ID = UUID(int=1)
TEXT = (
    "Dockers marched in Portavel on Monday. Nurses struck in Kessling, and teachers held a vigil in Ostermund. "
    "The march of the dockers ended at noon. The vigil went on. The strike was called off in Kessling."
)
DOCUMENT = Document(str(DOCUMENT_ID), "report", TEXT, text_version=1)
FINDER = QuoteFinder(DOCUMENT)
MATCHING = Matching(DOCUMENT_ID, DOCUMENT, FINDER)
PRESENT, REMOVED, MERGED, SPLIT, LOST = UnitState


def found(text: str, *quotes: str) -> Found:
    mentions = [Mention(text, FINDER.find(quote), 0) for quote in quotes or (text,)]
    return Found(1, text, tuple(mentions))


def rows(rows: list[Resolved]) -> list[tuple[UUID, str]]:
    return [(row.unit.id, row.unit.text) for row in rows]


MARCH, STRIKE = found("the march", "Dockers marched in Portavel"), found("the strike", "Nurses struck in Kessling")
VIGIL = found("the vigil", "teachers held a vigil in Ostermund")
FIRST = MATCHING.resolve([STRIKE, MARCH, VIGIL], [])
UNITS = [row.unit for row in FIRST]


def unit(of: int, state: UnitState = PRESENT, **rest: object) -> Unit:
    return replace(UNITS[of - 1], state=state, **rest)


def test_new_units_stand_in_the_order_of_the_text_and_have_the_same_ids_each_time() -> None:
    assert [(u.number, u.text, u.state, u.text_version) for u in UNITS] == [
        (1, "the march", PRESENT, 1),
        (2, "the strike", PRESENT, 1),
        (3, "the vigil", PRESENT, 1),
    ]
    assert MATCHING.resolve([VIGIL, STRIKE, MARCH], []) == FIRST
    assert [TEXT[m.start : m.end] for u in UNITS for m in u.mentions] == [
        "Dockers marched in Portavel",
        "Nurses struck in Kessling",
        "teachers held a vigil in Ostermund",
    ]
    assert [row.found and row.found.index for row in FIRST] == [1, 2, 3]


def test_another_wording_of_the_same_place_is_the_same_unit() -> None:
    again = [found("nurses' strike", "Nurses struck"), found("dock workers' protest", "Dockers marched in Portavel on")]
    assert rows(MATCHING.resolve(again, UNITS)) == [
        (UNITS[0].id, "dock workers' protest"),
        (UNITS[1].id, "nurses' strike"),
    ]


def test_the_same_name_elsewhere_is_the_same_unit_unless_one_of_that_place_is() -> None:
    again = [found("The Vigil!", "The vigil went on"), found("the strike", "The strike was called off")]
    assert rows(MATCHING.resolve(again, UNITS)) == [(UNITS[2].id, "The Vigil!"), (UNITS[1].id, "the strike")]
    there = found("the strike", "teachers held a vigil in Ostermund")
    assert rows(MATCHING.resolve([there], UNITS)) == [(UNITS[2].id, "the strike")]


def test_the_names_of_two_in_one_sentence_tell_them_apart() -> None:
    sentence = "Nurses struck in Kessling, and teachers held a vigil in Ostermund."
    both = MATCHING.resolve([found("Kessling", sentence), found("Ostermund", sentence)], [])
    [again] = MATCHING.resolve([found("Ostermund", sentence)], [row.unit for row in both])
    assert again.unit.id == both[1].unit.id


def test_places_count_only_in_the_same_text() -> None:
    earlier = [replace(one, text_version=0) for one in UNITS]
    again = [found("something else", "Dockers marched in Portavel"), found("The Strike", "Nurses struck in Kessling")]
    other, strike = MATCHING.resolve(again, earlier)
    assert other.unit.id not in {one.id for one in earlier}
    assert (strike.unit.id, strike.unit.text_version) == (UNITS[1].id, 1)


def test_what_a_person_removed_or_split_is_no_row() -> None:
    parts = [
        Unit(UUID(int=n), DOCUMENT_ID, n, text, (span(quote),), added=True, text_version=1)
        for n, text, quote in ((8, "teachers", "teachers"), (9, "a vigil", "a vigil in Ostermund"))
    ]
    known = [unit(1, REMOVED), unit(2), unit(3, SPLIT), *parts]
    resolved = MATCHING.resolve([MARCH, STRIKE, VIGIL], known)
    assert rows(resolved) == [(UNITS[1].id, "the strike"), (parts[0].id, "teachers"), (parts[1].id, "a vigil")]
    assert resolved[2].found is not None and resolved[2].found.asked().quote == "a vigil in Ostermund"


def span(quote: str) -> EvidenceSpan:
    return FINDER.find(quote).spans[0]


def test_what_was_merged_is_asked_as_part_of_its_target() -> None:
    known = [unit(1), unit(2, MERGED, merged_into=UNITS[0].id), unit(3, MERGED, merged_into=UNITS[1].id)]
    [row] = MATCHING.resolve([MARCH, STRIKE, VIGIL], known)
    assert (row.unit.id, row.unit.text, len(row.unit.mentions)) == (UNITS[0].id, "the march", 3)
    [row] = MATCHING.resolve([VIGIL], known)
    assert (row.unit.id, row.unit.text) == (UNITS[0].id, "the march")
    assert MATCHING.resolve([STRIKE], [unit(1, REMOVED), known[1]]) == []


def test_what_was_merged_is_not_taken_for_its_target_when_it_is_worded_otherwise() -> None:
    march, strike = unit(1, mentions=UNITS[0].mentions + UNITS[1].mentions), unit(2, MERGED, merged_into=UNITS[0].id)
    again = [found("the march of labour", "Nurses struck in Kessling"), found("it", "Dockers marched")]
    assert [row.unit.id for row in MATCHING.resolve(again, [march, strike])] == [UNITS[0].id]


def test_what_a_person_added_is_asked_found_or_not_and_keeps_its_name() -> None:
    quote = "The march of the dockers"
    mine = Unit(UUID(int=9), DOCUMENT_ID, 4, "Dockers' march", (span(quote),), added=True, text_version=1)
    [row] = MATCHING.resolve([], [mine])
    assert row.found is not None and row.found.asked().quote == quote
    assert row.unit == replace(mine, number=1)
    [row] = MATCHING.resolve([found("march", quote)], [mine])
    assert (row.unit.id, row.unit.text) == (mine.id, mine.text)
    elsewhere = replace(mine, text="teachers held a vigil", text_version=0)
    [row] = MATCHING.resolve([], [elsewhere])
    assert row.found is not None and row.found.asked().quote == "teachers held a vigil"
    [row] = MATCHING.resolve([], [replace(elsewhere, text="nobody knows it")])
    assert row.found is not None and row.found.mentions[0].evidence.match is Match.NONE


@pytest.mark.parametrize("version", [0, 1])
def test_a_row_is_matched_before_what_is_none(version: int) -> None:
    gone, row = unit(1, REMOVED, text_version=version), unit(1, id=UUID(int=9), number=2, text_version=version)
    assert rows(MATCHING.resolve([MARCH], [gone, row])) == [(row.id, "the march")]


def test_a_lost_unit_is_back_once_it_is_found() -> None:
    [row] = MATCHING.resolve([MARCH], [unit(1, LOST)])
    assert (row.unit.id, row.unit.state) == (UNITS[0].id, PRESENT)
    assert MATCHING.resolve([], [unit(1, LOST)]) == []


def test_rows_of_the_dataset_are_taken_as_they_are() -> None:
    known = [unit(3), unit(1, number=2), unit(2, REMOVED), Unit(UUID(int=5), DOCUMENT_ID)]
    resolved = MATCHING.present(known)
    assert [row.unit for row in resolved] == [known[1], known[0]]
    assert [row.found.index for row in resolved if row.found] == [2, 3]
    assert [row.unit.number for row in MATCHING.present([unit(1), unit(2, number=1)])] == [1, 2]


def test_a_document_that_is_one_row_keeps_its_unit() -> None:
    [row] = MATCHING.itself(UNITS)
    assert (row.unit.number, row.found) == (0, None)
    assert MATCHING.itself([*UNITS, row.unit]) == [row] == MATCHING.itself([])
    assert MATCHING.itself([replace(row.unit, state=REMOVED)]) == []


texts = st.sampled_from(["march", "The March", "march of dockers", "strike", "Kessling", "vigil", "…"])


@st.composite
def places(draw: st.DrawFn) -> tuple[EvidenceSpan, ...]:
    starts = draw(st.lists(st.integers(0, 30), max_size=3, unique=True))
    return tuple(EvidenceSpan(start, start + draw(st.integers(1, 30)), 1) for start in sorted(starts))


@st.composite
def entities(draw: st.DrawFn) -> list[Found]:
    made = []
    for text in draw(st.lists(texts, max_size=5)):
        spans = draw(places()) or (EvidenceSpan(0, 9, 1),)
        evidence = [FINDER.evidence([Span(one.start, one.end)], Match.EXACT) for one in spans]
        made.append(Found(len(made) + 1, text, tuple(Mention(text, one, 0) for one in evidence)))
    return made


@st.composite
def units(draw: st.DrawFn) -> list[Unit]:
    """Units in any state; some of an earlier text."""
    made: list[Unit] = []
    for number, text in enumerate(draw(st.lists(texts, max_size=6)), start=1):
        state = draw(st.sampled_from([PRESENT, PRESENT, *UnitState]))
        into = draw(st.sampled_from(made)).id if state is MERGED and made else None
        added, version = draw(st.booleans()), draw(st.sampled_from([1, 1, 0]))
        made.append(Unit(UUID(int=number), DOCUMENT_ID, number, text, draw(places()), state, added, into, version))
    return made


@given(entities(), units(), st.randoms())
def test_every_match_is_of_one_to_one_whatever_the_order_and_stands_when_it_is_made_again(
    given_: list[Found], known: list[Unit], random: Random
) -> None:
    resolved = MATCHING.resolve(given_, known)
    ids = [row.unit.id for row in resolved]
    assert len(set(ids)) == len(ids) and all(row.unit.state is PRESENT for row in resolved)
    assert [row.unit.number for row in resolved] == [row.found and row.found.index for row in resolved]
    states = {one.id: one.state for one in known}
    assert {states.get(id_, PRESENT) for id_ in ids} <= {PRESENT, LOST}
    assert {one.id for one in known if one.added and one.state is PRESENT} <= set(ids)
    shuffled, others = random.sample(given_, len(given_)), random.sample(known, len(known))
    assert MATCHING.resolve(shuffled, others) == resolved
    lost = [replace(one, state=LOST) if one.state is PRESENT else one for one in known if one.id not in ids]
    again = MATCHING.resolve([row.found for row in resolved if row.found], [*lost, *(row.unit for row in resolved)])
    assert again == resolved


def test_all_orders_of_what_was_found_give_the_same_rows() -> None:
    orders = permutations([MARCH, STRIKE, VIGIL])
    assert all(MATCHING.resolve(order, UNITS) == MATCHING.resolve([MARCH, STRIKE, VIGIL], UNITS) for order in orders)
