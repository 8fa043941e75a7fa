"""`coderai new` against everything real: defaults, changes, leaving and coming back, in a terminal and in a script."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from coderai.client.__main__ import app
from coderai.client.api import CoderAI
from coderai.client.demo_setup import EXAMPLES, Demo
from coderai.client.new.asking import Left
from coderai.client.new.talk import Talk
from coderai.client.new.walk import SetupWalk
from coderai.client.project_file import ProjectFile
from coderai.client.screen import Screen
from coderai.deploy.stack import LocalStack

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse battery"
REPORTS = {
    f"{name}.txt": f"{name.upper()}, {day} May 2024 (Wire) - The {what} on {day - 1} May 2024, police said. {hurt}."
    for name, day, what, hurt in (
        ("ayr", 4, "ferry Alma struck the quay", "Two passengers were injured"),
        ("ely", 6, "tug Boreas ran aground", "Nobody was injured"),
        ("ulm", 9, "barge Dora sank", "Four of the crew were injured"),
        ("bar", 12, "yacht Ege burned", "One sailor was injured"),
    )
}


@pytest.fixture(scope="module")
def user(stack: LocalStack) -> Iterator[tuple[CoderAI, str]]:
    """The API as a user of their own, and the user's e-mail."""
    email = f"newcomer-{uuid4()}@example.org"
    with CoderAI(stack.url) as api:
        api.register(email, PASSWORD)
        yield api, email


@pytest.fixture
def api(user: tuple[CoderAI, str]) -> CoderAI:
    return user[0]


