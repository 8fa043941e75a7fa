"""What the co-pilot is asked: a project, a sample of its documents, and what the researcher wants to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from coderai.services.copilot.domain.problems import LimitInvalid

T = TypeVar("T")

DOCUMENTS = 8
"""Documents in a sample."""
CHARACTERS = 3_000
"""Of each document, from its beginning."""
USUAL_LIMIT, GREATEST_LIMIT = 8, 20


@dataclass(frozen=True, slots=True)
class Project:
    """The context of a research question."""

    name: str
    model: str
    """provider:name, or "offline"."""
    description: str = ""
    domain: str = ""
    language: str = ""
    document_type: str = ""
    row_is: str = ""
    """What each row is, in the researcher's words."""
    multiple: bool = False
    """Whether a document gives several rows."""


@dataclass(frozen=True, slots=True)
class Existing:
    """A variable that the project has already."""

    name: str
    display_name: str = ""
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """The beginning of one of the project's documents."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """Which variables could this project code?"""

    project: Project
    variables: Sequence[Existing]
    documents: Sequence[Document]
    limit: int
    """Most suggestions, 1..20."""
    hint: str = ""
    """What the researcher wants to know, in words; may be empty."""


def read_limit(limit: int) -> int:
    """The limit that a request asks for; 0 stands for 8.

    Raises:
        LimitInvalid: it is not 1..20.
    """
    if not 0 <= limit <= GREATEST_LIMIT:
        message = f"must be 1 to {GREATEST_LIMIT}"
        raise LimitInvalid(f"limit {message}", fields={"limit": message})
    return limit or USUAL_LIMIT


def spread(items: Sequence[T], most: int) -> list[T]:
    """At most so many of the items, at even distances from the first one on."""
    if len(items) <= most:
        return list(items)
    return [items[index * len(items) // most] for index in range(most)]
