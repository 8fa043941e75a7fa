"""Exports of a part: some variables, documents or cells; and how values and people are written."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from coderai.codebook.columns import DAY, ENDS, OF_CELL, OF_ROW
from coderai.kit.ids import new_id
from coderai.services.export.adapters.json_file import write_json
from coderai.services.export.adapters.sqlite_file import write_sqlite
from coderai.services.export.domain.choice import Choice
from coderai.services.export.domain.coded import NOT_SELECTED, Document
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import CategoriesAs, Export, Layout, Options
from coderai.services.export.domain.problems import ExportInvalid
from tests.unit.export.datasets import ALL, dataset, document, extraction, names, variable
from tests.unit.export.everything import VARIABLES, everything

CODES = Options(categories_as=CategoriesAs.CODES)


def rows_of(made: Dataset) -> list[dict[str, Any]]:
    return [dict(zip(names(made), row, strict=True)) for row in made.rows()]


def test_chosen_variables_stand_in_the_codebooks_order_and_all_rows_stay() -> None:
    whole, made = everything(), everything(choice=Choice(variables=("police", "place")))
    assert [one.name for one in made.codebook.variables] == ["place", "police"]
    shared = [name for name in names(whole) if name.split("_")[0] in ("place", "police")]
    assert [name for name in names(made) if name.split("_")[0] in ("place", "police")] == shared
    assert [[row[name] for name in shared] for row in rows_of(made)] == [
        [row[name] for name in shared] for row in rows_of(whole)
    ]
    assert set(made.survey.quality) == {"place", "police"}


def test_names_of_columns_do_not_depend_on_the_choice() -> None:
    variables = [variable("x"), variable("x_quote"), variable("flagged")]
    whole = dataset(variables, [document("a")], Options(source=True))
    made = dataset(variables, [document("a")], Options(source=True), choice=Choice(variables=("x",)))
    assert set(names(made)) < set(names(whole))
    assert names(made) == ["document", "document_id", "flagged_", "x", "x_quote_"]
    assert made.notes == [
        "The column flagged is called flagged_, as a variable is called flagged.",
        "The column x_quote is called x_quote_, as a variable is called x_quote.",
    ]


def test_a_variable_that_there_is_not_is_refused() -> None:
    with pytest.raises(ExportInvalid, match="nothing, nowhere") as raised:
        everything(choice=Choice(variables=("place", "nowhere", "nothing")))
    assert list(raised.value.fields) == ["choice.variables"]


def test_chosen_documents_and_those_that_are_not_there() -> None:
    made = everything(choice=Choice(document_ids=("doc-2", "doc-empty", "doc-gone")))
    assert [row["document_id"] for row in rows_of(made)] == ["doc-2"]
    assert [line.id for line in made.survey.documents] == ["doc-2", "doc-empty"]
    assert made.notes == ["Of the chosen documents 1 are not in it: doc-gone."]


def test_cells_of_other_statuses_are_empty_and_rows_without_any_left_out() -> None:
    made = everything(choice=Choice(statuses=("FLAGGED",)))
    first, second = rows_of(made)
    assert (first["entity"], first["injured"], first["place"], first["place_missing"]) == (
        *("MV Aster", 7),
        *(None, NOT_SELECTED),
    )
    hidden = ("place_confidence", "place_quote", "place_status", "place_model", "place_support", "place_origin")
    assert all(first[name] is None for name in hidden)
    assert (second["injured"], second["violence_missing"]) == (0, NOT_SELECTED)
    assert made.survey.rows == made.row_count == 2
    reasons = {line.id: line.reason for line in made.survey.documents}
    assert (reasons["doc-1"], reasons["doc-2"], reasons["doc-later"]) == ("", NOT_SELECTED, "NOT_PROCESSED")
    assert made.survey.quality["place"].missing == {NOT_SELECTED: 2}


def test_statuses_of_chosen_variables_alone_keep_a_row() -> None:
    made = everything(choice=Choice(statuses=("FLAGGED",), variables=("place",)))
    assert rows_of(made) == []


def test_only_reviewed_cells_are_those_on_which_a_persons_word_stands() -> None:
    (row,) = rows_of(everything(choice=Choice(only_reviewed=True)))
    told = {name for name in row if name.endswith("_missing") and row[name] != NOT_SELECTED}
    assert told == {"place_missing", "violence_missing", "police_missing"}
    assert (row["violence"], row["police"], row["place_missing"]) == ("none", False, "NOT_APPLICABLE")


def test_what_was_chosen_is_told() -> None:
    made = everything(choice=Choice(("place",), ("doc-1", "doc-2"), ("EXTRACTED", "VALIDATED"), True))
    assert dict(made.choice.told()) == {
        "Variables chosen": "place",
        "Documents chosen": "2",
        "Cells chosen by status": "EXTRACTED, VALIDATED",
        "Cells chosen by review": "those on which a person's word stands",
    }
    assert everything().choice.told() == []


@pytest.mark.parametrize(
    ("plain", "field"),
    [
        ({"statuses": ["DONE"]}, "choice.statuses"),
        ({"document_ids": ["../etc/passwd"]}, "choice.document_ids"),
        ({"document_ids": [""]}, "choice.document_ids"),
    ],
)
def test_choices_that_make_no_sense_are_refused(plain: dict[str, Any], field: str) -> None:
    with pytest.raises(ExportInvalid) as raised:
        Choice.define(plain)
    assert list(raised.value.fields) == [field]


def test_an_export_takes_its_choice_and_keeps_it() -> None:
    document_id = str(uuid4())
    plain = {"variables": ["b", "a", "b"], "document_ids": [document_id.upper()], "statuses": ["FLAGGED"]}
    export = Export.define(new_id(), new_id(), None, {"format": "CSV", "layout": "LONG", "choice": plain})
    assert export.choice == Choice(("b", "a"), (document_id,), ("FLAGGED",))
    assert export.layout is Layout.LONG
    stored = json.loads(json.dumps({**plain, "document_ids": [document_id], "variables": ["b", "a"]}))
    assert Choice.stored(stored) == export.choice
    assert Choice.stored({}) == Choice()
    with pytest.raises(ExportInvalid, match="as the model gave them"):
        Export.define(new_id(), new_id(), new_id(), {"format": "CSV", "choice": {"only_reviewed": True}})


def test_codes_stand_in_place_of_categories() -> None:
    made = everything(CODES)
    first, second, third, *_ = rows_of(made)
    assert [row["violence"] for row in (first, second, third)] == [2, 1, 3]
    assert (first["actors_1"], first["actors_2"], second["actors_1"]) == (1, 2, None)
    assert made.notes == []


def test_categories_stay_where_a_value_is_none_of_the_codebook(tmp_path: Path) -> None:
    of = variable("x", "CATEGORY", categories=({"value": "a"}, {"value": "b"}))
    joined = variable("y", "CATEGORY", categories=({"value": "a"}, {"value": "b"}), if_multiple_values="CONCATENATE")
    made = dataset([of, joined], [document("1", {"x": "b", "y": "a; b"}), document("2", {"x": "old"})], CODES)
    assert [row["x"] for row in rows_of(made)] == ["b", "old"]
    assert [note.partition(",")[0] for note in made.notes] == [
        "The variable x has its categories and no codes",
        "The variable y has its categories and no codes",
    ]
    assert made.notes[0].endswith("codebook: old.")
    fine = dataset([of], [document("1", {"x": "b"}), document("2")], CODES)
    write_json(fine, tmp_path / "file")
    rows = json.loads((tmp_path / "file").read_text())["rows"]
    assert [row["values"]["x"] for row in rows] == [2, None]


def test_partial_dates_are_texts_with_the_date_beside_where_it_is_whole() -> None:
    days = [variable("day", "DATE"), variable("whole", "DATE"), variable("several", "DATE", if_multiple_values="ALL")]
    found = [
        document("a", {"day": "2021-03", "whole": "2021-03-05", "several": ["2021-03-05", "1848"]}),
        document("b", {"day": "2021-03-05", "whole": None, "several": None}),
    ]
    made = dataset(days, found)
    assert names(made)[3:] == ["day", "day_date", "whole", "several_1", "several_1_date", "several_2", "several_2_date"]
    assert [row[3:] for row in made.rows()] == [
        ["2021-03", None, "2021-03-05", "2021-03-05", "2021-03-05", "1848", None],
        ["2021-03-05", "2021-03-05", None, None, None, None, None],
    ]
    assert {column.name: column.kind for column in made.table.columns()[3:]} == {
        "day": "DATE",
        "day_date": "DAY",
        "whole": "DAY",
        "several_1": "DATE",
        "several_1_date": "DAY",
        "several_2": "DATE",
        "several_2_date": "DAY",
    }
    assert made.table.columns_of("day") == ["day", "day_date"]


@pytest.mark.parametrize("text", ["2021-W10-5", "2021-02-30", "05.03.2021", "2021-3-5", "20210305", "today"])
def test_what_is_no_date_is_never_taken_for_a_whole_one(text: str) -> None:
    made = dataset([variable("day", "DATE")], [document("a", {"day": text})])
    assert [row[3:] for row in made.rows()] == [[text, None]]


def test_pseudonyms_stand_in_place_of_people_in_every_format(tmp_path: Path) -> None:
    said = [("x", "ada"), ("y", "basma"), ("x", ""), ("y", "ada")]
    found = [extraction(name, 1, reviewed_by=by, verdict="CORRECT" if by else "") for name, by in said]
    documents = [Document("1", "a", extractions=found[:2]), Document("2", "b", extractions=found[2:])]
    both = [variable("x", "NUMBER"), variable("y", "NUMBER")]
    hidden = dataset(both, documents, replace(ALL, pseudonyms=True), job=None)
    assert [(row["x_reviewer"], row["y_reviewer"]) for row in rows_of(hidden)] == [
        ("person 1", "person 2"),
        (None, "person 1"),
    ]
    open_ = rows_of(dataset(both, documents, ALL, job=None))
    assert [(row["x_reviewer"], row["y_reviewer"]) for row in open_] == [("ada", "basma"), (None, "ada")]
    for write in (write_json, write_sqlite):
        path = tmp_path / write.__name__
        write(hidden, path)
        assert b"basma" not in path.read_bytes()
        assert b"person 2" in path.read_bytes()


def test_the_model_is_told_of_what_it_answered() -> None:
    by_model = extraction("x", None, model="openai:small")
    by_person = extraction("y", 1, model="openai:small", origin="CORRECTED")
    made = dataset([variable("x"), variable("y")], [replace(document("a"), extractions=[by_model, by_person])], ALL)
    (row,) = rows_of(made)
    assert (row["x_model"], row["y_model"]) == ("openai:small", None)


def test_columns_of_people_are_empty_in_a_job_and_that_is_told() -> None:
    made = dataset([variable("x")], [document("a", {"x": "y"})], Options(verdict=True, weight=True))
    assert made.notes == ["The columns of verdict, weight are empty, as the rows of a job are as the model gave them."]
    assert dataset([variable("x")], [document("a")], Options(verdict=True), job=None).notes == []


def test_every_column_says_what_it_holds() -> None:
    for made in (everything(), everything(layout=Layout.LONG)):
        labels = {column.name: column.label for column in made.table.columns()}
        assert all(labels.values())
    labels = {column.name: column.label for column in everything().table.columns()}
    assert labels["injured"] == "People injured"
    assert labels["injured_low"] == "People injured: lower end"
    assert labels["demands_2"] == "المطالب (2)"
    assert labels["day_date"] == "Day of the event: the date where it is a full one"
    assert labels["place_confidence"] == "Place of the event: confidence, 0 to 1"


def test_all_names_of_columns_are_known_to_the_codebook() -> None:
    columns = everything().table.columns()
    assert [column.name for column in columns if not column.variable] == list(OF_ROW)
    assert {column.detail for column in columns if column.variable} == {"", DAY, *ENDS, *OF_CELL}
    assert {column.variable for column in columns if column.variable} == {one.name for one in VARIABLES}
