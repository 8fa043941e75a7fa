"""Gathers everything that a reply may go by: the project, documents of it, how far it is, and what was said before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from coderai.kit.errors import CoderAIError
from coderai.services.copilot.domain.conversing.message import Message
from coderai.services.copilot.domain.conversing.talk import Situation, Talk, Turn, recent
from coderai.services.copilot.usecases.conversing.ports import OpenMessages, Progress
from coderai.services.copilot.usecases.ports import Projects
from coderai.services.copilot.usecases.sampling import Sampling

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class GatherTalk:
    """The use case with what it needs of the world."""

    open_store: OpenMessages
    projects: Projects
    sampling: Sampling
    progress: Progress

    async def __call__(self, message: Message, documents: int, tokens: int) -> Talk:
        """What a reply to a person's message may go by; of statistics as much as can be known now.

        `documents`: how many of the corpus at most, which together have at most so many tokens.

        Raises:
            kit.errors.CoderAIError: there is no such project, or it and its documents cannot be read now.
        """
        project_id = message.project_id
        (turns, said_before), situation, sample = await asyncio.gather(
            self._before(project_id, message.id),
            self._situation(project_id),
            self.sampling.sample(project_id, documents, tokens),
        )
        history, _ = recent(turns)
        return Talk(situation, tuple(sample), message.text, history, said_before - len(history))

    async def _before(self, project_id: UUID, message_id: UUID) -> tuple[Sequence[Turn], int]:
        async with self.open_store() as store:
            return await store.turns(project_id, message_id)

    async def _situation(self, project_id: UUID) -> Situation:
        unknown = list[str]()

        async def known(what: str, asked: Awaitable[T], otherwise: T) -> T:
            try:
                return await asked
            except CoderAIError:
                unknown.append(what)
                return otherwise

        project, schema, pending, documents, job, stale = await asyncio.gather(
            self.projects.project(project_id),
            self.projects.schema(project_id),
            self._pending(project_id),
            known("how many documents can be read", self.progress.readable(project_id), 0),
            known("what the latest job has found", self.progress.latest_job(project_id), None),
            known("which cells are stale", self.progress.stale(project_id), ()),
        )
        return Situation(project, schema, documents, job, tuple(stale), tuple(pending), tuple(unknown))

    async def _pending(self, project_id: UUID) -> Sequence[str]:
        async with self.open_store() as store:
            return await store.pending_titles(project_id)
