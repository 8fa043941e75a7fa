"""The codebook that goes with a dataset: definitions as they were, and quality as it was measured."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from coderai.codebook.ranges import make_range
from coderai.extractor.v1 import extractor_service_pb2 as pb
from coderai.services.export.adapters.json_file import write_json
from coderai.services.export.adapters.markdown_codebook import write_markdown_codebook
from coderai.services.export.adapters.xlsx_file import write_xlsx
from coderai.services.export.domain.codebook import head
from coderai.services.export.domain.coded import Document
from coderai.services.export.domain.dataset import Dataset
from tests.unit.export.datasets import dataset, document, extraction, quoted, variable


@pytest.fixture
def coded() -> Dataset:
    """Four documents: two answered, one silent, one that failed."""
    violence = variable(
        "violence",
        "CATEGORY",
        display_name="Police violence",
        instructions="What the police did.",
        categories=({"value": "none", "description": "no force"}, {"value": "force"}),
        confidence_threshold=0.7,
        if_uncertain="USE_DEFAULT",
        default_value="none",
        max_values=5,
        required=True,
        validation_rules={"allowed_values": ["none", "force"]},
        depends_on=({"variable": "police", "operator": "EQUALS", "value": True},),
        prompt_version=4,
        prompt="Say what the police did.\nGive one category.",
    )
    found = [
        [extraction("violence", "force", confidence=0.9, evidence=quoted("hit", (0, 3, 1)))],
        [extraction("violence", "none", confidence=0.5, support="UNCHECKED", status="FLAGGED")],
        [extraction("violence", None)],
    ]
    documents = [Document(str(i), f"{i}.txt", extractions=row) for i, row in enumerate(found)]
    failed = document("scan.pdf", status="FAILED", error="no text in it: upload it with text recognition")
    return dataset([violence], [*documents, failed], project_description="Protests and policing")


def test_quality_is_counted_over_all_units_and_over_the_answered(coded: Dataset) -> None:
    quality = coded.survey.quality["violence"]
    assert (quality.units, quality.answered, quality.flagged) == (4, 2, 1)
    assert quality.mean_confidence == pytest.approx(0.7)
    assert quality.missing == {"NOT_STATED": 1, "MODEL_FAILED": 1}
    assert quality.evidence == {"EXACT": 1, "NONE": 1}


def test_json_has_the_definition_and_the_quality(coded: Dataset, tmp_path: Path) -> None:
    write_json(coded, tmp_path / "file")
    (found,) = json.loads((tmp_path / "file").read_text(encoding="utf-8"))["codebook"]
    assert found["categories"] == [{"value": "none", "description": "no force"}, {"value": "force", "description": ""}]
    assert found["depends_on"] == [{"variable": "police", "operator": "EQUALS", "value": True}]
    assert (found["prompt_version"], found["prompt"]) == (4, "Say what the police did.\nGive one category.")
    assert found["columns"] == ["violence"]
    quality = found["quality"]
    assert (quality["units"], quality["answered"], quality["mean_confidence"]) == (4, 2, 0.7)
    assert quality["percent_flagged"] == 25.0
    assert {reason: share for reason, share in quality["percent_missing"].items() if share} == {
        "NOT_STATED": 25.0,
        "MODEL_FAILED": 25.0,
    }
    assert quality["percent_evidence"] == {"EXACT": 50.0, "FUZZY": 0.0, "NONE": 50.0}


def test_quality_tells_support_what_was_withheld_and_defaults_and_a_default_is_no_answer(tmp_path: Path) -> None:
    default = {"origin": "DEFAULTED", "support": "", "confidence": 0.0, "missing_reason": "NOT_STATED"}
    found = [
        extraction("injured", 3, confidence=0.9),
        extraction("injured", 4, confidence=0.7, support="JUDGED"),
        extraction("injured", make_range(4, 5), confidence=0.8, support="UNCHECKED"),
        extraction("injured", 0, **default),
        extraction("injured", None, missing_reason="UNSUPPORTED"),
        extraction("injured", None, missing_reason="UNGROUNDED"),
        extraction("injured", None, missing_reason="VAGUE"),
        extraction("injured", None, missing_reason="INCOMPLETE"),
    ]
    documents = [Document(str(i), f"{i}.txt", extractions=[one]) for i, one in enumerate(found)]
    write_json(dataset([variable("injured", "NUMBER")], documents), tmp_path / "file")
    (described,) = json.loads((tmp_path / "file").read_text(encoding="utf-8"))["codebook"]
    quality = described["quality"]
    assert (quality["units"], quality["answered"], quality["mean_confidence"]) == (8, 3, 0.8)
    assert (quality["percent_withheld"], quality["percent_defaulted"]) == (25.0, 12.5)
    assert {support: share for support, share in quality["percent_support"].items() if share} == {
        "STATED": 33.3,
        "JUDGED": 33.3,
        "UNCHECKED": 33.3,
    }
    reasons = ("NOT_STATED", "UNSUPPORTED", "UNGROUNDED", "VAGUE", "INCOMPLETE", "RANGE")
    assert {reason: share for reason, share in quality["percent_missing"].items() if share} == dict.fromkeys(
        reasons, 12.5
    )


def by_people() -> Dataset:
    """A dataset with a value and a missing one by people, a confirmed and a stale value."""
    person = {"origin": "CORRECTED", "status": "VALIDATED", "verdict": "INCORRECT", "support": ""}
    found = [
        extraction("injured", 3, confidence=0.2, model_value=30, **person),
        extraction("injured", None, model_value=5, **person),
        extraction("injured", 4, confidence=0.8, status="VALIDATED", verdict="CORRECT"),
        extraction("injured", 7, confidence=0.6, stale="ASKED_OTHERWISE"),
    ]
    documents = [Document(str(i), f"{i}.txt", extractions=[one]) for i, one in enumerate(found)]
    return dataset([variable("injured", "NUMBER")], documents, job=None, model="openai:gpt-5-mini")


def test_a_datasets_codebook_tells_what_people_said_and_what_is_stale(tmp_path: Path) -> None:
    write_json(by_people(), tmp_path / "file")
    (described,) = json.loads((tmp_path / "file").read_text(encoding="utf-8"))["codebook"]
    quality = described["quality"]
    assert (quality["answered"], quality["percent_corrected"], quality["percent_stale"]) == (3, 50.0, 25.0)
    assert quality["verdicts"] == {"CORRECT": 1, "INCORRECT": 2, "PARTIALLY_CORRECT": 0}
    # A person's value has no confidence, quote or support of the model's.
    assert (quality["mean_confidence"], quality["percent_support"]["STATED"]) == (0.7, 100.0)


def test_the_codebook_says_whether_this_is_the_dataset_or_a_job(coded: Dataset, tmp_path: Path) -> None:
    write_markdown_codebook(by_people(), tmp_path / "dataset.md")
    write_markdown_codebook(coded, tmp_path / "job.md")
    of_dataset, of_job = (tmp_path / name for name in ("dataset.md", "job.md"))
    assert "What this is: The project's dataset: of every cell the newest answer" in of_dataset.read_text()
    assert "Verdicts: INCORRECT: 2" in of_dataset.read_text()
    assert "Job:" not in of_dataset.read_text()
    assert "What this is: The rows of one job, as the model gave them" in of_job.read_text()
    assert "corrected by people" not in of_job.read_text()


def test_quality_has_every_reason_that_the_extractor_knows(coded: Dataset, tmp_path: Path) -> None:
    write_json(coded, tmp_path / "file")
    (described,) = json.loads((tmp_path / "file").read_text(encoding="utf-8"))["codebook"]
    known = {name.removeprefix("MISSING_REASON_") for name in pb.MissingReason.keys()}  # noqa: SIM118
    assert set(described["quality"]["percent_missing"]) == known - {"UNSPECIFIED"} | {"NOT_PROCESSED", "NOT_SELECTED"}
    assert list(described["quality"]["percent_evidence"]) == ["EXACT", "FUZZY", "NONE"]


def read_sheets(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The facts, and the only variable with its quality."""
    book = load_workbook(path)
    found: dict[str, Any] = {}
    for name in ("Codebook", "Quality"):
        labels, values = book[name].iter_rows(values_only=True)
        found |= dict(zip(map(str, labels), values, strict=True))
    facts: dict[str, Any] = {}
    for row in book["Read me"].iter_rows(values_only=True):
        facts.setdefault(str(row[0]), row[1])
    return facts, found


