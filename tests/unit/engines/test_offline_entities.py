"""The offline engine finds the entities of a document and tells apart what is said of each."""

from __future__ import annotations

import pytest

from coderai.codebook.codebook import Codebook, RowsPerDocument, Unit
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Variable, VariableType
from coderai.engines.calls import Call, CallKind, Passage
from coderai.engines.offline.engine import answer

COMPANIES = """The complaint names three companies as defendants. Acme Corp. was fined $5 million in 2019 for dumping
waste. It appealed. Beta Holdings Ltd was fined $3 million and Gamma Inc. was fined $2 million in 2020. A lawyer for
Acme denied wrongdoing."""
ATTACKS = """On 5 March 2021 a bomb attack in Kabul killed 12 people. Another 30 were wounded.

On 7 March 2021 an attack in Herat killed 3 children. On 9 March 2021, an attack killed five."""
PEOPLE = "Attendees\n1. John Smith, 34, engineer\n2. Mary Jones, 45, doctor\n3. Ahmed Ali, 29, teacher"


def number(name: str, instructions: str = "") -> Variable:
    return Variable(name, name, VariableType.NUMBER, PromptVersion("p", 1, "", 0.1, 100), instructions=instructions)


def rows(text: str, row_is: str, pattern: str, *variables: Variable) -> dict[str, list[list[object]]]:
    codebook = Codebook("hash", variables, Unit(row_is, RowsPerDocument.MULTIPLE, pattern))
    passage = Passage(text, language="en")
    found: dict[str, list[list[object]]] = {}
    for entity in answer(Call(CallKind.IDENTIFY, codebook, passage)).entities:
        assert entity.quote in text and len(entity.quote) <= 200
        given = answer(Call(CallKind.EXTRACT, codebook, passage, variables, entity)).answers
        found[entity.text] = [[one.value for one in given[variable.name]] for variable in variables]
    return found


def test_names_of_the_kind_that_the_unit_describes() -> None:
    found = rows(COMPANIES, "each company", "each company named as a defendant", number("fine", "Amount of the fine"))
    assert found == {"Acme Corp.": [[5_000_000]], "Beta Holdings Ltd": [[3_000_000]], "Gamma Inc.": [[2_000_000]]}


def test_events_are_told_apart_by_their_dates() -> None:
    found = rows(ATTACKS, "each attack", "each attack in the report", number("killed"), number("wounded"))
    assert list(found.values()) == [[[12], [30]], [[3], []], [[5], []]]


@pytest.mark.parametrize("pattern", ["each person in the list", r"/^\d+\. ([^,]+)/", r"/^\d+\. (\p{Lu}\w+ \w+)/"])
def test_items_of_a_list(pattern: str) -> None:
    found = rows(PEOPLE, "each person", pattern, number("age"))
    assert found == {"John Smith": [[34]], "Mary Jones": [[45]], "Ahmed Ali": [[29]]}


def test_a_list_is_continued_after_what_is_known() -> None:
    codebook = Codebook("hash", (), Unit("each person", RowsPerDocument.MULTIPLE, "each person in the list"))
    call = Call(CallKind.IDENTIFY, codebook, Passage(PEOPLE, language="en"), known=("John Smith", "Mary Jones"))
    assert [entity.text for entity in answer(call).entities] == ["Ahmed Ali"]


@pytest.mark.parametrize("pattern", ["/(/", "/(a+)+$/", "nothing of the kind"])
def test_a_pattern_that_finds_nothing_gives_no_entities(pattern: str) -> None:
    assert rows("a" * 5_000 + "b", "each", pattern) == {}


REPORT = """PORTAVEL, 14 May 2024 - About 350 dock workers marched through Portavel on Sunday.

They want the allowance back that was cut on 3 January 2024. Two people were injured when a barrier fell."""


def test_a_report_of_one_event_gives_one_row() -> None:
    found = rows(REPORT, "one public event", "each public event that the report is about", number("injured"))
    assert list(found.values()) == [[[2]]]


def test_a_word_that_opens_a_sentence_is_no_name() -> None:
    text = "Three incidents were reported. On 7 January the carrier MV Corvina ran aground. MV Wren burned."
    assert list(rows(text, "one vessel", 'every vessel by its name ("MV Nora", "tug Heron")')) == [
        "MV Corvina",
        "MV Wren",
    ]
