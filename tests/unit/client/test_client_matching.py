"""Which proposed variable is one that a person chose: by names, by values, and never both of two."""

from __future__ import annotations

from typing import Any

from coderai.client.matching import Match, matches, seen
from coderai.client.models import Extraction, Proposal, Variable
from coderai.client.truth import TruthRow


def variable(name: str, type: str = "NUMBER", **fields: Any) -> Variable:
    return Variable(name=name, type=type, **fields)


def truth(**cells: list[str]) -> list[TruthRow]:
    """A document for each value: 0.txt, 1.txt ...; "" where none is stated."""
    count = len(next(iter(cells.values())))
    rows = ({name: (values[at],) if values[at] else () for name, values in cells.items()} for at in range(count))
    return [TruthRow(f"{at}.txt", None, row) for at, row in enumerate(rows)]


def given(name: str, *values: Any) -> list[Extraction]:
    return [Extraction(document_name=f"{at}.txt", variable=name, value=value) for at, value in enumerate(values)]


def found(
    chosen: list[Variable], proposed: list[Variable], rows: list[TruthRow], cells: list[Extraction]
) -> list[tuple[str, str | None]]:
    same = matches(chosen, proposed, rows, seen(proposed, cells, ()))
    return [(one.chosen, one.proposed and one.proposed.name) for one in same]


def test_a_name_whose_telling_words_are_all_there_is_the_same() -> None:
    chosen = [variable("injured", display_name="Number of people injured"), variable("police_used_force", "BOOLEAN")]
    proposed = [variable("number_of_injured"), variable("police", "BOOLEAN")]
    assert found(chosen, proposed, truth(injured=["", ""]), []) == [
        ("injured", "number_of_injured"),
        ("police_used_force", None),  # the police alone are another question
    ]


def test_another_type_is_another_variable_but_categories_are_texts() -> None:
    chosen = [variable("injured"), variable("cause", "TEXT")]
    proposed = [variable("injured", "BOOLEAN"), variable("cause", "CATEGORY")]
    assert found(chosen, proposed, truth(injured=[""]), []) == [("injured", None), ("cause", "cause")]


def test_values_that_are_those_of_the_person_tell_it_too() -> None:
    chosen, proposed = [variable("tonnes")], [variable("cargo_lost"), variable("persons_fined")]
    cells = given("cargo_lost", 3, 4, None, 9) + given("persons_fined", 3, 1, 1, 1)
    (match,) = matches(chosen, proposed, truth(tonnes=["3", "4", "5", ""]), seen(proposed, cells, ()))
    assert match.proposed is not None and match.proposed.name == "cargo_lost"
    assert match.how == "by what it finds; 2 of 2 values"


def test_one_right_value_or_less_than_half_is_chance() -> None:
    chosen, proposed = [variable("dead")], [variable("other")]
    assert found(chosen, proposed, truth(dead=["3", ""]), given("other", 3, None)) == [("dead", None)]
    many = truth(dead=["3", "4", "5", "6", "7"])
    assert found(chosen, proposed, many, given("other", 3, 4, 0, 0, 0)) == [("dead", None)]


def test_yes_and_no_are_never_told_by_values() -> None:
    chosen, proposed = [variable("force", "BOOLEAN")], [variable("rain", "BOOLEAN")]
    cells = given("rain", True, True, False)
    assert found(chosen, proposed, truth(force=["true", "true", "false"]), cells) == [("force", None)]


def test_documents_outside_the_sample_do_not_count() -> None:
    chosen, proposed = [variable("dead")], [variable("other")]
    cells = given("other", 3, 4)
    assert found(chosen, proposed, truth(dead=["3", "4", "5", "6", "7", "8"]), cells) == [("dead", "other")]


def test_each_is_found_once_and_the_likest_first() -> None:
    chosen = [variable("injured"), variable("hurt_police", display_name="Injured")]
    proposed = [variable("injured_people"), variable("injured_total")]
    cells = given("injured_people", 1, 2) + given("injured_total", 8, 9)
    rows = truth(injured=["8", "9"], hurt_police=["1", "2"])
    assert found(chosen, proposed, rows, cells) == [("injured", "injured_total"), ("hurt_police", "injured_people")]
    assert [one.proposed for one in matches(chosen, [], rows, {})] == [None, None]


def test_several_rows_of_a_document_are_compared_value_by_value() -> None:
    chosen, proposed = [variable("vessel", "TEXT")], [variable("name", "TEXT")]
    rows = [TruthRow("0.txt", (name,), {"vessel": (name,)}) for name in ("MV Corvina", "Grete Holm", "Pavane")]
    cells = [Extraction(document_name="0.txt", variable="name", value=one) for one in ("Pavane", "Corvina", "Pavane")]
    (match,) = matches(chosen, proposed, rows, seen(proposed, cells, ()))
    assert match == Match("vessel", "TEXT", proposed[0], "by what it finds; 2 of 3 values")


def test_the_words_on_which_a_proposal_rests_tell_it_as_values_do() -> None:
    chosen = [variable("tonnes"), variable("day", "DATE"), variable("caller", "TEXT")]
    proposed = [variable("cargo", id="v1"), variable("when_held", "DATE", id="v2"), variable("by", "TEXT", id="v3")]
    words = (
        "Some two dozen came on 8 November 2023, called by the Harbour Union.",
        "300 came on 3 May 2024. Open Port.",
    )
    quotes = [{"document_name": f"{at}.txt", "quote": quote} for at, quote in enumerate(words)]
    proposals = [Proposal.model_validate({"variable_ids": [one.id], "quotes": quotes}) for one in proposed]
    rows = truth(tonnes=["24", "300"], day=["2023-11-08", "2024-05-03"], caller=["Harbour Union", "Open Port"])
    same = matches(chosen, proposed, rows, seen(proposed, (), proposals))
    assert [one.proposed and one.proposed.name for one in same] == ["cargo", "when_held", "by"]
    assert [one.how for one in same] == [
        "by what it finds; 2 of 2 values",
        "by type; 2 of 2 values",
        "by what it finds; 2 of 2 values",
    ]


def test_one_date_on_both_sides_is_the_same_and_of_two_nothing_is_known() -> None:
    chosen, rows = [variable("event_date", "DATE")], truth(event_date=["2024-01-01"])
    assert found(chosen, [variable("date", "DATE")], rows, []) == [("event_date", "date")]
    assert found(chosen, [variable("day", "DATE"), variable("filed", "DATE")], rows, []) == [("event_date", None)]


def test_half_of_the_categories_make_a_category_the_same() -> None:
    def kinds(*values: str) -> list[dict[str, str]]:
        return [{"value": value} for value in values]

    chosen = [variable("form", "CATEGORY", categories=kinds("march", "sit_in", "strike", "vigil"))]
    proposed = [variable("kind", "CATEGORY", categories=kinds("March", "sit-in", "talks"))]
    assert found(chosen, proposed, truth(form=[""]), []) == [("form", "kind")]
    few = [variable("kind", "CATEGORY", categories=kinds("march", "talks"))]
    assert found(chosen, few, truth(form=[""]), []) == [("form", None)]
