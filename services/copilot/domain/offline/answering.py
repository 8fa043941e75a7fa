"""What the built-in engine finds in the sampled documents for a variable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coderai.codebook.codebook import Codebook
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Variable
from coderai.engines.calls import Call, CallKind, Passage
from coderai.engines.offline.engine import answer
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.sample import SampledDocument


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers of one document, by variable."""

    document: str
    answers: dict[str, tuple[Answer, ...]]


def answers(project: Project, variables: Sequence[Variable], documents: Sequence[SampledDocument]) -> list[Answered]:
    """What each document answers, asked as a job would ask it of one row a document."""
    codebook = Codebook(
        hash="",
        variables=tuple(variables),
        project_name=project.name,
        domain=project.domain,
        document_type=project.document_type,
    )
    found = []
    for document in documents:
        passage = Passage(document.text, language=document.language)
        reply = answer(Call(CallKind.EXTRACT, codebook, passage, tuple(variables)))
        found.append(Answered(document.name, dict(reply.answers)))
    return found
