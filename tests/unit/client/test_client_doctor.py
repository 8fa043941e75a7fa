"""The doctor says what is missing and what to do; what prevents work ends it with 1."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from scripted_api import ScriptedApi
from typer.testing import CliRunner

from coderai.client.__main__ import app
from coderai.client.doctor import command
from coderai.client.doctor.finding import Finding, State, fine, note, prevents
from coderai.client.doctor.machine import GIB, disk, folder, memory, port, python, text_recognition
from coderai.client.doctor.trial import model_to_ask

FINE, NOTE, PREVENTS = State.FINE, State.NOTE, State.PREVENTS


@pytest.mark.parametrize(
    ("found", "state", "advice"),
    [
        (python((3, 11, 0)), FINE, ""),
        (python((3, 10, 9)), PREVENTS, "Python 3.11 or newer"),
        (memory(4 * GIB), FINE, ""),
        (memory(1.5 * GIB), NOTE, "small files"),
        (memory(0.2 * GIB), PREVENTS, "end other programs"),
        (disk(50 * GIB, Path("data")), FINE, ""),
        (disk(2 * GIB, Path("data")), NOTE, "CODERAI_DATA"),
        (disk(0.1 * GIB, Path("data")), PREVENTS, "CODERAI_DATA"),
    ],
)
def test_what_the_machine_has_is_measured_by_what_is_needed(found: Finding, state: State, advice: str) -> None:
    assert found.state is state
    assert advice in found.advice
    assert bool(found.advice) == (state is not FINE)


def test_a_folder_that_is_not_there_yet_will_be_made(tmp_path: Path) -> None:
    assert folder(tmp_path / "not" / "yet").state is FINE
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_no_folder_prevents_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    found = folder(tmp_path / "file" / "data")
    assert found.state is PREVENTS
    assert "CODERAI_DATA" in found.advice


def test_a_folder_tells_who_uses_it_and_whether_its_ports_are_free(tmp_path: Path) -> None:
    state = {"http": "http://127.0.0.1:20001", "processes": {"gateway": os.getpid()}, "ports": {}}
    (tmp_path / "stack.json").write_text(json.dumps(state))
    assert "http://127.0.0.1:20001" in folder(tmp_path).text
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        (tmp_path / "stack.json").write_text(json.dumps(state | {"processes": {}, "ports": {"http": number}}))
        assert folder(tmp_path).state is NOTE
        assert str(number) in folder(tmp_path).text


def test_a_port_in_use_is_told_with_how_to_listen_elsewhere() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = port(f"127.0.0.1:{taken.getsockname()[1]}", "--grpc 127.0.0.1:9091")
    assert found.state is NOTE
    assert "coderai up --grpc 127.0.0.1:9091" in found.advice


def test_another_server_at_the_port_is_not_taken_for_coderai(server: ScriptedApi) -> None:
    assert port(server.url.removeprefix("http://"), "--http 127.0.0.1:8081").state is NOTE


@pytest.fixture
def tesseract(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """An environment in whose PATH there is a tesseract with these languages."""

    def with_languages(*languages: str) -> dict[str, str]:
        program = tmp_path / "tesseract"
        lines = "\n".join(("List of available languages", *languages))
        program.write_text(f"#!/bin/sh\ncat <<EOF\n{lines}\nEOF\n")
        program.chmod(0o755)
        return {"PATH": str(tmp_path)}

    return with_languages


def test_languages_of_scans_are_named(tesseract: Callable[..., dict[str, str]]) -> None:
    env = tesseract("deu", "eng")
    assert "deu, eng" in text_recognition(env).text
    found = text_recognition(env | {"CODERAI_INGEST_OCR_LANGUAGES": "eng+chi_sim"})
    assert found.state is PREVENTS
    assert "tesseract-ocr-chi-sim" in found.advice
    assert text_recognition(env | {"CODERAI_INGEST_OCR_LANGUAGES": ""}).state is FINE
    without = text_recognition({"PATH": ""})
    assert without.state is NOTE
    assert "apt-get install tesseract-ocr" in without.advice


@pytest.mark.parametrize(
    ("model", "env", "expected"),
    [
        ("", {}, "no model's key is set"),
        ("", {"OPENAI_API_KEY": "sk-1", "OTHER_API_KEY": "sk-1"}, "openai:gpt-5-mini"),
        ("", {"OPENAI_API_KEY": "sk-1", "OPENAI_BASE_URL": "http://h"}, "OPENAI_API_KEY and OPENAI_BASE_URL: set"),
        ("", {"ANTHROPIC_API_KEY": "sk-1"}, "ANTHROPIC_API_KEY: set"),
        ("", {"OPENAI_API_KEY": ""}, "no model's key is set"),
        ("anthropic:claude", {}, "anthropic:claude"),
        ("offline", {"OPENAI_API_KEY": "sk-1"}, "the built-in offline engine codes"),
    ],
)
def test_the_model_that_a_run_would_use_is_asked(model: str, env: dict[str, str], expected: str) -> None:
    found = model_to_ask(model, env)
    if isinstance(found, str):
        assert found == expected
    else:
        assert found.text.startswith(expected)
        assert "sk-1" not in found.text + found.advice


@pytest.mark.parametrize(
    ("findings", "status", "last"),
    [
        ([fine("a"), note("b", "do this")], 0, "CoderAI works here"),
        ([prevents("a", "do that"), prevents("b", "or this")], 1, "2 things to mend"),
    ],
)
def test_the_status_tells_whether_something_prevents_work(
    monkeypatch: pytest.MonkeyPatch, findings: list[Finding], status: int, last: str
) -> None:
    monkeypatch.setattr(command, "look_at_machine", lambda *_: findings)
    monkeypatch.setattr(command, "try_out", lambda *_: [])
    result = CliRunner().invoke(app, ["doctor"])
    assert result.exit_code == status
    assert last in result.stdout.splitlines()[-1]
    for finding in findings:
        assert re.search(rf"^. {finding.text}$", result.stdout, re.MULTILINE)
        assert finding.advice in result.stdout
