"""What is to be mended: a variable as it stands, what goes wrong with it, and which DEV documents have known cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coderai.codebook.definition import changed
from coderai.codebook.variable import Category, GoldenExample, Variable
from coderai.kit.models import OFFLINE
from coderai.services.copilot.domain.question import Project
from coderai.services.copilot.domain.refining.grouping import Group
from coderai.services.copilot.domain.refining.refinement import Option
from coderai.services.copilot.domain.refining.wording import Wording, difference


@dataclass(frozen=True, slots=True)
class Task:
    """What an engine makes options for."""

    project: Project
    variable: Variable
    groups: Sequence[Group]
    document_ids: tuple[str, ...]
    """DEV documents with known cells."""
    hint: str = ""
    """What the researcher wants to be better, in words."""

    @property
    def is_offline(self) -> bool:
        """Whether the project's documents are coded by the built-in engine, which reads no prompts."""
        return self.project.model == OFFLINE


@dataclass(frozen=True, slots=True)
class Pinned:
    """A golden example made of a correction."""

    example: GoldenExample
    document_id: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An option before it has its number, its whole text and its difference."""

    title: str
    reason: str
    instructions: str | None = None
    """The prompt's without list of categories and examples; None to keep them."""
    pinned: tuple[Pinned, ...] = ()
    categories: tuple[Category, ...] = ()
    """All of the variable's with their descriptions; none to keep them."""


def option(task: Task, draft: Draft, number: int) -> Option:
    """The draft as an option that can be applied as it stands.

    Raises:
        VariableInvalid, PromptInvalid: it cannot.
    """
    variable, new = task.variable, [one.example for one in draft.pinned]
    categories = () if draft.categories == variable.categories else draft.categories
    text = Wording.of(variable).text(instructions=draft.instructions, categories=categories, new_examples=new)
    sources = {one.document_id for one in draft.pinned}
    made = Option(
        number=number,
        title=draft.title,
        reason=draft.reason,
        text=text,
        diff=difference(variable.active_prompt.text, text),
        golden_examples=(*variable.golden_examples, *new),
        new_examples=len(new),
        categories=categories,
        document_ids=tuple(one for one in task.document_ids if one not in sources),
    )
    changed(made.of(variable), {}).active_prompt.check()
    return made
