"""Files as other programs' libraries read them: equal to the dataset, cell by cell, types and labels included."""

from __future__ import annotations

import json
import math
import runpy
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest
from pyarrow import parquet

from coderai.language.spreadsheets import neutralised
from coderai.services.export.adapters.csv_file import write_csv
from coderai.services.export.adapters.json_lines_file import write_json_lines
from coderai.services.export.adapters.load_python import write_load_python
from coderai.services.export.adapters.parquet_file import CODEBOOK_KEY, write_parquet
from coderai.services.export.adapters.sqlite_file import write_sqlite
from coderai.services.export.domain.codebook import codebook
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import CategoriesAs, Layout, Options
from coderai.services.export.domain.storage import Storage, StoredColumn, as_text, stored_columns
from coderai.services.export.domain.unicode_text import as_unicode
from tests.unit.export.datasets import ALL, dataset, document, names, variable
from tests.unit.export.everything import awkward, everything

Rows = list[list[Any]]
CODES = replace(ALL, categories_as=CategoriesAs.CODES)
DATASETS = pytest.mark.parametrize(
    "made",
    [everything(), everything(CODES), everything(layout=Layout.LONG), everything(CODES, layout=Layout.LONG), awkward()],
    ids=["wide", "wide with codes", "long", "long with codes", "awkward"],
)
SQL_TYPES = {
    Storage.NUMBER: "DOUBLE",
    Storage.WHOLE: "INTEGER",
    Storage.CODE: "INTEGER",
    Storage.BOOLEAN: "BOOLEAN",
    Storage.DAY: "DATE",
}


def plain(cell: Any) -> Any:
    """A cell as Python has it: None for what pandas calls missing, whole numbers as they are."""
    if isinstance(cell, str):
        return cell
    if cell is None or cell is pandas.NA or cell is pandas.NaT or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if isinstance(cell, datetime):
        return cell.date()
    return cell.item() if hasattr(cell, "item") else cell


def of_frame(frame: pandas.DataFrame) -> Rows:
    return [[plain(cell) for cell in row] for row in frame.astype(object).itertuples(index=False)]


def expected(made: Dataset, text: Callable[[str], str] = as_unicode) -> Rows:
    """The dataset's rows as files with types have them: numbers as doubles, full dates as dates."""

    def held(cell: Any, found: StoredColumn) -> Any:
        match found.storage:
            case Storage.TEXT | Storage.WORD:
                return text(cell) if isinstance(cell, str) else as_text(cell)
            case Storage.NUMBER:
                return None if cell is None else float(cell)
            case Storage.DAY:
                return None if cell is None else date.fromisoformat(cell)
        return cell

    columns = stored_columns(made)
    return [[held(cell, found) for cell, found in zip(row, columns, strict=True)] for row in made.rows()]


def sql_types(made: Dataset) -> dict[str, str]:
    return {found.name: SQL_TYPES.get(found.storage, "VARCHAR") for found in stored_columns(made)}


def loaded(made: Dataset, folder: Path) -> pandas.DataFrame:
    """What the Python script beside the CSV gives."""
    write_csv(made, folder / made.file_name(".csv"))
    write_load_python(made, folder / "load.py")
    return runpy.run_path(str(folder / "load.py"))["load"]()


@DATASETS
def test_pandas_reads_the_csv_by_its_script(made: Dataset, tmp_path: Path) -> None:
    words = [found.words if found.storage is Storage.CODE else () for found in stored_columns(made)]
    rows = [
        [of[cell - 1] if of and cell is not None else cell for cell, of in zip(row, words, strict=True)]
        for row in expected(made)
    ]
    assert of_frame(loaded(made, tmp_path)) == rows


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_a_csv_of_other_delimiters_with_a_mark_and_on_single_lines_reads_the_same(
    delimiter: str, tmp_path: Path
) -> None:
    options = replace(ALL, delimiter=delimiter, byte_order_mark=True, replace_line_breaks=True)
    made = everything(options)
    frame = loaded(made, tmp_path)
    assert of_frame(frame) == expected(made, lambda text: " ".join(text.split("\n")))
    assert (tmp_path / made.file_name(".csv")).read_bytes().startswith(b"\xef\xbb\xbfdocument" + delimiter.encode())


def test_the_script_gives_types_words_and_labels(tmp_path: Path) -> None:
    made = everything()
    frame = loaded(made, tmp_path)
    assert frame["police"].dtype == "boolean"
    assert list(frame["violence"].cat.categories) == ["none", "force", "قوة مميتة"]
    assert list(frame["injured_missing"].cat.categories) == list(made.words.reasons)
    assert (frame["injured"].dtype, frame["injured_page"].dtype) == ("float64", "Int64")
    assert frame.attrs["labels"] == {found.name: found.label for found in stored_columns(made)}


