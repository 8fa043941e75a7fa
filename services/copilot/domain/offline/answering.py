"""What the built-in engine finds in the sampled documents for variables, asked as of one row a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coderai.codebook.codebook import Codebook
from coderai.codebook.reply import Answer
from coderai.codebook.variable import Variable
from coderai.engines.calls import Call, CallKind, Passage
from coderai.engines.offline.engine import answer
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.sample import SampledDocument


def answers(question: Question, variable: Variable) -> Iterator[tuple[str, Answer]]:
    """What each document answers, with the document's id."""
    for document in question.documents:
        for one in _answered(question, (variable,), document).get(variable.name, ()):
            yield document.id, one


def unanswered(question: Question) -> list[str]:
    """The names of the variables that no document answers."""
    left = tuple(question.variables)
    for document in question.documents:
        found = _answered(question, left, document) if left else {}
        left = tuple(variable for variable in left if not found.get(variable.name))
    return [variable.name for variable in left]


def _answered(
    question: Question, variables: Sequence[Variable], document: SampledDocument
) -> dict[str, tuple[Answer, ...]]:
    project = question.project
    codebook = Codebook(
        hash="",
        variables=tuple(variables),
        project_name=project.name,
        domain=project.domain,
        document_type=project.document_type,
    )
    passage = Passage(document.text, language=document.language)
    return dict(answer(Call(CallKind.EXTRACT, codebook, passage, tuple(variables))).answers)
