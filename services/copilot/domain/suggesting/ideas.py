"""What engines suggest, before any of it is checked against the project and the documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coderai.codebook.variable import VariableType
from coderai.services.copilot.domain.suggesting.findings import Finding


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that an engine says a document has."""

    quote: str
    document: str = ""
    """The document's id; empty where it names none."""


@dataclass(frozen=True, slots=True)
class CategoryIdea:
    """A value that a CATEGORY could take, with where it was seen."""

    value: str
    description: str = ""
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class VariableIdea:
    """A variable to consider."""

    name: str
    display_name: str
    type: VariableType
    instructions: str
    reason: str
    """Why, with what was seen."""
    categories: tuple[CategoryIdea, ...] = ()
    claims: tuple[Claim, ...] = ()
    wished: bool = False
    """Whether the researcher's own words ask for it: it may then stand without a quote."""


@dataclass(frozen=True, slots=True)
class UnitIdea:
    """What a row could stand for."""

    row_is: str
    multiple: bool
    """Whether a document gives several rows."""
    pattern: str
    """How an entity is recognised in a document; empty where a document is one row."""
    reason: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class CategoriesIdea:
    """The values that a variable could take."""

    categories: tuple[CategoryIdea, ...]
    reason: str = ""
    leftovers: tuple[Claim, ...] = ()
    """Values seen that fit none of them, each with its document."""


@dataclass(frozen=True, slots=True)
class InstructionsIdea:
    """How a variable could be asked for."""

    instructions: str
    reason: str
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingIdea:
    """Something wrong or doubtful in a schema, and perhaps what would mend it: of these, the first that is given."""

    finding: Finding
    claims: tuple[Claim, ...] = ()
    by_engine: bool = False
    """Whether an engine says so, which needs a quote where it speaks of what documents say."""
    unit: UnitIdea | None = None
    """A unit that fits better."""
    instructions: InstructionsIdea | None = None
    """Better instructions for the first of its variables."""
    categories: tuple[CategoryIdea, ...] = ()
    """Categories that the first of its variables should have beside its own."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Other fields that the first of its variables should have."""
    remove: bool = False
    """Whether the first of its variables is not needed."""
