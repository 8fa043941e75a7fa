"""Whether suggested instructions can take the place of a variable's own."""

from __future__ import annotations

from dataclasses import replace

from coderai.codebook.variable import Variable
from coderai.services.copilot.domain import drafting
from coderai.services.copilot.domain.proposal import Draft
from coderai.services.copilot.domain.question import Question
from coderai.services.copilot.domain.suggesting.checking import (
    LONGEST,
    MOST_QUOTES,
    Drafted,
    Refused,
    found,
    not_found,
    short,
)
from coderai.services.copilot.domain.suggesting.ideas import InstructionsIdea


def drafted(idea: InstructionsIdea | None, question: Question) -> Drafted:
    """The new instructions, if they are others and rest on the documents."""
    variable = question.variable
    assert variable is not None
    if idea is None:
        return Drafted((), (f"Nothing better than the instructions of {variable.name} is seen in the sample.",))
    try:
        return Drafted((draft(idea, variable, question),))
    except Refused as refused:
        return Drafted((), (f"The instructions suggested for {variable.name} are left out: {refused}.",))


def draft(idea: InstructionsIdea, variable: Variable, question: Question) -> Draft:
    """The proposal of the instructions. Raises Refused."""
    text = idea.instructions.strip()
    if not 0 < len(text) <= LONGEST:
        raise Refused(f"they have {len(text):,} characters: 1 to {LONGEST:,}")
    if text.split() == variable.instructions.split():
        raise Refused("they are the same as those it has")
    quotes = found(idea.claims, question.documents)
    if idea.claims and not quotes:
        raise Refused(not_found(idea.claims))
    written = drafting.draft(
        f"Instructions of {variable.name}",
        short(idea.reason, LONGEST) or "They were suggested without a reason.",
        [drafting.update(variable, {"instructions": text})],
        quotes[:MOST_QUOTES],
    )
    return replace(written, sampled_documents=len(question.documents))