def test_the_sheets_have_the_facts_and_the_variables(coded: Dataset, tmp_path: Path) -> None:
    write_xlsx(coded, tmp_path / "file.xlsx")
    facts, found = read_sheets(tmp_path / "file.xlsx")
    assert facts["Project"] == "Public events"
    assert facts["Description"] == "Protests and policing"
    assert facts["Job"] == "job 1 (FULL, COMPLETE)"
    assert (facts["Documents"], facts["Documents failed"], facts["Rows"]) == (4, 1, 4)
    assert found["Categories"] == "none: no force\nforce"
    assert found["Depends on"] == "police EQUALS true"
    assert found["Validation rules"] == 'allowed_values ["none", "force"]'
    assert (found["If uncertain"], found["Default value"]) == ("USE_DEFAULT", "none")
    assert found["Prompt"] == "Say what the police did.\nGive one category."
    assert (found["Required"], found["Mean confidence"], found["% flagged"]) == (True, 0.7, 25)
    assert found["% missing: NOT_STATED"] == 25
    assert found["% of answers with evidence EXACT"] == 50


def test_the_file_beside_a_csv_has_the_same(coded: Dataset, tmp_path: Path) -> None:
    write_markdown_codebook(coded, tmp_path / "file")
    text = (tmp_path / "file").read_text(encoding="utf-8")
    assert text.startswith("# Codebook: Public events\n")
    assert "- Description: Protests and policing\n" in text
    assert "### violence\n" in text
    assert "  ```text\n  Say what the police did.\n  Give one category.\n  ```\n" in text
    assert "- % missing: NOT_STATED: 25.0\n" in text
    assert "- scan.pdf (id of scan.pdf): MODEL_FAILED no text in it: upload it with text recognition\n" in text


