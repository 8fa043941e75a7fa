"""What the co-pilot knows when it replies: where the project stands, documents of it, and the conversation so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coderai.codebook.schema import Schema
from coderai.kit.tokens import estimate_tokens
from coderai.services.copilot.domain.conversing.message import Role
from coderai.services.copilot.domain.proposal import Draft, SourceQuote
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.sample import SampledDocument

HISTORY_TOKENS = 6_000
"""Of the conversation so far: what is older is left out, and the model is told."""
_LONGEST_TURN = 8_000
"""Code points of an earlier message that are shown."""


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier message."""

    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Statistics:
    """What the latest job found of a variable; the fields are those of coderai.extractor.v1.VariableStatistics."""

    variable: str = ""
    units: int = 0
    answered: int = 0
    flagged: int = 0
    mean_confidence: float = 0.0
    missing: dict[str, int] = field(default_factory=dict)
    """Counts by reason."""


@dataclass(frozen=True, slots=True)
class Stale:
    """Cells of a variable that are to be asked again; as coderai.extractor.v1.VariableStaleness."""

    variable: str = ""
    cells: int = 0
    documents: int = 0


@dataclass(frozen=True, slots=True)
class LatestJob:
    """The newest sample or full run."""

    kind: str
    status: str
    documents_total: int = 0
    documents_failed: int = 0
    statistics: tuple[Statistics, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """Where a project stands."""

    project: Project
    schema: Schema
    """The project's context and variables, with all that is defined of them."""
    documents: int = 0
    """How many can be read."""
    job: LatestJob | None = None
    stale: tuple[Stale, ...] = ()
    pending: tuple[str, ...] = ()
    """The titles of proposals that wait for a decision."""
    unknown: tuple[str, ...] = ()
    """What could not be asked for just now, in words."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything that a reply may go by."""

    situation: Situation
    documents: tuple[SampledDocument, ...]
    """A sample of the corpus."""
    words: str
    """What the person says now."""
    history: tuple[Turn, ...] = ()
    """What was said before, oldest first."""
    left_out: int = 0
    """Earlier messages that are not in the history."""

    def halved(self) -> Talk:
        """The same with half of the documents and of the history, for a model that cannot read all of it."""
        kept = self.history[(len(self.history) + 1) // 2 :]
        left_out = self.left_out + len(self.history) - len(kept)
        return replace(self, documents=self.documents[::2], history=kept, left_out=left_out)


@dataclass(frozen=True, slots=True)
class Said:
    """What a reply says beside its text, once it is whole."""

    quotes: tuple[SourceQuote, ...] = ()
    quotes_not_found: tuple[str, ...] = ()
    drafts: tuple[Draft, ...] = ()
    """What it proposes; not yet checked against the project."""
    problems: tuple[str, ...] = ()
    """What of it could not be used, a sentence each."""

    def and_then(self, more: Said) -> Said:
        """What this and a later part of the reply say together."""
        return Said(
            self.quotes + more.quotes,
            self.quotes_not_found + more.quotes_not_found,
            self.drafts + more.drafts,
            self.problems + more.problems,
        )


def recent(turns: Sequence[Turn], tokens: int = HISTORY_TOKENS) -> tuple[tuple[Turn, ...], int]:
    """The newest of the turns (oldest first) that keep to the tokens, long ones cut; and how many are left out."""
    kept: list[Turn] = []
    for turn in reversed(turns):
        short = replace(turn, text=_cut(turn.text))
        tokens -= estimate_tokens(short.text)
        if tokens < 0:
            break
        kept.append(short)
    return tuple(reversed(kept)), len(turns) - len(kept)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_TURN else f"{text[:_LONGEST_TURN]} […]"
