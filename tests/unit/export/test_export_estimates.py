"""Estimates from judged cells, and what all cells tell, in every form of the codebook."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from coderai.codebook.fingerprints import asked
from coderai.services.export.adapters.csv_codebook import write_csv_codebook
from coderai.services.export.adapters.json_codebook import write_json_codebook
from coderai.services.export.adapters.markdown_codebook import write_markdown_codebook
from coderai.services.export.domain.choice import Choice
from coderai.services.export.domain.codebook import codebook, facts
from coderai.services.export.domain.coded import Document
from coderai.services.export.domain.dataset import Dataset
from coderai.services.export.domain.measured import (
    Agreement,
    CalibrationBin,
    CategoryQuality,
    Estimate,
    Measured,
    Report,
)
from coderai.services.export.domain.quality import quality_described
from tests.unit.export.datasets import JOB, dataset, document, extraction, variable
from tests.unit.export.everything import AWKWARD_TEXTS, everything

NOTE = "estimates rest on 40 cells judged in 1 simple sample"
HALF = Estimate(0.5, 0.25, 0.75, 12, "WILSON")
MEASURED = Measured(
    cells=400,
    judged=40,
    not_covered=3,
    accuracy=Estimate(0.9, 0.769, 0.9604, 40, "DESIGN"),
    false_values=Estimate(0.05, 0.01, 0.2, 30, "DESIGN"),
    categories=(CategoryQuality("force", HALF, HALF, None), CategoryQuality("none")),
    calibration=(CalibrationBin(0.8, 0.9, 12, 0.85, HALF),),
    expected_calibration_error=0.0351,
    agreement=(Agreement("MODEL", 40, HALF, 0.61, Estimate(0.6, 0.4, 0.8, 40, "BOOTSTRAP"), "nominal"),),
)
REPORT = Report({"violence": MEASURED}, (NOTE,))
VARIABLES = (
    variable("violence", "CATEGORY", categories=({"value": "none"}, {"value": "force"}), prompt="What did police do?"),
    variable("police", "BOOLEAN"),
    variable("place"),
)


def found() -> list[Document]:
    by_model, other = {"model": "openai:gpt-5-mini"}, {"model": "offline", "prompt_version": 2}
    rows = [
        [extraction("violence", "force", **by_model), extraction("police", True, **by_model)],
        [extraction("violence", "force", **other), extraction("police", False, **by_model)],
        [extraction("violence", None, **by_model), extraction("police", True, **by_model)],
        [extraction("violence", "none", origin="CORRECTED", **by_model), extraction("police", None)],
        [extraction("violence", "none", origin="DEFAULTED", missing_reason="NOT_STATED"), extraction("police", None)],
    ]
    return [Document(str(number), f"{number}.txt", extractions=row) for number, row in enumerate(rows)]


@pytest.fixture
def made() -> Dataset:
    return dataset(VARIABLES, found(), job=None, report=REPORT)


def test_json_has_each_estimate_with_its_interval_cells_and_method(made: Dataset, tmp_path: Path) -> None:
    write_json_codebook(made, tmp_path / "file")
    read = json.loads((tmp_path / "file").read_text(encoding="utf-8"))
    assert read == json.loads(json.dumps(codebook(made)))
    violence, police, _ = read["codebook"]
    accuracy = {"value": 0.9, "low": 0.769, "high": 0.9604, "cells": 40, "method": "DESIGN"}
    assert violence["measured"]["accuracy"] == accuracy
    assert violence["measured"]["missed_values"] is None
    assert violence["measured"]["categories"][0]["precision"]["low"] == 0.25
    assert violence["measured"]["agreement"][0]["krippendorff_alpha"]["method"] == "BOOTSTRAP"
    # Of a variable that nothing was measured of, the same fields say so.
    assert (police["measured"]["judged"], police["measured"]["accuracy"]) == (0, None)
    assert read["quality_notes"] == [NOTE]


def test_all_cells_tell_coverage_frequencies_models_and_prompt_versions(made: Dataset) -> None:
    violence, police, place = codebook(made)["codebook"]
    quality = violence["quality"]
    assert (quality["percent_answered"], quality["percent_defaulted"], quality["percent_corrected"]) == (
        60.0,
        20.0,
        20.0,
    )
    assert quality["values"] == [{"value": "none", "count": 2}, {"value": "force", "count": 2}]
    # What a person corrected is no model's answer.
    assert quality["models"] == {"openai:gpt-5-mini": 2, "offline": 1}
    assert quality["prompt_versions"] == {"1": 3, "2": 1}
    assert police["quality"]["values"] == [{"value": True, "count": 2}, {"value": False, "count": 1}]
    assert place["quality"]["values"] == []
    assert dict(facts(made))["Models that answered"] == "openai:gpt-5-mini: 5 cells; offline: 1 cells"
    assert violence["fingerprints"]["asked"] == asked(VARIABLES[0], made.codebook.unit)
    assert violence["prompt_settings"] == {"origin": "GENERATED", "temperature": 0.0, "max_tokens": 0}


def test_empty_columns_are_counted_by_reason_without_those_that_a_default_fills(made: Dataset) -> None:
    quality = made.survey.quality["violence"]
    assert quality.missing == {"NOT_STATED": 2}
    assert quality.empty == {"NOT_STATED": 1}


def test_readers_see_estimates_in_columns_and_those_of_parts_in_lines(made: Dataset) -> None:
    told = quality_described(made, VARIABLES[0])
    assert (told["Accuracy (estimate)"], told["Accuracy: from"], told["Accuracy: to"]) == (0.9, 0.769, 0.96)
    assert (told["Missed values (estimate)"], told["Cells judged in drawn samples"]) == (None, 40)
    half = "0.5 (0.25 to 0.75; 12 cells)"
    assert told["By value (estimates)"] == f"force: precision {half}, recall {half}\nnone: nothing can be estimated"
    assert told["Agreement"] == (
        f"model and people: agree on {half}, Cohen's kappa 0.61,"
        " Krippendorff's alpha (nominal) 0.6 (0.4 to 0.8; 40 cells)"
    )
    assert told["Accuracy by confidence"] == f"0.8 to 0.9: mean confidence 0.85, right {half}"
    assert [list(quality_described(made, one)) for one in VARIABLES[1:]] == [list(told)] * 2


def test_markdown_has_estimates_and_what_they_rest_on(made: Dataset, tmp_path: Path) -> None:
    write_markdown_codebook(made, tmp_path / "file")
    text = (tmp_path / "file").read_text(encoding="utf-8")
    assert f"- Estimates of quality: {NOTE}\n" in text
    assert "- Accuracy (estimate): 0.9\n- Accuracy: from: 0.769\n- Accuracy: to: 0.96\n" in text


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_has_a_line_per_variable_with_all_of_it(made: Dataset, tmp_path: Path) -> None:
    write_csv_codebook(made, tmp_path / "file")
    lines = read_csv(tmp_path / "file")
    assert [line["Variable"] for line in lines] == ["violence", "police", "place"]
    assert lines[0]["Prompt"] == "What did police do?"
    assert (lines[0]["Accuracy: from"], lines[1]["Accuracy: from"]) == ("0.769", "")
    assert {line["Dataset: Codebook hash"] for line in lines} == {"abc"}
    assert {line["Dataset: Unit of observation"] for line in lines} == {"one event"}
    assert lines[0]["Required"] == "FALSE"


def test_rows_of_a_job_have_no_estimates(tmp_path: Path) -> None:
    made = dataset(VARIABLES, found(), job=JOB)
    assert [one["measured"] for one in codebook(made)["codebook"]] == [None] * 3
    assert not [label for label in quality_described(made, VARIABLES[0]) if "estimate" in label.lower()]
    assert "Estimates of quality" not in dict(facts(made))


def test_a_part_of_the_dataset_says_that_estimates_are_of_all_of_it() -> None:
    made = dataset(VARIABLES, found(), job=None, report=REPORT, choice=Choice(variables=("violence",)))
    part, rest = codebook(made)["quality_notes"]
    assert "whole dataset" in part
    assert rest == NOTE


def test_a_dataset_without_variables_or_documents_has_a_codebook(tmp_path: Path) -> None:
    for made in (dataset([], []), dataset(VARIABLES, [], job=None, report=REPORT)):
        write_csv_codebook(made, tmp_path / "csv")
        write_json_codebook(made, tmp_path / "json")
        read = json.loads((tmp_path / "json").read_text(encoding="utf-8"))
        assert len(read["codebook"]) == len(read_csv(tmp_path / "csv")) == len(made.codebook.variables)


def test_columns_of_the_table_are_listed_with_label_and_what_they_are_of() -> None:
    made = everything()
    columns = codebook(made)["columns"]
    assert [one["name"] for one in columns] == [column.name for column in made.table.columns()]
    injured = next(one for one in columns if one["name"] == "injured")
    assert injured == {
        "name": "injured",
        "label": "People injured",
        "storage": "NUMBER",
        "variable": "injured",
        "detail": "",
    }


@pytest.mark.parametrize("text", AWKWARD_TEXTS, ids=lambda text: ascii(text[:12]))
def test_no_text_runs_as_a_formula_or_breaks_a_file(text: str, tmp_path: Path) -> None:
    said = variable("said", instructions=text, prompt=text, categories=())
    made = dataset([said], [document("a.txt", {"said": "x"})], project_name=text, project_description=text)
    write_csv_codebook(made, tmp_path / "csv")
    write_json_codebook(made, tmp_path / "json")
    (line,) = read_csv(tmp_path / "csv")
    for cell in (line["Prompt"], line["Instructions"], line["Dataset: Project"]):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    prompt: Any = json.loads((tmp_path / "json").read_text(encoding="utf-8"))["codebook"][0]["prompt"]
    assert prompt == text.encode("utf-8", errors="surrogatepass").decode("utf-8", errors="replace") or "�" in prompt