def test_every_codebook_says_which_pages_were_not_read_or_may_be_misread(tmp_path: Path) -> None:
    made = dataset([variable("place")], [document("scan.pdf", {"place": None}, unread_pages=(2, 5), unsure_pages=(3,))])
    write_markdown_codebook(made, tmp_path / "file")
    text = (tmp_path / "file").read_text(encoding="utf-8")
    assert "- Documents with pages that were not read: 1\n" in text
    assert "## Pages that were not read\n\n- scan.pdf (id of scan.pdf): 2, 5\n" in text
    assert "- Documents with pages of which text recognition is unsure: 1\n" in text
    assert "## Pages of which text recognition is unsure\n\n- scan.pdf (id of scan.pdf): 3\n" in text
    assert head(made)["documents"]["with_unsure_pages"][0]["pages"] == [3]


@given(st.text(st.sampled_from("a`\n# ~-*"), min_size=1), st.text(st.sampled_from("a`#<*\n ")))
def test_no_text_breaks_out_of_its_place_in_the_file(tmp_path_factory: Any, prompt: str, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / "codebook.md"
    write_markdown_codebook(dataset([variable("place", prompt=prompt)], [], project_name=name), path)
    lines = path.read_text(encoding="utf-8").split("\n")
    outside, fence = [], ""
    for line in lines:
        opened = re.fullmatch(r"  (`{3,})text", line)
        if not fence and opened:
            fence = opened[1]
        elif fence and line.strip() == fence:
            fence = ""
        elif not fence:
            outside.append(line)
    assert fence == ""
    headings = [line for line in outside if re.match(r" {0,3}#", line)]
    assert [heading.split()[0] for heading in headings] == ["#", "##", "###"]
