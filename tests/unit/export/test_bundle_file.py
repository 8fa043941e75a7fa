"""A bundle's files: they say the same as the dataset, lead to nothing outside, and tell of nobody they should not."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow.parquet as parquet  # type: ignore[import-untyped]
import pytest

from coderai.services.export.adapters.csv_file import write_csv
from coderai.services.export.adapters.formats import FORMATS
from coderai.services.export.adapters.messages import WORDS
from coderai.services.export.domain.coded import cell
from coderai.services.export.domain.details import DETAILS
from coderai.services.export.domain.export import BUNDLE, Export, Layout, Options
from coderai.services.extractor.domain.coding.extraction import Flag
from tests.unit.export.bundles import OF_BUNDLE, OTHER_PERSON, READ, Bundle, bundle
from tests.unit.export.datasets import JOB, dataset, document, variable
from tests.unit.export.everything import TEXTS, awkward, everything


@pytest.fixture(scope="module")
def whole() -> Bundle:
    return bundle(everything(OF_BUNDLE))


def test_a_bundle_is_wide_with_every_column_whatever_is_asked_for() -> None:
    asked = {"delimiter": ";", "byte_order_mark": True, "categories_as": "CODES", "pseudonyms": True, "texts": True}
    plain = {"format": BUNDLE, "layout": "LONG", "options": asked, "choice": {"variables": ["place"]}}
    export = Export.define(uuid4(), uuid4(), None, plain)
    assert export.layout is Layout.WIDE
    assert all(getattr(export.options, name) for name in DETAILS)
    assert export.options == replace(Options(pseudonyms=True, texts=True).of_bundle())
    assert (export.options.delimiter, export.options.byte_order_mark) == (",", False)
    assert export.choice.variables == ("place",)


def test_its_file_is_called_zip() -> None:
    assert FORMATS[BUNDLE].ending == ".zip"


def test_the_csv_is_that_of_an_export_as_csv(whole: Bundle, tmp_path: Path) -> None:
    write_csv(everything(OF_BUNDLE), tmp_path / "data.csv")
    assert whole.files["data/data.csv"] == (tmp_path / "data.csv").read_bytes()


def test_the_scripts_read_the_csv_beside_them(whole: Bundle) -> None:
    for script in ("load.R", "load.py", "load.do"):
        assert "data.csv" in whole.text(f"data/{script}")
        assert "Public-events" not in whole.text(f"data/{script}")


def test_parquet_and_csv_have_the_same_rows(whole: Bundle) -> None:
    rows = list(csv.reader(io.StringIO(whole.text("data/data.csv"))))
    table = parquet.read_table(io.BytesIO(whole.files["data/data.parquet"]))
    assert table.column_names == rows[0]
    assert table.num_rows == len(rows) - 1


def test_every_cell_has_a_line_with_what_is_known_of_it(whole: Bundle) -> None:
    made = everything(OF_BUNDLE)
    cells = [(unit, v, cell(unit, v)) for unit in made.units() for v in made.codebook.variables]
    lines = whole.lines("data/cells.jsonl")
    assert len(lines) == len(cells)
    for line, (unit, of, shown) in zip(lines, cells, strict=True):
        assert (line["document_id"], line["entity_index"]) == (unit.document.id, unit.entity_index)
        assert (line["variable"], line["missing_reason"] or "") == (of.name, shown.missing_reason)
        found = shown.extraction
        if found is None:
            continue
        assert line["value"] == (found.value if found.has_value else None)
        assert line["confidence"] == found.confidence
        assert tuple(line["flags"]) == found.flags
        assert (line["evidence"] or {}).get("quote", "") == found.evidence.quoted
        told = ("status", "support", "origin", "model", "verdict", "stale")
        assert [line[name] or "" for name in told] == [getattr(found, name) for name in told]
        assert [line["reviewer"] or "", line["weight"] or 0] == [found.reviewed_by, found.weight]


def test_cells_say_what_people_and_models_said_before(whole: Bundle) -> None:
    cells = {(c["document_id"], c["entity_index"], c["variable"]): c for c in whole.lines("data/cells.jsonl")}
    assert cells["doc-1", 2, "violence"]["model_value"] == "force"
    assert cells["doc-3", 1, "injured"]["vague"]["low"] == 24
    assert cells["doc-3", 1, "place"]["candidates"][0]["evidence"] == {
        "quote": "in Ostermund",
        "match": "NONE",
        "spans": [],
    }


def test_quotes_of_cells_stand_where_they_say(whole: Bundle) -> None:
    found = [
        (TEXTS[line["document_id"]][span["start"] : span["end"]], line["evidence"]["quote"])
        for line in whole.lines("data/cells.jsonl")
        if line.get("evidence")
        for span in line["evidence"]["spans"]
    ]
    assert len(found) > 20
    assert all(text == quote for text, quote in found)


def test_every_document_has_a_line(whole: Bundle) -> None:
    documents = {line["document_id"]: line for line in whole.lines("documents.jsonl")}
    assert len(documents) == len(everything().survey.documents)
    assert documents["doc-failed"]["error"] == "no text in it"
    assert documents["doc-2"]["unread_pages"] == [2, 5]
    assert documents["doc-empty"]["reason"] == "NO_ENTITIES"


def test_documents_tell_how_they_were_read() -> None:
    made = replace(everything(OF_BUNDLE), texts=READ)
    lines = {line["document_id"]: line for line in bundle(made).lines("documents.jsonl")}
    read = lines["doc-1"]
    assert read["text_sha256"] == hashlib.sha256(TEXTS["doc-1"].encode()).hexdigest()
    assert (read["reader"], read["pages"], read["read_status"]) == ("plain text", [[0, len(TEXTS["doc-1"])]], "READY")
    assert (lines["doc-later"]["in_dataset"], lines["doc-later"]["text_sha256"]) == (True, None)
    assert (lines["doc-unread"]["in_dataset"], lines["doc-unread"]["read_status"]) == (False, "FAILED")


def test_the_documents_of_a_job_are_the_jobs() -> None:
    made = replace(everything(OF_BUNDLE, job=JOB), texts=READ)
    assert all(line["in_dataset"] for line in bundle(made).lines("documents.jsonl"))


def test_texts_are_there_only_on_request() -> None:
    made = replace(everything(Options(texts=True).of_bundle()), texts=READ)
    found = bundle(made)
    assert {path for path in found.files if path.startswith("texts/")} == {f"texts/{id}.txt" for id in TEXTS}
    assert {id: found.text(f"texts/{id}.txt") for id in TEXTS} == TEXTS
    assert "| `texts/` |" in found.text("README.md")
    lines = {line["document_id"]: line for line in found.lines("documents.jsonl")}
    for id in TEXTS:
        assert hashlib.sha256(found.files[f"texts/{id}.txt"]).hexdigest() == lines[id]["text_sha256"]


def test_texts_that_are_gone_are_told() -> None:
    made = replace(everything(Options(texts=True).of_bundle()), texts=READ)
    readme = bundle(made).text("README.md")
    gone = [line for line in made.survey.documents if line.status == "DONE" and line.id not in TEXTS]
    assert f"- The text of {len(gone)} coded documents is not here" in readme


def test_without_texts_no_file_has_words_that_were_not_quoted() -> None:
    found = bundle(replace(everything(OF_BUNDLE), texts=READ))
    assert not [path for path in found.files if path.startswith("texts/")]
    files = {**found.files, **_of_compressed(found)}
    unquoted = ["lay idle", "was painted on a wall", "stayed ashore", "طالبوا"]
    told = [(path, words) for path, data in files.items() for words in unquoted if words.encode() in data]
    assert told == []
    assert all(any(words in text for text in TEXTS.values()) for words in unquoted)


def test_what_a_file_could_not_hold_is_in_the_readme_and_the_notes() -> None:
    made = everything(OF_BUNDLE)
    readme = bundle(made).text("README.md")
    assert [note for note in made.notes if note.startswith("data/data.csv: In 3 cells an apostrophe")]
    assert "- data/data.csv: In 3 cells an apostrophe" in readme
    assert all(f"`{path}`" in readme for path in bundle(made).files if path != "README.md")


def test_pseudonyms_hide_who_reviewed_in_every_file() -> None:
    hidden = bundle(everything(Options(pseudonyms=True).of_bundle()))
    people = (b"ada@example.org", OTHER_PERSON.encode())
    plain = {**hidden.files, **_of_compressed(hidden)}
    assert [path for path, data in plain.items() if any(person in data for person in people)] == []
    assert {line.get("reviewer") for line in hidden.lines("data/cells.jsonl")} == {None, "person 1"}
    assert [line["author"] for line in hidden.lines("provenance/corrections.jsonl")] == ["person 2", "person 1"]
    assert "person 1" in hidden.text("README.md")
    shown = bundle(everything(OF_BUNDLE))
    assert b"ada@example.org" in shown.files["data/cells.jsonl"]


def _of_compressed(found: Bundle) -> dict[str, bytes]:
    """What compressed files say: words are not to be seen in their bytes."""
    table = parquet.read_table(io.BytesIO(found.files["data/data.parquet"]))
    with zipfile.ZipFile(io.BytesIO(found.files["methods.docx"])) as docx:
        parts = {f"methods.docx/{name}": docx.read(name) for name in docx.namelist()}
    return {**parts, "data/data.parquet, read": f"{table.to_pylist()} {table.schema}".encode()}


def test_names_of_documents_are_no_paths() -> None:
    names = ["../../etc/passwd", "CON", "قراءة.txt", "a" * 300, "a\nb", "/root/x", "", "README.md", "a\ud800b"]
    found = [document(name, {"said": "x"}, id=str(uuid4())) for name in names]
    plain = bundle(dataset([variable("said")], [document("plain.txt", {"said": "x"})], OF_BUNDLE))
    odd = bundle(dataset([variable("said")], found, OF_BUNDLE))
    assert set(odd.files) == set(plain.files)
    assert [line["name"] for line in odd.lines("documents.jsonl")] == [*names[:-1], "a\ufffdb"]


def test_texts_that_formats_cannot_hold_are_in_the_cells_as_they_are() -> None:
    made = awkward(OF_BUNDLE)
    values = [line["value"] for line in bundle(made).lines("data/cells.jsonl") if line["variable"] == "said"]
    expected = [row[made_at] for made_at in [3] for row in made.rows()]
    assert values == [str(text).encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in expected]


def test_two_bundles_of_a_dataset_differ_only_in_dates() -> None:
    made = everything(OF_BUNDLE)
    later = replace(everything(OF_BUNDLE), generated_at=made.generated_at.replace(year=2027))
    one, other = bundle(made).files, bundle(later).files
    assert one == bundle(everything(OF_BUNDLE)).files
    differing = {path for path in one if one[path] != other[path]}
    assert "data/data.csv" not in differing
    for path in differing - {"manifest-sha256.txt", "ro-crate-metadata.json", "data/data.parquet", "methods.docx"}:
        dated = one[path].replace(b"2026-11-22", b"2027-11-22")
        assert dated == other[path], path


def test_provenance_is_there_line_by_line(whole: Bundle) -> None:
    (run,), (prompt,), (call,) = (whole.lines(f"provenance/{name}.jsonl") for name in ("runs", "prompts", "calls"))
    assert (run["job"]["model"], run["codebook"]["hash"]) == ("openai:small", "abc")
    assert prompt["messages"][1] == {"role": "user", "content": "{document text}"}
    assert (call["document_id"], call["prompt_id"], call["start"]) == ("doc-1", prompt["id"], 0)
    done, failed = whole.lines("provenance/receipts.jsonl")
    assert (done["job_id"], done["receipt"]["unanswered"]) == ("job 1", {"share": "NOT_STATED"})
    assert (failed["status"], failed["no_calls"], failed["receipt"]) == ("FAILED", "It was not coded.", None)
    assert [line["id"] for line in whole.lines("provenance/corrections.jsonl")] == ["f1", "f2"]
    assert [line["kind"] for line in whole.lines("provenance/samples.jsonl")] == ["SAMPLE", "CELL"]


def test_the_readme_says_why_calls_are_not_there(whole: Bundle) -> None:
    assert "- Of 1 document: It was not coded." in whole.text("README.md")


def keys(value: Any, before: str = "") -> Iterator[str]:
    """The keys of an object, and of objects and lists of objects in it as "job.id"."""
    for key, inner in value.items():
        yield f"{before}{key}"
        if before == "" and key in ("job", "receipt", "strata"):
            for one in inner if isinstance(inner, list | tuple) else [inner or {}]:
                yield from keys(one, f"{key}.")


def test_every_key_and_every_word_is_explained(whole: Bundle) -> None:
    sections = {part.split("\n")[0]: part for part in whole.text("fields.md").split("\n## ")}
    files = [path for path in whole.files if path.endswith(".jsonl")]
    for path in files:
        found = "".join(part for heading, part in sections.items() if path in heading)
        told = {key for line in whole.lines(path) for key in keys(line)} - {"kind"}
        assert [key for key in told if f"| `{key}` | " not in found] == [], path
    assert re.findall(r"\| `.*` \|  \|", whole.text("fields.md")) == []
    for key, words in {
        "missing_reason": WORDS.reasons,
        "support": WORDS.supports,
        "match": WORDS.matches,
        "origin": WORDS.origins,
        "status": WORDS.statuses,
        "verdict": WORDS.verdicts,
        "flags": list(Flag),
    }.items():
        assert re.findall(r"\| `(.*)` \| .+ \|", sections[f"Words: `{key}`"]) == [*map(str, words)]


def test_nothing_tells_of_machines_and_paths(whole: Bundle) -> None:
    told = [path for path, data in whole.files.items() for hint in (b"gpu.internal", b"/var/lib") if hint in data]
    assert told == []
    assert whole.lines("provenance/runs.jsonl")[0]["job"]["status_reason"].endswith("HTTP 503 from [address]")


def test_the_bundle_of_nothing_is_one() -> None:
    empty = bundle(dataset([variable("said")], [], OF_BUNDLE))
    assert empty.lines("data/cells.jsonl") == []
    assert json.loads(empty.text("statistics.json"))["of_dataset"]["cells"] == 0
