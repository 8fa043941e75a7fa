"""The offline engine answers from the passage's own words, with its quote, or says that nothing is stated."""

from __future__ import annotations

from typing import Any

import pytest

from coderai.codebook.codebook import Codebook
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Category, GoldenExample, IfMultipleValues, Variable, VariableType
from coderai.engines.calls import Call, CallKind, Passage
from coderai.engines.offline.engine import OfflineEngine, answer

NEWS = """NAIROBI, 12 March 2021 (Reuters) - At least 23 people were injured and five killed on Wednesday when police
fired tear gas at thousands of protesters marching in Nairobi, the capital of Kenya.

Police arrested 48 demonstrators, a spokesman said. Some 3,500 people took part in the march, which was organised by
the Kenya National Union of Teachers. Police denied that shots were fired.

In 2019, 12 people died in similar protests in Mombasa."""

RECEIPT = """BLUE LAGOON TRADING SDN BHD
(CO. REG: 123456-X)
NO 12, JALAN MAWAR 3
43300 SERI KEMBANGAN
TEL: 03-5512 3456
Date: 19/10/2018 20:49
SUBTOTAL
RM 33.92
ROUNDING
-0.02
TOTAL
RM 33.90
CASH
50.00
CHANGE
16.10"""

CONTRACT = """SUPPLY AGREEMENT

This Supply Agreement is made as of July 1, 2019 by and between Northwind Corporation ("Buyer") and Contoso Ltd.

12. Assignment. Neither party may assign this Agreement without the prior written consent of the other party.

13. Governing Law. This Agreement shall be governed by the laws of the State of Delaware."""


def variable(name: str, kind: str, instructions: str = "", **more: Any) -> Variable:
    return Variable(
        name, name, VariableType(kind), PromptVersion("p", 1, "", 0.1, 100), instructions=instructions, **more
    )


def ask(text: str, *variables: Variable, language: str = "en", document_type: str = "") -> dict[str, list[object]]:
    codebook = Codebook("hash", variables, document_type=document_type)
    reply = answer(Call(CallKind.EXTRACT, codebook, Passage(text, language=language), variables))
    assert list(reply.answers) == [one.name for one in variables]
    for given in reply.answers.values():
        assert all(one.quote in text and len(one.quote) <= 200 and 0.3 <= one.confidence <= 0.85 for one in given)
    return {name: [one.value for one in given] for name, given in reply.answers.items()}


def first(text: str, asked: Variable, language: str = "en") -> Answer:
    reply = answer(Call(CallKind.EXTRACT, Codebook("hash", (asked,)), Passage(text, language=language), (asked,)))
    return reply.answers[asked.name][0]


INJURED = variable("people_injured", "NUMBER", "Number of people injured.")
KILLED = variable("people_killed", "NUMBER", "Number of people killed.")
ARRESTED = variable("arrests", "NUMBER", "How many people were arrested?")
PARTICIPANTS = variable("participants", "NUMBER", "Estimated number of participants.")


def test_each_number_goes_to_the_words_it_stands_with() -> None:
    found = ask(NEWS, INJURED, KILLED, ARRESTED, PARTICIPANTS)
    assert {name: values[0] for name, values in found.items()} == {
        "people_injured": 23,
        "people_killed": 5,
        "arrests": 48,
        "participants": 3500,
    }


def test_the_quote_is_the_sentence_that_has_the_value() -> None:
    assert "arrested 48 demonstrators" in first(NEWS, ARRESTED).quote


@pytest.mark.parametrize(
    ("language", "text", "injured", "killed"),
    [
        ("en", "The blast killed five and injured 23 others.", [23], [5]),
        ("en", "Two dozen were wounded; two died.", [24], [2]),
        ("es", "Hubo 12 heridos y tres muertos, según la policía.", [12], [3]),
        ("fr", "Sept personnes ont été blessées et deux tuées.", [7], [2]),
        ("de", "Zwölf Menschen wurden verletzt. Tote gab es nicht.", [12], [0]),
        ("ru", "Двое погибли, двадцать три человека ранены.", [23], [2]),
        ("ar", "قتل خمسة أشخاص وأصيب 23 آخرون في الانفجار.", [23], [5]),
        ("zh", "爆炸造成23人受伤，无人死亡。", [23], [0]),
    ],
)
def test_counts_are_found_in_other_languages_than_the_question(
    language: str, text: str, injured: list[int], killed: list[int]
) -> None:
    assert ask(text, INJURED, KILLED, language=language) == {"people_injured": injured, "people_killed": killed}


