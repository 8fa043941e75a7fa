"""Whatever documents say, in whatever script, the built-in engine suggests without failing, and nothing unquoted."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from coderai.codebook.variable import Category, Variable
from coderai.services.copilot.domain.offline import categories, instructions, reviewing, units, variables
from coderai.services.copilot.domain.proposal import Draft
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting import categories as checked_categories
from coderai.services.copilot.domain.suggesting import instructions as checked_instructions
from coderai.services.copilot.domain.suggesting import reviewing as checked_reviews
from coderai.services.copilot.domain.suggesting import units as checked_units
from coderai.services.copilot.domain.suggesting import variables as checked_variables
from tests.unit.copilot.questions import offline, question, variable
from tests.unit.engines.attacks import ATTACKS, HONEST

FORM = variable("form", "CATEGORY", categories=(Category("march"), Category("rally")))
INJURED = variable("injured", "NUMBER", instructions="How many people were injured there.")

_WORDS = """
Ward: Case 1 12 no not nobody injured two 3 May 2021 in Kessling the march was organised by Union demand € 5
said , . ( ) Vessel: yes النص عدد الجرحى: 三人 受伤 。 \n \n\n \x00 {row} {what} “
"""
_PIECES = st.sampled_from(regex.split(r"[ \n](?!\n)", _WORDS))
TEXTS = st.lists(_PIECES, max_size=30).map(" ".join) | st.text(max_size=200)


def drafts_of(asked: Question, about: Variable) -> list[Draft]:
    """All that the built-in engine proposes."""
    of_one = Question(asked.project, asked.variables, asked.documents, variable=about)
    return [
        *checked_variables.drafted(variables.variables(asked), asked).drafts,
        *checked_units.drafted(units.units(asked), asked).drafts,
        *checked_categories.drafted(categories.categories(of_one), of_one).drafts,
        *checked_instructions.drafted(instructions.instructions(of_one), of_one).drafts,
    ]


@given(texts=st.lists(TEXTS, max_size=4), about=st.sampled_from([FORM, INJURED]))
def test_whatever_documents_say_proposals_rest_on_quotes(texts: list[str], about: Variable) -> None:
    asked = question({f"{number}.txt": text for number, text in enumerate(texts)}, variables=[FORM, INJURED])
    by_id = {document.id: document.text for document in asked.documents}
    for draft in drafts_of(asked, about):
        assert draft.quotes
        assert draft.title and draft.reason and draft.changes
        for quote in draft.quotes:
            assert quote.quote == by_id[quote.document_id][quote.start : quote.end]
    checked_reviews.checked(reviewing.review(asked), asked)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: str(attack.name))
def test_orders_in_documents_change_no_suggestion_of_others(attack: object) -> None:
    texts = {f"{number}.txt": "\n".join(HONEST) for number in range(4)}
    honest = offline(texts)
    attacked = offline({**texts, "attack.txt": f"{HONEST[0]}\n\n{attack.text}\n\n{HONEST[1]}"})
    assert {name: one["type"] for name, one in honest.items()} == {
        name: one["type"] for name, one in attacked.items() if name in honest
    }
    assert not set(attacked) - set(honest), "what one document says is no recurrence"


ARABIC = {
    "a": "الاسم: أحمد\nالمدينة: القاهرة\nفي 5 مارس 2021 أصيب 12 شخصا.",
    "b": "الاسم: سارة\nالمدينة: بيروت\nفي 7 أبريل 2021 أصيب 3 أشخاص.",
    "c": "الاسم: عمر\nالمدينة: القاهرة\nفي 9 مايو 2022 أصيب 40 شخصا.",
}


def test_documents_in_arabic_give_columns_that_are_told_apart() -> None:
    found = offline(ARABIC)
    titles = {one["display_name"]: (name, one["type"]) for name, one in found.items()}
    assert titles["الاسم"][1] == "TEXT"
    assert titles["المدينة"][1] == "CATEGORY"
    assert found["date"]["type"] == "DATE"
    assert all(name.isascii() for name in found)
    assert any("أصيب" in title or "injured" in title for title in titles)
