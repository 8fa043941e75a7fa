"""Without a model, what a row stands for comes from what repeats within documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from coderai.codebook.pattern import entity_expression, find
from coderai.services.copilot.domain.offline.units import units
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.suggesting.ideas import UnitIdea
from coderai.services.copilot.domain.suggesting.units import drafted
from tests.unit.copilot.questions import question

REGISTER = "Vessel: MV Corvina\nDamage: none\nVessel: Heron\nDamage: hull"


def only(texts: Mapping[str, str]) -> UnitIdea:
    (idea,) = units(question(texts))
    return idea


def found_by(idea: UnitIdea, text: str) -> list[str]:
    return [text[start:end] for start, end in find(entity_expression(idea.pattern), text)]


def test_a_field_that_repeats_begins_a_row() -> None:
    idea = only({"a": REGISTER, "b": "Vessel: Ondine\nDamage: sunk\n\nVessel: Pavane"})
    assert (idea.row_is, idea.multiple) == ("one vessel", True)
    assert found_by(idea, REGISTER) == ["MV Corvina", "Heron"]
    assert "Seen in 2 of 2 documents" in idea.reason


def test_numbered_headings_begin_rows_but_not_those_of_sections() -> None:
    text = "Case 12: theft\nA bicycle.\nCase 13: arson\nA barn."
    idea = only({"a": text, "b": "Case 1 - fraud\nx\nCase 2 - fraud\ny"})
    assert (idea.row_is, idea.multiple) == ("one case", True)
    assert found_by(idea, text) == ["Case 12", "Case 13"]
    assert not only({"a": "Article 1. Scope\nx\nArticle 2. Term\ny"}).multiple


def test_days_that_open_paragraphs_are_rows() -> None:
    bulletin = "On 7 January 2025 a ship ran aground.\n\nOn 9 January fire broke out.\n"
    idea = only({"a": bulletin, "b": "3 May  Fire\n4 May  Spill"})
    assert idea.multiple and "day of its own" in idea.row_is
    assert not only({"a": "It began on 7 January 2025 and ended on 9 January 2025."}).multiple


def test_what_the_researcher_counts_is_a_row() -> None:
    texts = {"a": "A protest in Elmo, and another protest in Bree.", "b": "Rain."}
    (idea,) = units(question(texts, hint="Every protest counts by itself."))
    assert (idea.row_is, idea.multiple, idea.pattern) == ("one protest", True, "Every protest counts by itself.")
    (idea,) = units(question(texts, hint="Every volcano counts by itself."))
    assert not idea.multiple


def test_without_repetition_a_document_is_a_row_and_the_reason_is_said() -> None:
    assert only({"a": "A letter.", "b": "Another letter."}).row_is == "one document"
    events = only({"a": "Hundreds took part in a march.", "b": "The strike was called by the union."})
    assert events.row_is == "one event, the one that the document is mainly about" and not events.multiple
    assert "so that a document is one row" in events.reason and "march" in events.reason


def test_what_repeats_in_few_documents_is_no_rule() -> None:
    assert not only({"a": REGISTER, "b": "Nothing.", "c": "Nothing more."}).multiple


def project(**fields: Any) -> Project:
    return Project("P", "offline", **fields)


def test_a_unit_that_the_project_has_is_not_proposed_again() -> None:
    texts = {"a": "A letter.", "b": "Another."}
    asked = question(texts, project=project(row_is="one letter"))
    result = drafted(units(asked), asked)
    assert not result.drafts and "one letter" in result.left_out[0]
    events = {"a": "Hundreds took part in a march.", "b": "The strike was called by the union."}
    asked = question(events, project=project(row_is="one document"))
    (draft,) = drafted(units(asked), asked).drafts
    assert draft.changes[0].context_after is not None
    assert draft.changes[0].context_after["unit"]["row_is"].startswith("one event")


@pytest.mark.parametrize(
    ("idea", "why"),
    [
        (UnitIdea("one case", True, "", "", ()), "told apart"),
        (UnitIdea(" ", False, "", "", ()), "does not say what a row is"),
        (UnitIdea("one case", True, "/(?=x)/", "", ()), "look-ahead"),
        (UnitIdea("one case", True, "x" * 5_000, "", ()), "5,000 characters"),
        (UnitIdea("one case", True, "Each case.", "", ()), "no quote"),
    ],
)
def test_units_that_make_no_sense_are_left_out_and_told(idea: UnitIdea, why: str) -> None:
    result = drafted([idea], question({"a": "Text."}))
    assert not result.drafts
    assert why in result.left_out[0]