def test_none_at_all_is_nought_with_its_quote() -> None:
    text = "The rally passed off peacefully. No injuries were reported."
    given = first(text, INJURED)
    assert (given.value, given.quote) == (0, "No injuries were reported.")


def test_what_is_not_stated_is_not_answered() -> None:
    found = ask(
        "The committee met and approved its agenda.", INJURED, variable("deadline", "DATE"), variable("email", "TEXT")
    )
    assert found == {"people_injured": [], "deadline": [], "email": []}


def test_both_ends_of_a_range_are_given() -> None:
    assert ask("Between 10 and 15 people were injured.", INJURED) == {"people_injured": [10, 15]}


def test_a_receipts_fields() -> None:
    found = ask(
        RECEIPT,
        variable("company", "TEXT", "Name of the company that issued the receipt."),
        variable("date", "DATE"),
        variable("address", "TEXT"),
        variable("total", "NUMBER", "Total amount to pay, not the subtotal or the change."),
        document_type="receipts",
    )
    assert found == {
        "company": ["BLUE LAGOON TRADING SDN BHD"],
        "date": ["2018-10-19"],
        "address": ["NO 12, JALAN MAWAR 3 43300 SERI KEMBANGAN"],
        "total": [33.9],
    }


@pytest.mark.parametrize(
    "text",
    [
        "Invoice number: INV-2021-7\nDue date: 5 April 2021\nInvoice date: 20 March 2021",
        "Invoice number\nINV-2021-7\nDue date\n5 April 2021\nInvoice date\n20 March 2021",
        "Invoice number\nDue date\nInvoice date\nINV-2021-7\n05/04/2021\n20/03/2021",
        "Invoice number\tDue date\tInvoice date\nINV-2021-7\t05/04/2021\t20/03/2021",
    ],
)
def test_labels_name_values_however_the_layout_came_out(text: str) -> None:
    found = ask(
        text, variable("invoice_date", "DATE"), variable("due_date", "DATE"), variable("invoice_number", "TEXT")
    )
    assert found["invoice_date"][0] == "2021-03-20"
    assert found["due_date"] == ["2021-04-05"]
    assert found["invoice_number"] == ["INV-2021-7"]


def test_labels_in_other_languages_than_the_question() -> None:
    asked = variable("invoice_number", "TEXT"), variable("invoice_date", "DATE"), variable("total", "NUMBER")
    german = ask(
        "Rechnungsnummer: 30064443\nRechnungsdatum: 07.05.2014\nGesamtbetrag: 1.034,73 EUR", *asked, language="de"
    )
    polish = ask("Faktura nr: 1234/12\nData wystawienia: 2021-01-01\nRazem: 316,83 PLN", *asked, language="pl")
    assert german == {"invoice_number": ["30064443"], "invoice_date": ["2014-05-07"], "total": [1034.73]}
    assert polish == {"invoice_number": ["1234/12"], "invoice_date": ["2021-01-01"], "total": [316.83]}


def test_a_contracts_terms() -> None:
    found = ask(
        CONTRACT,
        variable("agreement_date", "DATE", "The date of the contract."),
        variable("governing_law", "TEXT", "Which state's law governs the contract?"),
        variable("parties", "TEXT", "Who signed?", if_multiple_values=IfMultipleValues.ALL),
        variable("document_name", "TEXT", "The name of the contract."),
        variable("anti_assignment", "BOOLEAN", "Is consent required if the contract is assigned to a third party?"),
        variable("non_compete", "BOOLEAN", "Is a party restricted from competing with the other?"),
        document_type="contracts",
    )
    assert found == {
        "agreement_date": ["2019-07-01"],
        "governing_law": ["Delaware"],
        "parties": ["Northwind Corporation", "Contoso Ltd."],
        "document_name": ["SUPPLY AGREEMENT"],
        "anti_assignment": [True],
        "non_compete": [],
    }


def test_a_denial_makes_a_boolean_false() -> None:
    assert ask(NEWS, variable("shots_fired", "BOOLEAN", "Were shots fired?")) == {"shots_fired": [False]}


def test_a_ticked_field_is_a_boolean() -> None:
    text = "Patient: J. Doe\nSmoker: no\nDiabetes: yes"
    found = ask(text, variable("smoker", "BOOLEAN"), variable("diabetes", "BOOLEAN"))
    assert found == {"smoker": [False], "diabetes": [True]}


