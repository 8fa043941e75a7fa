"""Questions to the co-pilot for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coderai.codebook.variable import Variable, VariableType
from coderai.services.copilot.domain.offline.variables import variables
from coderai.services.copilot.domain.question import Project, Question
from coderai.services.copilot.domain.sample import SampledDocument
from coderai.services.copilot.domain.suggesting.variables import drafted


def sampled(texts: Mapping[str, str]) -> list[SampledDocument]:
    return [SampledDocument(str(number), name, text) for number, (name, text) in enumerate(texts.items())]


def question(texts: Mapping[str, str], **fields: Any) -> Question:
    project = Project("Events", "offline", row_is="one event")
    return Question(**{"project": project, "variables": (), "documents": sampled(texts), "limit": 20, **fields})


def variable(name: str, type: str = "TEXT", **fields: Any) -> Variable:
    return Variable(f"id of {name}", name, VariableType(type), **fields)


def offline(texts: Mapping[str, str], **fields: Any) -> dict[str, dict[str, Any]]:
    """What the offline engine suggests, by name, in its order: each variable's definition, with its reason."""
    asked = question(texts, **fields)
    drafts = drafted(variables(asked), asked).drafts
    found = [(draft.changes[0].variable_after or {}, draft.reason) for draft in drafts]
    return {plain["name"]: {**plain, "reason": reason} for plain, reason in found}
