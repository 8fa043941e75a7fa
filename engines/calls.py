"""What is asked of a model and what it answers, whichever engine does the answering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from coderai.codebook.codebook import Codebook
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Variable
from coderai.kit.model_replies import NOTHING_USED, Finish, Usage


class CallKind(StrEnum):
    """Which question a call puts."""

    IDENTIFY = "IDENTIFY"
    """Which entities does this passage speak of?"""
    EXTRACT = "EXTRACT"
    """What does this passage state for these variables?"""
    JUDGE = "JUDGE"
    """Do these quotes state these values?"""
    DECIDE = "DECIDE"
    """Which of the values that parts of the document state is the document's?"""
    SAME = "SAME"
    """Which of these mentions are of one entity?"""


@dataclass(frozen=True, slots=True)
class Passage:
    """The stretch of a document that a call shows: all of it, or one chunk.

    `text` equals document_text[start : start + len(text)]; offsets count code points.
    """

    text: str
    start: int = 0
    language: str = ""
    """ISO 639-1 code, empty when not known."""

    @property
    def end(self) -> int:
        """One past its last code point."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Entity:
    """One observed thing in a document, when a document gives several rows."""

    text: str
    """How the document names it, shortest form that tells it apart."""
    quote: str = ""
    """Verbatim, from the passage that first mentions it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """That a quote states a value of a variable, to be judged from the quote and what stands around it alone."""

    variable: Variable
    value: Any
    quote: str
    context: str
    """The sentences of the document that the quote is in."""
    entity: str = ""
    """Of what it is claimed, when a document gives several rows."""


@dataclass(frozen=True, slots=True)
class Named:
    """An entity that may be the same as another one, as the document speaks of it."""

    names: tuple[str, ...]
    quote: str
    context: str
    """The sentences of the document that the quote is in; empty when the quote is these."""


@dataclass(frozen=True, slots=True)
class Call:
    """One question to a model about one passage."""

    kind: CallKind
    codebook: Codebook
    passage: Passage
    variables: tuple[Variable, ...] = ()
    """The variables asked together (EXTRACT)."""
    entity: Entity | None = None
    """The entity that the variables are asked of, when a document gives several rows."""
    known: tuple[str, ...] = ()
    """Names of the entities listed so far, when a list is continued (IDENTIFY): only others are asked for."""
    earlier: tuple[str, ...] = ()
    """Names of the entities that earlier passages speak of (IDENTIFY): listed again under these names."""
    claims: tuple[Claim, ...] = ()
    """What is to be judged (JUDGE)."""
    conflicts: tuple[tuple[Claim, ...], ...] = ()
    """What is to be decided (DECIDE): per cell the values in question, in the order of the text."""
    named: tuple[Named, ...] = ()
    """What is to be told apart (SAME)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answers to one call."""

    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    """By variable name; a variable that the model left out has no key, one not stated an empty tuple."""
    entities: tuple[Entity, ...] = ()
    """For IDENTIFY, in order of mention."""
    more: bool = False
    """For IDENTIFY: the passage speaks of more entities than those."""
    verdicts: Mapping[int, bool] = field(default_factory=dict)
    """For JUDGE, by the claim's place from 0: whether the quote states the value; one left undecided has no key."""
    choices: Mapping[int, int] = field(default_factory=dict)
    """For DECIDE, by the conflict's place from 0: the place of the value that is right; one left open has no key."""
    same: tuple[tuple[int, ...], ...] = ()
    """For SAME: the groups that are one entity each, by the places of their members from 0."""
    usage: Usage = NOTHING_USED
    finish: Finish = Finish.COMPLETE
    knows_absence: bool = True
    """Whether what has no answer is not stated in the passage; False: only that none was found."""
    problem: str = ""
    """Why variables without a key were not answered, when that is known."""


class Engine(Protocol):
    """Answers calls; the offline engine and the LangChain engine are the two."""

    async def ask(self, call: Call) -> Reply:
        """Answers one call; what a model cannot answer at once shows in the reply's `finish` and `more`.

        Raises:
            kit.errors.Unavailable: the model cannot be reached now, even after retries.
            kit.errors.Conflict: the model refuses, whatever is asked (no valid key, say).
            ModelReplyInvalid: the model's reply fits the schema neither at first nor after a repair request.
        """
        ...
