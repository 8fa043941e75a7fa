"""A review sheet comes back as it was filled in, from whatever spreadsheet saved it; what is no sheet is refused."""

from __future__ import annotations

import codecs
import csv
import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from coderai.client.models import ReviewItem, Variable
from coderai.client.review.applying import Refusal, read_line
from coderai.client.review.reading import Line, SheetUnreadable, read_sheet
from coderai.client.review.rows import SheetRow, sheet_rows
from coderai.client.review.writing import Sheet, write_sheet
from coderai.language.spreadsheets import MOST_CHARACTERS, as_meant, begins_formula, neutralised
from coderai.messages.requests import CellFeedback

ARABIC = "تظاهر نحو 250 شخصًا أمام مبنى البلدية في المدينة القديمة."
VARIABLES = [
    Variable(name="size", type="NUMBER", instructions="How many took part? " * 40),
    Variable.model_validate(
        {
            "name": "form",
            "type": "CATEGORY",
            "if_multiple_values": "ALL",
            "categories": [{"value": "march, with banners"}, {"value": "sit-in"}, {"value": "=vigil"}],
        }
    ),
    Variable(name="force", type="BOOLEAN"),
]


def item(variable: str, value: Any, quote: str = "", text: str = "", **fields: Any) -> ReviewItem:
    """A cell to look at; the quote stands in the text."""
    start = text.index(quote) if quote else 0
    span = {"start": start, "end": start + len(quote), "page": 1}
    evidence = {"quote": quote, "match": "EXACT", **span, "spans": [span]} if quote else None
    extraction = {
        "id": f"x-{variable}",
        "document_id": "d",
        "document_name": "rally.txt",
        "variable": variable,
        "value": value,
        "confidence": 0.614,
        "evidence": evidence,
        "missing_reason": "NOT_STATED" if value is None else None,
    }
    return ReviewItem.model_validate({"extraction": extraction | fields.pop("extraction", {}), **fields})


def rows_of(*items: ReviewItem, text: str = "", blind: bool = False) -> list[SheetRow]:
    return list(sheet_rows(items, VARIABLES, lambda _: text, "p1", blind=blind))


def written(path: Path, rows: list[SheetRow], **fields: Any) -> list[Line]:
    write_sheet(Sheet(rows, VARIABLES, **fields), path)
    return read_sheet(path)


def review_sheet(path: Path) -> Any:
    return load_workbook(path)["Review"]


