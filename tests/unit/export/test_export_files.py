"""Files as their readers see them: what was put in comes out again, whatever the text."""

from __future__ import annotations

import csv
import json
import re
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coderai.codebook.ranges import make_range
from coderai.language.spreadsheets import MOST_CHARACTERS, cell_text
from coderai.services.export.adapters.csv_file import write_csv
from coderai.services.export.adapters.json_file import write_json
from coderai.services.export.adapters.json_lines_file import write_json_lines
from coderai.services.export.adapters.parquet_file import write_parquet
from coderai.services.export.adapters.sqlite_file import write_sqlite
from coderai.services.export.adapters.xlsx_file import write_xlsx
from coderai.services.export.domain.coded import Document, Value
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.export import Options
from tests.unit.export.datasets import ALL, dataset, document, extraction, quoted, variable, withheld

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠a", "'=1", "''+1"]
MARKUP = ["<r>a</r>", "<r>_x0041_ \n</r>", "_x0041_", "<b>&amp;</b>"]
AWKWARD = [*FORMULAS, *MARKUP, "a\r\nb", "a,b;c\td", '"', "'", " a ", "\x00\x0b\ufffe", "😀"]
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(-9.99e307, 9.99e307)
VALUES = st.none() | st.booleans() | NUMBERS | st.text() | st.sampled_from(AWKWARD)


def table(rows: list[list[Value]]) -> Any:
    """A dataset whose rows hold these values, in variables a, b, c, d."""
    variables = [variable(name) for name in "abcd"]
    return dataset(variables, [document("d.txt", dict(zip("abcd", row, strict=True))) for row in rows])


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder, "dataset")


