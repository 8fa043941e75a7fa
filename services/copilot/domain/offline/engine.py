"""Suggests variables from what recurs in the documents, and from the words of the hint."""

from __future__ import annotations

from collections.abc import Iterator

from coderai.services.copilot.domain.offline.denials import denials
from coderai.services.copilot.domain.offline.finding import Finding
from coderai.services.copilot.domain.offline.hints import wanted
from coderai.services.copilot.domain.offline.labels import labelled_fields
from coderai.services.copilot.domain.offline.mentions import mentions
from coderai.services.copilot.domain.offline.quantities import quantities
from coderai.services.copilot.domain.offline.words import stems
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggestion import Suggestion


def suggest(question: Question) -> Iterator[Suggestion]:
    """What the hint asks for, then what the documents state, the most promising first.

    Left out is what says no more than a variable that the project has, or than a better suggestion.
    """
    row = question.project.row_is or "the document"
    known = [stems(f"{v.name} {v.display_name}") for v in question.variables]
    findings = sorted(_findings(question), key=lambda finding: _promise(finding, question), reverse=True)
    for suggestion in (
        *wanted(question.hint, row, question.documents),
        *(finding.suggestion(row, len(question.documents)) for finding in findings),
    ):
        says = stems(suggestion.name)
        if not any(says <= other for other in known):
            known.append(says)
            yield suggestion


def _findings(question: Question) -> Iterator[Finding]:
    yield from labelled_fields(question.documents)
    yield from quantities(question.documents)
    yield from mentions(question.documents)
    yield from denials(question.documents)


def _promise(finding: Finding, question: Question) -> float:
    """The finding's promise, by how many documents state it; twice that if the hint speaks of it."""
    spoken_of = stems(finding.label) & stems(question.hint)
    return finding.promise * len(finding.seen) / len(question.documents) * (2 if spoken_of else 1)
