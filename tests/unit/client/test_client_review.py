"""The commands of review: a sheet is written, taken back row by row, and quality and renewal are shown."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from scripted_api import Json, ScriptedApi, job, problem, update
from scripted_review import ScriptedReview
from scripted_rows import Command, extraction

from coderai.client.review import applying

TEXT = "In the town of Ayr some two dozen people met."


@pytest.fixture
def review(server: ScriptedApi) -> ScriptedReview:
    """Two projects; one with four cells to look at."""
    server.projects = {"p1": {"id": "p1", "name": "Strikes"}, "p2": {"id": "p2", "name": "Rallies"}}
    server.variables = [{"name": "place", "type": "TEXT"}, {"name": "size", "type": "NUMBER"}]
    server.review.texts = dict.fromkeys(("a.txt", "b.txt"), TEXT)
    server.review.items = [
        {"extraction": extraction(document, variable, value, quote), "sample_id": "s1"}
        for document, variable, value, quote in (
            ("a.txt", "place", "Ayr", "in the town of Ayr"),
            ("a.txt", "size", 24, "some two dozen"),
            ("b.txt", "place", None, ""),
            ("b.txt", "size", 300, ""),
        )
    ]
    return server.review


def filled(path: Path, answers: dict[str, dict[str, str]], **more: str) -> None:
    """Fills in a CSV sheet by extraction id, as a person would."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=";")
        writer.writeheader()
        writer.writerows(row | answers.get(row["extraction_id"], {}) | more for row in rows)


# Writing a sheet


def test_a_drawn_sample_becomes_a_workbook(review: ScriptedReview, coderai: Command, folder: Path) -> None:
    result = coderai("review", "strikes", "--measure", "4", "--variables", "place,size", "--seed", "7")
    assert result.exit_code == 0, result.output
    assert review.drawn == [{"size": 4, "variables": ["place", "size"], "seed": 7}]
    assert review.asked[0] == {"queue": "MEASURE", "sample_id": "s1", "page_size": "200"}
    sheet = load_workbook(folder / "review.xlsx")["Review"]
    assert sheet.max_row == 5
    for told in ("drew 4 of 400 cells (sample s1)", "--seed 7", "wrote review.xlsx (4 cells of 2 documents)"):
        assert told in result.stdout
    assert "coderai review --apply review.xlsx" in result.stdout


def test_without_more_the_least_certain_cells_are_written(
    review: ScriptedReview, coderai: Command, folder: Path
) -> None:
    assert coderai("review", "p1", "--out", "mend.csv", "--repair", "3").exit_code == 2  # p1 is no id, nor a name
    assert coderai("review", "Strikes", "--out", "mend.csv", "--repair", "3").exit_code == 0
    assert review.asked[0] == {"queue": "REPAIR", "disputed": "true", "page_size": "200"}
    with (folder / "mend.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["extraction_id"] for row in rows] == ["a.txt-place", "a.txt-size", "b.txt-place"]
    assert coderai("review", "Strikes", "--out", "size.csv", "--variables", "size").exit_code == 0
    assert review.asked[-1]["variable"] == "size"
    assert coderai("review", "Strikes", "--out", "two.csv", "--variables", "size,injured").exit_code == 0
    with (folder / "two.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["variable"] for row in csv.DictReader(file)} == {"size"}


def test_a_blind_sample_shows_texts_in_place_of_answers(review: ScriptedReview, coderai: Command, folder: Path) -> None:
    assert coderai("review", "Strikes", "--measure", "4", "--blind", "--out", "blind.xlsx").exit_code == 0
    book = load_workbook(folder / "blind.xlsx")
    assert "value" not in [cell.value for cell in book["Review"][1]]
    assert [row[1].value for row in book["Texts"].iter_rows()] == [TEXT, TEXT]
    assert coderai("review", "Strikes", "--sample", "s1", "--out", "again.xlsx").exit_code == 0
    assert "value" not in [cell.value for cell in load_workbook(folder / "again.xlsx")["Review"][1]]


def test_when_no_cell_is_left_no_file_is_written(review: ScriptedReview, coderai: Command, folder: Path) -> None:
    review.items = []
    result = coderai("review", "Strikes")
    assert (result.exit_code, "no cell is left" in result.stdout) == (0, True)
    assert not (folder / "review.xlsx").exists()


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["review"], "name the project"),
        (["review", "Strikes", "--measure", "5", "--repair", "5"], "give one of them"),
        (["review", "Strikes", "--blind"], "give --measure N"),
        (["review", "Strikes", "--sample", "s9", "--variables", "size"], "leave --variables out"),
        (["review", "Strikes", "--sample", "s9"], "no such sample"),
        (["review", "Strikes", "--out", "sheet.pdf"], "ends in .xlsx or .csv"),
        (["review", "Strikes", "--out", "project.csv"], "is there already"),
        (["review", "--apply", "project.csv", "--measure", "5"], "does not go with it"),
        (["review", "--apply", "absent.csv"], "cannot be read"),
        (["review", "Nobody's"], "no project is called"),
        (["quality", "Nobody's"], "no project is called"),
        (["renew", "Nobody's"], "no project is called"),
    ],
)
def test_wrong_usage_is_told(
    review: ScriptedReview, coderai: Command, folder: Path, arguments: list[str], why: str
) -> None:
    (folder / "project.csv").write_text("a person's work")
    result = coderai(*arguments)
    assert result.exit_code == 2
    assert why in " ".join(result.output.split())
    assert (folder / "project.csv").read_text() == "a person's work"


