"""A change that the co-pilot proposes: what it does step by step, why, and what a person decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from coderai.codebook.schema import Action as Action
from coderai.codebook.schema import Change as Change
from coderai.services.copilot.domain.problems import ProposalDecided


class ProposalKind(StrEnum):
    """What a proposal would change."""

    ADD_VARIABLE = "ADD_VARIABLE"
    CHANGE_INSTRUCTIONS = "CHANGE_INSTRUCTIONS"
    CHANGE_CATEGORIES = "CHANGE_CATEGORIES"
    CHANGE_UNIT = "CHANGE_UNIT"
    CHANGE_CONTEXT = "CHANGE_CONTEXT"
    CHANGE_DEPENDENCY = "CHANGE_DEPENDENCY"
    ADD_EXAMPLE = "ADD_EXAMPLE"
    CHANGE_SETTINGS = "CHANGE_SETTINGS"
    SPLIT_VARIABLE = "SPLIT_VARIABLE"
    MERGE_VARIABLES = "MERGE_VARIABLES"
    REMOVE_VARIABLE = "REMOVE_VARIABLE"


class ProposalStatus(StrEnum):
    """What became of a proposal."""

    PROPOSED = "PROPOSED"
    APPLIED = "APPLIED"
    REJECTED = "REJECTED"


class ProposalOrigin(StrEnum):
    """What made a proposal."""

    SUGGESTION = "SUGGESTION"
    CONVERSATION = "CONVERSATION"
    SETUP = "SETUP"


@dataclass(frozen=True, slots=True)
class SourceQuote:
    """Words of a document that something rests on, found there by code."""

    document_id: str
    document_name: str
    quote: str
    """As the document has it."""
    start: int
    """First code point of its first part; `end` is one past the last."""
    end: int
    page: int
    """From 1."""
    exact: bool = True


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """A category with what was seen of it in the sample."""

    value: str
    documents: int
    quote: SourceQuote | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """What an engine proposes; not yet checked against the project, nor kept."""

    kind: ProposalKind
    title: str
    """What would change, in a few words."""
    reason: str
    """Why, with what was seen."""
    changes: tuple[Change, ...]
    quotes: tuple[SourceQuote, ...] = ()
    counts: tuple[CategoryCount, ...] = ()
    leftovers: tuple[str, ...] = ()
    sampled_documents: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal that is kept."""

    id: UUID
    project_id: UUID
    kind: ProposalKind
    status: ProposalStatus
    origin: ProposalOrigin
    title: str
    reason: str
    changes: tuple[Change, ...]
    key: str
    """The same for proposals that do the same to the same (domain.fitting.key_of)."""
    diff: str
    quotes: tuple[SourceQuote, ...]
    counts: tuple[CategoryCount, ...]
    leftovers: tuple[str, ...]
    sampled_documents: int
    model: str
    author: UUID | None
    names: Mapping[str, str] = field(default_factory=dict)
    """What the project's variables were called when it was made, by their ids."""
    message_id: UUID | None = None
    is_begun: bool = False
    """Whether somebody has begun to apply it: while PROPOSED, it may have been applied though nobody heard of it."""
    decided_by: UUID | None = None
    decided_at: datetime | None = None
    variable_ids: tuple[str, ...] = ()

    def begun(self) -> Self:
        """This proposal as it begins to be applied; again changes nothing. Raises ProposalDecided: it was rejected."""
        if self.status is ProposalStatus.REJECTED:
            self._must_be_open()
        return replace(self, is_begun=True)

    def given_up(self) -> Self:
        """This proposal where it could not be applied: it can be rejected again."""
        return replace(self, is_begun=False) if self.status is ProposalStatus.PROPOSED else self

    def applied(self, variable_ids: tuple[str, ...], by: UUID | None, at: datetime) -> Self:
        """This proposal once the project has changed so, which counts whatever was said meanwhile; the first stays."""
        if self.status is ProposalStatus.APPLIED:
            return self
        return replace(self, status=ProposalStatus.APPLIED, variable_ids=variable_ids, decided_by=by, decided_at=at)

    def rejected(self, by: UUID | None, at: datetime) -> Self:
        """This proposal once nobody wants it; again changes nothing.

        Raises:
            ProposalDecided: it was applied, or somebody has begun to apply it.
        """
        if self.status is ProposalStatus.REJECTED:
            return self
        self._must_be_open()
        if self.is_begun:
            raise ProposalDecided("the proposal is being applied: apply it again to find out what came of it")
        return replace(self, status=ProposalStatus.REJECTED, decided_by=by, decided_at=at)

    def _must_be_open(self) -> None:
        if self.status is not ProposalStatus.PROPOSED:
            raise ProposalDecided(f"the proposal has been {self.status.lower()} already")
