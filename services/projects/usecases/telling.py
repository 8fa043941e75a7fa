"""What the list of who did what tells of changes to projects, variables and prompts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from coderai.audit.v1 import audit_service_pb2 as audit
from coderai.codebook.definition import definition
from coderai.codebook.plain import write
from coderai.codebook.prompt_version import PromptVersion
from coderai.codebook.variable import Variable
from coderai.kit.audit import Fact, differences
from coderai.services.projects.domain.project import Project


def of_project(kind: audit.AuditKind.ValueType, project: Project) -> Fact:
    """That a project was made or deleted."""
    return Fact(kind, project.id, project.id, project.name)


def project_changed(before: Project, after: Project) -> Sequence[Fact]:
    """That fields of a project were changed; nothing where none was."""
    changes = differences(_fields(before), _fields(after))
    kind = audit.AUDIT_KIND_PROJECT_CHANGED
    return [Fact(kind, after.id, after.id, after.name, changes)] if changes else []


def of_variable(kind: audit.AuditKind.ValueType, variable: Variable) -> Fact:
    """That a variable was made or deleted."""
    return Fact(kind, UUID(variable.project_id), UUID(variable.id), variable.name)


def variables_changed(before: Sequence[Variable], after: Sequence[Variable]) -> Sequence[Fact]:
    """Of which variables fields were changed; `before` has those of `after`, in any order."""
    earlier, kind = {variable.id: variable for variable in before}, audit.AUDIT_KIND_VARIABLE_CHANGED
    changed = [(v, differences(_definition(earlier[v.id]), _definition(v))) for v in after]
    return [Fact(kind, UUID(v.project_id), UUID(v.id), v.name, changes) for v, changes in changed if changes]


def variables_reordered(project: Project, before: Sequence[Variable], after: Sequence[UUID]) -> Sequence[Fact]:
    """That the columns have another order; nothing where they have the same."""
    names = {UUID(variable.id): variable.name for variable in before}
    changes = differences({"order": list(names.values())}, {"order": [names[id] for id in after]})
    kind = audit.AUDIT_KIND_VARIABLES_REORDERED
    return [Fact(kind, project.id, project.id, project.name, changes)] if changes else []


def prompt_activated(variable: Variable, before: PromptVersion, after: PromptVersion) -> Fact:
    """That another version of a variable's prompt is asked; never its text, which may quote documents."""
    changes = differences(*({"version": one.version, "origin": one.origin} for one in (before, after)))
    kind = audit.AUDIT_KIND_PROMPT_ACTIVATED
    return Fact(kind, UUID(variable.project_id), UUID(variable.id), variable.name, changes)


def _fields(project: Project) -> Mapping[str, Any]:
    """Without where it stands, which no person sets."""
    return {name: value for name, value in write(project).items() if not name.startswith("status")}


def _definition(variable: Variable) -> Mapping[str, Any]:
    """With the number of golden examples in their place: they are texts of documents."""
    return {**definition(variable), "golden_examples": len(variable.golden_examples)}
