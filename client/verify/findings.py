"""What a check of a bundle found: what was checked, what could not be, and each difference with its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_SHOWN = 50
"""Differences that are kept; of the others only how many there are."""
MOST_ALIKE = 10
"""Of these, differences of one file with the same problem: others are to be seen, too."""
_LONGEST = 200
"""Characters of a value that is shown."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the dataset, or a row of it, as a reader finds it."""

    document: str
    entity: str
    """Empty where the document itself is the row."""
    variable: str
    """Empty where the row is meant."""

    def __str__(self) -> str:
        parts = {"document": self.document, "entity": self.entity, "variable": self.variable}
        return ", ".join(f"{name} {part}" for name, part in parts.items() if part)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be."""

    file: str
    """Its path in the bundle."""
    problem: str
    """What is wrong, in words."""
    line: int | None = None
    """Of the file, from 1."""
    cell: Cell | None = None
    what: str = ""
    """Column, figure or field."""
    stands: str | None = None
    should: str | None = None

    def told(self) -> str:
        """In one line: place, what is wrong, what stands and what should."""
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        parts = [place, *([str(self.cell)] if self.cell else []), *([self.what] if self.what else [])]
        values = ""
        if self.stands is not None or self.should is not None:
            values = f" (stands {self.stands}, should be {self.should})"
        return f"{': '.join(parts)}: {self.problem}{values}"


@dataclass(slots=True)
class Findings:
    """All that the checks found, in their order."""

    checked: list[str] = field(default_factory=list)
    """A short line each, with counts."""
    not_checked: list[str] = field(default_factory=list)
    """What could not be checked, with why."""
    differences: list[Difference] = field(default_factory=list)
    """The first MOST_SHOWN, and of those that are alike MOST_ALIKE."""
    total: int = 0
    """Of all differences."""
    _alike: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many there are, by file and problem."""

    @property
    def is_good(self) -> bool:
        """Whether nothing differs."""
        return self.total == 0

    def differs(
        self,
        file: str,
        problem: str,
        *,
        line: int | None = None,
        cell: Cell | None = None,
        what: str = "",
        stands: Any = None,
        should: Any = None,
        values: bool = False,
    ) -> None:
        """Keeps a difference; with `values` what stands and what should are shown, also where they are nothing."""
        self.total += 1
        self._alike[file, problem] += 1
        if len(self.differences) < MOST_SHOWN and self._alike[file, problem] <= MOST_ALIKE:
            given = (_shown(stands), _shown(should)) if values else (None, None)
            self.differences.append(Difference(file, problem, line, cell, what, *given))

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "good": self.is_good,
            "checked": self.checked,
            "not_checked": self.not_checked,
            "differences": [{**asdict(one), "told": one.told()} for one in self.differences],
            "differences_in_all": self.total,
        }

    def told(self) -> Iterator[str]:
        """The differences in lines."""
        for one in self.differences:
            yield one.told()
        if self.total > len(self.differences):
            yield f"... and {self.total - len(self.differences):,} more"


def _shown(value: Any) -> str:
    """A value as it is told, cut where it is long."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else repr(value)
    text = text if text.isprintable() and text else repr(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"
