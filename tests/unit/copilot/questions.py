"""Questions to the co-pilot for tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coderai.services.copilot.domain.offline import suggest
from coderai.services.copilot.domain.question import Document, Project, Question
from coderai.services.copilot.domain.suggestion import Suggestion, fit


def question(texts: Mapping[str, str], **fields: Any) -> Question:
    documents = [Document(name, text) for name, text in texts.items()]
    project = Project("Events", "offline", row_is="one event")
    return Question(**{"project": project, "variables": (), "documents": documents, "limit": 20, **fields})


def offline(texts: Mapping[str, str], **fields: Any) -> dict[str, Suggestion]:
    """What the offline engine suggests, by name, in its order."""
    asked = question(texts, **fields)
    return {suggestion.name: suggestion for suggestion in fit(suggest(asked), asked)}
