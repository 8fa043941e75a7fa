"""How a dataset's values came about: what an export tells of jobs, prompts, calls, people's feedback and drawn samples.

Fields that are mappings have the fields of the extractor's messages, as kit.wire.to_plain gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from coderai.services.export.domain.choice import Choice
from coderai.services.export.domain.pseudonyms import pseudonyms

Plain = Mapping[str, Any]


class Run(NamedTuple):
    """A job, and under what it ran."""

    job: Plain
    """Of coderai.extractor.v1.Job, without what tells how far a running one is."""
    codebook: Plain
    """Of coderai.projects.v1.Codebook: what codebook.codebook.read_codebook takes."""
    no_prompts: str
    """Why it has no prompts, in a sentence; empty where it has."""
    about_answers: tuple[str, ...]
    """Ids of the prompts that ask about answers: their calls are in the receipts' counts alone."""


class Prompt(NamedTuple):
    """The messages of calls, with placeholders for what differs from document to document."""

    id: str
    """SHA-256, in hexadecimal, of the JSON [purpose, [[role, content], ...], variables, reply_schema, temperature,
    max_tokens, reasoning_effort, logprobs] in UTF-8: keys sorted, no spaces between parts, letters as they are.
    """
    purpose: str
    """IDENTIFY, EXTRACT, JUDGE, DECIDE or SAME."""
    messages: tuple[Plain, ...]
    """Each a role and its content."""
    variables: tuple[str, ...]
    reply_schema: Plain
    temperature: float
    max_tokens: int
    reasoning_effort: str
    logprobs: bool


class PromptCall(NamedTuple):
    """One call: a prompt, and what stood in it."""

    prompt_id: str
    start: int
    """Of the passage, in code points of the document's text, from 0."""
    end: int
    sha256: str
    """Of the passage in UTF-8."""
    filled: Plain
    """What stood in place of the prompt's other placeholders, by these."""
    sent_sha256: str
    """Of the messages as they were sent: of the JSON [[role, content], ...], written as for a prompt's id."""
    entity_index: int
    """0 for the document itself."""
    follows: bool
    """Whether what it asks follows from answers to other calls, as these stand in the end."""


class CodedDocument(NamedTuple):
    """What became of a document in a job."""

    job_id: str
    document_id: str
    document_name: str
    status: str
    """DONE or FAILED."""
    error: str
    receipt: Plain | None
    """Of coderai.extractor.v1.Receipt; None where it was not coded."""
    variables: tuple[str, ...]
    """The only ones that it was asked; empty when all were."""
    text_version: int
    calls: tuple[PromptCall, ...]
    no_calls: str
    """Why there are no calls, in a sentence."""


class DrawnSample(NamedTuple):
    """A sample of cells that was drawn for review."""

    id: str
    design: str
    blind: bool
    seed: int
    size: int
    population: int
    judged: int
    author: str
    created_at: str
    variables: tuple[str, ...]
    strata: tuple[Plain, ...]
    """Of coderai.extractor.v1.DrawnStratum; has_value is None where cells with and without are in it."""


class DrawnCell(NamedTuple):
    """A drawn cell; the fields are those of coderai.extractor.v1.DrawnCell, None where they are absent."""

    sample_id: str
    position: int
    document_id: str
    unit_id: str
    entity_index: int
    entity_text: str
    variable: str
    stratum: str
    inclusion_probability: float
    drawn_value: Any
    drawn_missing_reason: str | None
    drawn_confidence: float
    is_there: bool
    model_value: Any
    model_missing_reason: str | None
    model_confidence: float
    is_judged: bool
    is_right: bool | None
    has_right: bool
    right_value: Any
    right_missing_reason: str | None
    is_disputed: bool


class Provenance(Protocol):
    """How the values of an export came about, kept on local disk; each is read from the first one on at every call."""

    @property
    def people(self) -> Sequence[str]:
        """Who wrote a prompt, said something or drew a sample, in the order in which they are met."""
        ...

    def runs(self) -> Iterator[Run]:
        """The jobs, the oldest first."""
        ...

    def prompts(self) -> Iterator[Prompt]:
        """Each once."""
        ...

    def documents(self) -> Iterator[CodedDocument]:
        """Job by job, in upload order."""
        ...

    def feedback(self) -> Iterator[Plain]:
        """Of coderai.extractor.v1.Feedback, in the order of time; what was taken back is there too (undone_at)."""
        ...

    def samples(self) -> Iterator[DrawnSample | DrawnCell]:
        """The samples, the oldest first, each followed by its cells in the order in which they are shown."""
        ...


@dataclass(frozen=True, slots=True)
class ChosenProvenance:
    """The part of a provenance that is of the chosen documents and variables, with people's pseudonyms if wanted.

    Jobs and their prompts are there whole, as what was asked is one thing.
    """

    whole: Provenance
    document_ids: frozenset[str]
    """All when there are none."""
    variables: frozenset[str]
    """Their names; all when there are none."""
    names: Mapping[str, str]
    """What people are called; those who are not named here keep their ids."""

    @classmethod
    def of(
        cls, whole: Provenance, choice: Choice, reviewers: Sequence[str], *, with_pseudonyms: bool
    ) -> ChosenProvenance:
        """`reviewers`: who stands in the rows; they come first among the pseudonyms, as there."""
        people = dict.fromkeys([*reviewers, *whole.people])
        names = pseudonyms(list(people)) if with_pseudonyms else {}
        return cls(whole, frozenset(choice.document_ids), frozenset(choice.variables), names)

    @property
    def people(self) -> Sequence[str]:
        return [self.names.get(person, person) for person in self.whole.people]

    def runs(self) -> Iterator[Run]:
        for run in self.whole.runs():
            variables = [self._renamed(variable) for variable in run.codebook.get("variables", ())]
            yield run._replace(codebook={**run.codebook, "variables": variables})

    def prompts(self) -> Iterator[Prompt]:
        return self.whole.prompts()

    def documents(self) -> Iterator[CodedDocument]:
        return (one for one in self.whole.documents() if self._has(one.document_id))

    def feedback(self) -> Iterator[Plain]:
        for one in self.whole.feedback():
            if self._has(one["document_id"], one["variable"]):
                yield {**one, "author": self.names.get(one["author"], one["author"])}

    def samples(self) -> Iterator[DrawnSample | DrawnCell]:
        for one in self.whole.samples():
            if isinstance(one, DrawnSample):
                yield one._replace(author=self.names.get(one.author, one.author))
            elif self._has(one.document_id, one.variable):
                yield one

    def _renamed(self, variable: Plain) -> Plain:
        """A variable with its prompt's author as people are called here."""
        prompt = variable.get("active_prompt", {})
        name = self.names.get(prompt.get("author", ""), prompt.get("author", ""))
        return {**variable, "active_prompt": {**prompt, "author": name}}

    def _has(self, document_id: str, variable: str | None = None) -> bool:
        """`variable`: empty of one that the project does not have any more; None of what is of no single one."""
        is_chosen = not self.variables or variable is None or variable in self.variables
        return is_chosen and (not self.document_ids or document_id in self.document_ids)
