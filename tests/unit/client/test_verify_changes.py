"""`coderai verify` finds what is changed in a bundle and names its place, also where the manifest was made to fit."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.changed_bundles import (
    Files,
    checked,
    fitting,
    read_files,
    replaced,
    with_json,
    with_line,
    with_part,
)
from tests.support.judged_bundle import write_judged_bundle

CELLS, CSV, PARQUET = "data/cells.jsonl", "data/data.csv", "data/data.parquet"
STATISTICS, CODEBOOK, DOCUMENTS = "statistics.json", "codebook/codebook.json", "documents.jsonl"
PROMPTS, CALLS, RECEIPTS = (f"provenance/{name}.jsonl" for name in ("prompts", "calls", "receipts"))
CORRECTIONS, SAMPLES = "provenance/corrections.jsonl", "provenance/samples.jsonl"

Change = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The files of a bundle in which everything fits together."""
    path = tmp_path_factory.mktemp("bundle") / "bundle.zip"
    write_judged_bundle(path)
    return read_files(path)


@dataclass(frozen=True)
class Case:
    """A change to one file, and what is told of it."""

    file: str
    change: Change
    told: tuple[str, ...]
    """All of them stand in one of the lines that are told."""


def cell(variable: str, entity: int, **fields: Any) -> Change:
    """The cell of the first document's entity, with other fields."""

    def wanted(plain: Mapping[str, Any]) -> bool:
        return bool((plain["document_id"], plain["variable"], plain["entity_index"]) == ("doc-1", variable, entity))

    return lambda data: with_line(data, wanted, lambda plain: plain.update(fields))


def evidence(change: Callable[[dict[str, Any]], None]) -> Change:
    """The evidence of the first place, changed."""
    return lambda data: with_line(data, lambda plain: plain["variable"] == "place", lambda p: change(p["evidence"]))


def moved(span: Mapping[str, int]) -> dict[str, int]:
    return {**span, "start": span["start"] - 1, "end": span["end"] - 1}


def line(wanted: Callable[[Any], bool], change: Callable[[Any], None]) -> Change:
    return lambda data: with_line(data, wanted, change)


def first(**fields: Any) -> Change:
    return line(lambda plain: True, lambda plain: plain.update(fields))


def whole(change: Callable[[Any], None]) -> Change:
    return lambda data: with_json(data, change)


def text(old: str, new: str) -> Change:
    return lambda data: replaced(data, old, new)


def of_variable(name: str, change: Callable[[Any], None]) -> Change:
    """Statistics or codebook with what they have of a variable changed."""

    def of_all(plain: Any) -> None:
        found = plain.get("variables") or plain["codebook"]
        change(next(one for one in found if name in (one.get("variable"), one.get("name"))))

    return whole(of_all)


def parquet(column: str, row: int, value: Any) -> Change:
    """A table with one cell changed."""

    def change(data: bytes) -> bytes:
        import pyarrow as arrow
        from pyarrow import parquet as files

        table = files.read_table(io.BytesIO(data))
        values = table.column(column).to_pylist()
        values[row] = value
        place = table.schema.get_field_index(column)
        made = table.set_column(place, table.schema.field(place), arrow.array(values, table.schema.field(place).type))
        out = io.BytesIO()
        files.write_table(made, out)
        return out.getvalue()

    return change


