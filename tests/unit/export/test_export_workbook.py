"""Workbooks as other programs read them: each value as what it is, with its colour, and a link to its evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas
import pytest
from hypothesis import example, given, settings
from openpyxl import load_workbook

from coderai.services.export.adapters import xlsx_evidence, xlsx_sheet
from coderai.services.export.adapters.xlsx_file import write_xlsx
from coderai.services.export.adapters.xlsx_sheet import MOST_COLUMNS
from coderai.services.export.adapters.xlsx_styles import COLOURS, FORMATS, HEADING, STYLES, Shade
from coderai.services.export.domain.coded import Document, Value
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Layout, Options
from coderai.services.export.domain.problems import TooLargeForSheet
from coderai.services.export.domain.unicode_text import as_unicode
from tests.unit.export.datasets import ALL, JOB, dataset, document, extraction, quoted, variable
from tests.unit.export.everything import AWKWARD_TEXTS, VARIABLES, awkward, documents, everything
from tests.unit.export.test_export_files import AWKWARD, ROWS, table

FIRST_DAY = date(1900, 3, 1)
SHEETS = ["Data", "Evidence", "Codebook", "Quality", "Documents", "Read me"]


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder, "dataset.xlsx")


def written(made: Dataset, path: Path) -> Any:
    write_xlsx(made, path)
    return load_workbook(path)


def long(made: Dataset) -> Dataset:
    """The same in the long layout."""
    parts = (made.project_id, made.job, made.codebook, made.words, made._documents, made.options, made.generated_at)
    return Dataset.of(*parts, layout=Layout.LONG)


def as_sheet(text: str) -> str | None:
    """A text as a sheet holds it: no control characters, one kind of line break, no difference of "" and nothing."""
    one = re.sub("\r\n?", "\n", as_unicode(text))
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", one) or None


def unescape(text: str) -> str:
    """What Excel shows of a text in a sheet: _x0041_ stands for the character (ECMA-376 part 1, 22.9.2.19)."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda match: chr(int(match[1], 16)), text)


def held(value: Any, kind: str = "") -> Any:
    """A value of the dataset as a sheet has it."""
    if kind == "DAY" and isinstance(value, str) and date.fromisoformat(value) >= FIRST_DAY:
        return datetime.fromisoformat(value)
    if isinstance(value, str):
        return as_sheet(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) < 1e308 else float("inf")
        fits = number == value and 2.2250738585072014e-308 <= abs(number) <= 9.99999999999999e307
        return value if fits or value == 0 else str(value)
    return value


def told(cell: Any) -> Any:
    """A cell as Excel shows it."""
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value


def in_order(made: Dataset) -> list[int]:
    """The places of the columns, as the sheet has them: ids last."""
    kinds = [column.kind for column in made.table.columns()]
    return sorted(range(len(kinds)), key=lambda place: kinds[place] == "ID")


def expected(made: Dataset) -> list[list[Any]]:
    columns = made.table.columns()
    rows = [[held(value, column.kind) for value, column in zip(row, columns, strict=True)] for row in made.rows()]
    return [[row[place] for place in in_order(made)] for row in rows]


def whole_texts(book: Any) -> dict[str, str]:
    """The texts that are too long for a cell, by their cell in the sheet Data."""
    texts: dict[str, str] = {}
    for sheet, at, _, part in book["Long texts"].iter_rows(min_row=2, values_only=True):
        if sheet == "Data":
            texts[at] = texts.get(at, "") + part
    return texts


@pytest.mark.parametrize(
    "made", [everything(), long(everything()), everything(Options(), JOB)], ids=["wide", "long", "job"]
)
def test_the_sheet_equals_the_dataset_cell_by_cell(path: Path, made: Dataset) -> None:
    sheet = written(made, path)["Data"]
    header, *rows = sheet.iter_rows()
    names = [column.name for column in made.table.columns()]
    assert [cell.value for cell in header] == [names[place] for place in in_order(made)]
    assert [[told(cell) for cell in row] for row in rows] == expected(made)
    found, wanted = (
        [type(value) for row in part for value in row] for part in ([map(told, r) for r in rows], expected(made))
    )
    assert found == wanted


