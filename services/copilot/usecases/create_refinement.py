"""Makes a refinement: what goes wrong with a variable by people's feedback, and options for a better prompt."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from coderai.codebook.codebook import ONE_DOCUMENT
from coderai.codebook.fingerprints import asked
from coderai.codebook.variable import Variable
from coderai.kit.errors import NotFound
from coderai.kit.identity import Identity
from coderai.language.sentences import split_sentences
from coderai.services.copilot.domain.problems import GroundChanged, NothingToLearnFrom, NothingToMend
from coderai.services.copilot.domain.refining.feedback import Cell, Feedback, Now, Place, cells
from coderai.services.copilot.domain.refining.grouping import TEACHES_NOTHING, Kind, grouped
from coderai.services.copilot.domain.refining.refinement import Refinement
from coderai.services.copilot.domain.refining.task import Task
from coderai.services.copilot.usecases.ports import Documents, Engines, OpenStore, Projects, Reviews

_AT_A_TIME = 8
"""Documents that are asked about at a time."""
_MOST_READ = 50
"""Documents whose text is read for the sentences of wrong cells, those with the newest feedback."""


def fingerprint(variable: Variable) -> str:
    """Of what the variable asks: it tells whether a refinement still fits. The unit of observation is no part of it."""
    return asked(variable, ONE_DOCUMENT)


@dataclass(frozen=True, slots=True)
class CreateRefinement:
    """The use case with what it needs of the world."""

    open_store: OpenStore
    projects: Projects
    reviews: Reviews
    documents: Documents
    engines: Engines

    async def __call__(self, who: Identity, refinement_id: UUID, variable_id: UUID, hint: str = "") -> None:
        """Keeps a refinement of the variable; the variable itself stays as it is.

        Raises:
            NothingToMend, NothingToLearnFrom
            GroundChanged: somebody changed the variable meanwhile.
            CoderAIError: there is no such variable, or the project's model cannot be asked or used.
        """
        variable = await self.projects.variable(variable_id)
        project_id = UUID(variable.project_id)
        feedback = [one async for one in self.reviews.feedback(project_id, variable.name)]
        task = await self._task(variable, feedback, hint)
        engine = await self.engines.open(task.project.model, project_id)
        options = await engine.refine(task)
        refinement = Refinement(
            id=refinement_id,
            project_id=project_id,
            variable_id=variable_id,
            variable=variable.name,
            groups=tuple(group.shown() for group in task.groups),
            options=tuple(options),
            based_on_prompt_id=UUID(variable.active_prompt.id),
            asked=fingerprint(variable),
            feedback_ids=tuple(one.id for one in feedback),
            document_ids=task.document_ids,
            model=task.project.model,
            author=who.user_id,
        )
        if fingerprint(await self.projects.variable(variable_id)) != refinement.asked:
            raise GroundChanged()
        async with self.open_store() as store:
            await store.add_refinement(refinement)
            await store.commit()

    async def _task(self, variable: Variable, feedback: Sequence[Feedback], hint: str) -> Task:
        """What there is to mend. Raises NothingToMend, NothingToLearnFrom."""
        project_id = UUID(variable.project_id)
        judged = await self._cells(variable, feedback)
        groups = grouped(variable, await self._with_sentences(judged))
        _must_teach(variable, feedback, [group.kind for group in groups])
        reviewed = [one.feedback.document_id for one in judged if one.right is not None]
        gold = [one async for one in self.reviews.gold(project_id, variable.name)]
        known = dict.fromkeys((*reviewed, *gold))
        return Task(await self.projects.project(project_id), variable, groups, tuple(known), hint)

    async def _cells(self, variable: Variable, feedback: Sequence[Feedback]) -> list[Cell]:
        """The cells that people have judged, with what the model says of them now."""
        turn = asyncio.Semaphore(_AT_A_TIME)

        async def now(document_id: str) -> dict[str, Now]:
            async with turn:
                return dict(await self.reviews.now(UUID(variable.project_id), variable.name, document_id))

        documents = dict.fromkeys(one.document_id for one in feedback)
        said = await asyncio.gather(*map(now, documents))
        return cells(feedback, {unit: one for of_document in said for unit, one in of_document.items()})

    async def _with_sentences(self, judged: Sequence[Cell]) -> list[Cell]:
        """The cells, the wrong ones with the sentences that state what is right, as far as documents are read."""
        turn = asyncio.Semaphore(_AT_A_TIME)

        async def text(document_id: str) -> str:
            async with turn:
                try:
                    return await self.documents.text(document_id)
                except NotFound:  # deleted meanwhile
                    return ""

        wanted = (cell.feedback.document_id for cell in reversed(judged) if cell.is_wrong and cell.place.quote)
        documents = list(dict.fromkeys(wanted))[:_MOST_READ]
        texts = dict(zip(documents, await asyncio.gather(*map(text, documents)), strict=True))
        sentences = await asyncio.to_thread(
            lambda: [_sentence(texts.get(cell.feedback.document_id, ""), cell.place) for cell in judged]
        )
        return [replace(cell, sentence=sentence) for cell, sentence in zip(judged, sentences, strict=True)]


def _must_teach(variable: Variable, feedback: Sequence[Feedback], kinds: Sequence[Kind]) -> None:
    """Raises NothingToMend, NothingToLearnFrom, each with what to do."""
    if not feedback:
        what = f"nobody has judged a cell of {variable.name} in a DEV document yet"
        raise NothingToMend(f"{what}: review some, say what is right, and ask again")
    if not kinds:
        what = f"all cells of {variable.name} that people have judged in DEV documents are right by now"
        raise NothingToMend(f"{what}: there is nothing to mend until a wrong one is found")
    if all(kind in TEACHES_NOTHING for kind in kinds):
        what = f"of no wrong cell of {variable.name} it is known what is right"
        raise NothingToLearnFrom(f"{what}: give the right values, or adjudicate where people differ")


def _sentence(text: str, place: Place) -> str:
    """The sentences of a text that a place is in; empty where the text does not have it."""
    if not text or not place.quote:
        return ""
    start, end = place.start, place.end
    if not end or " ".join(text[start:end].split()) != " ".join(place.quote.split()):
        start = text.find(place.quote)  # the text may have been read again since
        end = start + len(place.quote)
    if start < 0:
        return ""
    around = [span for span in split_sentences(text) if span.start < end and span.end > start]
    return " ".join(text[around[0].start : around[-1].end].split()) if around else ""