@pytest.fixture
def environment(stack: LocalStack, user: tuple[CoderAI, str]) -> dict[str, str]:
    return {"CODERAI_URL": stack.url, "CODERAI_EMAIL": user[1], "CODERAI_PASSWORD": PASSWORD, "COLUMNS": "160"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "ship_accidents").mkdir()
    for name, text in REPORTS.items():
        (tmp_path / "ship_accidents" / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def new(environment: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(app, ["new", *arguments], env=environment)


def test_every_default_makes_a_file_that_run_takes(folder: Path, api: CoderAI, environment: dict[str, str]) -> None:
    before = {project.id for project in api.projects()}
    made = new(environment, "ship_accidents", "--yes", "--hint", "how many were injured")
    assert made.exit_code == 0, made.output
    assert "run project.yaml ship_accidents --out out" in made.output
    assert "a first sample: 3 documents" in made.output
    assert {project.id for project in api.projects()} == before  # the file is the result
    spec = ProjectFile.read(folder / "project.yaml").spec
    assert (spec.name, spec.language, spec.domain) == ("Ship accidents", "English", "news articles")
    assert (spec.description, spec.sample_size) == ("how many were injured", 3)
    assert any("injured" in variable.name for variable in spec.variables)
    arguments = ["project.yaml", "ship_accidents", "--out", "out", "--formats", "json", "--yes"]
    run = CliRunner().invoke(app, ["run", *arguments], env=environment | {"CODERAI_DATA": str(folder / "data")})
    assert run.exit_code == 0, run.output
    assert (folder / "out" / "dataset.json").stat().st_size > 0


def test_a_template_decides_rows_and_columns(folder: Path, environment: dict[str, str]) -> None:
    made = new(environment, "ship_accidents", "--yes", "--template", "news-events")
    assert made.exit_code == 0, made.output
    written = ProjectFile.read(folder / "project.yaml").spec
    template = ProjectFile.read(ROOT / "examples" / "templates" / "news-events" / "project.yaml").spec
    assert [one.name for one in written.variables] == [one.name for one in template.variables]
    assert (written.unit and written.unit.row_is) == (template.unit and template.unit.row_is)
    unknown = new(environment, "ship_accidents", "--yes", "--template", "no-such", "--out", "other.yaml")
    assert unknown.exit_code == 2 and "news-events" in unknown.output


class Person:
    """Answers questions as a test says; then leaves."""

    is_person = True

    def __init__(self, **answers: Sequence[str]) -> None:
        """`answers`: what is said in turn to the questions that have these words, else the default."""
        self._answers = {words.replace("_", " "): list(said) for words, said in answers.items()}

    def choose(self, question: str, answers: Sequence[str]) -> str:
        said = self._said(question, answers[0])
        if said == "leave":
            raise Left
        assert said in answers, (question, said, answers)
        return said

    def text(self, question: str, default: str) -> str:
        return self._said(question, default)

    def _said(self, question: str, default: str) -> str:
        for words, said in self._answers.items():
            if words in question and said:
                return said.pop(0)
        return default


@pytest.fixture
def project_id(api: CoderAI, folder: Path) -> str:
    project = api.create_project(name=f"Accidents {uuid4()}")
    api.upload(project.id, sorted((folder / "ship_accidents").iterdir()))
    api.wait_until_read(project.id, timeout=60)
    return project.id


def walk(api: CoderAI, project_id: str, person: Person, shown: StringIO | None = None) -> SetupWalk:
    return SetupWalk(Talk(api, Screen(shown or StringIO()), person, project_id))


def test_what_a_person_writes_is_kept_when_they_leave_and_come_back(api: CoderAI, project_id: str) -> None:
    first = Person(
        Take_this=["edit", "edit", "edit"],
        Code_this=["leave"],
        What_they_are_about=["sea accidents"],
        One_row_is=["one vessel", "one vessel"],
        How_many=["several", "several"],
        How_is_one_vessel=["", "Every vessel that had an accident, by its name."],
    )
    with pytest.raises(Left):
        walk(api, project_id, first).go()
    project = api.project(project_id)
    assert project.domain == "sea accidents"
    assert project.unit.entity_identification_pattern == "Every vessel that had an accident, by its name."
    setup = api.setup(project_id)
    assert setup.current == "VARIABLES"

    second = Person(
        Code_this=["edit", "no", "done"],
        Name_of_the_column=["Not a name!", "first_one"],
        Type=["text", "text"],
        What_else=["how many people were injured"],
    )
    setup = walk(api, project_id, second).go()
    assert setup.project.status == "SCHEMA_DEFINED" and setup.current == ""
    names = [variable.name for variable in api.variables(project_id)]
    assert names[0] == "first_one"
    assert api.variables(project_id)[0].display_name == "First one"
    rejected = [one for one in api.proposals(project_id, status="REJECTED") if one.kind == "ADD_VARIABLE"]
    assert len(rejected) == 1


def test_going_back_shows_what_no_longer_fits(api: CoderAI, project_id: str) -> None:
    person = Person(
        Take_this=["yes", "yes", "edit"],
        Code_this=["back", "yes", "done"],
        One_row_is=["one ship"],
        Change_this=["no"] * 9,
    )
    setup = walk(api, project_id, person).go()
    assert setup.project.unit.row_is == "one ship"
    assert {step.status for step in setup.steps} == {"ACCEPTED"}
    api.accept_step(project_id, "UNIT", context={"unit": {"row_is": "one harbour"}})
    assert api.setup(project_id).current == "VARIABLES"
    shown = StringIO()
    setup = walk(api, project_id, Person(Code_this=["done"] * 9, Change_this=["no"] * 9), shown).go()
    assert "look again at what is coded" in shown.getvalue()
    assert setup.current == ""


def test_one_goes_back_from_what_was_asked_for_besides(api: CoderAI, project_id: str) -> None:
    person = Person(
        Take_this=["yes", "yes", "edit"],
        Code_this=["done", "back", "yes", "done"],
        What_else=["how many people were injured"],
        One_row_is=["one ship"],
        Change_this=["no"] * 9,
    )
    assert walk(api, project_id, person).go().project.unit.row_is == "one ship"


def test_the_command_asks_in_a_terminal_and_goes_on_where_one_left(folder: Path, environment: dict[str, str]) -> None:
    said = Terminal(folder, environment, "ship_accidents", "--out", "mine.yaml")
    said.when("What do you want to know", "who was injured?")
    said.when("Take this?", "y")
    said.when("Step 2 of 4", "")
    said.when("Take this?", "leave")
    output = said.ended(130)
    again = re.search(r"To go on: .+ new (.+)", output)
    assert again and not (folder / "mine.yaml").exists()
    more = Terminal(folder, environment, *again.group(1).split())
    assert "Step 1 of 4" not in more.when("Take this?", "y")
    more.when("Code this?", "a")
    more.when("What else would you like to know", "")
    output = more.ended(0, {"Change this?": "n"})
    assert "wrote mine.yaml" in output
    assert ProjectFile.read(folder / "mine.yaml").spec.description == "who was injured?"


class Terminal:
    """`coderai new` in a terminal, in front of somebody who types."""

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        self._ours, theirs = pty.openpty()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "CODERAI_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "coderai.client", "new", *arguments],
            cwd=folder,
            env=kept | environment | {"PYTHONPATH": str(ROOT), "TERM": "xterm"},
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        self._unread, self._all = "", ""

    def when(self, words: str, typed: str) -> str:
        """Types a line once the words are shown, but for headings, which are waited for; what stood before them."""
        self._read_until([words])
        before, _, self._unread = self._unread.partition(words)
        if not words.startswith("Step"):
            os.write(self._ours, f"{typed}\n".encode())
        return before

    def ended(self, status: int, answers: dict[str, str] | None = None) -> str:
        """All that was shown up to the end, until which these questions are answered so."""
        while found := self._read_until(list(answers or ())):
            _, _, self._unread = self._unread.partition(found)
            os.write(self._ours, f"{(answers or {})[found]}\n".encode())
        assert self._process.wait(timeout=60) == status, self._all
        os.close(self._ours)
        return " ".join(self._all.split())

    def _read_until(self, words: list[str]) -> str:
        """The first of the words that is shown; empty when it ends first."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            found = next((one for one in words if one in self._unread), "")
            if found:
                return found
            if select.select([self._ours], [], [], 1.0)[0]:
                try:
                    shown = os.read(self._ours, 65536).decode(errors="replace")
                except OSError:  # it has ended
                    shown = ""
                if not shown:
                    assert not words or self._process.wait(timeout=60) is not None
                    return ""
                self._unread, self._all = self._unread + shown, self._all + shown
        raise AssertionError(f"{words} never came: {self._all}")


def test_the_demo_sets_what_is_proposed_beside_what_a_person_chose(api: CoderAI) -> None:
    outcome = Demo(api, Screen(StringIO())).run("incident-reports")
    chosen = ProjectFile.read(EXAMPLES / "incident-reports" / "project.yaml").spec.variables
    assert [match.chosen for match in outcome.matches] == [one.name for one in chosen]
    assert 0 < outcome.found <= len(chosen)
    same = [match.proposed.name for match in outcome.matches if match.proposed is not None]
    assert len(same) == len(set(same)) and not set(same) & {one.name for one in outcome.more}