def test_a_name_that_two_projects_have_is_not_guessed(
    server: ScriptedApi, review: ScriptedReview, coderai: Command
) -> None:
    server.projects["p2"]["name"] = "Strikes"
    result = coderai("quality", "Strikes")
    assert result.exit_code == 2
    assert "2 projects are called 'Strikes'" in result.output and "p2  Strikes" in result.output


# Taking it back

ANSWERS = {
    "a.txt-place": {"verdict": "Correct"},
    "a.txt-size": {"correction": "250"},
    "b.txt-place": {"verdict": "partly", "note": "=not a formula"},
}


@pytest.fixture
def sheet(review: ScriptedReview, coderai: Command, folder: Path) -> Path:
    """A sheet of a drawn sample, as a CSV."""
    assert coderai("review", "Strikes", "--measure", "4", "--out", "sheet.csv").exit_code == 0
    return folder / "sheet.csv"


def test_filled_in_rows_are_taken_once_however_often_the_sheet_is_applied(
    review: ScriptedReview, coderai: Command, sheet: Path
) -> None:
    filled(sheet, ANSWERS)
    result = coderai("review", "--apply", "sheet.csv")
    assert result.exit_code == 0, result.output
    assert "took 3 rows; 1 row without a verdict or correction" in result.stdout
    taken: list[Json] = [
        {"extraction_id": "a.txt-place", "verdict": "CORRECT"},
        {"extraction_id": "a.txt-size", "corrected_value": "250"},
        {"extraction_id": "b.txt-place", "verdict": "PARTIALLY_CORRECT", "note": "=not a formula"},
    ]
    assert review.feedback == [one | {"sample_id": "s1"} for one in taken]
    assert coderai("review", "--apply", "sheet.csv").exit_code == 0
    assert len(review.feedback) == 3


def test_each_refused_row_is_told_with_its_number_and_why(
    review: ScriptedReview, coderai: Command, sheet: Path
) -> None:
    review.refused = {"a.txt-size": "'250 people' is not a number"}
    filled(sheet, ANSWERS | {"b.txt-size": {"verdict": "perhaps"}})
    result = coderai("review", "--apply", "sheet.csv")
    assert result.exit_code == 4
    assert "took 2 rows" in result.stdout and "2 rows refused:" in result.stdout
    assert "row 3 (a.txt · size): '250 people' is not a number" in result.stdout
    assert "row 5 (b.txt · size): the verdict 'perhaps' is none of correct, wrong, partly" in result.stdout
    assert len(review.feedback) == 2