@pytest.mark.parametrize("ending", ["xlsx", "csv"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str) -> None:
    said = {"verdict": "INCORRECT", "has_correction": True, "corrected_value": ["=vigil", "sit-in"], "note": "+1\nmore"}
    rows = rows_of(
        item("size", 250, "نحو 250", text=ARABIC),
        item("form", "=cmd|' /C calc'!A1", sample_id="s1", feedback=said),
        item("force", False, extraction={"entity_text": "@Corvina"}),
        item("size", None),
        text=ARABIC,
    )
    size, form, force, missing = written(tmp_path / f"sheet.{ending}", rows)

    assert [line.number for line in (size, form, force, missing)] == [2, 3, 4, 5]
    assert (size.text("document"), size.text("value"), size.text("confidence")) == ("rally.txt", "250", "0.61")
    assert size.text("quote").replace("[[", "").replace("]]", "") == ARABIC
    assert (form.text("value"), form.text("verdict")) == ("=cmd|' /C calc'!A1", "wrong")
    assert (form.text("correction"), form.text("note")) == ("=vigil\nsit-in", "+1\nmore")
    assert (form.text("extraction_id"), form.text("sample_id"), form.text("project_id")) == ("x-form", "s1", "p1")
    assert (force.text("value"), force.text("entity")) == ("false", "@Corvina")
    assert (missing.text("value"), missing.text("confidence")) == ("[missing: NOT_STATED]", "")


def test_a_workbook_offers_lists_and_hides_what_is_not_the_reviewers(tmp_path: Path) -> None:
    rows = rows_of(item("form", "sit-in"), item("size", 3), item("form", "sit-in"), item("force", True))
    write_sheet(Sheet(rows, VARIABLES), tmp_path / "sheet.xlsx")
    book = load_workbook(tmp_path / "sheet.xlsx")
    sheet, lists = book["Review"], book["Lists"]

    names = [cell.value for cell in sheet[1]]
    assert "entity" not in names
    assert names[-4:] == ["extraction_id", "unit_id", "sample_id", "project_id"]
    # Neighbours that are hidden alike are one entry.
    hidden = {name for name, dim in sheet.column_dimensions.items() if dim.hidden}
    assert sheet.freeze_panes == "A2" and lists.sheet_state == "hidden" and hidden
    offered = {}
    for validation in sheet.data_validations.dataValidation:
        area = validation.formula1.removeprefix("Lists!")
        choices = [cell.value for (cell,) in lists[area.replace("$", "")]]
        offered[str(validation.sqref)] = (choices, validation.showErrorMessage)
    letter = {name: sheet.cell(1, number).column_letter for number, name in enumerate(names, start=1)}
    assert offered[f"{letter['verdict']}2:{letter['verdict']}5"] == (["correct", "wrong", "partly"], True)
    categories = f"{letter['correction']}2 {letter['correction']}4"
    assert offered[categories] == (["march, with banners", "sit-in", "=vigil"], False)
    assert offered[f"{letter['correction']}5"] == (["true", "false"], False)
    for name in ("verdict", "correction", "missing reason", "note"):
        assert sheet[f"{letter[name]}2"].number_format == "@"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_texts_that_are_markup_or_too_long_or_hold_control_characters_do_no_harm(tmp_path: Path) -> None:
    long = "word " * 20_000
    rows = rows_of(
        item("form", "<r>bold</r>"), item("form", "a\x00b\x1b[31m"), item("size", 1, long.strip(), text=long), text=long
    )
    markup, control, cut = written(tmp_path / "sheet.xlsx", rows)
    assert (markup.text("value"), control.text("value")) == ("<r>bold</r>", "ab[31m")
    assert 0 < len(cut.text("quote")) <= MOST_CHARACTERS
    assert len(cut.text("question")) < 300


def test_a_quote_stands_in_some_of_the_text_around_it(tmp_path: Path) -> None:
    text = f"{'before ' * 60}the quote\n\nitself{' after' * 60}"
    (row,) = rows_of(item("size", 1, "the quote\n\nitself", text=text), text=text)
    assert row.passage.quote == "the quote itself"
    assert row.passage.before.startswith("… before") and row.passage.before.endswith("before ")
    assert row.passage.after.startswith(" after") and row.passage.after.endswith("after …")
    assert len(row.passage.before) < 160
    invented = item("size", 1, extraction={"evidence": {"quote": "made up", "match": "NONE"}})
    assert rows_of(invented, text=text)[0].passage.quote == ""


def test_of_a_blind_sample_nothing_that_the_model_said_is_in_the_file(tmp_path: Path) -> None:
    rows = rows_of(item("size", 987654, "987654", text="there were 987654"), text="there were 987654", blind=True)
    write_sheet(Sheet(rows, VARIABLES, blind=True, texts={"rally.txt": "the text of it"}), tmp_path / "sheet.xlsx")
    book = load_workbook(tmp_path / "sheet.xlsx")
    assert not {"value", "confidence", "quote"} & {cell.value for cell in book["Review"][1]}
    assert [[cell.value for cell in row] for row in book["Texts"].iter_rows()] == [["rally.txt", "the text of it"]]
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any("987654" in str(value) for value in cells)


def test_a_file_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "sheet.xlsx").write_text("somebody's work")
    with pytest.raises(FileExistsError):
        write_sheet(Sheet(rows_of(item("size", 1)), VARIABLES), tmp_path / "sheet.xlsx")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["somebody's work"]


