"""What the co-pilot is asked: a project, a sample of its documents, and what the researcher wants to know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coderai.codebook.codebook import ONE_DOCUMENT
from coderai.codebook.variable import Variable
from coderai.services.copilot.domain.problems import LimitInvalid
from coderai.services.copilot.domain.sample import SampledDocument

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
    entity_pattern: str = ""
    """How an entity is recognised in a document, where it gives several rows."""

    @property
    def is_row_said(self) -> bool:
        """Whether somebody has said what a row is."""
        return self.row_is not in ("", ONE_DOCUMENT.row_is)

    @property
    def row(self) -> str:
        """What instructions call a row: "the protest" for "one protest, the one that the report is about"."""
        if not self.is_row_said:
            return "the document"
        first = re.split(r"[,;:(]", self.row_is.strip())[0].strip()
        return re.sub(r"(?i)^(?:one|each|an?)\s+", "the ", first) or self.row_is


@dataclass(frozen=True, slots=True)
class Question:
    """What could this project code, and how?"""

    project: Project
    variables: Sequence[Variable]
    """Those that the project has, in their order."""
    documents: Sequence[SampledDocument]
    limit: int = USUAL_LIMIT
    """Most variables to suggest, 1..20."""
    hint: str = ""
    """What the researcher wants to know, in words; may be empty."""
    variable: Variable | None = None
    """The one that is asked about, where it is one."""


def read_limit(limit: int) -> int:
    """The limit that a request asks for; 0 stands for 8.

    Raises:
        LimitInvalid: it is not 1..20.
    """
    if not 0 <= limit <= GREATEST_LIMIT:
        message = f"must be 1 to {GREATEST_LIMIT}"
        raise LimitInvalid(f"limit {message}", fields={"limit": message})
    return limit or USUAL_LIMIT
