"""What is asked of a model and what it answers, whichever engine does the answering."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from coderai.kit.errors import CoderAIError
from coderai.services.extractor.domain.codebook import Codebook, Variable


class CallKind(StrEnum):
    """Which question a call puts."""

    IDENTIFY = "IDENTIFY"
    """Which entities does this passage speak of?"""
    EXTRACT = "EXTRACT"
    """What does this passage state for these variables?"""


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


@dataclass(frozen=True, slots=True)
class Answer:
    """One value that a model gives for one variable, not yet checked or coerced."""

    value: Any
    """str, int, float, bool or None (not stated); never a list: several values are several answers."""
    quote: str = ""
    """The words that state it, copied from the passage; 200 characters at most."""
    confidence: float = 0.0
    """0..1."""
    explanation: str = ""


class Finish(StrEnum):
    """Why a reply ended."""

    COMPLETE = "COMPLETE"
    CUT_OFF = "CUT_OFF"
    """At the token limit: no answer is given; of entities, those that were listed whole."""
    TOO_LONG = "TOO_LONG"
    """The call does not fit into the model's context: nothing was answered."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a reply cost: model calls (retries of a repair included) and tokens."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    """The part of tokens_in that came from the provider's prefix cache, and costs less."""

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.calls + other.calls,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.tokens_cached + other.tokens_cached,
        )


NOTHING_USED = Usage()


@dataclass(frozen=True, slots=True)
class Reply:
    """A model's answers to one call."""

    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    """By variable name; a variable that the model left out has no key, one not stated an empty tuple."""
    entities: tuple[Entity, ...] = ()
    """For IDENTIFY, in order of mention."""
    more: bool = False
    """For IDENTIFY: the passage speaks of more entities than those."""
    usage: Usage = NOTHING_USED
    finish: Finish = Finish.COMPLETE
    problem: str = ""
    """Why variables without a key were not answered, when that is known."""


class ModelReplyInvalid(CoderAIError):
    """The model's reply fits the schema neither at first nor after a repair request."""

    def __init__(self, message: str = "", usage: Usage = NOTHING_USED) -> None:
        super().__init__(message)
        self.usage = usage
        """What the useless replies cost."""


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
