"""What the use cases need of the world: a store, the other services, and engines that suggest and refine."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from coderai.codebook.schema import Change, Schema
from coderai.codebook.variable import Variable
from coderai.extractor.v1.extractor_service_pb2 import EstimateJobResponse, Job
from coderai.extractor.v1.quality_service_pb2 import CompareTrialResponse
from coderai.kit.audit import Fact
from coderai.projects.v1 import codebook_pb2
from coderai.services.copilot.domain.describing.description import Description
from coderai.services.copilot.domain.proposal import Proposal
from coderai.services.copilot.domain.question import Project, Question
from coderai.services.copilot.domain.refining.feedback import Feedback, Now, Text
from coderai.services.copilot.domain.refining.refinement import Option, Refinement
from coderai.services.copilot.domain.refining.task import Task
from coderai.services.copilot.domain.sampling import Head
from coderai.services.copilot.domain.setup.setup import Setup
from coderai.services.copilot.domain.suggesting.ideas import (
    CategoriesIdea,
    FindingIdea,
    InstructionsIdea,
    UnitIdea,
    VariableIdea,
)


class Store(Protocol):
    """One transaction; nothing is kept without commit()."""

    async def add_refinement(self, refinement: Refinement) -> None: ...

    async def refinement(self, refinement_id: UUID) -> Refinement:
        """The refinement, locked until the end of the transaction. Raises RefinementNotFound."""
        ...

    async def save_refinement(self, refinement: Refinement) -> None: ...

    async def lock_proposals(self, project_id: UUID) -> None:
        """Until the end of the transaction nobody else adds proposals for the project."""
        ...

    async def add_proposals(self, proposals: Sequence[Proposal]) -> None: ...

    async def pending_proposals(self, project_id: UUID, keys: Collection[str]) -> tuple[int, Mapping[str, Proposal]]:
        """How many wait for a decision, and those of them with one of the keys: of each key the oldest."""
        ...

    async def proposal(self, proposal_id: UUID) -> Proposal:
        """The proposal, locked until the end of the transaction. Raises ProposalNotFound."""
        ...

    async def save_proposal(self, proposal: Proposal) -> None: ...

    async def proposals(self, proposal_ids: Sequence[UUID]) -> Sequence[Proposal]:
        """Those of them that there are, in no order."""
        ...

    async def setup(self, project_id: UUID) -> Setup:
        """The project's setup, which nobody else opens until the end of the transaction; begun by nobody, it is new."""
        ...

    async def save_setup(self, setup: Setup) -> None: ...

    async def remove_project(self, project_id: UUID) -> None: ...

    async def record(self, *facts: Fact) -> None:
        """Adds what is done to the list of who did what."""
        ...

    async def commit(self) -> None: ...


class OpenStore(Protocol):
    """Opens transactions in the workspace of whoever acts."""

    def __call__(self) -> AbstractAsyncContextManager[Store]: ...


class OpenTenantStore(Protocol):
    """Opens transactions in a workspace."""

    def __call__(self, workspace_id: UUID) -> AbstractAsyncContextManager[Store]: ...


class Projects(Protocol):
    """The projects service."""

    async def project(self, project_id: UUID) -> Project:
        """Raises kit.errors.NotFound."""
        ...

    async def variables(self, project_id: UUID) -> Sequence[Variable]:
        """In their order, with their active prompts."""
        ...

    async def variable(self, variable_id: UUID) -> Variable:
        """With its active prompt. Raises kit.errors.NotFound."""
        ...

    async def schema(self, project_id: UUID) -> Schema:
        """The project's context, and its variables with their active prompts. Raises kit.errors.NotFound."""
        ...

    def read_changes(self, changes: Sequence[Change]) -> Sequence[Change]:
        """Steps as the service's contract has them. May take long for large ones: not for the event loop.

        Raises:
            kit.errors.InvalidInput: names fields that there are not, values of another kind, or what is too large.
        """
        ...

    async def change(self, proposal: Proposal) -> Sequence[codebook_pb2.Variable]:
        """Does all steps of a proposal, or none, once; returns the variables that they created or changed.

        Raises:
            kit.errors.Conflict: what it was proposed for has changed since (code ground_changed), or is in use.
            kit.errors.CoderAIError: there is no such project, or it cannot be changed so.
        """
        ...

    async def refine(self, refinement: Refinement, option: Option) -> UUID:
        """Makes the option the variable's new active prompt, once for the refinement; returns the version's id.

        Raises:
            kit.errors.Conflict: the variable has another active prompt, or another option was applied.
            kit.errors.CoderAIError: there is no such variable, or it cannot be changed so.
        """
        ...


