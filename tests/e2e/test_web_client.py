"""A web client: TypeScript types made of the OpenAPI document, a program that compiles with them, and a run of it."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest

from coderai.deploy.stack import LocalStack
from coderai.gateway.http.app import create_app
from coderai.gateway.http.backend import Backend

SOURCE = Path(__file__).parents[1] / "contract" / "web_client"
OLDEST_NODE = 20
"""The first whose runtime has what browsers have and the program uses: File, fetch, Web Crypto."""
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ETIMEDOUT", "ECONNRESET", "ENETUNREACH")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with its packages and the types of this checkout's API."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed")
    if int(run(Path.cwd(), node, "--version").removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"node is older than {OLDEST_NODE}")
    folder = tmp_path_factory.mktemp("web") / "client"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules", "out"))
    install(folder, npm)
    (folder / "openapi.json").write_text(json.dumps(create_app(cast(Backend, None)).openapi()))
    run(folder, node, "generate.mjs", "openapi.json", "src/schema.d.ts")
    return folder


def install(folder: Path, npm: str) -> None:
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        pytest.skip("npm's registry does not answer in time")
    if done.returncode and any(code in done.stderr for code in UNREACHABLE):
        pytest.skip("npm cannot reach its registry")
    assert done.returncode == 0, done.stderr


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.strip()


def test_types_are_unions_and_never_any(folder: Path) -> None:
    types = (folder / "src" / "schema.d.ts").read_text()

    assert 'JobStatus: "PENDING" | "PROCESSING" | "COMPLETE" | "PAUSED" | "FAILED" | "CANCELLED";' in types
    assert 'JobUpdate: components["schemas"]["JobSnapshot"] | components["schemas"]["JobChange"];' in types
    assert "files: Blob[];" in types
    assert "any;" not in types


def test_the_program_compiles_with_exact_types_and_runs(folder: Path, stack: LocalStack) -> None:
    assert run(folder, "node_modules/.bin/tsc") == ""

    told: dict[str, Any] = json.loads(run(folder, "node", "out/program.js", stack.url, f"{uuid4()}@example.org"))

    assert told["uploaded"] == [True, True, True]
    assert told["names"] == ["strike-300.txt", "strike-120.txt", "strike-45.txt"]
    assert told["updates"][-1].split()[0] in ("job_completed", "snapshot")
    assert sorted(told["values"]) == [45, 120, 300]
    assert told["codes"] == {
        "taken": "variable_name_taken",
        "absent": "project_not_found",
        "ticket": "ticket_invalid",
    }
