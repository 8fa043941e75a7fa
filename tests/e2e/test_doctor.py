"""The doctor starts a CoderAI that goes again, and has the model answer that a run would ask."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coderai.client.doctor.finding import State
from coderai.client.doctor.trial import answer
from coderai.deploy.stack import LocalStack
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


def test_it_starts_asks_and_leaves_nothing(tmp_path: Path, keyed_model: OpenAIServer) -> None:
    done = doctor(tmp_path, keyed_model, "sk-another")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "CoderAI starts here" in done.stdout
    assert "openai:some-model does not answer" in done.stdout
    assert "sk-another" not in done.stdout
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / "data").exists()


def test_a_model_that_answers_is_fine(stack: LocalStack) -> None:
    found = answer(stack.url, "openai:some-model")
    assert found.state is State.FINE
    assert found.text.startswith("openai:some-model answers, within")
