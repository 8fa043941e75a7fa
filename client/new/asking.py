"""How a person is asked: in a terminal, or not at all, where every default is taken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import typer


class Left(Exception):
    """The person leaves the walk where it is, to go on later."""


class Asks(Protocol):
    """Whoever answers questions."""

    is_person: bool
    """Whether somebody is there who can answer otherwise when an answer is refused."""

    def choose(self, question: str, answers: Sequence[str]) -> str:
        """One of the answers, which are words that differ in their first letters; the first is the default.

        Raises:
            Left: the person answers "leave", which need not be among the answers.
        """
        ...

    def text(self, question: str, default: str) -> str:
        """A text; the default where none is typed, and nothing where "-" is. Raises Left."""
        ...


class Terminal:
    """Asks the person at the terminal; Ctrl-C in place of an answer leaves."""

    is_person = True

    def choose(self, question: str, answers: Sequence[str]) -> str:
        offered = ", ".join(f"{word[0]} {word}" for word in (*answers, "leave"))
        while True:
            said = _heard(f"{question} [{offered}]", answers[0][0]).casefold()
            word = next((word for word in (*answers, "leave") if said and word.startswith(said)), "")
            if word == "leave":
                raise Left
            if word:
                return word

    def text(self, question: str, default: str) -> str:
        said = _heard(question, default)
        return "" if said == "-" else said


def _heard(question: str, default: str) -> str:
    """What is typed, else the default. Raises Left: nothing more will be typed."""
    try:
        return str(typer.prompt(question, default=default, show_default=bool(default))).strip()
    except typer.Abort:
        raise Left from None


class Defaults:
    """Takes every default."""

    is_person = False

    def choose(self, question: str, answers: Sequence[str]) -> str:
        return answers[0]

    def text(self, question: str, default: str) -> str:
        return default
