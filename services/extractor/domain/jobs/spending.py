"""How much may still be spent on models: by a project's budget, its workspace's, and the operator's caps for a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from coderai.kit.errors import Conflict


class Purpose(StrEnum):
    """What models are asked for."""

    EXTRACTION = "EXTRACTION"
    """Coding documents, with judging and deciding."""
    COPILOT = "COPILOT"
    """Suggestions to the researcher."""


class BudgetUsedUp(Conflict):
    """No more may be spent on models: the budget has to be raised, or a day to pass."""


@dataclass(frozen=True, slots=True)
class Caps:
    """What the operator lets each workspace spend on models in a day (UTC); 0 for no limit."""

    tokens_a_day: int = 0
    dollars_a_day: float = 0.0


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent, and what is set aside for questions under way, in tokens."""

    used: int = 0
    reserved: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """What a project and its workspace have spent."""

    project: Spent = Spent()
    month: Spent = Spent()
    """The workspace's, in this month (UTC)."""
    day: Spent = Spent()
    dollars: float = 0.0
    """The workspace's of this day, as far as prices are known."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent; 0 for no limit."""

    project_tokens: int = 0
    tokens_a_month: int = 0
    """The workspace's, as its owners set it."""
    caps: Caps = NO_CAPS

    @property
    def any(self) -> bool:
        """Whether there is one at all."""
        return self != NO_LIMITS

    def check(self, taken: Taken, wanted: int = 0) -> None:
        """Whether a question may be put that takes about `wanted` tokens, which are among those set aside.

        Raises:
            BudgetUsedUp: says which limit is reached and what to do.
        """
        for name, limit, spent, advice in self._tokens(taken):
            if limit and (spent.used + spent.reserved > limit if wanted else spent.used >= limit):
                before = spent.used + spent.reserved - wanted
                needs = f", and a call needs about {wanted:,} more" if wanted else ""
                raise BudgetUsedUp(f"{before:,} of {name} {limit:,} tokens are used{needs}: {advice}")
        if self.caps.dollars_a_day and taken.dollars >= self.caps.dollars_a_day:
            cap = self.caps.dollars_a_day
            raise BudgetUsedUp(
                f"${taken.dollars:,.2f} of ${cap:,.2f} are spent, this installation's cap for a workspace and day:"
                f" {_TOMORROW}"
            )

    def _tokens(self, taken: Taken) -> Iterator[tuple[str, int, Spent, str]]:
        yield "the project's", self.project_tokens, taken.project, "raise its token budget to go on"
        yield "the workspace's", self.tokens_a_month, taken.month, "an owner can raise its budget of this month"
        name = "this installation's cap for a workspace and day of"
        yield name, self.caps.tokens_a_day, taken.day, _TOMORROW


NO_LIMITS = Limits()
_TOMORROW = "go on tomorrow (UTC), or ask its operator for more"
