"""Without a model, instructions get a rule for each case that documents show and that they leave open."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from coderai.codebook.variable import Category, Variable
from coderai.services.copilot.domain.offline.instructions import instructions
from coderai.services.copilot.domain.suggesting.ideas import Claim, InstructionsIdea
from coderai.services.copilot.domain.suggesting.instructions import drafted
from tests.unit.copilot.questions import question, variable

INJURED = "How many people were injured in the event, police and bystanders too."


def improved(texts: Mapping[str, str], about: Variable) -> str:
    """The new instructions; empty where none are proposed."""
    asked = question(texts, variable=about)
    drafts = drafted(instructions(asked), asked).drafts
    return str((drafts[0].changes[0].variable_after or {})["instructions"]) if drafts else ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Nobody was injured.", "0 only if the document says"),
        ("Between 20 and 30 people were injured.", "Of a range"),
        ("The police said that 3 people were injured; according to the union 12 were injured.", "sources"),
        ("Two people were injured, not ten as had first been reported: the number was corrected.", "corrected one"),
    ],
)
def test_a_case_that_a_document_shows_gets_its_rule(text: str, rule: str) -> None:
    found = improved({"a": text}, variable("injured", "NUMBER", instructions=INJURED))
    assert found.startswith(INJURED)
    assert rule in found


def test_what_the_instructions_say_already_is_not_said_again() -> None:
    told = f"{INJURED} 0 only if nobody was."
    assert not improved({"a": "Nobody was injured."}, variable("injured", "NUMBER", instructions=told))


def test_instructions_that_say_nothing_are_begun() -> None:
    found = improved(
        {"a": "The day of the beginning was 3 May 2021."},
        variable("begin", "DATE", display_name="Day of the beginning"),
    )
    assert "Day of the beginning" in found and "the event" in found


def test_where_documents_show_nothing_nothing_is_proposed() -> None:
    asked = question({"a": "A letter."}, variable=variable("injured", "NUMBER", instructions=INJURED))
    result = drafted(instructions(asked), asked)
    assert not result.drafts and "Nothing better" in result.left_out[0]


def test_what_the_researcher_says_is_added_in_their_words() -> None:
    injured = variable("injured", "NUMBER", instructions=INJURED)
    asked = question({"a": "3 people were injured."}, variable=injured, hint="Deaths do not count")
    (draft,) = drafted(instructions(asked), asked).drafts
    assert (draft.changes[0].variable_after or {})["instructions"] == f"{INJURED} Deaths do not count."
    assert draft.reason.startswith("You asked for it.")


def test_quotes_show_the_case() -> None:
    asked = question({"a": "Nobody was injured."}, variable=variable("injured", "NUMBER", instructions=INJURED))
    (draft,) = drafted(instructions(asked), asked).drafts
    assert [quote.quote for quote in draft.quotes] == ["Nobody was injured."]


@pytest.mark.parametrize(
    ("idea", "why"),
    [
        (InstructionsIdea(f" {INJURED} ", ""), "the same"),
        (InstructionsIdea("x" * 3_000, ""), "3,000 characters"),
        (InstructionsIdea("Count.", "", (Claim("nine drowned"),)), "nine drowned"),
    ],
)
def test_instructions_that_make_no_sense_are_left_out(idea: InstructionsIdea, why: str) -> None:
    asked = question({"a": "Text."}, variable=variable("injured", "NUMBER", instructions=INJURED))
    result = drafted(idea, asked)
    assert not result.drafts and why in result.left_out[0]


def test_bare_instructions_of_a_category_ask_for_the_values_listed() -> None:
    form = variable("form", "CATEGORY", categories=(Category("march"), Category("strike")), instructions="")
    assert "value listed" in improved({"a": "A march through the town."}, form)
