"""Drafts of proposals, as engines would make them of a project as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coderai.codebook.plain import read
from coderai.codebook.variable import Variable
from coderai.services.copilot.domain.drafting import creation, draft, of_context, removal, update
from coderai.services.copilot.domain.proposal import Change, Draft

WHY = "It is what the documents say."


def adding(name: str, type: str = "TEXT", **fields: Any) -> Draft:
    return draft(f"Add {name}", WHY, [new(name, type, **fields)])


def changing(variable: Mapping[str, Any], **fields: Any) -> Draft:
    return draft(f"Change {variable['name']}", WHY, [step(variable, **fields)])


def removing(variable: Mapping[str, Any]) -> Draft:
    return draft(f"Remove {variable['name']}", WHY, [gone(variable)])


def in_context(project: Mapping[str, Any], **fields: Any) -> Draft:
    names = ("description", "domain", "language", "document_type", "unit")
    return draft("Change the project", WHY, [of_context({name: project[name] for name in names}, fields)])


def step(variable: Mapping[str, Any], **fields: Any) -> Change:
    return update(read(Variable, variable), fields)


def new(name: str, type: str = "TEXT", **fields: Any) -> Change:
    return creation({"name": name, "type": type, **fields})


def gone(variable: Mapping[str, Any]) -> Change:
    return removal(read(Variable, variable))
