"""Files of SPSS and Stata as pyreadstat, pandas and R's haven read them: equal to the dataset, labels and codes too."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas
import pyreadstat
import pytest
from pandas.io.stata import StataMissingValue, StataReader

from coderai.services.export.adapters.coded_table import MOST_CELLS
from coderai.services.export.adapters.dta_file import STATA, write_dta
from coderai.services.export.adapters.sav_file import SPSS, write_sav
from coderai.services.export.domain.choice import Choice
from coderai.services.export.domain.coded import Document, Unit, cell
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import CategoriesAs, Layout, Options
from coderai.services.export.domain.problems import TooLargeForStatistics
from coderai.services.export.domain.storage import Storage, StoredColumn, as_text, stored_columns
from coderai.services.export.domain.unicode_text import as_unicode
from tests.unit.export.datasets import ALL, dataset, document, extraction, names, variable
from tests.unit.export.everything import LONG_NAME, LONG_NAME_TOO, awkward, everything

Rows = list[list[Any]]
Write = Callable[[Dataset, Path], None]
BOTH = pytest.mark.parametrize("write", [write_sav, write_dta], ids=["sav", "dta"])
DATASETS = pytest.mark.parametrize(
    "make",
    [everything, lambda: everything(Options()), lambda: everything(replace(ALL, categories_as=CategoriesAs.CODES))],
    ids=["all columns", "values alone", "codes"],
)
RSCRIPT = shutil.which("Rscript")


def has_haven() -> bool:
    if RSCRIPT is None:
        return False
    return (
        subprocess.run([RSCRIPT, "-e", "library(haven)"], capture_output=True, check=False, timeout=240).returncode == 0
    )


NEEDS_HAVEN = pytest.mark.skipif(not has_haven(), reason="there is no R with haven here (Debian: r-cran-haven)")


def read(write: Write, made: Dataset, folder: Path) -> tuple[pandas.DataFrame, Any]:
    """The file as pyreadstat has it: missing cells as their codes, days as numbers."""
    path = folder / "file"
    write(made, path)
    assert list(folder.iterdir()) == [path]
    reader = pyreadstat.read_sav if write is write_sav else pyreadstat.read_dta
    return reader(path, user_missing=True, disable_datetime_conversion=True)


def decoded(frame: pandas.DataFrame, meta: Any) -> Rows:
    """The cells in words where they have labels, days in ISO 8601, None without any value."""
    columns = [
        [plain(value, meta.variable_value_labels.get(name, {}), meta.original_variable_types[name]) for value in cells]
        for name, cells in frame.astype(object).items()
    ]
    return [list(row) for row in zip(*columns, strict=True)]


def plain(value: Any, words: Mapping[Any, str], format: str) -> Any:
    if value in words:
        return words[value]
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return None
    if format == "SDATE10":
        return (date(1582, 10, 14) + timedelta(seconds=value)).isoformat()
    return (date(1960, 1, 1) + timedelta(value)).isoformat() if format.startswith("%td") else value


def expected(made: Dataset, says_why: Callable[[StoredColumn], bool]) -> Rows:
    """The dataset's cells in words; where one is missing, the reason, in columns that have codes for it."""
    stored = stored_columns(made)
    return [
        [held(found, value, unit, made, says_why(found)) for found, value in zip(stored, row, strict=True)]
        for unit in made.units()
        for row in made.table.rows(unit)
    ]


def held(found: StoredColumn, value: Any, unit: Unit, made: Dataset, says_why: bool) -> Any:
    of_values = found.column.variable and found.column.detail in ("", "date")
    if value is None and of_values and says_why:
        variable = next(one for one in made.codebook.variables if one.name == found.column.variable)
        return cell(unit, variable).missing_reason or None
    return None if value is None else in_words(found, value)


def in_words(found: StoredColumn, value: Any) -> Any:
    if found.storage is Storage.BOOLEAN:
        return "yes" if value else "no"
    if found.storage is Storage.CODE:
        return found.words[value - 1]
    return float(value) if isinstance(value, int) else value


def is_no_text(found: StoredColumn) -> bool:
    return found.storage is not Storage.TEXT


@BOTH
def test_a_small_table_without_any_empty_cell_is_read_back(write: Write, tmp_path: Path) -> None:
    variables = [variable("day", "DATE"), variable("count", "NUMBER"), variable("held", "BOOLEAN")]
    rows = [{"day": "2021-03-05", "count": 1.5, "held": True}, {"day": "1999-12-31", "count": 2, "held": False}]
    made = dataset(variables, [document(f"d{number}", row) for number, row in enumerate(rows)])
    found = decoded(*read(write, made, tmp_path))
    assert [row[-3:] for row in found] == [["2021-03-05", 1.5, "yes"], ["1999-12-31", 2, "no"]]


