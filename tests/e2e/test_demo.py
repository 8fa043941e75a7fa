"""What a newcomer does first works: the demo, with everything real, from nothing; again; and interrupted."""

import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import psutil
import pytest

from coderai.client.api import CoderAI

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
DOCUMENTS = sorted(path.name for path in (EXAMPLES / "public-events" / "documents").iterdir())


class Demo:
    """The command in a folder of its own, with the environment of someone who has no key."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / ".coderai" / "run"

    def start(self, *arguments: str, **env: str) -> subprocess.Popen[str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("OPENAI_", "CODERAI_"))}
        return subprocess.Popen(
            [sys.executable, "-m", "coderai.client", *arguments],
            cwd=self.folder,
            env=kept | {"PYTHONPATH": str(ROOT)} | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **env: str) -> str:
        """Runs to a good end; returns what it said."""
        with self.start(*arguments, **env) as process:
            output, _ = process.communicate(timeout=300)
        assert process.returncode == 0, output
        return output

    def runs_until(self, moment: str, run: subprocess.Popen[str]) -> str:
        """What a run that is under way has said when a line has `moment` in it."""
        assert run.stdout is not None
        said = ""
        for line in run.stdout:
            said += line
            if moment in line:
                break
        return said

    def texts(self, dataset: str) -> dict[str, str]:
        """The texts of a dataset's documents, from the stack that runs now."""
        account = json.loads((self.data / "account.json").read_text())
        with CoderAI(json.loads((self.data / "stack.json").read_text())["http"]) as api:
            api.login(account["email"], account["password"])
            return {
                id_: api.document_text(id_) for id_ in {row["document_id"] for row in self.dataset(dataset)["rows"]}
            }

    def dataset(self, name: str) -> dict[str, Any]:
        read: dict[str, Any] = json.loads((self.folder / name / "dataset.json").read_text(encoding="utf-8"))
        return read

    def processes(self) -> list[psutil.Process]:
        """What runs of its stack now."""
        try:
            pids = json.loads((self.data / "stack.json").read_text())["processes"].values()
        except (FileNotFoundError, ValueError):
            return []
        return [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    yield Demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def first_output(demo: Demo) -> str:
    """What the first demo in the folder said."""
    return demo.run("demo", "--out", "first")


@pytest.fixture(scope="module")
def texts(demo: Demo, first_output: str) -> dict[str, str]:
    """The texts of the first dataset's documents, as a second demo in the same folder finds them."""
    with demo.start("demo", "--out", "second", "--extractors", "2", PYTHONUNBUFFERED="1") as run:
        output = demo.runs_until("started CoderAI", run)
        run.send_signal(signal.SIGSTOP)  # it does not end, and so its stack does not, before they are read
        try:
            texts = demo.texts("first")
        finally:
            run.send_signal(signal.SIGCONT)
        output += run.communicate(timeout=300)[0]
    assert run.returncode == 0, output
    return texts


def test_the_demo_writes_a_row_for_each_document_in_three_formats(demo: Demo, first_output: str) -> None:
    with (demo.folder / "first" / "dataset.csv").open(encoding="utf-8-sig", newline="") as file:
        assert sorted(row["document"] for row in csv.DictReader(file)) == DOCUMENTS
    book = openpyxl.load_workbook(demo.folder / "first" / "dataset.xlsx", read_only=True)
    assert book.worksheets[0].max_row == 1 + len(DOCUMENTS)
    book.close()
    assert sorted(row["document"] for row in demo.dataset("first")["rows"]) == DOCUMENTS


def test_it_says_what_codes_what_came_of_it_and_how_right_it_is(first_output: str) -> None:
    assert "no OPENAI_API_KEY: the built-in offline engine codes" in first_output
    assert "128 cells:" in first_output
    assert "of 128 cells are as a person coded them" in first_output
    assert all(character.isprintable() or character == "\n" for character in first_output)


@pytest.mark.long
def test_every_value_is_stated_in_its_document_or_missing_with_a_reason(demo: Demo, texts: dict[str, str]) -> None:
    assert (demo.data / "account.json").stat().st_mode & 0o777 == 0o600
    found = 0
    for row in demo.dataset("first")["rows"]:
        text = texts[row["document_id"]]
        for name, value in row["values"].items():
            details = row["details"][name]
            if value is None:
                assert details["missing_reason"], (row["document"], name)
            else:
                found += 1
                assert details["quote"], (row["document"], name)
                assert text[details["start"] : details["end"]] == details["quote"], (row["document"], name)
    assert found > 0


@pytest.mark.long
def test_a_second_run_works_and_gives_the_same_dataset(demo: Demo, texts: dict[str, str]) -> None:
    def values(name: str) -> dict[str, Any]:
        return {row["document"]: row["values"] for row in demo.dataset(name)["rows"]}

    assert values("second") == values("first")
    assert demo.processes() == []


def interrupted(demo: Demo, run: subprocess.Popen[str], moment: str) -> str:
    """What a run said that was ended by Ctrl-C at a moment; no process is left of it."""
    with run:
        output = demo.runs_until(moment, run)
        running = demo.processes()
        assert running, output
        os.killpg(run.pid, signal.SIGINT)  # a terminal sends it to the command and to all that it started
        output += run.communicate(timeout=120)[0]
    assert run.returncode == 130, output
    assert psutil.wait_procs(running, timeout=10)[1] == []
    return output


@pytest.mark.long
def test_ctrl_c_leaves_no_process_behind(demo: Demo, first_output: str) -> None:
    interrupted(demo, demo.start("demo", "--out", "interrupted", PYTHONUNBUFFERED="1"), "started CoderAI")


@pytest.fixture
def slow_model() -> Iterator[dict[str, str]]:
    """The environment of a user whose model takes two seconds for an answer."""
    command = [sys.executable, "-m", "tests.support.openai_server", "--port", "0", "--latency", "2"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None and server.stdout is not None
        yield {"OPENAI_API_KEY": "any", "OPENAI_BASE_URL": json.loads(server.stdout.readline())["base_url"]}
        server.stdin.close()


@pytest.mark.long
def test_a_run_interrupted_after_its_sample_goes_on_where_it_was(
    demo: Demo, first_output: str, slow_model: dict[str, str]
) -> None:
    run = demo.start("demo", "--out", "slow", "--model", "openai:gpt-5-mini", PYTHONUNBUFFERED="1", **slow_model)
    output = interrupted(demo, run, "coding 12 documents")
    assert "tried a sample of 4 documents" in output
    assert not (demo.folder / "slow" / "dataset.csv").exists()
    told = re.search(r"To go on: (.*)", output)
    assert told, output
    _, _, module, *arguments = shlex.split(told[1])
    assert module == "coderai.client"

    again = demo.run(*arguments, **slow_model)

    assert "going on with job" in again and "tried a sample" not in again
    assert sorted(row["document"] for row in demo.dataset("slow")["rows"]) == DOCUMENTS


INCIDENTS = [str(EXAMPLES / "incident-reports" / name) for name in ("project.yaml", "documents")]


@pytest.mark.long
def test_a_command_beside_another_joins_its_stack_which_stays_until_both_have_ended(
    demo: Demo, first_output: str, slow_model: dict[str, str]
) -> None:
    owner = demo.start("demo", "--out", "own", PYTHONUNBUFFERED="1", **slow_model, CODERAI_DATA=".coderai/run")
    said = demo.runs_until("started CoderAI", owner)
    guest = demo.start("run", *INCIDENTS, "--out", "guest", "--sample", "2", "-y", PYTHONUNBUFFERED="1")
    with owner, guest:
        joined = demo.runs_until("joined the CoderAI that runs at", guest)
        os.killpg(owner.pid, signal.SIGINT)
        said += demo.runs_until("other commands use this CoderAI", owner)
        joined += guest.communicate(timeout=300)[0]
        assert guest.returncode == 0, joined
        said += owner.communicate(timeout=60)[0]
        assert owner.returncode == 130, said
    assert demo.processes() == []
    assert demo.dataset("guest")["rows"]


@pytest.mark.long
def test_a_run_stops_after_its_sample_and_the_command_told_goes_on(demo: Demo, first_output: str) -> None:
    with demo.start("run", *INCIDENTS, "--out", "by steps", "--sample", "3", "--fresh") as run:
        output, _ = run.communicate(timeout=300)
    assert run.returncode == 3, output
    told = re.search(r"To code the rest: (.*)", output)
    assert told, output
    arguments = shlex.split(told[1])[3:]
    assert (arguments[-1], "--fresh" in arguments) == ("--yes", False)

    again = demo.run(*arguments)

    assert "the sample of 3 documents is coded already" in again
    assert "are in the project already" in again
    assert "cells are as a person coded them" in again