class Reviews(Protocol):
    """What the extractor knows of cells and of what people say of them."""

    def feedback(self, project_id: UUID, variable: str) -> AsyncIterator[Feedback]:
        """What stands on cells of a variable, in DEV documents alone."""
        ...

    def gold(self, project_id: UUID, variable: str) -> AsyncIterator[str]:
        """The DEV documents of cells of a variable whose right value is known without feedback; some more than once."""
        ...

    async def now(self, project_id: UUID, variable: str, document_id: str) -> Mapping[str, Now]:
        """What the model says of a document's cells of a variable, by unit."""
        ...


class Trials(Protocol):
    """The extractor's trials of a variable as it would be."""

    async def estimate(self, variable: Variable, document_ids: Sequence[str]) -> EstimateJobResponse: ...

    async def start(self, variable: Variable, document_ids: Sequence[str]) -> Job: ...

    async def compared(self, job_id: str) -> CompareTrialResponse | None:
        """What a trial mends and breaks; None where nothing can be said of it."""
        ...


class Documents(Protocol):
    """The ingest service."""

    def heads(self, project_id: UUID) -> AsyncIterator[Head]:
        """The project's readable documents, in upload order."""
        ...

    async def text(self, document_id: str) -> Text:
        """The whole of it. Raises kit.errors.NotFound."""
        ...


class Engine(Protocol):
    """Makes suggestions; the offline engine and the model engine are the two.

    What it suggests is not yet checked against the project and the documents. All of its methods but `refine` raise
    kit.errors.CoderAIError alone: the model cannot be asked, or its reply cannot be used.
    """

    documents: int
    """How many documents of a corpus it reads for a suggestion, at most."""
    tokens: int
    """Of all of them together."""

    async def variables(self, question: Question) -> Iterable[VariableIdea]:
        """Variables to consider, the best first."""
        ...

    async def units(self, question: Question) -> Iterable[UnitIdea]:
        """What a row could stand for, the best first."""
        ...

    async def categories(self, question: Question) -> CategoriesIdea:
        """The values that `question.variable` could take, as the documents have them."""
        ...

    async def instructions(self, question: Question) -> InstructionsIdea | None:
        """Better instructions for `question.variable`; None where none are seen."""
        ...

    async def review(self, question: Question) -> Iterable[FindingIdea]:
        """What of the variables and the unit does not fit the documents, or each other."""
        ...

    async def describe(self, question: Question) -> Description:
        """What kind of documents they are."""
        ...

    async def refine(self, task: Task) -> Sequence[Option]:
        """Options for a better prompt, each of which can be applied as it stands.

        Raises:
            NothingToLearnFrom
            kit.errors.CoderAIError: the model cannot be asked, or its reply cannot be used.
        """
        ...

    async def answer(self) -> None:
        """Answers one short question, asked but once. Raises kit.errors.CoderAIError: the model cannot be asked."""
        ...


class Engines(Protocol):
    """The engines of the models that may be asked."""

    async def open(self, model: str, project_id: UUID) -> Engine:
        """The engine for "offline" or provider:name, at the project's cost.

        Raises:
            kit.errors.CoderAIError: there is no such model here, or no key for it.
        """
        ...