def test_what_no_cell_can_hold_is_there_all_the_same_or_told(path: Path) -> None:
    made = awkward()
    book = written(made, path)
    texts = whole_texts(book)
    rows = [[texts.get(cell.coordinate, told(cell)) for cell in row] for row in book["Data"].iter_rows(min_row=2)]
    assert rows == expected(made)
    assert [row[2] for row in rows] == [as_sheet(text) for text in AWKWARD_TEXTS]
    assert sorted(len(text) for text in texts.values()) == [20_000, 33_000, 40_000]
    notes = " ".join(made.notes)
    for what in (
        "begins like a formula",
        "before March 1900",
        "number is kept as text",
        "control characters",
        "no Unicode",
    ):
        assert what in notes
    assert [row[0].value for row in book["Read me"].iter_rows() if str(row[0].value).startswith("In ")][:1] != []


def test_pandas_reads_types(path: Path) -> None:
    made = everything(Options(), JOB)
    write_xlsx(made, path)
    frame = pandas.read_excel(path, engine="openpyxl")
    assert [str(frame[name].dtype) for name in ("injured", "share")] == ["float64", "float64"]
    assert frame["police"].dropna().tolist() == [True, False, True, False]
    assert frame["day_date"].dropna().map(str).tolist() == ["2021-03-05 00:00:00", "2021-03-03 00:00:00"]
    assert list(pandas.read_excel(path, sheet_name=None, engine="openpyxl")) == SHEETS


@settings(max_examples=60)
@given(ROWS)
@example([[text, None, None, None] for text in AWKWARD])
def test_any_text_arrives_as_the_text_it_is(path: Path, rows: list[list[Value]]) -> None:
    header, *lines = written(table(rows), path)["Data"].iter_rows()
    assert [cell.value for cell in header] == ["document", "flagged", "a", "b", "c", "d", "document_id"]
    assert [[told(cell) for cell in line[2:6]] for line in lines] == [[held(value) for value in row] for row in rows]
    assert "f" not in {cell.data_type for line in lines for cell in line}


def test_a_text_that_begins_like_a_formula_stays_text_when_it_is_edited(path: Path) -> None:
    made = table([["=1+1", "plain", -5, "-5"]])
    cells = written(made, path)["Data"][2][2:6]
    assert [cell.quotePrefix for cell in cells] == [True, False, False, True]
    assert [cell.data_type for cell in cells] == ["s", "s", "n", "s"]
    (note,) = made.notes
    assert (
        note == "In 2 cells a text begins like a formula; it is a text, also when it is edited: a (row 1); d (row 1)."
    )


def test_every_value_leads_to_its_evidence_which_leads_back(path: Path) -> None:
    made = everything(ALL)
    book = written(made, path)
    data, evidence = book["Data"], book["Evidence"]
    names = [cell.value for cell in data[1]]
    labels = [cell.value for cell in evidence[1]]
    quotes = {f"{variable.name}_quote" for variable in VARIABLES}
    cells = [cell for row in data.iter_rows(min_row=2) for cell in row]
    with_quotes = [cell for cell in cells if names[cell.column - 1] in quotes and cell.value]
    links = [cell for cell in cells if cell.hyperlink]
    assert len(links) >= len(with_quotes) > 15
    for cell in links:
        sheet, _, at = cell.hyperlink.location.partition("!")
        line = dict(zip(labels, evidence[evidence[at].row], strict=True))
        name = line["Variable"].value
        assert (sheet, names[cell.column - 1].startswith(name)) == ("'Evidence'", True)
        assert line["Quote"].value == data.cell(cell.row, names.index(f"{name}_quote") + 1).value
        assert line["Document"].value == data.cell(cell.row, 1).value
        back = data[line["Cell"].hyperlink.location.partition("!")[2]]
        assert (line["Cell"].value, back.row) == (back.coordinate, cell.row)


