"""How `coderai new` asks, what it refuses before anything is started, and the file that it writes."""

from __future__ import annotations

import shlex
from pathlib import Path

import click
import pytest
import typer
import yaml
from scripted_api import ScriptedApi
from scripted_rows import Command
from typer.testing import CliRunner

from coderai.client.__main__ import app
from coderai.client.models import Project, Variable
from coderai.client.new.asking import Defaults, Left, Terminal
from coderai.client.new.writing import project_yaml
from coderai.client.project_file import ProjectFile

ANSWERS = ["yes", "edit", "skip", "back"]


def chosen(typed: str) -> str:
    """What a person chooses who types this."""
    heard: list[str] = []

    @click.command()
    def ask() -> None:
        try:
            heard.append(Terminal().choose("Take this?", ANSWERS))
        except Left:
            heard.append("LEFT")

    CliRunner().invoke(_as_typer(ask), input=typed)
    return heard[0]


def _as_typer(command: click.Command) -> typer.Typer:
    made = typer.Typer()
    made.command()(lambda: command.callback and command.callback())
    return made


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("\n", "yes"), ("e\n", "edit"), ("Skip\n", "skip"), ("what?\nb\n", "back"), ("l\n", "LEFT"), ("leave\n", "LEFT")],
)
def test_an_answer_is_a_word_or_its_beginning_and_enter_is_the_first(typed: str, answer: str) -> None:
    assert chosen(typed) == answer


def test_nobody_is_asked_where_defaults_are_taken() -> None:
    assert Defaults().choose("Take this?", ANSWERS) == "yes"
    assert Defaults().text("Name", "place") == "place"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["docs"], "--yes takes every default"),
        (["--yes"], "name the documents"),
        (["nowhere", "--yes"], "there is no such file or folder"),
        (["docs", "--yes", "--out", "taken.yaml"], "may hold your work"),
        (["docs", "--yes", "--model", "openai:gpt-5-mini"], "needs OPENAI_API_KEY"),
    ],
)
def test_what_makes_no_sense_is_told_before_anything_starts(
    arguments: list[str], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "CODERAI_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.txt").write_text("A vigil.")
    (tmp_path / "taken.yaml").write_text("name: Mine")
    result = CliRunner().invoke(app, ["new", *arguments])
    assert result.exit_code == 2, result.output
    assert told in " ".join(result.output.split())
    assert (tmp_path / "taken.yaml").read_text() == "name: Mine"
    assert not (tmp_path / ".coderai").exists()


PROJECT = Project(
    id="p1",
    name="Strikes: a study",
    language="Arabic",
    domain="صحافة",
    unit={"row_is": "one strike", "rows_per_document": "MULTIPLE", "entity_identification_pattern": "each strike"},  # type: ignore[arg-type]
    model="offline",
    status="SCHEMA_DEFINED",
)
VARIABLES = [
    Variable(id="v1", name="hurt", type="NUMBER", display_name="Hurt", instructions="How many?\nNot the dead."),
    Variable(id="v2", name="form", type="CATEGORY", categories=[{"value": "march"}, {"value": "vigil"}]),  # type: ignore[list-item]
]


def test_the_file_says_why_and_is_taken_by_run(tmp_path: Path) -> None:
    reasons = {"unit": "Seen: “Each\nstrike”.", "variables.hurt": "Seen in 3 of 5 documents."}
    text = project_yaml(PROJECT, VARIABLES, 5, reasons, "coderai run project.yaml docs --out out")
    (tmp_path / "project.yaml").write_text(text, encoding="utf-8")
    spec = ProjectFile.read(tmp_path / "project.yaml").spec
    assert (spec.name, spec.language, spec.domain, spec.sample_size) == ("Strikes: a study", "Arabic", "صحافة", 5)
    assert [one.name for one in spec.variables] == ["hurt", "form"]
    assert spec.variables[0].instructions == "How many?\nNot the dead."
    assert "coderai run project.yaml docs --out out" in text
    assert "# Seen in 3 of 5 documents." in text
    assert "status" not in yaml.safe_load(text)


def test_a_walk_that_fails_keeps_the_project_and_tells_the_command_that_goes_on(
    server: ScriptedApi, coderai: Command
) -> None:
    """The scripted API has no setup, so that the walk's first request is refused."""
    failed = coderai("new", "docs", "--yes", "--out", "new.yaml")
    assert failed.exit_code == 1, failed.output
    (project_id,) = server.projects
    assert f"To go on: coderai new docs --yes --out new.yaml --project {project_id}" in " ".join(failed.output.split())
    name = server.projects[project_id]["name"]

    again = coderai("new", "--yes", "--out", "new.yaml", "--project", name)

    assert again.exit_code == 1, again.output
    assert " ".join(again.output.split()).endswith(
        f"To go on: coderai new --yes --out new.yaml --project {shlex.quote(name)}"
    )
    assert list(server.projects) == [project_id]
