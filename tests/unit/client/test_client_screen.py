"""What the command shows fits a terminal and a log."""

import io

import pytest
from rich.text import Text

import coderai.client.screen
from coderai.client.screen import Screen


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Terminal()


def test_a_terminal_sees_progress_and_then_no_trace_of_it(terminal: Terminal) -> None:
    screen = Screen(terminal)
    with screen.waiting("starting") as say:
        say("a server")
    with screen.progress("coding") as show:
        show(3, 12, ", 1 failed")
    screen.done("coded 12 documents")
    assert "coding" in terminal.getvalue()
    assert "3 of 12 (25%), 1 failed" in terminal.getvalue()
    assert terminal.getvalue().endswith(" coded 12 documents\n")


def test_a_log_gets_a_line_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    screen = Screen(log)
    with screen.progress("coding") as show:
        show(1, 12, "")
        monkeypatch.setattr(coderai.client.screen, "_SECONDS_BETWEEN_LINES", 0.0)
        show(3, 12, ", 1 failed")
    assert log.getvalue() == "· coding: 3 of 12 (25%), 1 failed\n"


def test_what_documents_say_is_neither_markup_nor_control(terminal: Terminal) -> None:
    screen = Screen(terminal)
    screen.warn("[bold]bad[/bold].pdf :smile: \x1b[2J\x9b2J\x07")
    assert "[bold]bad[/bold].pdf :smile:  [2J 2J " in terminal.getvalue()


def test_a_stream_that_lacks_a_letter_gets_another_sign() -> None:
    raw = io.BytesIO()
    screen = Screen(io.TextIOWrapper(raw, encoding="ascii"))
    screen.done("São Gil")
    screen.show(Text("六"))
    screen.console.file.flush()
    assert raw.getvalue() == b"? S?o Gil\n?\n"