@BOTH
def test_labels_that_are_cut_are_noted_and_only_those(write: Write, tmp_path: Path) -> None:
    categories = [{"value": "a  strike"}, {"value": "a march"}]
    whole = variable("kind", "CATEGORY", categories=categories, display_name="How\nit  began")
    long = variable("place", display_name="سوق " * 90)
    made = dataset([whole, long], [document("a", {"kind": "a  strike", "place": "Kessling"})])
    _, meta = read(write, made, tmp_path)
    program = SPSS if write is write_sav else STATA
    note = f"The labels of these columns were cut, as {program.name} holds no longer ones: place."
    assert [one for one in made.notes if "cut" in one] == [note]
    assert meta.column_names_to_labels["kind"] == "How it began"
    assert ("سوق " * 90).startswith(meta.column_names_to_labels["place"])


@DATASETS
def test_spss_has_every_cell_with_why_it_is_missing(make: Callable[[], Dataset], tmp_path: Path) -> None:
    made = make()
    frame, meta = read(write_sav, made, tmp_path)
    found = zip(*decoded(frame, meta), strict=True)
    wanted = zip(*expected(made, lambda _: True), strict=True)
    assert list(frame.columns) == names(made)
    for name, stored, is_, told in zip(names(made), stored_columns(made), found, wanted, strict=True):
        if is_no_text(stored) or stored.column.detail:
            assert is_ == told, name
        else:
            kept = set(meta.variable_value_labels.get(name, {}).values())
            assert is_ == tuple(None if one in made.words.reasons and one not in kept else one for one in told), name


@DATASETS
def test_stata_has_every_cell_with_why_it_is_missing(make: Callable[[], Dataset], tmp_path: Path) -> None:
    made = make()
    frame, meta = read(write_dta, made, tmp_path)
    assert decoded(frame, meta) == expected(made, is_no_text)


def of_pandas(value: Any) -> Any:
    """A cell with a letter for why it is missing, None where nothing says it."""
    if isinstance(value, StataMissingValue):
        return value.string[1:] or None
    return None if isinstance(value, float) and math.isnan(value) else value


@DATASETS
def test_pandas_reads_the_same_from_stata(make: Callable[[], Dataset], tmp_path: Path) -> None:
    made = make()
    frame, meta = read(write_dta, made, tmp_path)
    with StataReader(tmp_path / "file", convert_categoricals=False, convert_dates=False, convert_missing=True) as file:
        found = file.read()
        labels = file.value_labels()
    assert [[of_pandas(cell) for cell in row] for row in found.astype(object).itertuples(index=False)] == [
        [of_pandas(cell) for cell in row] for row in frame.astype(object).itertuples(index=False)
    ]
    assert {name.rstrip("0123456789_"): len(words) for name, words in labels.items()} == {
        name.rstrip("0123456789_"): len(words) for name, words in meta.variable_value_labels.items()
    }


@BOTH
def test_columns_values_and_the_file_have_their_labels(write: Write, tmp_path: Path) -> None:
    made = everything()
    _, meta = read(write, made, tmp_path)
    assert meta.file_label == "Public events"
    assert [meta.column_names_to_labels[name] for name in meta.column_names] == [
        found.label[: 80 if write is write_dta else None] for found in stored_columns(made)
    ]
    labels = meta.variable_value_labels
    words = [word for code, word in labels["violence"].items() if not isinstance(code, str) and code > 0]
    assert words == ["none", "force", "قوة مميتة"]
    assert {labels["police"][0], labels["police"][1]} == {"no", "yes"}
    assert list(labels["injured_missing"].values()) == list(made.words.reasons)
    assert set(made.words.reasons) <= set(labels["injured"].values())


def test_spss_knows_which_values_are_missing(tmp_path: Path) -> None:
    made = everything(Options())
    _, meta = read(write_sav, made, tmp_path)
    assert meta.missing_ranges["injured"] == [{"lo": -900.0 - len(made.words.reasons), "hi": -901.0}]
    assert {one["lo"] for one in meta.missing_ranges["place"]} == {"-902", "-905", ""}
    assert meta.variable_measure["violence"] == "nominal"
    assert meta.variable_measure["injured"] == "scale"
    assert (meta.original_variable_types["day_date"], meta.original_variable_types["share"]) == ("SDATE10", "F8.3")
    assert [line for line in meta.notes if line.startswith("Codebook hash")] == ["Codebook hash: abc"]
    without, _ = pyreadstat.read_sav(tmp_path / "file")
    assert without["injured"].notna().sum() == 3
    assert any("place" in note and "two commonest" in note for note in made.notes)


