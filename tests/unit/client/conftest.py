"""The API that client tests run against."""

from collections.abc import Iterator

import pytest
from scripted_api import ScriptedApi, Server, serving

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
