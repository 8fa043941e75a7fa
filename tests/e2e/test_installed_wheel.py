"""The wheel is all that a bare machine needs: the command, the embedded stack, its migrations and the example."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.wheel import build_wheel

pytestmark = pytest.mark.long


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Runs a command in a folder, with nothing of this checkout to be found."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CODERAI", "VIRTUAL"))}
    return subprocess.run(
        list(map(str, command)), cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=240
    )


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an empty virtual environment into which pip has installed the wheel and what it asks for."""
    wheel, venv = build_wheel(tmp_path_factory.mktemp("checkout")), tmp_path_factory.mktemp("machine") / "venv"
    subprocess.run([sys.executable, "-m", "venv", venv], check=True, timeout=240)
    pip = (venv / "bin" / "python", "-m", "pip", "--disable-pip-version-check")
    done = run(venv, *pip, "install", "--quiet", wheel)
    if done.returncode and run(venv, *pip, "download", "--quiet", "--no-deps", "typer").returncode:
        pytest.skip("pip reaches no package index")
    assert done.returncode == 0, done.stderr
    return venv / "bin"


def test_the_command_of_the_wheel_does_the_main_job_in_any_folder(commands: Path, tmp_path: Path) -> None:
    done = run(tmp_path, commands / "coderai", "demo")
    assert done.returncode == 0, done.stdout + done.stderr
    with (tmp_path / "out" / "demo" / "dataset.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.reader(file))) > 10
    assert (tmp_path / ".coderai" / "run" / "stack.json").exists()


def test_what_is_installed_is_where_it_was_installed(commands: Path, tmp_path: Path) -> None:
    said = run(
        tmp_path, commands / "python", "-c", "import coderai; from coderai import CoderAI; print(coderai.__file__)"
    )
    assert Path(said.stdout.strip()).is_relative_to(commands.parent), said.stderr


def test_the_doctor_of_the_wheel_finds_nothing_that_prevents_work(commands: Path, tmp_path: Path) -> None:
    done = run(tmp_path, commands / "coderai", "doctor")
    assert done.returncode == 0, done.stdout + done.stderr
