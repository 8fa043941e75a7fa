"""What recurs in the documents: a would-be variable, where it was seen, and how much it promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coderai.codebook.variable import Category, VariableType
from coderai.services.copilot.domain.question import Document
from coderai.services.copilot.domain.suggestion import Suggestion

_EXAMPLE = 80
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that several documents state."""

    label: str
    """What to call it, as a person would."""
    type: VariableType
    instructions: str
    """With {row} where the unit of observation is named."""
    seen: Mapping[str, str]
    """Examples by the names of the documents that state it, in their order."""
    promise: float
    """0..1: how likely a researcher wants it if every document states it."""
    categories: tuple[Category, ...] = ()

    def suggestion(self, row: str, documents: int) -> Suggestion:
        """As a suggestion about `row`, with a reason that names the documents, out of so many."""
        return Suggestion(
            name=self.label,
            display_name=self.label[:1].upper() + self.label[1:],
            type=self.type,
            instructions=self.instructions.format(row=row),
            reason=reason(self.seen, documents),
            categories=self.categories,
        )


def reason(seen: Mapping[str, str], documents: int) -> str:
    """Where something was seen: in how many documents, the names of the first, and what the first one says."""
    names = list(seen)
    shown = ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
    example = " ".join(seen[names[0]].split())
    short = example if len(example) <= _EXAMPLE else example[: _EXAMPLE - 1].rstrip() + "…"
    return f"Seen in {len(names)} of {documents} documents ({shown}), as in “{short}”."


def enough(documents: Sequence[Document], share: float = 0.0) -> int:
    """In how many documents something must be seen to recur: two, and this share of them; one of one."""
    return max(1, min(len(documents), max(2, round(share * len(documents)))))
