"""Review as a researcher does it: a sheet drawn, filled in and taken back, quality told, what is stale renewed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from coderai.client.__main__ import app
from coderai.client.api import CoderAI
from coderai.client.demo_review import Demo
from coderai.client.models import Extraction, Project
from coderai.client.screen import Screen
from coderai.deploy.stack import LocalStack

REPORTS = {
    "alma.txt": "The ferry Alma struck the quay at Ayr on 3 May 2024. Two passengers were injured.",
    "boreas.txt": "On 5 May 2024 the tug Boreas ran aground off Ely. Nobody was injured.",
    "تقرير.txt": "في 7 مايو 2024 جنحت السفينة قرب الميناء. أصيب 12 شخصًا.",
    "dora.txt": "The barge Dora sank near Ulm on 9 May 2024. Four of the crew were injured.",
}
VARIABLES = [
    {"name": "injured", "type": "NUMBER", "instructions": "How many people were injured."},
    {"name": "day", "type": "DATE", "instructions": "The day of the accident."},
    {"name": "place", "type": "TEXT", "instructions": "Where it happened."},
]
Coderai = Callable[..., Result]


@pytest.fixture(scope="module")
def signed_in(stack: LocalStack) -> Iterator[tuple[CoderAI, str]]:
    """The API as a user of their own, and the user's e-mail."""
    email = f"reviewer-{uuid4()}@example.org"
    with CoderAI(stack.url) as api:
        api.register(email, "correct horse battery")
        yield api, email


@pytest.fixture(scope="module")
def api(signed_in: tuple[CoderAI, str]) -> CoderAI:
    return signed_in[0]


@pytest.fixture
def project(api: CoderAI, tmp_path: Path) -> Project:
    """A project with every document coded."""
    made = api.create_project(name=f"Accidents {uuid4()}")
    api.create_variables(made.id, VARIABLES)
    (tmp_path / "reports").mkdir()
    for name, text in REPORTS.items():
        (tmp_path / "reports" / name).write_text(text, encoding="utf-8")
    api.upload(made.id, sorted((tmp_path / "reports").iterdir()))
    api.wait_until_read(made.id, timeout=60)
    for _ in api.watch_job(api.start_job(made.id, "FULL", skip_sample=True).id):
        pass
    return made


@pytest.fixture
def coderai(
    stack: LocalStack, signed_in: tuple[CoderAI, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Coderai:
    """Runs the command as that user, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    env = {"CODERAI_URL": stack.url, "CODERAI_EMAIL": signed_in[1], "CODERAI_PASSWORD": "correct horse battery"}
    return lambda *arguments: CliRunner().invoke(app, arguments, env={**env, "COLUMNS": "160"}, prog_name="coderai")


def cells(api: CoderAI, project: Project) -> dict[tuple[str, str], Extraction]:
    return {(e.document_name, e.variable): e for e in api.extractions(project.id)}


def fill(sheet: Path, answers: dict[tuple[str, str], dict[str, str]]) -> None:
    """Fills a workbook in by document and variable, as a person would, and saves it."""
    book = load_workbook(sheet)
    review = book["Review"]
    at = {cell.value: number for number, cell in enumerate(review[1], start=1)}
    for row in range(2, review.max_row + 1):
        cell = (review.cell(row, at["document"]).value, review.cell(row, at["variable"]).value)
        for column, text in answers.get(cell, {}).items():
            review.cell(row, at[column]).value = text
    book.save(sheet)


def test_a_drawn_sample_goes_out_comes_back_and_tells_quality(
    api: CoderAI, project: Project, coderai: Coderai, tmp_path: Path
) -> None:
    drawn = coderai("review", project.name, "--measure", "12", "--blind", "--seed", "5", "--out", "sheet.xlsx")
    assert drawn.exit_code == 0, drawn.output
    answers = {(name, variable["name"]): {"verdict": "correct"} for name in REPORTS for variable in VARIABLES}
    answers["تقرير.txt", "injured"] = {"correction": "12", "note": "=as the text has it"}
    answers["dora.txt", "injured"] = {"correction": "many"}
    fill(tmp_path / "sheet.xlsx", answers)

    taken = coderai("review", "--apply", "sheet.xlsx")
    assert taken.exit_code == 4, taken.output
    assert "took 11 rows" in taken.stdout and "(dora.txt · injured)" in taken.stdout
    said = sorted(one.id for one in api.feedback(project.id))
    assert len(said) == 11
    assert coderai("review", "--apply", "sheet.xlsx").exit_code == 4
    assert sorted(one.id for one in api.feedback(project.id)) == said

    told = coderai("quality", project.id)
    assert told.exit_code == 0, told.output
    (injured,) = (line for line in told.stdout.splitlines() if line.strip().startswith("injured"))
    assert "3 of 4" in injured


def test_a_correction_is_in_the_dataset_and_its_export_and_outlives_a_renewal(
    api: CoderAI, project: Project, coderai: Coderai, tmp_path: Path
) -> None:
    assert coderai("review", project.id, "--repair", "50", "--out", "sheet.xlsx").exit_code == 0
    fill(tmp_path / "sheet.xlsx", {("dora.txt", "injured"): {"correction": "44"}})
    assert coderai("review", project.id, "--apply", "sheet.xlsx").exit_code == 0
    assert "nothing is stale" in coderai("renew", project.id).stdout

    (injured,) = (v for v in api.variables(project.id) if v.name == "injured")
    api.update_variable(injured.id, instructions="How many were hurt or injured.")
    renewed = coderai("renew", project.id, "--yes")
    assert renewed.exit_code == 0, renewed.output
    assert "asked otherwise" in renewed.stdout and "nothing is stale" in coderai("renew", project.id).stdout

    found = cells(api, project)
    assert (found["dora.txt", "injured"].value, found["dora.txt", "injured"].origin) == (44, "CORRECTED")
    assert {e.prompt_version for (_, name), e in found.items() if name == "injured"} == {2}
    export = api.wait_for_export(api.create_export(project.id, "CSV", status=True, origin=True).id, timeout=60)
    api.download_export(export.id, tmp_path / "dataset.csv")
    with (tmp_path / "dataset.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["document"]: row for row in csv.DictReader(file)}
    assert set(rows) == set(REPORTS)
    assert (rows["dora.txt"]["injured"], rows["dora.txt"]["injured_origin"]) == ("44", "CORRECTED")
    assert rows["dora.txt"]["injured_status"] == "VALIDATED"


def test_the_demo_of_review_keeps_its_promises(api: CoderAI) -> None:
    outcome = Demo(api, Screen()).run()
    assert all(outcome.promises.values()), outcome.promises
    assert len(outcome.promises) == 7
    assert set(outcome.before) == set(outcome.after)
