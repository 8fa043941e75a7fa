"""The codebook: a project's context, unit of observation and variables, frozen for the jobs that run under it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from coderai.codebook.plain import read
from coderai.codebook.variable import Variable


class RowsPerDocument(StrEnum):
    """How many rows of the dataset one document gives."""

    SINGLE = "SINGLE"
    MULTIPLE = "MULTIPLE"


class Verify(StrEnum):
    """Which cells a second call judges: does the quote state the value?"""

    NONE = "NONE"
    DOUBTFUL = "DOUBTFUL"
    """Those that code left undecided."""
    ALL = "ALL"
    """Also those that code found stated."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What one row of the dataset stands for."""

    row_is: str = "one document"
    rows_per_document: RowsPerDocument = RowsPerDocument.SINGLE
    entity_identification_pattern: str = ""
    """How an entity is recognised in a document; for MULTIPLE."""

    @property
    def multiple(self) -> bool:
        """Whether a document gives several rows."""
        return self.rows_per_document is RowsPerDocument.MULTIPLE


ONE_DOCUMENT = Unit()


@dataclass(frozen=True, slots=True)
class Codebook:
    """A project as it stood when it was frozen; the fields are those of coderai.projects.v1.Codebook."""

    hash: str
    """SHA-256 of everything else, in hexadecimal."""
    variables: tuple[Variable, ...]
    """In the order of the columns."""
    unit: Unit = ONE_DOCUMENT
    project_id: str = ""
    project_name: str = ""
    project_description: str = ""
    domain: str = ""
    language: str = ""
    document_type: str = ""
    model: str = "offline"
    ask_per_variable: bool = False
    token_budget: int = 0
    verify: Verify = Verify.DOUBTFUL
    reasoning_effort: str = ""
    """minimal, low, medium or high, for models that think; empty for the provider's usual."""
    chunk_long_documents: bool = False
    """Whether long documents go out in chunks though the model would take them whole."""


def read_codebook(plain: Mapping[str, Any]) -> Codebook:
    """A codebook from the plain form of coderai.projects.v1.Codebook (kit.wire.to_plain)."""
    return read(Codebook, plain)