KIND = variable(
    "event_type",
    "CATEGORY",
    categories=(
        Category("protest", "A demonstration, march or rally"),
        Category("strike", "Workers stop working"),
        Category("flood"),
        Category("other"),
    ),
)


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("Thousands took part in a demonstration in the capital.", "en", ["protest"]),
        ("Nurses stopped working on Monday; the walkout hit all hospitals.", "en", ["strike"]),
        ("It was not a strike but a rally, the union said.", "en", ["protest"]),
        ("Der Streik der Lokführer dauert an.", "de", ["strike"]),
        ("The museum opened a new wing.", "en", []),
    ],
)
def test_a_category_is_told_by_its_words(text: str, language: str, value: list[str]) -> None:
    assert ask(text, KIND, language=language) == {"event_type": value}


def test_golden_examples_teach_words() -> None:
    text = "Turnout was put at 900. Rain fell for 3 hours."
    taught = variable("size", "NUMBER", golden_examples=(GoldenExample("Turnout was put at 4000 that day", 4000),))
    assert ask(text, taught) == {"size": [900]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The crowd of participants met in 1961.", []),
        ("The participants paid 180 a month.", []),
        ("Of the twelve participants, three were officers.", [12]),
        ("Some 260 participants with 7 carts marched.", [260]),
        ("The hall has 300 seats.", []),
    ],
)
def test_years_rates_parts_and_numbers_of_other_things_are_no_counts(text: str, value: list[int]) -> None:
    assert ask(text, variable("participants", "NUMBER", "How many came, not how many seats there were.")) == {
        "participants": value
    }


def test_what_is_denied_across_a_line_break_is_denied() -> None:
    text = "The tanker was empty as she came into the port, and no oil was\nspilled by her."
    assert ask(text, variable("oil_spilled", "BOOLEAN", "Whether oil was spilled.")) == {"oil_spilled": [False]}


def test_names_and_places() -> None:
    found = ask(
        NEWS, variable("location", "TEXT", "Where did it happen?"), variable("organizer", "TEXT", "Who organised it?")
    )
    assert found == {"location": ["Nairobi"], "organizer": ["Kenya National Union of Teachers"]}


def test_what_happened_is_not_dated_by_the_dateline() -> None:
    assert ask(NEWS, variable("event_date", "DATE", "When did the event take place?")) == {"event_date": ["2021-03-10"]}


def test_a_later_passage_has_no_title() -> None:
    asked = variable("title", "TEXT")
    codebook = Codebook("hash", (asked,))
    call = Call(CallKind.EXTRACT, codebook, Passage("FURTHER PROVISIONS\n\nThe rest follows.", start=9_000), (asked,))
    assert answer(call).answers == {"title": ()}


async def test_the_engine_replies_as_the_function_does() -> None:
    call = Call(CallKind.EXTRACT, Codebook("hash", (INJURED,)), Passage(NEWS, language="en"), (INJURED,))
    assert await OfflineEngine().ask(call) == answer(call)


FORCE = variable("police_used_force", "BOOLEAN", "Whether the police used force against people: batons, tear gas.")


@pytest.mark.parametrize(
    ("text", "asked", "absurd"),
    [
        ("A fourteen-year-old was injured in the crush.", INJURED, 14),
        ("His sister, seven, was injured in the same collision.", INJURED, 7),
        ("Police did not enter the building and used no force, the town hall said.", FORCE, True),
        ("On 9 October 1961 the mill workers marched.", PARTICIPANTS, 1961),
    ],
)
def test_no_cell_is_absurd(text: str, asked: Variable, absurd: object) -> None:
    assert absurd not in ask(text, asked)[asked.name]


def test_yes_and_no_are_said_by_the_sentence_that_fits_or_not_at_all() -> None:
    assert ask("The police used force; officers fired tear gas at the people.", FORCE) == {FORCE.name: [True]}
    assert ask("The town hall said that the police used no force.", FORCE) == {FORCE.name: [False]}
    assert ask("The museum opened a new wing for its paintings.", FORCE) == {FORCE.name: []}


def test_silence_is_not_taken_for_absence() -> None:
    given = answer(Call(CallKind.EXTRACT, Codebook("hash", (INJURED,)), Passage("Nothing of the kind."), (INJURED,)))
    assert not given.knows_absence