def test_long_rows_lead_to_their_evidence(path: Path) -> None:
    book = written(long(everything(ALL)), path)
    data, evidence = book["Data"], book["Evidence"]
    names = [cell.value for cell in data[1]]
    links = [cell for row in data.iter_rows(min_row=2) for cell in row if cell.hyperlink]
    assert len(links) > 15
    for cell in links:
        at = cell.hyperlink.location.partition("!")[2]
        line = evidence[evidence[at].row]
        assert names[cell.column - 1] == "value"
        assert line[1].value == data.cell(cell.row, names.index("variable") + 1).value
        back = data.cell(data[line[0].value].row, names.index("variable") + 1)
        assert back.value == line[1].value


def colour(cell: Any) -> str:
    return f"#{cell.fill.fgColor.rgb[2:]}" if cell.fill.fill_type else ""


def test_colours_tell_what_became_of_a_cell(path: Path) -> None:
    shades = {
        Shade.PLAIN: extraction("a", 1),
        Shade.FLAGGED: extraction("b", 1, status="FLAGGED", flags=("UNCHECKED",)),
        Shade.CORRECTED: extraction("c", 1, status="VALIDATED", origin="CORRECTED"),
        Shade.VALIDATED: extraction("d", 1, status="VALIDATED", verdict="CORRECT"),
        Shade.DEFAULTED: extraction("e", 1, origin="DEFAULTED", missing_reason="NOT_STATED"),
        Shade.MISSING: extraction("f", None),
    }
    variables = [variable(name, "NUMBER") for name in "abcdef"]
    made = dataset(variables, [Document("1", "d.txt", extractions=list(shades.values()))])
    cells = written(made, path)["Data"][2][2:8]
    assert [colour(cell) for cell in cells] == [COLOURS[shade][0] if shade in COLOURS else "" for shade in shades]


def test_the_book_can_be_read_and_filtered(path: Path) -> None:
    texts = {"what": "long " * 50, "held": "a\nb"}
    made = dataset([variable(name) for name in texts], [document("d.txt", texts, id="5" * 36)], multiple=False)
    book = written(made, path)
    assert book.sheetnames == SHEETS
    data = book["Data"]
    assert (data.freeze_panes, data.auto_filter.ref) == ("B2", "A1:E2")
    assert [bool(cell.alignment.wrap_text) for cell in data[2]] == [False, False, True, True, False]
    assert data.row_dimensions[2].height == 9 * 15
    widths = [found.width for sheet in book for found in sheet.column_dimensions.values()]
    assert max(widths) < 41
    assert data.column_dimensions["E"].width < 13
    assert [book[name].auto_filter.ref is not None for name in SHEETS] == [True, True, True, True, True, False]


def test_the_formats_have_the_numbers_by_which_rows_use_them(path: Path) -> None:
    numbers = [
        HEADING.plain,
        *(n for s in STYLES.values() for n in (s.plain, s.wrapped, s.quoted, s.wrapped_quoted, s.day)),
    ]
    assert len(set(numbers)) == len(numbers)
    assert max(numbers) == len(FORMATS)
    made = everything(ALL)
    data = written(made, path)["Data"]
    assert all(cell.font.b for cell in data[1])
    days = [cell for row in data.iter_rows(min_row=2) for cell in row if isinstance(cell.value, datetime)]
    assert {cell.number_format for cell in days} == {"yyyy-mm-dd"}


def test_a_long_text_goes_on_in_a_sheet_of_its_own(path: Path) -> None:
    text = "long 😀 text, " * 5_000
    book = written(table([[text, "short", None, None]]), path)
    assert book.sheetnames == [*SHEETS, "Long texts"]
    cell = book["Data"]["C2"]
    assert text.startswith(cell.value.partition(" … [the whole text is in the sheet Long texts from row 2 on]")[0])
    assert whole_texts(book) == {"C2": text}


def with_evidence(count: int) -> Dataset:
    spans = ((0, 3, 1), (7, 9, 1))
    found = [extraction("a", f"value {n}", evidence=quoted("abc […] hi", *spans)) for n in range(count)]
    return dataset([variable("a")], [Document(f"{n}", f"{n}.txt", extractions=[one]) for n, one in enumerate(found)])


