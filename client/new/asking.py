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
        """A text; the default where none is typed, and nothing where "-" is."""
        ...


class Terminal:
    """Asks the person at the terminal."""

    is_person = True

    def choose(self, question: str, answers: Sequence[str]) -> str:
        offered = ", ".join(f"{word[0]} {word}" for word in (*answers, "leave"))
        while True:
            said = typer.prompt(f"{question} [{offered}]", default=answers[0][0], show_default=True).strip().casefold()
            for word in (*answers, "leave"):
                if said and word.casefold().startswith(said):
                    if word == "leave":
                        raise Left
                    return word

    def text(self, question: str, default: str) -> str:
        said = str(typer.prompt(question, default=default, show_default=bool(default))).strip()
        return "" if said == "-" else said


class Defaults:
    """Takes every default."""

    is_person = False

    def choose(self, question: str, answers: Sequence[str]) -> str:
        return answers[0]

    def text(self, question: str, default: str) -> str:
        return default