def test_a_workbook_that_a_spreadsheet_saved_is_read_as_it_was_typed(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("Filled in")
    book.active = 1
    sheet = book["Filled in"]
    sheet.append(["My own", "Correction", " VERDICT ", "Missing  Reason", "variable", "extraction_id"])
    for typed in (250.0, 0.5, True, date(2024, 5, 12), "  3–5 March "):
        sheet.append(["x", typed, "Wrong", None, "size", "x1"])
    sheet.append([None] * 6)
    sheet.append(["", "", "", "Not stated", "size", "x7"])
    book.save(tmp_path / "saved.xlsx")
    lines = read_sheet(tmp_path / "saved.xlsx")
    assert [line.text("correction") for line in lines] == ["250", "0.5", "true", "2024-05-12", "3–5 March", ""]
    assert [line.number for line in lines] == [2, 3, 4, 5, 6, 8]
    assert (lines[0].text("verdict"), lines[-1].text("missing reason")) == ("Wrong", "Not stated")


SAVED = "document,value,verdict,correction,note,extraction_id\r\n{}\r\n"
ROW = ["تظاهرة.txt", "1,5; 2\t3", "wrong", "two\nlines", 'she said "no"', "x1"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("first", ["", "sep=;\r\n"])
def test_a_csv_is_read_with_any_delimiter_and_encoding_that_spreadsheets_save(
    tmp_path: Path, delimiter: str, encoding: str, first: str
) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["document", "value", "verdict", "correction", "note", "extraction_id"])
    writer.writerow(ROW)
    (tmp_path / "saved.csv").write_bytes((first + file.getvalue()).encode(encoding))
    (line,) = read_sheet(tmp_path / "saved.csv")
    assert list(line.cells.values()) == ROW


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no column is called extraction_id"),
        (b"a,b\n1,2\n", "no column is called extraction_id"),
        (b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "not in UTF-8"),
        ("extraction_id,note\nx,für\n".encode("latin-1"), "save it as 'CSV UTF-8'"),
        (b"PK\x03\x04 and no workbook", "cannot be read as a workbook"),
        (b'extraction_id,note\nx,"never closed\n', "cannot be read as CSV"),
        (codecs.BOM_UTF16_LE + b"x", "not in UTF-8"),
    ],
)
def test_what_is_no_sheet_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    (tmp_path / "odd.csv").write_bytes(data)
    with pytest.raises(SheetUnreadable, match=why):
        read_sheet(tmp_path / "odd.csv")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetUnreadable, match="No such file"):
        read_sheet(tmp_path / "absent.csv")


def test_a_workbook_without_the_column_is_refused(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "empty.xlsx")
    with pytest.raises(SheetUnreadable, match="no column is called extraction_id"):
        read_sheet(tmp_path / "empty.xlsx")


@given(st.text())
def test_a_text_that_was_neutralised_is_meant_as_it_was(text: str) -> None:
    assert as_meant(neutralised(text)) == text
    assert begins_formula(text) == (neutralised(text) != text)


# What rows say


def said(**cells: str) -> CellFeedback | Refusal:
    """What a row of a sheet says, its columns named as arguments are."""
    named = {"missing_reason": "missing reason"}
    line = Line(7, {"extraction_id": "x1", **{named.get(name, name): text for name, text in cells.items()}})
    return read_line(line, {variable.name: variable for variable in VARIABLES})


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("correct", "CORRECT"),
        ("Right", "CORRECT"),
        ("OK", "CORRECT"),
        ("WRONG", "INCORRECT"),
        ("incorrect", "INCORRECT"),
        ("partly", "PARTIALLY_CORRECT"),
        ("Partly  correct", "PARTIALLY_CORRECT"),
        ("PARTIALLY_CORRECT", "PARTIALLY_CORRECT"),
    ],
)
def test_a_verdict_may_be_any_of_its_words_in_any_case(word: str, verdict: str) -> None:
    found = said(verdict=word)
    assert isinstance(found, CellFeedback)
    assert found.request() == {"extraction_id": "x1", "verdict": verdict}


def test_a_correction_needs_no_verdict() -> None:
    found = said(correction="0", note="see p. 2", variable="size")
    assert isinstance(found, CellFeedback)
    assert found.request() == {
        "extraction_id": "x1",
        "corrected_value": "0",
        "note": "see p. 2",
    }
    missing = said(missing_reason="not stated")
    assert isinstance(missing, CellFeedback)
    assert missing.request() == {"extraction_id": "x1", "missing_reason": "NOT_STATED"}


def test_a_cell_that_was_never_asked_is_named_by_its_unit() -> None:
    found = said(verdict="wrong", extraction_id="", unit_id="u1", variable="size")
    assert isinstance(found, CellFeedback)
    assert found.request() == {"unit_id": "u1", "variable": "size", "verdict": "INCORRECT"}


def test_lines_are_values_only_where_a_variable_keeps_several() -> None:
    several, one = (said(correction="sit-in\n\n march ", variable=name) for name in ("form", "size"))
    assert isinstance(several, CellFeedback) and isinstance(one, CellFeedback)
    assert several.corrected_value == ["sit-in", "march"]
    assert one.corrected_value == "sit-in\n\n march "


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"verdict": "maybe"}, "row 7 (rally.txt · size): the verdict 'maybe' is none of correct, wrong, partly"),
        ({"missing_reason": "gone"}, "the missing reason 'gone' is none of NOT_STATED, NOT_APPLICABLE"),
        ({"verdict": "correct", "extraction_id": ""}, "neither extraction_id nor unit_id says which cell"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_with_its_number(cells: dict[str, str], why: str) -> None:
    found = said(document="rally.txt", variable="size", **cells)
    assert isinstance(found, Refusal)
    assert why in str(found)
