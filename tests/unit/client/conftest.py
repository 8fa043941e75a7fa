"""The API that client tests run against."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_api import ScriptedApi, Server, serving
from scripted_rows import PROJECT, Command
from typer.testing import CliRunner, Result

from coderai.client import session
from coderai.client.__main__ import app
from coderai.client.api import CoderAI


@pytest.fixture(scope="session")
def scripted_server() -> Iterator[tuple[Server, str]]:
    """A server that plays the API, and its URL."""
    running = Server()
    with serving(running) as url:
        yield running, url


@pytest.fixture
def server(scripted_server: tuple[Server, str]) -> ScriptedApi:
    """What the server plays, new for each test."""
    running, url = scripted_server
    running.api = ScriptedApi(url)
    return running.api


@pytest.fixture
def api(server: ScriptedApi) -> Iterator[CoderAI]:
    """The client, signed in."""
    with CoderAI(server.url) as client:
        client.register("ada@example.org", "correct horse")
        yield client


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "project.yaml").write_text(PROJECT)
    (tmp_path / "docs").mkdir()
    for name in ("a.txt", "b.txt"):
        (tmp_path / "docs" / name).write_text(f"This is {name}.")
    return tmp_path


@pytest.fixture
def environment(server: ScriptedApi, folder: Path) -> dict[str, str | None]:
    server.passwords["ada@example.org"] = "correct horse"
    return {
        "CODERAI_URL": server.url,
        "CODERAI_EMAIL": "ada@example.org",
        "CODERAI_PASSWORD": "correct horse",
        "CODERAI_DATA": str(folder / "data"),
        "OPENAI_API_KEY": None,
        "OPENAI_BASE_URL": None,
        "CODERAI_TOKEN": None,
        "COLUMNS": "100",
    }


@pytest.fixture
def coderai(environment: dict[str, str | None], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs the command in the folder."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(session, "_RETRY_DELAYS", ())

    def call(*arguments: str, **env: str | None) -> Result:
        monkeypatch.setattr("sys.argv", ["coderai", *arguments])
        return CliRunner().invoke(app, arguments, env=environment | env, prog_name="coderai")

    return call


@pytest.fixture
def run(coderai: Command) -> Command:
    """Runs `coderai run project.yaml docs --out out --yes` with further arguments."""
    return lambda *more, **env: coderai("run", "project.yaml", "docs", "--out", "out", "--yes", *more, **env)