def test_when_a_sheet_of_evidence_is_full_another_one_goes_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_evidence, "MOST_ROWS", 6)
    book = written(with_evidence(5), path)
    assert book.sheetnames == ["Data", "Evidence", "Evidence 2", "Evidence 3", *SHEETS[2:]]
    assert [book[name].max_row for name in ("Evidence", "Evidence 2", "Evidence 3")] == [5, 5, 3]
    assert [cell.hyperlink.location for (cell,) in book["Data"]["C2:C6"]] == [
        *("'Evidence'!A2", "'Evidence'!A4", "'Evidence 2'!A2", "'Evidence 2'!A4", "'Evidence 3'!A2")
    ]


def test_values_behind_the_most_links_of_a_sheet_are_named_by_their_evidence(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_sheet, "MOST_LINKS", 3)
    made = with_evidence(5)
    book = written(made, path)
    assert [bool(cell.hyperlink) for (cell,) in book["Data"]["C2:C6"]] == [True, True, True, False, False]
    assert [cell.value for (cell,) in book["Evidence"]["A2:A11"]] == [f"C{n}" for n in range(2, 7) for _ in range(2)]
    assert "2 others are named in the column Cell" in made.notes[0]


def test_what_no_sheet_can_hold_is_refused_with_what_to_do(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = dataset([variable(f"v{number}") for number in range(MOST_COLUMNS - 1)], [])
    with pytest.raises(TooLargeForSheet, match="export as CSV or JSON"):
        write_xlsx(wide, path)
    monkeypatch.setattr(xlsx_sheet, "MOST_BYTES", 1_000)
    with pytest.raises(TooLargeForSheet, match="export as CSV or Parquet"):
        write_xlsx(with_evidence(20), path)
    assert not list(path.parent.glob("sheets-*"))


def test_a_workbook_has_a_line_for_every_document_those_without_values_first(path: Path) -> None:
    entities = [extraction("cause", "fire", entity_index=1), extraction("cause", None, entity_index=2)]
    made = dataset(
        [variable("cause")],
        [
            Document("1", "week.txt", extractions=entities),
            document("quiet.txt"),
            document("bad.txt", status="FAILED", error="=no text"),
        ],
        multiple=True,
    )
    book = written(made, path)
    assert list(book["Documents"].iter_rows(values_only=True)) == [
        ("Document", "Status", "Rows", "Reason", "Error", "Pages not read", "Pages read unsurely", "Document id"),
        ("quiet.txt", "DONE", 0, "NO_ENTITIES", None, None, None, "id of quiet.txt"),
        ("bad.txt", "FAILED", 1, "MODEL_FAILED", "=no text", None, None, "id of bad.txt"),
        ("week.txt", "DONE", 2, None, None, None, None, "1"),
    ]
    assert book["Documents"]["E3"].data_type == "s"


def test_a_project_without_documents_or_variables_is_a_workbook(path: Path) -> None:
    made = dataset([], [])
    book = written(made, path)
    assert [cell.value for cell in book["Data"][1]] == ["document", "flagged", "document_id"]
    assert [sheet.max_row for sheet in book][:5] == [1, 1, 1, 1, 1]


def test_no_name_of_a_project_spoils_the_workbook(path: Path) -> None:
    book = written(dataset([variable("a")], [], project_name="=1 \x00\ud800<b>&\n\ufffe"), path)
    assert book["Read me"]["A1"].value == "=1 \ufffd<b>&\n"
    assert book.properties.title == "=1 \ufffd<b>&\n"


def test_the_read_me_says_what_the_colours_mean_and_what_the_workbook_could_not_hold(path: Path) -> None:
    made = dataset([variable("a")], lambda: documents()[:1], replace(ALL), None, multiple=True)
    made.note("A thing to know.")
    sheet = written(made, path)["Read me"]
    texts = [row[0] for row in sheet.iter_rows(values_only=True)]
    assert texts[0] == "Public events"
    assert {"Flagged", "Corrected", "Validated", "Defaulted", "Missing", "A thing to know."} <= set(texts)
