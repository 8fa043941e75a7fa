"""Searches what the suite's processes have logged and traced for what must be in neither: texts, addresses, keys."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.otlp import Sent

WORDS = 6
"""So many words in a row are taken to be from a document; shorter ones may stand in any line."""
_MOST = 5_000
"""Words of a text that are remembered."""
_WORD = re.compile(r"\w+")
_FORBIDDEN: Mapping[str, re.Pattern[str]] = {
    "a password": re.compile(r"correct horse", re.IGNORECASE),
    "a provider's key": re.compile(r"\bsk-[\w-]{8,}"),
    "an API key": re.compile(r"\bck_[\w-]{16,}"),
    "a token": re.compile(r"\beyJ[\w-]{8,}|\bBearer\s+(?!\W)\S{8,}"),
}
_FORBIDDEN_AT: Mapping[str, re.Pattern[str]] = {
    "a password": re.compile(r"\w+://[^\s:/@]+:(?!\*+@)[^\s:/@]+@"),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"),
}
"""What has an @: few lines have one, and these searches take longest."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


@dataclass(frozen=True, slots=True)
class Finding:
    """A line that says too much."""

    what: str
    where: str
    """File and number of the line, or the process of a span."""
    line: str
    test: str
    """Which ran then, as far as is known."""

    def __str__(self) -> str:
        return f"{self.what} in {self.where} ({self.test or 'no test known'}): {self.line[:300]}"


@dataclass
class Leaks:
    """What must not be told, and which tests ran when."""

    on: bool = False
    """Whether texts are remembered: not in a benchmark."""
    findings: list[Finding] = field(default_factory=list)
    """Of lines that were searched as they came."""
    _passages: set[int] = field(default_factory=set)
    """Hashes of all WORDS words in a row of all texts."""
    _seen: set[int] = field(default_factory=set)
    _secrets: set[str] = field(default_factory=set)
    _begun: list[float] = field(default_factory=list)
    _tests: list[str] = field(default_factory=list)

    def show(self, text: str) -> None:
        """Remembers a text that a test uploads or that a model is shown."""
        if self.on and hash(text) not in self._seen:
            self._seen.add(hash(text))
            self._passages.update(_passages(text))

    def keep_secret(self, words: Iterable[str]) -> None:
        """Remembers what stands in no line by itself: passwords, keys."""
        self._secrets.update(words)

    def begin(self, test: str) -> None:
        """A test begins now."""
        self._begun.append(datetime.now(UTC).timestamp())
        self._tests.append(test)

    def in_files(self, paths: Iterable[Path]) -> Iterator[Finding]:
        """What log files tell."""
        for path in paths:
            with path.open(encoding="utf-8", errors="replace") as lines:
                yield from self.in_lines(lines, str(path))

    def in_lines(self, lines: Iterable[str], where: str, test: str = "") -> Iterator[Finding]:
        """What lines of a log tell."""
        for number, line in enumerate(lines, start=1):
            if what := self._problem(line):
                yield Finding(what, f"{where}:{number}", line.strip(), test or self._test_at(_time_of(line)))

    def in_spans(self, spans: Sequence[Sent]) -> Iterator[Finding]:
        """What spans tell, in their names, attributes, events and states."""
        for span in spans:
            said = f"{span.name} {span.status} {_said(span.attributes)} {span.events or ''}"
            if what := self._problem(said):
                yield Finding(what, f"a span of {span.process}", said, self._test_at(span.began))

    def _problem(self, line: str) -> str:
        """What is wrong with a line; empty when nothing is."""
        for what, pattern in chain(_FORBIDDEN.items(), _FORBIDDEN_AT.items() if "@" in line else ()):
            if pattern.search(line):
                return what
        if any(secret in line for secret in self._secrets):
            return "a secret of the stack"
        return "" if self._passages.isdisjoint(_passages(line)) else "a document's text"

    def _test_at(self, moment: float) -> str:
        place = bisect(self._begun, moment)
        return self._tests[place - 1] if place else ""


LEAKS = Leaks()
"""Of this test process."""


def _passages(text: str) -> Iterator[int]:
    words = _WORD.findall(text.lower())[:_MOST]
    return map(hash, zip(*(words[start:] for start in range(WORDS)), strict=False))


def _said(attributes: Mapping[str, object]) -> str:
    return " ".join(f"{name}={value}" for name, value in attributes.items())


def _time_of(line: str) -> float:
    found = _TIME.search(line)
    return datetime.fromisoformat(found[0]).timestamp() if found else 0.0
