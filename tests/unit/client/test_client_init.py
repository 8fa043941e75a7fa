"""`coderai init` writes the beginning of a project file that can be read as it is, and when it is filled in."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from coderai.client.__main__ import app
from coderai.client.init_project import language_of
from coderai.client.project_file import ProjectFile

ENGLISH = "The dockers of the harbour stopped work on Monday, and the ferries did not leave."
GERMAN = "Die Hafenarbeiter legten am Montag die Arbeit nieder, und die Fähren fuhren nicht."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "port-reports").mkdir()
    for number in range(3):
        (tmp_path / "port-reports" / f"{number}.txt").write_text(ENGLISH)
    return tmp_path


def init(*given: str) -> Result:
    return CliRunner().invoke(app, ["init", *given], prog_name="coderai")


def test_the_file_can_be_read_as_it_is(folder: Path) -> None:
    result = init("port-reports")

    assert result.exit_code == 0, result.output
    spec = ProjectFile.read(folder / "project.yaml").spec
    assert (spec.name, spec.language, spec.variables) == ("Port reports", "English", [])
    assert spec.unit.row_is == "one document"
    assert "coderai new port-reports" in result.stdout
    assert "# Then:  coderai run project.yaml port-reports --out out\n" in (folder / "project.yaml").read_text()


def test_what_is_commented_out_can_be_used(folder: Path) -> None:
    init("port-reports")
    lines = (folder / "project.yaml").read_text().splitlines()
    begin = lines.index("variables:")
    variables = [line.removeprefix("#") for line in lines[begin + 1 :]]
    options = [
        line.removeprefix("# ") for line in lines if line.startswith(("# description:", "# domain:", "# model:"))
    ]
    (folder / "filled.yaml").write_text("\n".join([*lines[: begin + 1], *variables, *options]))

    spec = ProjectFile.read(folder / "filled.yaml").spec

    assert [variable.type for variable in spec.variables] == ["DATE", "CATEGORY", "NUMBER", "BOOLEAN", "TEXT"]
    assert (spec.domain, spec.model) == ("news articles", "openai:gpt-5-mini")


def test_an_existing_file_is_never_overwritten(folder: Path) -> None:
    (folder / "project.yaml").write_text("mine")
    refused = init("port-reports")
    assert (refused.exit_code, (folder / "project.yaml").read_text()) == (2, "mine")
    assert "project.yaml exists already" in refused.stderr
    assert init("port-reports", "--out", "no-such/folder.yaml").exit_code == 2
    assert init("nothing-here").exit_code == 2


def test_names_and_paths_of_any_kind_are_written_safely(folder: Path) -> None:
    odd = folder / "# yes: {no}\n 'x'"
    odd.mkdir()
    (odd / "a b.txt").write_text(GERMAN, encoding="utf-16")
    assert init(str(odd), "--out", "my project.yaml").exit_code == 0
    spec = ProjectFile.read(folder / "my project.yaml").spec
    assert (spec.name, spec.language) == ("# yes: {no} 'x'", "German")


def test_the_language_is_told_by_what_is_plain_text(folder: Path) -> None:
    files = sorted((folder / "port-reports").iterdir())
    assert language_of(files) == ("English", 3)
    (folder / "de.md").write_text(GERMAN, encoding="latin-1")
    assert language_of([*files, folder / "de.md"]) == ("Mixed", 4)
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7\x00")
    (folder / "empty.txt").write_text("")
    (folder / "cut.txt").write_bytes(("ب" * 30_000).encode()[:-1])
    assert language_of([folder / "scan.pdf", folder / "empty.txt", folder / "absent.txt"]) == ("", 0)
    assert language_of([*files, folder / "scan.pdf"]) == ("English", 3)


def test_without_a_language_that_can_be_told_there_is_a_line_for_it(folder: Path) -> None:
    (folder / "scans").mkdir()
    (folder / "scans" / "a.pdf").write_bytes(b"%PDF-1.7")
    assert init("scans").exit_code == 0
    assert "# language: English" in (folder / "project.yaml").read_text()
    assert ProjectFile.read(folder / "project.yaml").spec.language == ""