def test_texts_with_few_reasons_have_a_code_for_each_that_no_text_is(tmp_path: Path) -> None:
    cells = [extraction("said", None, missing_reason=reason) for reason in ("VAGUE", "NOT_STATED", "RANGE")]
    cells += [extraction("said", "-901"), extraction("said", "-9001x")]
    made = dataset([variable("said")], [Document(f"d{n}", "d", extractions=[one]) for n, one in enumerate(cells)])
    frame, meta = read(write_sav, made, tmp_path)
    words = made.words.reasons
    codes = {f"-900{1 + words.index(word)}" if words.index(word) < 9 else f"-90{1 + words.index(word)}": word
             for word in ("VAGUE", "NOT_STATED", "RANGE")}  # fmt: skip
    assert meta.variable_value_labels["said"] == codes
    assert [codes.get(text, text) for text in frame["said"]] == ["VAGUE", "NOT_STATED", "RANGE", "-901", "-9001x"]
    assert made.notes == []


def test_codes_of_numbers_are_none_of_the_numbers(tmp_path: Path) -> None:
    values = [-905, -9_003.5, 3, None]
    made = dataset([variable("n", "NUMBER")], [document(str(value), {"n": value}) for value in values])
    frame, meta = read(write_sav, made, tmp_path)
    assert list(frame["n"]) == [-905, -9_003.5, 3, -90_001]
    assert meta.variable_value_labels["n"][-90_001] == "NOT_STATED"


def test_names_too_long_for_stata_are_shortened_and_listed(tmp_path: Path) -> None:
    made = everything(Options())
    _, meta = read(write_dta, made, tmp_path)
    assert max(map(len, meta.column_names)) <= 32
    assert len({name.casefold() for name in meta.column_names}) == len(names(made))
    assert max(len(label) for label in meta.variable_to_label.values()) <= 32
    (note,) = [note for note in made.notes if "names" in note]
    assert f"{LONG_NAME} became people_who_took_part_according" in note
    assert LONG_NAME_TOO in note


@BOTH
def test_columns_are_called_as_in_other_formats_where_a_variable_that_is_not_chosen_has_their_name(
    write: Write, tmp_path: Path
) -> None:
    variables = [variable("x"), variable("x_quote"), variable("x_missing")]
    made = dataset(variables, [document("a", {"x": "b"})], Options(source=True), choice=Choice(variables=("x",)))
    frame, _ = read(write, made, tmp_path)
    assert list(frame.columns)[-2:] == ["x", "x_quote_"] == names(made)[-2:]


@pytest.mark.parametrize(("write", "reserved"), [(write_sav, ("to", "with", "by")), (write_dta, ("in", "if", "str8"))])
def test_words_that_a_program_keeps_for_itself_are_no_names(
    write: Write, reserved: Sequence[str], tmp_path: Path
) -> None:
    made = dataset([variable(name) for name in reserved], [document("a", {reserved[0]: "x"})])
    frame, _ = read(write, made, tmp_path)
    assert list(frame.columns)[-3:] == [f"{name}_" for name in reserved]


@BOTH
def test_awkward_texts_numbers_and_dates_are_right_or_noted(write: Write, tmp_path: Path) -> None:
    made = awkward()
    frame, meta = read(write, made, tmp_path)
    program = SPSS if write is write_sav else STATA
    rows = dict(zip(names(made), zip(*made.rows(), strict=True), strict=True))
    for found, text in zip(frame["said"], rows["said"], strict=True):
        held = as_unicode(text).replace("\0", "�")
        held = held.encode()[: program.most_of_text].decode(errors="ignore")
        assert found.rstrip(" ") == held.rstrip(" ")
    for found, number in zip(frame["counted"], rows["counted"], strict=True):
        assert found == float(number) or (math.isnan(found) and abs(number) > program.greatest)
    days = [one if one is None or one >= program.first_day.isoformat() else None for one in rows["dated_date"]]
    assert [row[names(made).index("dated_date")] for row in decoded(frame, meta)] == days
    told = " ".join(made.notes)
    assert "no Unicode became �: said (rows 34, 35)" in told
    assert "character zero became �: said (row 31)" in told
    assert ("a text was cut" in told) == (write is write_sav)
    assert ("greater than Stata can hold: counted (rows 11, 23, 35)" in told) == (write is write_dta)
    assert f"has none before {program.first_day}" in told


def test_full_dates_before_the_first_of_spss_are_texts(tmp_path: Path) -> None:
    made = dataset([variable("day", "DATE")], [document("a", {"day": "1517-10-31"}), document("b", {"day": None})])
    frame, meta = read(write_sav, made, tmp_path)
    assert [meta.variable_value_labels["day"].get(text, text) for text in frame["day"]] == ["1517-10-31", "NOT_STATED"]
    assert made.notes == [
        "In 1 cell a date is before 1582-10-15, the first that SPSS has: the column's are texts: day (row 1)."
    ]