def test_rows_go_in_batches_and_one_that_spoils_its_batch_alone_is_refused(
    review: ScriptedReview, coderai: Command, sheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    review.longest_note = 20
    filled(sheet, ANSWERS | {"a.txt-size": {"verdict": "wrong", "note": "n" * 21}})
    result = coderai("review", "--apply", "sheet.csv")
    assert result.exit_code == 4
    assert "row 3 (a.txt · size): the request has mistakes items.note: should have at most 20" in result.stdout
    assert review.batches == [2, 1, 1, 1]
    assert [one["extraction_id"] for one in review.feedback] == ["a.txt-place", "b.txt-place"]


def test_a_sheet_without_an_answer_sends_nothing(review: ScriptedReview, coderai: Command, sheet: Path) -> None:
    filled(sheet, {"a.txt-place": {"note": "hm"}})
    result = coderai("review", "--apply", "sheet.csv")
    assert (result.exit_code, review.batches) == (0, [])
    assert "1 row with a note alone" in result.stdout


def test_a_sheet_of_another_project_is_refused(
    server: ScriptedApi, review: ScriptedReview, coderai: Command, sheet: Path
) -> None:
    filled(sheet, ANSWERS)
    assert coderai("review", "Rallies", "--apply", "sheet.csv").exit_code == 2
    assert coderai("review", "Strikes", "--apply", "sheet.csv").exit_code == 0
    filled_twice = sheet.read_text(encoding="utf-8").replace(";p1", ";p2", 1)
    sheet.write_text(filled_twice, encoding="utf-8")
    assert coderai("review", "--apply", "sheet.csv").exit_code == 2


def test_a_refusal_that_is_no_rows_fault_ends_the_command(
    server: ScriptedApi, review: ScriptedReview, coderai: Command, sheet: Path
) -> None:
    filled(sheet, ANSWERS)
    server.refusals.append(("POST", "/feedback", problem(403, "forbidden", "viewers may not review")))
    result = coderai("review", "--apply", "sheet.csv")
    assert result.exit_code == 1
    assert "viewers may not review" in result.output


# Quality and renewal


def estimate(value: float, low: float, high: float, cells: int, **more: Any) -> Json:
    return {"value": value, "low": low, "high": high, "cells": cells, "method": "WILSON", **more}


QUALITY = {
    "items": [
        {
            "variable": "size",
            "cells": 400,
            "judged": 50,
            "accuracy": estimate(0.91, 0.842, 0.957, 50, more_cells=84),
            "false_values": estimate(0.04, 0.01, 0.1, 40),
            "missed_values": None,
            "expected_calibration_error": 0.123,
            "agreement": [
                {
                    "between": "MODEL",
                    "percent": estimate(0.9, 0.8, 1, 50),
                    "krippendorff_alpha": estimate(0.7, 0, 1, 50),
                },
                {"between": "PEOPLE", "percent": estimate(0, 0, 0, 0)},
            ],
            "not_covered": 12,
        },
        {"variable": "place", "cells": 400, "judged": 0, "accuracy": None, "expected_calibration_error": None},
    ],
    "next_page_token": "",
    "notes": ["Only cells judged in drawn samples count."],
}


def test_quality_is_shown_with_intervals_and_what_would_make_them_narrower(
    review: ScriptedReview, coderai: Command
) -> None:
    review.quality = QUALITY
    result = coderai("quality", "Strikes", COLUMNS="140")
    assert result.exit_code == 0, result.output
    size, place = (line for line in result.stdout.splitlines() if line.lstrip().startswith(("size ", "place ")))
    for shown in ("91 % (84-96)", "4 % (1-10)", "50 of 400", "0.12", "model 90 % α 0.70", "84 more"):
        assert shown in size
    assert "judge a sample" in place
    assert "12 cells came after the samples were drawn" in result.stdout
    assert "Only cells judged in drawn samples count." in result.stdout


def test_quality_as_json_is_nothing_but_json(review: ScriptedReview, coderai: Command) -> None:
    review.quality = QUALITY
    found = json.loads(coderai("quality", "Strikes", "--json").stdout)
    assert found["items"][0]["accuracy"]["high"] == 0.957


STALE = [
    {"variable": "size", "cells": 300, "documents": 120, "reasons": {"ASKED_OTHERWISE": 290, "FAILED": 10}},
    {"variable": "place", "cells": 5, "documents": 5, "reasons": {"NEVER_ASKED": 5}},
]


def test_renewal_is_shown_and_started_only_when_the_user_says_so(
    server: ScriptedApi, review: ScriptedReview, coderai: Command
) -> None:
    review.stale = STALE
    server.documents = [{"id": "d", "name": "a.txt", "status": "READY"}]
    refused = coderai("renew", "Strikes")
    assert "290 asked otherwise, 10 failed" in refused.stdout
    assert "it takes 2 documents, 3 calls, 900 tokens with offline" in refused.stdout
    assert not server.requested_jobs
    done = coderai("renew", "Strikes", "--yes", "--variables", "size")
    assert done.exit_code == 0, done.output
    assert "place" not in done.stdout and "renewed 1 document" in done.stdout
    assert server.requested_jobs == [{"kind": "FULL", "variables": ["size"], "other_model": False}]


def test_when_nothing_is_stale_nothing_is_started(
    server: ScriptedApi, review: ScriptedReview, coderai: Command
) -> None:
    result = coderai("renew", "Strikes", "--yes")
    assert (result.exit_code, server.requested_jobs) == (0, [])
    assert "nothing is stale" in result.stdout


def test_a_renewal_with_failed_documents_ends_so(server: ScriptedApi, review: ScriptedReview, coderai: Command) -> None:
    review.stale = STALE
    over = job("j1", status="COMPLETE", documents_total=2, documents_processed=2, documents_failed=1)
    server.plans = [[update(0, None, job("j1")), update(1, "JOB_COMPLETED", over)]]
    assert coderai("renew", "Strikes", "-y").exit_code == 4


def test_a_run_can_ask_some_variables_alone(server: ScriptedApi, run: Command) -> None:
    assert run("--variables", "size").exit_code == 0
    assert [body["variables"] for body in server.requested_jobs] == [["size"], ["size"]]
    unknown = run("--variables", "sise")
    assert (unknown.exit_code, len(server.requested_jobs)) == (2, 2)
    assert "sise is none of place, size" in unknown.output