def read_csv(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def denied(text: str) -> str:
    """What a neutralised text was before."""
    return text[1:] if re.match(r"'+[=+\-@\t\r\n＝＋－＠]", text) else text


def as_csv(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else str(value)


ROWS = st.lists(st.lists(VALUES, min_size=4, max_size=4), max_size=4)


@given(ROWS)
@example([[text, None, None, None] for text in AWKWARD])
def test_csv_gives_back_what_was_written(path: Path, rows: list[list[Value]]) -> None:
    write_csv(table(rows), path)
    header, *lines = read_csv(path)
    assert header == ["document", "document_id", "flagged", "a", "b", "c", "d"]
    texts = [[denied(cell) if isinstance(v, str) else cell for v, cell in zip(row, line[3:], strict=True)]
             for row, line in zip(rows, lines, strict=True)]  # fmt: skip
    assert texts == [[as_csv(value) for value in row] for row in rows]


@given(st.text() | st.sampled_from(AWKWARD))
def test_no_text_in_a_csv_begins_like_a_formula(path: Path, text: str) -> None:
    write_csv(table([[text, text, -5, -0.5]]), path)
    *found, whole, fraction = read_csv(path)[1][3:]
    assert not any(cell and cell[0] in "=+-@\t\r\n＝＋－＠" for cell in found)
    assert (whole, fraction) == ("-5", "-0.5")


def test_a_csv_is_rfc_4180_in_utf_8(path: Path) -> None:
    write_csv(table([["Łódź, PL", 'so-called "strike"', True, "two\nlines"]]), path)
    assert path.read_bytes() == (
        b"document,document_id,flagged,a,b,c,d\r\n"
        + 'd.txt,id of d.txt,,"Łódź, PL","so-called ""strike""",TRUE,"two\nlines"\r\n'.encode()
    )


@given(st.text() | st.sampled_from(AWKWARD))
def test_a_csv_has_a_line_for_each_row_if_line_breaks_are_not_wanted(path: Path, text: str) -> None:
    options = Options(delimiter=";", byte_order_mark=True, replace_line_breaks=True)
    made = dataset([variable("a")], [document(text, {"a": text}), document("b", {"a": "x;y"})], options)
    write_csv(made, path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfdocument;document_id;flagged;a\r\n")
    lines = path.read_bytes().decode("utf-8-sig").split("\r\n")
    assert (len(lines), lines[2:]) == (4, ['b;id of b;;"x;y"', ""])
    assert len(lines[1].splitlines()) == 1


@given(ROWS)
@example([[text, None, None, None] for text in AWKWARD])
def test_json_gives_back_what_was_written(path: Path, rows: list[list[Value]]) -> None:
    write_json(table(rows), path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert [list(row["values"].values()) for row in found["rows"]] == rows


@given(st.text(st.sampled_from("a😀é\n\x00"), max_size=20), st.integers(1, MOST_CHARACTERS // 4))
def test_a_text_too_long_for_a_cell_is_cut_and_says_so(piece: str, times: int) -> None:
    text = piece * times
    found = cell_text(text)
    whole = text.replace("\x00", "")
    assert len(found.shown.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert found.whole == (len(whole.encode("utf-16-le")) // 2 <= MOST_CHARACTERS)
    if found.whole:
        assert found.shown == whole
    else:
        kept, _, mark = found.shown.rpartition(" … ")
        assert mark == f"[cut: {len(whole):,} characters in all]"
        assert whole.startswith(kept)
        assert len(kept.encode("utf-16-le")) // 2 > MOST_CHARACTERS - 60


def written_json(made: Dataset, path: Path) -> Any:
    write_json(made, path)
    return json.loads(path.read_text(encoding="utf-8"))


def test_json_says_where_every_value_came_from(path: Path) -> None:
    stated = extraction(
        "place",
        "Kessling",
        evidence=quoted("in Kessling […] on Tuesday", (5, 16, 1), (40, 50, 2)),
        flags=("LOW_CONFIDENCE",),
        status="FLAGGED",
        support="JUDGED",
    )
    made = dataset(
        [variable("place"), variable("demand", if_multiple_values="ALL")],
        [Document("1", "a", extractions=[stated, extraction("demand", ["pay"])]), document("b", status="FAILED")],
    )
    found = written_json(made, path)
    first, second = found["rows"]
    assert first["values"] == {"place": "Kessling", "demand": ["pay"]}
    assert first["details"]["place"] == {
        "confidence": 0.9,
        "quote": "in Kessling […] on Tuesday",
        "start": 5,
        "end": 16,
        "page": 1,
        "match": "EXACT",
        "spans": [{"start": 5, "end": 16, "page": 1}, {"start": 40, "end": 50, "page": 2}],
        "support": "JUDGED",
        "origin": "EXTRACTED",
        "missing_reason": None,
        "flags": ["LOW_CONFIDENCE"],
        "prompt_version": 1,
        "model": None,
        "status": "FLAGGED",
    }
    assert second["values"] == {"place": None, "demand": None}
    assert second["details"]["place"] == {"missing_reason": "MODEL_FAILED"}
    assert [variable["name"] for variable in found["codebook"]] == ["place", "demand"]
    assert found["documents"]["by_status"] == {"DONE": 1, "FAILED": 1}
    assert (found["codebook_hash"], found["generated_at"]) == ("abc", "2026-11-22T09:30:00+00:00")


@pytest.mark.parametrize("asked", [True, False])
def test_json_has_what_was_withheld_if_asked_and_never_an_invented_quote(path: Path, asked: bool) -> None:
    candidates = (
        withheld(77777, "CONTRADICTED", quoted("Between 400 and 500", (3, 22, 1))),
        withheld(5, "UNGROUNDED", quoted("made up", match="NONE")),
    )
    empty = extraction("injured", None, missing_reason="UNSUPPORTED", candidates=candidates)
    made = dataset(
        [variable("injured", "NUMBER")], [Document("1", "a", extractions=[empty])], Options(candidates=asked)
    )
    (row,) = written_json(made, path)["rows"]
    details = row["details"]["injured"]
    assert (row["values"]["injured"], details["missing_reason"]) == (None, "UNSUPPORTED")
    assert "made up" not in path.read_text(encoding="utf-8")
    shown = [(c["value"], c["support"], c["quote"], c["match"]) for c in details.get("candidates", [])]
    assert shown == (
        [(77777, "CONTRADICTED", "Between 400 and 500", "EXACT"), (5, "UNGROUNDED", None, "NONE")] if asked else []
    )


def test_json_keeps_both_ends_and_whether_they_belong_to_the_value(path: Path) -> None:
    more_than_60 = make_range(60, None, low_closed=False)
    found = [
        Document("1", "a", extractions=[extraction("injured", more_than_60), extraction("crowds", [5, more_than_60])]),
        Document("2", "b", extractions=[extraction("injured", 7), extraction("crowds", [8])]),
    ]
    variables = [
        variable("injured", "NUMBER", if_range="LOW"),
        variable("crowds", "NUMBER", if_multiple_values="ALL"),
    ]
    first, second = written_json(dataset(variables, found), path)["rows"]
    assert first["values"] == {"injured": 60, "crowds": [5, None]}
    assert first["details"]["injured"]["range"] == more_than_60
    assert first["details"]["crowds"]["range"] == [None, more_than_60]
    assert "range" not in second["details"]["injured"]


@pytest.mark.parametrize(
    "write",
    [write_csv, write_xlsx, write_json, write_json_lines, write_parquet, write_sqlite],
    ids=lambda write: write.__name__,
)
def test_memory_does_not_grow_with_the_documents(path: Path, write: Callable[[Dataset, Path], None]) -> None:
    def documents(count: int) -> Iterator[Document]:
        """Each with 20 kB of its own."""
        for number in range(count):
            long = extraction("a", f"{number} " * 5000, flags=("UNCHECKED",), status="FLAGGED")
            yield document(f"{number}.txt", extractions=[long, extraction("b", make_range(number, number + 1))])

    def peak(count: int) -> int:
        path.unlink(missing_ok=True)
        tracemalloc.start()
        write(dataset([variable("a"), variable("b", "NUMBER")], partial(documents, count), ALL), path)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(1)
    assert peak(900) - peak(300) < 1_000_000
