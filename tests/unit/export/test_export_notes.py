"""What a format cannot hold: counted, told, and names that are shortened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from coderai.services.export.domain.cell_notes import CellNotes
from coderai.services.export.domain.short_names import short_names, shortened
from coderai.services.export.domain.table import Column
from tests.unit.export.datasets import dataset, variable


def test_a_note_tells_how_many_cells_and_the_first_rows_of_each_column() -> None:
    made = dataset([variable("place")], [])
    notes = CellNotes()
    for row in range(1, 1_201):
        notes.count("line breaks became spaces", "place", row)
    notes.count("line breaks became spaces", "entity", 7)
    notes.count("a number was rounded", "people", 3)
    notes.tell(made)
    assert made.notes == [
        "In 1,201 cells line breaks became spaces: place (rows 1, 2, 3, 4, 5 and 1,195 more); entity (row 7).",
        "In 1 cell a number was rounded: people (row 3).",
    ]


def test_a_note_does_not_grow_with_the_columns() -> None:
    made = dataset([variable("place")], [])
    notes = CellNotes()
    for number in range(500):
        notes.count("a text was cut", f"v{number}", 1)
    notes.tell(made)
    assert made.notes[0].endswith("; v19 (row 1); 480 further columns.")


def test_a_dataset_that_fits_has_no_notes() -> None:
    made = dataset([variable("place")], [])
    CellNotes().tell(made)
    assert made.notes == []


def columns(*names: str) -> list[Column]:
    return [Column(name, "TEXT") for name in names]


def test_names_that_fit_stay_and_others_keep_their_endings() -> None:
    found = [Column("people_of_police", "NUMBER", variable="people_of_police"),
             Column("people_of_police_low", "NUMBER", variable="people_of_police", detail="low"),
             Column("people_of_p", "TEXT"), Column("in", "TEXT"), Column("people_of_unions", "NUMBER")]  # fmt: skip
    short = short_names(found, 11, lambda name: name == "in")
    assert short == ["people_of_2", "people__low", "people_of_p", "in_", "people_of_u"]
    assert shortened(found, short)["in"] == "in_"
    assert "people_of_p" not in shortened(found, short)


NAMES = st.from_regex(r"[a-z][a-zA-Z0-9_]{0,40}", fullmatch=True)


@given(st.lists(NAMES, unique_by=str.casefold, max_size=30), st.integers(5, 32))
def test_short_names_differ_and_fit_whatever_they_were(names: list[str], most: int) -> None:
    found = short_names(columns(*names), most, lambda name: name.startswith("in"))
    assert len({name.casefold() for name in found}) == len(names)
    assert all(0 < len(name) <= most and not name.startswith("in") for name in found)
    kept = [name for name in names if len(name) <= most and not name.startswith("in")]
    assert set(kept) <= set(found)