def test_labels_are_cut_to_whole_characters_and_that_is_noted(tmp_path: Path) -> None:
    word = "قوة" * 50
    made = dataset([variable("kind", "CATEGORY", categories=({"value": word},))], [document("a", {"kind": word})])
    _, meta = read(write_sav, made, tmp_path)
    assert meta.variable_value_labels["kind"][1] == word[:60]
    assert made.notes == ["The labels of these values of kind were cut, as SPSS holds 120 bytes of one: 1."]


@BOTH
def test_values_that_are_no_categories_get_codes_behind_those(write: Write, tmp_path: Path) -> None:
    categories = ({"value": "a"}, {"value": "b"})
    rows = [document(word, {"kind": word}) for word in ("b", "once c", "a")]
    frame, meta = read(write, dataset([variable("kind", "CATEGORY", categories=categories)], rows), tmp_path)
    assert list(frame["kind"]) == [2, 3, 1]
    assert meta.variable_value_labels["kind"][3] == "once c"


@BOTH
def test_the_long_layout_has_its_columns(write: Write, tmp_path: Path) -> None:
    made = everything(Options(), layout=Layout.LONG)
    frame, meta = read(write, made, tmp_path)
    stored = stored_columns(made)
    assert decoded(frame, meta) == [
        [in_long(found, value) for found, value in zip(stored, row, strict=True)] for row in made.rows()
    ]


def in_long(found: StoredColumn, value: Any) -> Any:
    return as_text(value) if found.storage is Storage.TEXT or value is None else in_words(found, value)


@BOTH
def test_a_dataset_without_rows_is_a_file_with_its_columns(write: Write, tmp_path: Path) -> None:
    variables = [variable("place"), variable("n", "NUMBER"), variable("day", "DATE"), variable("yes", "BOOLEAN")]
    made = dataset(variables, [document("quiet.txt")], Options(confidence=True), multiple=True)
    frame, _ = read(write, made, tmp_path)
    assert list(frame.columns) == names(made)
    assert len(frame) == 0


def test_what_is_too_large_is_refused(tmp_path: Path) -> None:
    made = dataset([variable("n", "NUMBER")], [document("a", {"n": 1})])
    huge = replace(made, survey=replace(made.survey, rows=MOST_CELLS))
    with pytest.raises(TooLargeForStatistics, match="80,000,000 cells"):
        write_sav(huge, tmp_path / "file")
    wide = dataset([variable(f"v{number}") for number in range(32_765)], [])
    with pytest.raises(TooLargeForStatistics, match="Stata holds 32,767"):
        write_dta(wide, tmp_path / "file")


HAVEN = """
library(haven)
args <- commandArgs(TRUE)
data <- if (args[[2]] == "sav") read_sav(args[[1]], user_na = TRUE) else read_dta(args[[1]])
list_of <- function(parts) paste0("[", paste(parts, collapse = ","), "]")
points <- function(one) if (is.na(one)) "null" else list_of(utf8ToInt(enc2utf8(one)))
text <- function(x) list_of(vapply(as.vector(x), points, ""))
number <- function(x) {
  tags <- if (is.double(x)) na_tag(x) else rep(NA_character_, length(x))
  shown <- ifelse(is.na(unclass(x)), "null", sprintf("%.17g", as.vector(unclass(x))))
  list_of(ifelse(is.na(tags), shown, paste0('"', tags, '"')))
}
cell <- function(x) if (is.character(x)) text(as.character(unclass(x))) else number(x)
cat(list_of(vapply(data, cell, "")))
"""


@NEEDS_HAVEN
@BOTH
def test_haven_reads_the_same(write: Write, tmp_path: Path) -> None:
    made = everything()
    frame, meta = read(write, made, tmp_path)
    ending = "sav" if write is write_sav else "dta"
    (tmp_path / "read.R").write_text(HAVEN, encoding="ascii")
    done = subprocess.run(
        [str(RSCRIPT), "--vanilla", "read.R", "file", ending],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    found = json.loads(done.stdout)
    days = {name for name, kind in meta.original_variable_types.items() if kind.startswith(("SDATE", "%td"))}
    for name, cells in zip(frame, found, strict=True):
        told = [None if pandas.isna(value) else value for value in frame[name].astype(object)]
        is_ = ["".join(map(chr, one)) if isinstance(one, list) else one for one in cells]
        if name in days:
            assert is_ == pytest.approx([in_r(one, ending) for one in told]), name
        else:
            assert is_ == told, name


def in_r(day: Any, ending: str) -> Any:
    """R counts days from 1970; haven makes days even of the codes of SPSS."""
    if not isinstance(day, float | int):
        return day
    if ending == "sav":
        return day / 86_400 + (date(1582, 10, 14) - date(1970, 1, 1)).days
    return day + (date(1960, 1, 1) - date(1970, 1, 1)).days
