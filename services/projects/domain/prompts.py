"""What a variable's prompt versions are written for, and whether they still fit what is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self
from uuid import UUID

from coderai.codebook.prompt import generate
from coderai.codebook.prompt_version import PromptOrigin, PromptVersion
from coderai.codebook.reply import answer_schema
from coderai.codebook.variable import Category, Variable, VariableType
from coderai.services.projects.domain.problems import PromptOutdated

OUTDATED = (
    "the active prompt (version {version}, {origin}) was written before what is asked has changed: read it again, "
    "or have a new one generated"
)


@dataclass(frozen=True, slots=True)
class Answers:
    """The values that a prompt asks for: a type and, for CATEGORY, the categories' values."""

    type: VariableType
    categories: tuple[str, ...] = ()

    @classmethod
    def of(cls, variable: Variable) -> Self:
        """Those of a variable as it is defined now."""
        return cls(variable.type, tuple(category.value for category in variable.categories))

    def schema(self) -> dict[str, Any]:
        """The JSON Schema of a variable's part of a reply that has such values."""
        categories = tuple(Category(value) for value in self.categories)
        return answer_schema(Variable("", "", self.type, categories=categories))


@dataclass(frozen=True, slots=True)
class KeptPrompt:
    """A prompt version with what it was written for."""

    prompt: PromptVersion
    asked: str
    """The words that were generated from the definition of the time."""
    answers: Answers
    newest: bool = True
    """Whether no later version of the variable exists: a person may have made an older one active again."""
    refinement_id: UUID | None = None
    """Of a REFINED one: the refinement that it came from."""

    def check_fits(self, variable: Variable) -> None:
        """Refuses a version that asks for other values than the variable takes now. Raises PromptOutdated."""
        now = Answers.of(variable)
        if self.answers.type is not now.type or set(self.answers.categories) != set(now.categories):
            was = f"{self.answers.type} {', '.join(self.answers.categories)}".strip()
            raise PromptOutdated(
                f"version {self.prompt.version} was written for {was}; {variable.name} is now"
                f" {now.type} {', '.join(now.categories)}".rstrip()
                + ": have a new prompt generated"
            )


def kept(variable: Variable, prompt: PromptVersion) -> KeptPrompt:
    """A prompt as it is kept: with what the variable asks for now."""
    return KeptPrompt(prompt, generate(variable).text, Answers.of(variable))


def renewed(variable: Variable, active: KeptPrompt | None) -> KeptPrompt | None:
    """The generated version that has to take the active one's place; None when that stays.

    A person's own words stay whatever changes. A temperature or limit that a person set is kept while the type is.
    """
    generated = generate(variable)
    if active is None:
        return kept(variable, generated)
    if active.prompt.origin is not PromptOrigin.GENERATED or active.prompt.text == generated.text:
        return None
    if active.answers.type is variable.type:
        own = active.prompt
        generated = replace(generated, temperature=own.temperature, max_tokens=own.max_tokens)
    return kept(variable, generated)


def outdated(variable: Variable, active: KeptPrompt) -> str:
    """A warning when the prompt that a person wrote or chose was made for something else than is asked now."""
    followed = active.prompt.origin is PromptOrigin.GENERATED and active.newest
    if followed or active.asked == generate(variable).text:
        return ""
    return OUTDATED.format(version=active.prompt.version, origin=active.prompt.origin)
