"""The comparison with hand-coded values gives credit where it is due, and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coderai.client.models import Extraction
from coderai.client.truth import Score, TruthInvalid, compare, is_right, read_truth, same_text

TYPES = {"place": "TEXT", "size": "NUMBER", "day": "DATE", "form": "CATEGORY", "force": "BOOLEAN"}


def extraction(document: str, variable: str, value: object, index: int = 0, entity: str = "") -> Extraction:
    return Extraction(
        id="x", document_id=document, document_name=document, variable=variable, value=value,
        entity_index=index, entity_text=entity,
    )  # fmt: skip


def truth_file(folder: Path, text: str) -> Path:
    path = folder / "truth.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Harbour Workers' Union", "harbour workers union"),
        ("Coordinadora", "la Coordinadora de Vecinos por el Agua"),
        ("free bus travel for the students", "free bus travel for students"),
        ("repair of\nthe lifts", "Repair of the lifts."),
        ("上海", "在上海举行"),
        ("são gil", "SÃO GIL"),
    ],
)
def test_texts_that_say_the_same(one: str, other: str) -> None:
    assert same_text(one, other)
    assert same_text(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("art", "party march"),
        ("papá", "papa"),
        ("किताब", "कताब"),
        ("Open Brenmouth", "Shoreline News"),
        ("the council of the town", "the mayor of the port"),
        ("", "anything"),
    ],
)
def test_texts_that_do_not(one: str, other: str) -> None:
    assert not same_text(one, other)
    assert not same_text(other, one)


@given(st.text())
def test_a_text_is_the_same_as_itself(text: str) -> None:
    assert same_text(text, text)


@pytest.mark.parametrize(
    ("type_", "value", "right"),
    [
        ("NUMBER", 1500, "1500"),
        ("NUMBER", 1500.0, "1500.0"),
        ("NUMBER", 0.1 + 0.2, "0.3"),
        ("DATE", "2021-03", "2021-03"),
        ("BOOLEAN", False, "no"),
        ("BOOLEAN", True, "TRUE"),
        ("CATEGORY", "sit_in", "sit_in"),
    ],
)
def test_values_that_are_right(type_: str, value: object, right: str) -> None:
    assert is_right(type_, value, ["of another kind", right] if type_ == "CATEGORY" else [right])


@pytest.mark.parametrize(
    ("type_", "value", "right"),
    [
        ("NUMBER", 1500.1, "1500"),
        ("NUMBER", True, "1"),
        ("NUMBER", "1500", "1500"),
        ("DATE", "2021-03-05", "2021-03"),
        ("BOOLEAN", 0, "false"),
        ("CATEGORY", "Sit_in", "sit_in"),
        ("TEXT", None, "a text"),
    ],
)
def test_values_that_are_not(type_: str, value: object, right: str) -> None:
    assert not is_right(type_, value, [right])


def test_no_value_is_right_where_none_is_stated_and_only_there() -> None:
    assert is_right("TEXT", None, [])
    assert not is_right("TEXT", "made up", [])


def test_of_several_values_each_must_be_right() -> None:
    assert is_right("NUMBER", [1, 2], ["1", "2", "3"])
    assert not is_right("NUMBER", [1, 5], ["1", "2"])
    assert not is_right("NUMBER", [], ["1"])


def test_every_cell_of_the_truth_is_counted_once_under_what_became_of_it(tmp_path: Path) -> None:
    truth = read_truth(
        truth_file(tmp_path, "document,place,size\na.txt,Ayr|the town of Ayr,1\nb.txt,,2\nc.txt,Oban,\nd.txt,Ely,4\n"),
        TYPES,
    )
    found = [
        extraction("a.txt", "place", "AYR"), extraction("a.txt", "size", 9),
        extraction("b.txt", "place", "Bute"), extraction("b.txt", "size", None),
        extraction("c.txt", "place", "Oban"), extraction("c.txt", "size", None),
    ]  # fmt: skip

    comparison = compare(truth, found, TYPES, {"a.txt", "b.txt", "c.txt"})

    assert comparison.scores == {
        "place": Score(right=2, exact=2, invented=1),
        "size": Score(right=1, exact=1, wrong=1, missed=1),
    }
    assert comparison.absent == ["d.txt"]


def test_a_text_that_is_right_by_leniency_alone_is_not_counted_as_exact(tmp_path: Path) -> None:
    truth = read_truth(truth_file(tmp_path, "document,place\na.txt,Ayr\nb.txt,Bute\n"), TYPES)
    found = [extraction("a.txt", "place", "the old town of Ayr"), extraction("b.txt", "place", "BUTE.")]
    comparison = compare(truth, found, TYPES, {"a.txt", "b.txt"})
    assert comparison.scores == {"place": Score(right=2, exact=1)}


def test_a_document_that_failed_earns_nothing(tmp_path: Path) -> None:
    truth = read_truth(truth_file(tmp_path, "document,place,size\na.txt,Ayr,\n"), TYPES)

    comparison = compare(truth, [], TYPES, {"a.txt"})

    assert comparison.scores == {"place": Score(missed=1), "size": Score()}


def test_entities_are_matched_by_their_names(tmp_path: Path) -> None:
    truth = read_truth(
        truth_file(tmp_path, "document,entity,size\nw.txt,MV Ondine|Ondine,1\nw.txt,Pavane,2\nnone.txt,,\n"), TYPES
    )
    found = [
        extraction("w.txt", "size", 2, 1, "the yacht Pavane"),
        extraction("w.txt", "size", 7, 2, "tug Heron"),
        extraction("w.txt", "size", 1, 3, "Ondine"),
        extraction("none.txt", "size", 5, 1, "MV Invented"),
    ]

    comparison = compare(truth, found, TYPES, {"w.txt", "none.txt"})

    assert comparison.scores == {"size": Score(right=2, exact=2)}
    assert comparison.extra_entities == 2


def test_one_found_entity_is_not_counted_for_two_of_the_truth(tmp_path: Path) -> None:
    truth = read_truth(truth_file(tmp_path, "document,entity,size\nw.txt,Heron,1\nw.txt,tug Heron,1\n"), TYPES)

    comparison = compare(truth, [extraction("w.txt", "size", 1, 1, "tug Heron")], TYPES, {"w.txt"})

    assert comparison.scores == {"size": Score(right=1, exact=1, missed=1)}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name,size\na,1\n", "needs a column 'document'"),
        ("document,sise\na,1\n", "'sise'"),
        ("document,size\na.txt,many\n", "line 2, size: 'many' is no NUMBER"),
        ("document,force\na.txt,perhaps\n", "'perhaps' is no BOOLEAN"),
        ("document,day\na.txt,5 May 2020\n", "'5 May 2020' is no DATE"),
        ("document,size\na.txt,1,2\n", "line 2: not as many cells as columns"),
        ("document,size\n", "has no row"),
        ("", "needs a column 'document'"),
    ],
)
def test_a_truth_file_that_does_not_fit_is_refused_with_the_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(TruthInvalid, match=says):
        read_truth(truth_file(tmp_path, text), TYPES)


def test_a_truth_file_that_is_absent_is_named(tmp_path: Path) -> None:
    with pytest.raises(TruthInvalid, match=r"nowhere\.csv"):
        read_truth(tmp_path / "nowhere.csv", TYPES)
