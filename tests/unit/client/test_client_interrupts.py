"""The command is told to end: what becomes of the job, and with which status it ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from scripted_api import ScriptedApi, job, update

ROOT = Path(__file__).parents[3]
INTERRUPTED_WHILE_A_TEXT_IS_EXECUTED = """\
import os, signal
from coderai.client import __main__ as client
from coderai.client.exit_status import exit_status

@client.app.command()
def interrupted():
    with exit_status():
        exec(f"os.kill({os.getpid()}, signal.{os.environ['NUMBER']})")

client.main()
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
def test_an_interrupt_at_any_moment_ends_with_the_status_that_says_so(folder: Path, number: str) -> None:
    """Of a KeyboardInterrupt that comes while a named tuple is made, Python would die in the end, though caught."""
    (folder / "told.py").write_text(INTERRUPTED_WHILE_A_TEXT_IS_EXECUTED)
    env = os.environ | {"PYTHONPATH": str(ROOT), "NUMBER": number}
    command = [sys.executable, "-m", "told", "interrupted"]
    ended = subprocess.run(command, check=False, cwd=folder, env=env, capture_output=True, timeout=240)
    assert (ended.returncode, b"interrupted; nothing is left running" in ended.stderr) == (130, True), ended


def test_what_is_told_to_ignore_ctrl_c_ignores_it(folder: Path) -> None:
    """As the shell has it for what runs in the background."""
    (folder / "told.py").write_text(INTERRUPTED_WHILE_A_TEXT_IS_EXECUTED)
    env = os.environ | {"PYTHONPATH": str(ROOT), "NUMBER": "SIGINT"}
    command = ["sh", "-c", f"trap '' INT; exec {sys.executable} -m told interrupted"]
    assert subprocess.run(command, check=False, cwd=folder, env=env, timeout=240).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_job_is_paused_and_can_be_gone_on_with(
    server: ScriptedApi, environment: dict[str, str | None], folder: Path, number: signal.Signals
) -> None:
    server.plans = [[update(0, None, job("", documents_total=2))]]
    server.held = True
    env = {k: v for k, v in (os.environ | environment).items() if v is not None} | {"PYTHONPATH": str(ROOT)}
    command = [
        sys.executable,
        "-m",
        "coderai.client",
        "run",
        "project.yaml",
        "docs",
        "--out",
        "out",
        "--sample",
        "0",
        "-y",
    ]
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not server.resumed_after:
            assert process.poll() is None, process.communicate()
        process.send_signal(number)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, (output, errors)
    assert b"coderai.client run project.yaml docs --out out --sample 0 -y" in errors
    assert server.jobs["j1"]["status"] == "PAUSED"


def test_an_interrupted_export_of_a_run_is_cancelled(
    server: ScriptedApi, environment: dict[str, str | None], folder: Path
) -> None:
    server.files.lasting = True
    env = {k: v for k, v in (os.environ | environment).items() if v is not None} | {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "coderai.client", "run", "project.yaml", "docs", "--out", "out", "-y"]
    with subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not server.count("GET", "/exports/e1"):
            assert process.poll() is None, process.communicate()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=30)
    assert process.returncode == 130, (output, errors)
    assert b"cancelled while being written: CSV, XLSX, JSON" in errors
    assert b"coderai.client run project.yaml docs --out out -y" in errors
    assert [export["status"] for export in server.exports.values()] == ["CANCELLED"] * 3
