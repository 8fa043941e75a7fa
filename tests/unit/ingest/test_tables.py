"""Each row of a table is a document: its text column the text, the other columns its metadata."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as arrow  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from coderai.services.ingest.domain.problems import FileDamaged, NoText, TextTooLarge, Unreadable
from coderai.services.ingest.domain.reading import Part, Reading
from coderai.services.ingest.domain.tables import ColumnMissing
from tests.unit.ingest.files import read_one, read_parts, texts


def metadata(part: Part) -> dict[str, object]:
    return dict(part.metadata)


def test_rows_become_documents_with_metadata() -> None:
    data = 'id,text,town\n1,"A strike,\nlong",Portavel\n2,,Kessling\n3,Another,"Sao ""Gil"""\n'
    parts, container = read_parts(data.encode(), "news.csv")
    assert texts(parts) == ["A strike,\nlong", "the row has nothing in its column 'text'", "Another"]
    assert [part.name for part in parts] == ["news.csv#1", "news.csv#2", "news.csv#3"]
    assert [part.position for part in parts] == [1, 2, 3]
    assert metadata(parts[2]) == {"id": "3", "town": 'Sao "Gil"'}
    assert (container.format, container.text_column) == ("CSV", "text")
    assert "'text' was guessed" in container.report.warnings[0]


def test_the_text_column_is_the_longest_or_the_one_asked_for() -> None:
    rows = "".join(f"{n},story of what happened in town number {n},short\n" for n in range(9))
    parts, container = read_parts(f"nr,narration,remark\n{rows}".encode(), "a.csv")
    assert container.text_column == "narration"
    (warning,) = container.report.warnings
    assert "'narration' was guessed" in warning and "also has nr, remark;" in warning
    parts, container = read_parts(f"nr,narration,remark\n{rows}".encode(), "a.csv", "Remark")
    assert (container.text_column, container.report.warnings, texts(parts)[0]) == ("remark", (), "short")
    with pytest.raises(ColumnMissing, match="nr, narration, remark"):
        read_parts(f"nr,narration,remark\n{rows}".encode(), "a.csv", "body")


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_any_delimiter_is_told(delimiter: str) -> None:
    data = "\r\n".join(delimiter.join(row) for row in (["id", "text"], ["1", "one"], ["2", "two"]))
    assert texts(read_parts(data.encode(), "a.csv")[0]) == ["one", "two"]


def test_a_table_needs_no_name_and_prose_is_none() -> None:
    table = "id;who;text\n" + "".join(f"{n};me;words, and words\n" for n in range(8))
    assert read_parts(table.encode(), "data.txt")[1].format == "CSV"
    prose = "He came, he saw, he left.\nShe stayed, as always, at home.\n" * 9
    assert read_one(prose.encode(), "a.txt").format == "TXT"


def test_rows_without_headings_and_uneven_rows_are_reported() -> None:
    parts, container = read_parts(b"1,A strike began\n2,It ended,early\n3\n", "a.csv")
    assert (len(parts), container.text_column) == (3, "column_2")
    assert metadata(parts[1]) == {"column_1": "2", "column_3": "early"}
    assert ["no row of headings" in container.report.warnings[0], "2 rows" in container.report.warnings[1]] == [
        True
    ] * 2


@given(
    st.lists(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30), min_size=1, max_size=9)
)
def test_whatever_a_csv_writer_writes_is_read(values: list[str]) -> None:
    target = io.StringIO(newline="")
    csv.writer(target).writerows([["id", "text"], *enumerate(values)])
    parts, _ = read_parts(target.getvalue().encode(), "a.csv", "text")
    assert len(parts) == len(values)
    assert [metadata(p)["id"] for p in parts if isinstance(p.outcome, Reading)] == [
        str(n) for n, part in enumerate(parts) if isinstance(part.outcome, Reading)
    ]


def test_json_of_every_shape() -> None:
    rows = [{"id": 1, "body": "A strike", "by": {"name": "Ann"}}, {"id": 2, "body": "None", "tags": ["x"]}]
    for value in (rows, {"articles": rows}):
        parts, container = read_parts(json.dumps(value).encode(), "a.json")
        assert (texts(parts), container.text_column) == (["A strike", "None"], "body")
        assert metadata(parts[0]) == {"id": 1, "by.name": "Ann"}
    assert texts(read_parts(b'["one", 2, null]', "a.json")[0]) == ["one", "2", "null"]
    assert texts(read_parts(b'{"text": "alone"}', "unnamed")[0]) == ["alone"]


def test_json_lines_with_a_broken_one() -> None:
    parts, container = read_parts(b'{"text": "one"}\n\n{"text": "two"}\n{"text": \n{"text": "four"}\n', "a.jsonl")
    assert texts(parts)[0::3] == ["one", "four"]
    assert "line 4: the file is no valid JSON" in texts(parts)[2]
    assert container.report.reader == "json lines"


@pytest.mark.parametrize("data", [b"{", b"[1,]", b"[NaN]", b"[" * 100_000, b"{'a': 1}"])
def test_invalid_json_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        read_parts(data, "a.json")


def test_prose_that_begins_like_json_is_text() -> None:
    assert read_one(b"[1] Eames, A. (2024), Strikes.\n[2] Osei, H.", "notes").format == "TXT"


SEEN = arrow.list_(arrow.struct([("at", arrow.timestamp("ns"))]))


def test_parquet_of_many_types() -> None:
    time = datetime(2024, 5, 3, 12, tzinfo=UTC)
    columns = {
        "story": ["A strike began", None],
        "day": [date(2024, 5, 3), None],
        "at": arrow.array([1_714_737_600_000_000_001, None], arrow.timestamp("ns", "UTC")),
        "seen": arrow.array([[{"at": 1_714_737_600_000_000_001}], None], SEEN),
        "cost": [Decimal("1.50"), None],
        "who": [{"name": "Ann", "ages": [1, 2]}, None],
        "raw": [b"\xff\x00", None],
        "share": [float("nan"), 0.5],
    }
    target = io.BytesIO()
    parquet.write_table(arrow.table(columns), target)
    parts, container = read_parts(target.getvalue(), "no-name")
    assert (container.format, container.text_column) == ("PARQUET", "story")
    assert texts(parts) == ["A strike began", "the row has nothing in its column 'story'"]
    assert metadata(parts[0]) == {
        "day": "2024-05-03",
        "at": time.isoformat(),
        "seen": [{"at": time.replace(tzinfo=None).isoformat()}],
        "cost": "1.50",
        "who.name": "Ann",
        "who.ages": [1, 2],
        "raw": "/wA=",
        "share": None,
    }
    for damaged in (target.getvalue()[:-50], target.getvalue()[:40] + bytes(200) + target.getvalue()[240:]):
        with pytest.raises(FileDamaged):
            read_parts(damaged, "a.parquet")


def test_a_table_without_rows_says_so() -> None:
    for data, name in ((b"id,text\n", "a.csv"), (b"[]", "a.json")):
        with pytest.raises(NoText, match="no rows"):
            read_parts(data, name)


@pytest.mark.parametrize(
    "columns", [{"text": ["A strike."] * 100_000}, {"text": ["lorem ipsum " * 100_000] * 60}], ids=["rows", "values"]
)
def test_a_small_parquet_file_gives_no_more_than_fits_its_size(columns: dict[str, list[str]]) -> None:
    target = arrow.BufferOutputStream()
    parquet.write_table(arrow.table(columns), target)
    assert target.getvalue().size < 200_000
    with pytest.raises(TextTooLarge, match="upload it in parts"):
        read_parts(target.getvalue().to_pybytes(), "a.parquet")
