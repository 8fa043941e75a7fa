"""Of the variables that a person chose for the examples' documents, most are suggested without a model and a hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from coderai.services.copilot.domain.offline.units import units
from coderai.services.copilot.domain.offline.variables import variables
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.suggesting.variables import drafted
from tests.unit.copilot.questions import question

EXAMPLES = Path(__file__).parents[3] / "examples"


def texts(example: str) -> dict[str, str]:
    """The documents; of PDFs the text that they were made from."""
    folders = (EXAMPLES / example / "documents", EXAMPLES / example / "pdf-sources")
    return {path.name: path.read_text(encoding="utf-8") for folder in folders for path in sorted(folder.glob("*.txt"))}


@pytest.mark.parametrize(
    ("example", "wanted"),
    [
        (
            "public-events",
            {
                "event_date": "DATE",
                "location": "TEXT",
                "kind_of_event": "CATEGORY",
                "organised_by": "TEXT",
                "number_of_participants": "NUMBER",
                "number_of_injured": "NUMBER",
                "demand": "TEXT",
            },
        ),
        (
            "incident-reports",
            {
                "date": "DATE",
                "cause": "TEXT",
                "number_of_injured": "NUMBER",
                "oil_spilled": "BOOLEAN",
                "number_of_litres": "NUMBER",
            },
        ),
    ],
)
def test_what_a_person_chose_is_among_the_first_eight(example: str, wanted: dict[str, str]) -> None:
    asked = question(texts(example), project=Project("P", "offline"), limit=8)
    drafts = drafted(variables(asked), asked).drafts
    found = {draft.changes[0].variable: (draft.changes[0].variable_after or {})["type"] for draft in drafts}
    assert wanted.items() <= found.items()
    assert len(found) <= len(wanted) + 2
    assert all(draft.quotes for draft in drafts)


@pytest.mark.parametrize(("example", "multiple"), [("public-events", False), ("incident-reports", True)])
def test_the_unit_is_seen_in_what_repeats(example: str, multiple: bool) -> None:
    (idea,) = units(question(texts(example)))
    assert idea.multiple is multiple
