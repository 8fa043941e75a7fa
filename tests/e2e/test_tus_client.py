"""The usual client of uploads that go on, tus-js-client, works unchanged, also over a connection that is cut."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from coderai.deploy.stack import LocalStack
from tests.e2e.test_web_client import install, run

SOURCE = Path(__file__).parents[1] / "contract" / "tus_client"
OLDEST_NODE = 20


def test_tus_js_client_goes_on_after_a_cut(stack: LocalStack, tmp_path: Path) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("node and npm are not installed")
    if int(run(Path.cwd(), node, "--version").removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        pytest.skip(f"node is older than {OLDEST_NODE}")
    folder = tmp_path / "client"
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules"))
    install(folder, npm)

    told: dict[str, Any] = json.loads(run(folder, node, "program.mjs", stack.url, f"{uuid4()}@example.org"))

    assert told["cuts"] == 1
    assert told["sent"].get("document"), told
    assert told["sent"]["asked"][:2] == ["POST", "PATCH"]
    assert told["sent"]["asked"][-2:] == ["HEAD", "PATCH"]
    assert (told["name"], told["same"]) == ("تقرير.txt", True)
    assert (told["empty"], told["large"]) == (422, 413)