TERN = 'entity 2 (the tug "Tern")'
CASES: Mapping[str, Case] = {
    "a value in the CSV": Case(CSV, text("Kessling", "Kesslinh"), (CSV, "line 2", "column place", "Kesslinh")),
    "a confidence in the CSV": Case(CSV, text(",0.55,", ",0.56,"), (CSV, "harbour.txt", "injured_confidence", "0.56")),
    "a row of the CSV": Case(CSV, lambda data: data.rsplit(b"\r\n", 2)[0] + b"\r\n", (CSV, "it has no row 17")),
    "a place of an entity in the CSV": Case(
        CSV, text("MV Aster,1,", "MV Aster,2,"), (CSV, "column entity_page", "stands 2, should be 1")
    ),
    "a value in Parquet": Case(PARQUET, parquet("place", 0, "Kesslinh"), (PARQUET, "line 1", "column place")),
    "a number in Parquet": Case(PARQUET, parquet("injured", 0, 8.0), (PARQUET, "column injured", "8.0", "7.0")),
    "a truth in Parquet": Case(PARQUET, parquet("police", 0, False), (PARQUET, "column police")),
    "a value of a cell": Case(CELLS, cell("place", 1, value="Kesslinh"), (CSV, "column place", "Kessling")),
    "why a cell is missing": Case(CELLS, cell("share", 1, missing_reason="AMBIGUOUS"), (CSV, "share_missing")),
    "a confidence": Case(CELLS, cell("day", 1, confidence=0.91), (PARQUET, "day_confidence", "0.91")),
    "a status": Case(CELLS, cell("injured", 1, status="EXTRACTED"), (CSV, "injured_status")),
    "flags": Case(CELLS, cell("injured", 1, flags=["UNCHECKED"]), (CSV, "injured_flags")),
    "a support": Case(CELLS, cell("day", 1, support="JUDGED"), (CSV, "day_support")),
    "a model": Case(CELLS, cell("day", 1, model="openai:large"), (CSV, "day_model")),
    "a version": Case(CELLS, cell("day", 1, prompt_version=9), (CSV, "day_prompt_version")),
    "a reviewer": Case(CELLS, cell("police", 2, reviewer="eve"), (CSV, "police_reviewer")),
    "a weight": Case(CELLS, cell("police", 2, weight=24.0), (CELLS, TERN, "weight", "24.0", "25.0")),
    "what the model had said": Case(CELLS, cell("violence", 2, model_value="none"), (CELLS, "what the model says")),
    "a quote": Case(
        CELLS,
        evidence(lambda plain: plain.update(quote="in Kesslinh")),
        (CELLS, "harbour.txt", "variable place", "in Kesslinh", "in Kessling"),
    ),
    "a place": Case(
        CELLS,
        evidence(
            lambda plain: plain["spans"][0].update(
                start=plain["spans"][0]["start"] - 1, end=plain["spans"][0]["end"] - 1
            )
        ),
        (CELLS, "variable place", "does not have this quote"),
    ),
    "the end of a place": Case(
        CELLS,
        evidence(lambda plain: plain["spans"][0].update(end=plain["spans"][0]["end"] + 1)),
        (CELLS, "variable place", "not as long as its places"),
    ),
    "a page": Case(CELLS, evidence(lambda p: p["spans"][0].update(page=2)), (CELLS, "variable place", "another page")),
    "a text": Case("texts/doc-1.txt", text("Kessling", "Kesslinh"), ("texts/doc-1.txt", "its SHA-256 is another")),
    "a text and its hash": Case("texts/doc-1.txt", text("Kessling", "Kesslinh"), (CALLS, "line 1", "passage")),
    "a hash of a text": Case(DOCUMENTS, first(text_sha256="0" * 64), ("texts/doc-1.txt", "should be 000")),
    "what became of a document": Case(DOCUMENTS, first(status="FAILED"), (STATISTICS, "documents_by_status")),
    "how many rows a document has": Case(DOCUMENTS, first(rows=3), (DOCUMENTS, "line 1", "stands 3, should be 2")),
    "a count": Case(
        STATISTICS,
        of_variable("place", lambda one: one["counts"].update(answered=3)),
        (STATISTICS, "variables[place].counts.answered", "stands 3, should be 2"),
    ),
    "a percentage": Case(
        STATISTICS,
        of_variable("place", lambda one: one["stated"].update(percent_flagged=0.1)),
        (STATISTICS, "variables[place].stated.percent_flagged"),
    ),
    "a figure of the dataset": Case(
        STATISTICS,
        whole(lambda plain: plain["of_dataset"].update(rows=18)),
        (STATISTICS, "of_dataset.rows", "18", "17"),
    ),
    "an end of an interval": Case(
        STATISTICS,
        of_variable(
            "place", lambda one: one["measured"]["accuracy"].update(high=one["measured"]["accuracy"]["high"] + 1e-6)
        ),
        (STATISTICS, "variables[place].measured.accuracy.high"),
    ),
    "a figure of the codebook": Case(
        CODEBOOK,
        of_variable("injured", lambda one: one["quality"].update(mean_confidence=0.99)),
        (CODEBOOK, "codebook[injured].quality.mean_confidence", "0.99"),
    ),
    "a prompt of the codebook": Case(
        CODEBOOK, of_variable("place", lambda one: one.update(prompt="Name it.")), (CODEBOOK, "place, asked")
    ),
    "a setting of the codebook": Case(
        CODEBOOK, of_variable("place", lambda one: one.update(required=True)), (CODEBOOK, "place, settings")
    ),
    "a message of a prompt": Case(PROMPTS, text("Rules.", "Rulez."), (PROMPTS, "line 1", "EXTRACT", "SHA-256")),
    "where a passage begins": Case(CALLS, first(start=1), (CALLS, "line 1", "document harbour.txt", "passage")),
    "what a prompt was filled with": Case(CALLS, first(filled={"{code}": "b"}), (CALLS, "line 1", "were sent")),
    "the prompt of a call": Case(CALLS, first(prompt_id="0"), (CALLS, "line 1", "does not have its prompt")),
    "the job of a call": Case(CALLS, first(job_id="0"), (CALLS, "line 1", "does not have its job")),
    "a count of a receipt": Case(
        RECEIPTS, line(lambda p: True, lambda p: p["receipt"].update(tokens_in=101)), (STATISTICS, "coding.tokens_in")
    ),
    "passages of a receipt": Case(
        RECEIPTS,
        line(lambda p: True, lambda p: p["receipt"].update(chunks_sent=2)),
        (RECEIPTS, "line 1", "chunks_sent"),
    ),
    "a verdict": Case(
        CORRECTIONS,
        line(lambda p: p["id"][-1] == "7", lambda p: p.update(verdict="INCORRECT")),
        (STATISTICS, "variables[police].measured.agreement"),
    ),
    "what a person says is right": Case(
        CORRECTIONS,
        line(lambda p: p["variable"] == "violence" and p["id"][-1] == "5", lambda p: p.update(corrected_value="force")),
        (CELLS, TERN, "variable violence", "is right"),
    ),
    "what a person took back": Case(
        CORRECTIONS, first(undone_at="2026-11-22T00:00:00+00:00"), (STATISTICS, "taken_back")
    ),
    "how many cells a stratum had": Case(
        SAMPLES,
        line(lambda p: True, lambda p: p["strata"][0].update(population=50)),
        (CELLS, TERN, "variable place", "weight", "should be 50"),
    ),
    "what the model said of a drawn cell": Case(
        SAMPLES,
        line(lambda p: p["kind"] == "CELL" and p["variable"] == "police", lambda p: p.update(model_value=True)),
        (STATISTICS, "variables[police].measured.accuracy.value"),
    ),
    "a number of the methods": Case(
        "methods.md", text("has 17 rows", "has 18 rows"), ("methods.md", "of_dataset.rows")
    ),
    "a word of the methods in Word": Case(
        "methods.docx",
        lambda data: with_part(data, "word/document.xml", "has 17 rows", "has 18 rows"),
        ("methods.docx", "paragraph", "has 18 rows", "has 17 rows"),
    ),
}