@DATASETS
def test_duckdb_reads_the_csv_with_types(made: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "dataset.csv"
    write_csv(made, path)
    options = {"header": True, "quotechar": '"', "escapechar": '"', "na_values": "", "max_line_size": 10_000_000}
    found = duckdb.read_csv(str(path), sep=",", dtype=sql_types(made), strict_mode=False, **options).fetchall()
    assert [list(row) for row in found] == expected(made, lambda text: neutralised(as_unicode(text)))


@DATASETS
def test_json_lines_have_every_cell_as_it_is(made: Dataset, tmp_path: Path) -> None:
    write_json_lines(made, tmp_path / "dataset.jsonl")
    lines = (tmp_path / "dataset.jsonl").read_text(encoding="utf-8").split("\n")[:-1]
    rows = ([as_unicode(cell) if isinstance(cell, str) else cell for cell in row] for row in made.rows())
    assert list(map(json.loads, lines)) == [dict(zip(names(made), row, strict=True)) for row in rows]


def test_pandas_reads_json_lines(tmp_path: Path) -> None:
    made = everything()
    write_json_lines(made, tmp_path / "dataset.jsonl")
    frame = pandas.read_json(tmp_path / "dataset.jsonl", lines=True, dtype=False)
    assert of_frame(frame) == [list(row) for row in made.rows()]


@pytest.mark.parametrize("made", [everything(), everything(CODES), awkward()], ids=["wide", "codes", "awkward"])
def test_duckdb_reads_json_lines_with_types(made: Dataset, tmp_path: Path) -> None:
    write_json_lines(made, tmp_path / "dataset.jsonl")
    columns = ", ".join(f"'{name}': '{kind}'" for name, kind in sql_types(made).items())
    file = tmp_path / "dataset.jsonl"
    sql = f"SELECT * FROM read_json('{file}', format = 'newline_delimited', columns = {{{columns}}})"
    assert [list(row) for row in duckdb.sql(sql).fetchall()] == expected(made)


@DATASETS
def test_pyarrow_pandas_and_duckdb_read_parquet(made: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "dataset.parquet"
    write_parquet(made, path)
    table = parquet.read_table(path)
    assert table.column_names == names(made)
    assert [list(row.values()) for row in table.to_pylist()] == expected(made)
    assert of_frame(pandas.read_parquet(path)) == expected(made)
    found = duckdb.read_parquet(str(path))
    assert [list(row) for row in found.fetchall()] == expected(made)
    assert dict(zip(found.columns, map(str, found.types), strict=True)) == sql_types(made)


def test_a_parquet_file_explains_itself(tmp_path: Path) -> None:
    made = everything()
    write_parquet(made, tmp_path / "dataset.parquet")
    schema = parquet.read_schema(tmp_path / "dataset.parquet")
    assert json.loads(schema.metadata[CODEBOOK_KEY.encode()]) == json.loads(json.dumps(codebook(made)))
    missing = schema.field("injured_missing").metadata
    assert (missing[b"variable"], missing[b"detail"]) == (b"injured", b"missing")
    assert json.loads(missing[b"words"]) == list(made.words.reasons)
    frame = pandas.read_parquet(tmp_path / "dataset.parquet")
    assert list(frame["violence"].cat.categories) == ["none", "force", "قوة مميتة"]


def in_sqlite(cell: Any) -> Any:
    if isinstance(cell, str):
        return as_unicode(cell)
    if isinstance(cell, int) and not -(2**63) <= cell < 2**63:
        return str(cell)
    return int(cell) if isinstance(cell, bool) else cell


@pytest.mark.parametrize("made", [everything(), awkward()], ids=["everything", "awkward"])
def test_sqlite_has_the_dataset_as_a_view(made: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "dataset.sqlite"
    write_sqlite(made, path)
    with closing(sqlite3.connect(path)) as file:
        found = file.execute("SELECT * FROM wide")
        assert [column[0] for column in found.description] == names(made)
        assert [list(row) for row in found] == [[in_sqlite(cell) for cell in row] for row in made.rows()]
        assert file.execute("PRAGMA foreign_key_check").fetchall() == []
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_sqlite_is_the_same_whatever_the_layout_and_has_words_for_codes(tmp_path: Path) -> None:
    write_sqlite(everything(), tmp_path / "one")
    write_sqlite(everything(CODES, layout=Layout.LONG), tmp_path / "other")
    with closing(sqlite3.connect(tmp_path / "one")) as one, closing(sqlite3.connect(tmp_path / "other")) as other:
        for view in ("wide", "long"):
            found = one.execute(f"SELECT * FROM {view}").fetchall()
            assert found == other.execute(f"SELECT * FROM {view}").fetchall()
            assert len(found) > 10


def test_sqlite_has_values_evidence_and_codebook_in_tables(tmp_path: Path) -> None:
    made = everything()
    path = tmp_path / "dataset.sqlite"
    write_sqlite(made, path)
    with closing(sqlite3.connect(path)) as file:
        demands = file.execute(
            "SELECT entity, position, value, quote FROM long WHERE variable = 'demands' AND document_id = 'doc-2'"
        ).fetchall()
        assert demands == [
            ("عمال القاهرة", 1, "رفع الأجور", "برفع الأجور والخبز"),
            ("عمال القاهرة", 2, "الخبز", "برفع الأجور والخبز"),
        ]
        reasons = file.execute("SELECT DISTINCT missing FROM cells WHERE missing IS NOT NULL").fetchall()
        assert {reason for (reason,) in reasons} == set(made.words.reasons) - {"NOT_SELECTED"}
        categories = file.execute("SELECT code, category FROM categories WHERE variable = 'violence'").fetchall()
        assert categories == [(1, "none"), (2, "force"), (3, "قوة مميتة")]
        assert file.execute("SELECT variable FROM codebook ORDER BY position").fetchall() == [
            (one.name,) for one in made.codebook.variables
        ]
        ends = file.execute(
            "SELECT value, low, high, low_closed FROM cell_values WHERE variable = 'crowds' AND high IS NULL"
        ).fetchall()
        assert ends == [(None, 60, None, 0)]
        (corrected,) = file.execute("SELECT model_value FROM cells WHERE row_id = 2 AND variable = 'violence'")
        assert corrected == ('"force"',)
        status = file.execute("SELECT status, reason, error FROM documents WHERE document_id = 'doc-failed'").fetchone()
        assert status == ("FAILED", "MODEL_FAILED", "no text in it")


def test_sqlite_tells_the_span_of_every_quote(tmp_path: Path) -> None:
    made = everything()
    path = tmp_path / "dataset.sqlite"
    write_sqlite(made, path)
    with closing(sqlite3.connect(path)) as file:
        found = file.execute("SELECT row_id, variable, start_offset, end_offset, quote FROM evidence").fetchall()
    told = [
        (row, name, span.start, span.end, cell.evidence.quote)
        for row, unit in enumerate(made.units(), start=1)
        for name, cell in unit.extractions.items()
        for span in cell.evidence.spans
    ]
    assert sorted(found) == sorted(told)


@pytest.mark.parametrize("write", [write_csv, write_json_lines, write_parquet, write_sqlite])
def test_what_a_format_could_not_hold_is_told(write: Callable[[Dataset, Path], None], tmp_path: Path) -> None:
    made = awkward()
    write(made, tmp_path / "file")
    replaced = "In 2 cells characters that are no Unicode became �: said (rows 34, 35)."
    assert replaced in made.notes
    formulas = [note for note in made.notes if "an apostrophe stands before" in note]
    assert len(formulas) == (write is write_csv)


def test_a_column_whose_cells_are_not_of_its_type_holds_texts(tmp_path: Path) -> None:
    """As when several numbers were joined, or the variable's type was changed after it was coded."""
    variables = [variable("joined", "NUMBER", if_multiple_values="CONCATENATE"), variable("held", "BOOLEAN")]
    made = dataset(variables, [document("a", {"joined": "3; 5", "held": "yes"}), document("b", {"joined": 7})])
    assert [found.storage for found in stored_columns(made)[3:]] == [Storage.TEXT, Storage.TEXT]
    write_parquet(made, tmp_path / "file")
    rows = parquet.read_table(tmp_path / "file").to_pylist()
    assert [(row["joined"], row["held"]) for row in rows] == [("3; 5", "yes"), ("7", None)]
    frame = loaded(made, tmp_path)
    assert list(map(plain, frame["joined"])) == ["3; 5", "7"]
    assert list(map(plain, frame["held"])) == ["yes", None]


@pytest.mark.parametrize("write", [write_csv, write_json_lines, write_parquet, write_sqlite])
def test_a_dataset_without_rows_is_a_file_with_its_columns(
    write: Callable[[Dataset, Path], None], tmp_path: Path
) -> None:
    made = dataset([variable("place")], [document("quiet.txt")], Options(confidence=True), multiple=True)
    path = tmp_path / "file"
    write(made, path)
    reader: dict[Callable[[Dataset, Path], None], Callable[[], list[str]]] = {
        write_csv: lambda: list(pandas.read_csv(path).columns),
        write_json_lines: lambda: names(made) if path.read_bytes() == b"" else [],
        write_parquet: lambda: list(parquet.read_table(path).column_names),
        write_sqlite: lambda: view_columns(path),
    }
    assert reader[write]() == names(made)


def view_columns(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as file:
        return [column[0] for column in file.execute("SELECT * FROM wide").description]


def test_a_view_has_as_many_columns_as_sqlite_can_and_says_so(tmp_path: Path) -> None:
    made = dataset([variable(f"v{number}") for number in range(2_100)], [document("a", {"v0": "x", "v2099": "y"})])
    path = tmp_path / "file"
    write_sqlite(made, path)
    assert made.notes == ["The view wide has 2,000 of 2,103 columns; the view long has all of it."]
    with closing(sqlite3.connect(path)) as file:
        assert len(file.execute("SELECT * FROM wide").fetchone()) == 2_000
        assert file.execute("SELECT value FROM long WHERE variable = 'v2099'").fetchall() == [("y",)]
