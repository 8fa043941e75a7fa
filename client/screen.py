"""What the command shows: lines, live progress in a terminal, plain lines in a log."""

from __future__ import annotations

import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

ShowProgress = Callable[[int, int, str], None]
"""Told how many are done, of how many, and what else is worth saying."""

TellProgress = Callable[[int, int, str], str]
"""The same as words."""

MOST_PROBLEMS_SHOWN = 10
_WIDTH_OF_A_LOG = 120
_SECONDS_BETWEEN_LINES = 5.0


class Screen:
    """Writes to one stream; without control characters unless it is a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream`: standard output when absent."""
        stream = stream or sys.stdout
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(
                errors="replace"
            )  # a terminal that has no sign for a quote's letters is no reason to fail
        # What documents say is data: neither rich's markup nor its guesses may colour it.
        self.console = Console(file=stream, markup=False, highlight=False, emoji=False)
        if not self.console.is_terminal and "COLUMNS" not in os.environ:
            self.console.width = _WIDTH_OF_A_LOG

    def done(self, text: str) -> None:
        """A step that succeeded."""
        self._marked("✓", "green", text)

    def note(self, text: str) -> None:
        """Something to know."""
        self._marked("·", "dim", text)

    def warn(self, text: str) -> None:
        """Something that went wrong and did not stop the run."""
        self._marked("!", "yellow", text)

    def error(self, text: str) -> None:
        """Something that stopped the run."""
        self._marked("✗", "bold red", text)

    def detail(self, text: str) -> None:
        """More about the line above."""
        self.console.print(Text(f"    {printable(text)}", style="dim"), soft_wrap=True)

    def heading(self, text: str) -> None:
        """What stands over several tables."""
        self.console.print(Text(f"\n{text}", style="bold"))

    def show(self, renderable: RenderableType) -> None:
        """A table or a text."""
        self.console.print(renderable)

    @contextmanager
    def waiting(self, text: str) -> Iterator[Callable[[str], None]]:
        """A spinner while something takes its time; the callable says what happens now."""
        if not self.console.is_terminal:
            yield lambda what: None
            return
        with self.console.status(Text(text)) as status:
            yield lambda what: status.update(Text(f"{text}: {what}"))

    @contextmanager
    def progress(self, doing: str, told: TellProgress | None = None) -> Iterator[ShowProgress]:
        """A bar in a terminal; elsewhere a line every few seconds. `told`: how far it is, in place of "2 of 3"."""
        told = told or _of
        if not self.console.is_terminal:
            yield _Lines(self, doing, told).show
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[detail]}"))
        with Progress(*columns, console=self.console, transient=True) as bar:
            task = bar.add_task(doing, total=None, detail="")
            yield lambda done, total, more: bar.update(
                task, completed=done, total=total, detail=told(done, total, more)
            )

    def _marked(self, mark: str, style: str, text: str) -> None:
        line = Text.assemble((mark, style), " ", "\n    ".join(map(printable, text.splitlines())))
        self.console.print(line, soft_wrap=True)


class _Lines:
    """Progress for a log."""

    def __init__(self, screen: Screen, doing: str, told: TellProgress) -> None:
        self._screen, self._doing, self._told = screen, doing, told
        self._last = time.monotonic()

    def show(self, done: int, total: int, more: str) -> None:
        now = time.monotonic()
        if now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            self._screen.note(f"{self._doing}: {self._told(done, total, more)}")


def _of(done: int, total: int, more: str) -> str:
    return f"{done:,} of {total:,} ({done / max(total, 1):.0%}){more}"


def percent(done: int, total: int, more: str) -> str:
    """For progress of which only the share is known."""
    return f"{done / max(total, 1):.0%}{more}"


def bytes_of(done: int, total: int, more: str) -> str:
    """For progress in bytes; 0 of them in all where that is not known."""
    return f"{file_size(done)} of {file_size(total)} ({done / total:.0%}){more}" if total else file_size(done)


def file_size(number: int) -> str:
    """Bytes as a person says them: 12 kB, 3.4 MB."""
    for unit, size in (("GB", 10**9), ("MB", 10**6)):
        if number >= size:
            return f"{number / size:,.1f} {unit}"
    return f"{number / 1000:,.0f} kB" if number >= 1000 else f"{number} bytes"


def counted(number: int, thing: str) -> str:
    """The number with its noun: 1 document, 2 documents."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def tell_problems(screen: Screen, what: str, problems: Sequence[tuple[str, str]], number: int) -> None:
    """Says of `number` documents what is wrong with them, with the first (name, problem) of them."""
    if number:
        screen.warn(f"{counted(number, 'document')} {what}:")
        for name, problem in problems[:MOST_PROBLEMS_SHOWN]:
            screen.detail(f"{name}: {problem}")
        if number > MOST_PROBLEMS_SHOWN:
            screen.detail(f"... and {number - MOST_PROBLEMS_SHOWN} more")


def printable(text: str) -> str:
    """The text without characters that could move a terminal's cursor or change its state."""
    return "".join(" " if unicodedata.category(character) == "Cc" else character for character in text)