def told(files: Files, path: Path) -> list[str]:
    return list(checked(files, path).told())


def test_a_bundle_that_nobody_changed_is_good(files: Files, tmp_path: Path) -> None:
    found = checked(files, tmp_path / "b.zip")
    assert list(found.told()) == []
    assert not found.not_checked
    assert list(checked(fitting(files), tmp_path / "b.zip").told()) == []


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_found_by_the_manifest(name: str, files: Files, tmp_path: Path) -> None:
    case = CASES[name]
    changed = files | {case.file: case.change(files[case.file])}
    assert any(one.startswith(f"{case.file}: the file is not") for one in told(changed, tmp_path / "b.zip"))


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_found_where_the_manifest_was_made_to_fit(name: str, files: Files, tmp_path: Path) -> None:
    case = CASES[name]
    changed = files | {case.file: case.change(files[case.file])}
    found = told(fitting(changed), tmp_path / "b.zip")
    assert any(all(part in one for part in case.told) for one in found), found


def test_files_that_are_missing_or_there_besides_are_told(files: Files, tmp_path: Path) -> None:
    without = {name: data for name, data in files.items() if name != "fields.md"} | {"notes.txt": b"mine"}
    found = told(without, tmp_path / "b.zip")
    assert any("does not have this file" in one and "fields.md" in one for one in found)
    assert any(one.startswith("notes.txt: the manifest does not name") for one in found)
    for name in files.keys() - {"manifest-sha256.txt"}:
        rest = {path: data for path, data in files.items() if path != name}
        assert not checked(rest, tmp_path / "b.zip").is_good


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_byte_that_is_changed_is_found(data: st.DataObject, files: Files, tmp_path: Path) -> None:
    name = data.draw(st.sampled_from(sorted(files)))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    byte = data.draw(st.integers(1, 255))
    changed = bytearray(files[name])
    changed[place] ^= byte
    path = tmp_path / "b.zip"
    assert not checked(files | {name: bytes(changed)}, path).is_good
    if name not in ("manifest-sha256.txt", "ro-crate-metadata.json"):
        checked(fitting(files | {name: bytes(changed)}), path)  # found or not, it ends in good order
