"""Which suggested units a project could take as they stand, and why others cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from coderai.codebook.codebook import RowsPerDocument
from coderai.codebook.pattern import PatternInvalid, compile_pattern, entity_expression
from coderai.services.copilot.domain import drafting
from coderai.services.copilot.domain.proposal import Draft
from coderai.services.copilot.domain.question import Project, Question
from coderai.services.copilot.domain.suggesting.checking import (
    LONGEST,
    MOST_QUOTES,
    Drafted,
    Refused,
    found,
    not_found,
    short,
)
from coderai.services.copilot.domain.suggesting.ideas import UnitIdea

MOST = 3
"""Units that are proposed at a time."""


def drafted(ideas: Iterable[UnitIdea], question: Question) -> Drafted:
    """The units that differ from the project's, the best first, each with quotes from the sample."""
    drafts, left_out = list[Draft](), list[str]()
    for idea in islice(ideas, MOST):
        try:
            drafts.append(draft(idea, question))
        except Refused as refused:
            left_out.append(f"“{short(idea.row_is) or 'A unit'}” is left out: {refused}.")
    return Drafted(tuple(drafts), tuple(left_out))


def draft(idea: UnitIdea, question: Question) -> Draft:
    """The proposal of a unit. Raises Refused."""
    row_is, pattern = " ".join(idea.row_is.split()), idea.pattern.strip() if idea.multiple else ""
    _refuse_unusable(row_is, pattern, multiple=idea.multiple)
    project = question.project
    is_same = row_is == project.row_is or (not idea.multiple and project.is_row_said)
    if idea.multiple == project.multiple and pattern == project.entity_pattern and is_same:
        raise Refused(f"the unit is so already: “{short(project.row_is)}”")
    quotes = found(idea.claims, question.documents)
    if not quotes:
        raise Refused(not_found(idea.claims))
    rows = RowsPerDocument.MULTIPLE if idea.multiple else RowsPerDocument.SINGLE
    unit = {"row_is": row_is, "rows_per_document": rows.value, "entity_identification_pattern": pattern}
    title = f"{'Several rows' if idea.multiple else 'One row'} a document: {short(row_is)}"
    change = drafting.of_context(context(project), {"unit": unit})
    written = drafting.draft(title, short(idea.reason, LONGEST), [change], quotes[:MOST_QUOTES])
    return replace(written, sampled_documents=len(question.documents))


def context(project: Project) -> Mapping[str, Any]:
    """What a project says of its documents and rows, as plain coderai.projects.v1.ProjectContext."""
    rows = RowsPerDocument.MULTIPLE if project.multiple else RowsPerDocument.SINGLE
    return {
        "description": project.description,
        "domain": project.domain,
        "language": project.language,
        "document_type": project.document_type,
        "unit": {
            "row_is": project.row_is,
            "rows_per_document": rows.value,
            "entity_identification_pattern": project.entity_pattern,
        },
    }


def _refuse_unusable(row_is: str, pattern: str, *, multiple: bool) -> None:
    if not row_is:
        raise Refused("it does not say what a row is")
    if multiple and not pattern:
        raise Refused("it does not say how the rows of a document are told apart")
    longest = max(len(row_is), len(pattern))
    if longest > LONGEST:
        raise Refused(f"it has a text of {longest:,} characters: {LONGEST:,} at most")
    try:
        compile_pattern(entity_expression(pattern))
    except PatternInvalid as error:
        raise Refused(f"its pattern {error}") from None
