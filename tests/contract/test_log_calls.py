"""No log line is given an error's words, which may quote a document: errors are given as they are, and told in kit."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "bind"}
WORDS = re.compile(r"(str|repr)\((error|second)\)|\{(error|second)\b|\.(message|detail|args|text)\b")


def log_calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="log" | "logger"), attr=level)) if level in LEVELS:
                yield node


@pytest.mark.parametrize("room", ["kit", "gateway", "services"])
def test_no_log_call_spells_an_error_out(room: str) -> None:
    calls = {f"{path}:{call.lineno}": call for path in (ROOT / room).rglob("*.py") for call in log_calls(path)}
    assert calls
    assert not [place for place, call in calls.items() if WORDS.search(ast.unparse(call))]
