"""The doctor starts a CoderAI that goes again, and has the model answer that a run would ask."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.openai_server import OpenAIServer
from tests.support.openai_thread import serving

ROOT = Path(__file__).parents[2]
KEY = "sk-of-the-doctors-test"


@pytest.fixture(scope="module")
def keyed_model() -> Iterator[OpenAIServer]:
    """A provider that knows one key."""
    with serving(OpenAIServer(api_key=KEY)) as server:
        yield server


def doctor(folder: Path, server: OpenAIServer, key: str) -> subprocess.CompletedProcess[str]:
    """Runs it with a data folder and a folder for temporary files within `folder`."""
    (folder / "temporary").mkdir()
    env = os.environ | {
        "OPENAI_BASE_URL": server.base_url,
        "OPENAI_API_KEY": key,
        "CODERAI_DATA": str(folder / "data"),
        "TMPDIR": str(folder / "temporary"),
    }
    command = [sys.executable, "-m", "coderai.client", "doctor", "--model", "openai:some-model"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.parametrize(
    ("key", "status", "said"),
    [(KEY, 0, "openai:some-model answers, within"), ("sk-another", 1, "openai:some-model does not answer")],
)
def test_it_starts_asks_and_leaves_nothing(
    tmp_path: Path, keyed_model: OpenAIServer, key: str, status: int, said: str
) -> None:
    done = doctor(tmp_path, keyed_model, key)
    assert done.returncode == status, done.stdout + done.stderr
    assert "CoderAI starts here" in done.stdout
    assert said in done.stdout
    assert key not in done.stdout
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / "data").exists()
