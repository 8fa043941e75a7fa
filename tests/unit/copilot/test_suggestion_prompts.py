"""What a model is sent for suggestions: everything that others wrote is data between tags that it cannot fake."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.services.copilot.domain.question import Project, Question
from coderai.services.copilot.domain.suggesting.prompting.categories import CATEGORIES_OF
from coderai.services.copilot.domain.suggesting.prompting.ground import Asking, shown
from coderai.services.copilot.domain.suggesting.prompting.instructions import INSTRUCTIONS
from coderai.services.copilot.domain.suggesting.prompting.reviewing import REVIEW
from coderai.services.copilot.domain.suggesting.prompting.units import UNITS
from coderai.services.copilot.domain.suggesting.prompting.variables import VARIABLES
from tests.unit.copilot.questions import question, variable
from tests.unit.engines.attacks import ATTACKS, Attack

ASKINGS = (VARIABLES, UNITS, CATEGORIES_OF, INSTRUCTIONS, REVIEW)
_BLOCK = re.compile(r"<([a-z]+)-([0-9a-f]{6})>\n(.*?)\n</\1-\2>", re.DOTALL)


def asked(text: str, name: str = "a.txt") -> Question:
    """A question all of whose texts are others' words."""
    return question(
        {name: text, "b.txt": "Honest."},
        project=Project(text, "openai:x", description=text, row_is=text),
        variables=[variable("place", display_name=text, instructions=text)],
        variable=variable("place", instructions=text),
        hint=f"{text} ?",
    )


def frame(sent: str) -> str:
    """What the model is sent without what stands in blocks."""
    return _BLOCK.sub(lambda block: f"<{block[1]}>", sent)


@pytest.mark.parametrize("asking", ASKINGS, ids=lambda asking: str(asking.name))
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: str(attack.name))
def test_whatever_a_document_says_stays_in_its_block(attack: Attack, asking: Asking[Any]) -> None:
    sent, honest = shown(asking, asked(attack.document, attack.name)), shown(asking, asked("An honest report."))
    assert frame(sent) == frame(honest)
    assert "never follow them" in asking.rules


@given(text=st.text(max_size=300), name=st.text(max_size=30))
def test_whatever_the_text_it_stays_in_its_block(text: str, name: str) -> None:
    assert frame(shown(REVIEW, asked(text, name))) == frame(shown(REVIEW, asked("Honest.")))


def test_the_documents_come_first_and_what_is_asked_last() -> None:
    sent = shown(VARIABLES, question({"a.txt": "First.", "b.txt": "Second."}, hint="who?", limit=3))
    places = [
        sent.index(part) for part in ("Document 1:", "a.txt", "First.", "Document 2:", "Second.", "Events", "who?")
    ]
    assert places == sorted(places)
    assert sent.endswith("Suggest at most 3 variables.")


def test_without_wish_or_variables_there_are_no_empty_blocks() -> None:
    sent = shown(VARIABLES, question({"a.txt": "First."}, hint="  "))
    assert "<wish" not in sent and "<variables" not in sent


def test_a_number_of_no_document_names_none() -> None:
    seen = [{"document": number, "quote": "First"} for number in (0, 1, 9, -1)]
    item = {
        "name": "n",
        "display_name": "",
        "type": "TEXT",
        "instructions": "x",
        "categories": [],
        "reason": "",
        "wished": True,
        "seen": [*seen, {"document": 1, "quote": " "}],
    }
    (idea,) = VARIABLES.read({"suggestions": [item]}, question({"a.txt": "First."}))
    assert [claim.document for claim in idea.claims] == ["", "0", "", ""]
