"""`coderai run` pays for nothing twice, through all that runs; and the README's script may be run again and again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from typer.testing import CliRunner, Result

from coderai.client import CoderAI
from coderai.client.__main__ import app
from coderai.deploy.stack import LocalStack
from tests.support.leaks import LEAKS
from tests.support.openai_answers import messages_of
from tests.support.openai_server import OpenAIServer
from tests.support.tenant import Tenant

ROOT = Path(__file__).parents[2]
PROJECT = """\
name: Strikes
model: openai:gpt-5-mini
verify: NONE
language: English
sample_size: 2
variables:
  - {name: place, type: TEXT, instructions: 'Where was it?'}
  - {name: people, type: NUMBER, instructions: 'How many took part?'}
"""
Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project.yaml").write_text(PROJECT)
    (tmp_path / "docs").mkdir()
    for number in range(5):
        write(tmp_path, number)
    return tmp_path


def write(folder: Path, number: int) -> None:
    text = f"The crews of tug number {number}-{folder.name} stopped work in harbour {number}."
    LEAKS.show(text)
    (folder / "docs" / f"{number}.txt").write_text(text)


@pytest.fixture
def token(stack: LocalStack) -> str:
    with Tenant(stack.url) as tenant:
        return str(tenant.http.headers["authorization"]).removeprefix("Bearer ")


@pytest.fixture
def run(stack: LocalStack, token: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in the folder, with further arguments."""
    monkeypatch.chdir(folder)
    env = {"CODERAI_URL": stack.url, "CODERAI_TOKEN": token, "CODERAI_DATA": str(folder / "data")}

    def call(*more: str) -> Result:
        arguments = ["run", "project.yaml", "docs", "--out", "out", "--formats", "csv", *more]
        monkeypatch.setattr("sys.argv", ["coderai", *arguments])
        return CliRunner().invoke(app, arguments, env=env, prog_name="coderai")

    return call


@pytest.fixture
def asked(chat_model: OpenAIServer, folder: Path) -> Callable[[], Counter[int]]:
    """How often the model was asked about which document since the last look, with what it was asked."""
    begin = len(chat_model.requests)

    def look() -> Counter[int]:
        nonlocal begin
        bodies, begin = [one.body for one in chat_model.requests[begin:]], len(chat_model.requests)
        found = re.compile(rf"tug number (\d+)-{re.escape(folder.name)}")
        return Counter(int(number) for body in bodies for number in set(found.findall("\n".join(messages_of(body)))))

    return look


def rows(folder: Path) -> int:
    return len((folder / "out" / "dataset.csv").read_text().splitlines()) - 1


def test_each_document_is_paid_for_once(run: Run, asked: Callable[[], Counter[int]], folder: Path) -> None:
    stopped = run()
    sample = asked()
    assert (stopped.exit_code, len(sample), set(sample.values())) == (3, 2, {1}), stopped.output
    assert "3 documents are left: " in stopped.stdout
    again = run()
    assert (again.exit_code, asked()) == (3, Counter())

    done = run("--yes")
    rest = asked()
    assert (done.exit_code, rows(folder)) == (0, 5), done.output
    assert rest == Counter(set(range(5)) - set(sample))

    write(folder, 5)
    assert (run("--yes").exit_code, asked(), rows(folder)) == (0, Counter([5]), 6)
    nothing = run("--yes")
    assert "nothing is left to code" in nothing.stdout
    assert (nothing.exit_code, asked()) == (0, Counter())


def test_a_question_that_has_changed_is_asked_again_and_another_model_is_asked_all(
    run: Run, asked: Callable[[], Counter[int]], folder: Path, chat_model: OpenAIServer
) -> None:
    assert run("--yes").exit_code == 0
    asked()
    (folder / "project.yaml").write_text(PROJECT.replace("How many took part?", "How many people struck?"))
    begin = len(chat_model.requests)
    changed = run("--yes")
    assert changed.exit_code == 0, changed.output
    assert "people: instructions" in changed.stdout
    assert asked() == Counter(range(5))
    said = [message for one in chat_model.requests[begin:] for message in messages_of(one.body)]
    assert not any("Where was it?" in message for message in said)
    assert run("--yes", "--model", "openai:gpt-5").exit_code == 0
    assert asked() == Counter(range(5))


def test_two_at_once_are_one_run(
    stack: LocalStack, token: str, asked: Callable[[], Counter[int]], folder: Path
) -> None:
    env = os.environ | {"PYTHONPATH": str(ROOT), "CODERAI_URL": stack.url, "CODERAI_TOKEN": token}
    command = [sys.executable, "-m", "coderai.client", "run", "project.yaml", "docs", "--formats", "csv", "--yes"]
    outs = [folder / name for name in ("out", "beside")]
    running = [
        subprocess.Popen([*command, "--out", str(out)], cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
        for out in outs
    ]
    said = [process.communicate(timeout=120)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    assert asked() == Counter(range(5))
    assert {len((out / "dataset.csv").read_text().splitlines()) for out in outs} == {6}
    with CoderAI(stack.url, token=token) as api:
        assert len(list(api.projects())) == 1


def test_people_find_their_corrections_in_the_next_dataset(
    run: Run, folder: Path, stack: LocalStack, token: str
) -> None:
    done = run("--yes")
    (project_id,) = re.findall(r"with 2 variables \(id (.*)\)", done.stdout)
    with CoderAI(stack.url, token=token) as api:
        one = next(iter(api.extractions(project_id, variable="place")))
        api.give_feedback(one.id, "INCORRECT", corrected_value="Corvina quay")
    assert run("--yes").exit_code == 0
    assert "Corvina quay" in (folder / "out" / "dataset.csv").read_text()


def test_the_readmes_script_runs_twice(stack: LocalStack, tmp_path: Path) -> None:
    (block,) = re.findall(
        r"\n((?:    .*\n|\n)*    from coderai import CoderAI\n(?:    .*\n|\n)*)", (ROOT / "README.md").read_text()
    )
    script = textwrap.dedent(block).replace("http://127.0.0.1:8080", stack.url)
    script = script.replace("me@example.org", f"{uuid4()}@example.org")
    (tmp_path / "documents").mkdir()
    for path in (ROOT / "examples" / "public-events" / "documents").glob("*.pdf"):
        (tmp_path / "documents" / path.name).write_bytes(path.read_bytes())
    for _ in range(2):
        command = [sys.executable, "-c", script]
        env = {"PYTHONPATH": str(ROOT)}
        ran = subprocess.run(command, check=False, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240)
        assert ran.returncode == 0, ran.stderr
        assert "100" in ran.stdout
