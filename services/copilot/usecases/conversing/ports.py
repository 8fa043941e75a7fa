"""What the conversation needs of the world: a store of messages, the project's state elsewhere, engines that reply."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from uuid import UUID

from coderai.services.copilot.domain.conversing.message import Ending, Message
from coderai.services.copilot.domain.conversing.talk import LatestJob, Said, Stale, Talk, Turn

Heard = Callable[[str], None]
"""Hears the next part of a reply's text; it neither waits nor raises."""


class Messages(Protocol):
    """One transaction; nothing is kept without commit(), which wakes whoever watches the replies that it changes."""

    async def begin_reply(self, message: Message, reply: Message, seconds: float) -> None:
        """Adds both; the reply counts as broken off when it is not written on within so many seconds."""
        ...

    async def write_on(self, reply_id: UUID, sequence: int, part: str, seconds: float) -> bool:
        """Adds a part, none where it is empty, and gives the reply so many seconds more; the same twice is once.

        False, and nothing is done, where the reply has ended, was broken off, or is not there any more.
        """
        ...

    async def begin_finishing(self, reply_id: UUID, seconds: float) -> bool:
        """From now on nobody can stop the reply; False as for write_on."""
        ...

    async def end_reply(self, reply_id: UUID, ending: Ending) -> bool:
        """Ends a reply that has not ended yet; False as for write_on."""
        ...

    async def stop_reply(self, reply_id: UUID) -> bool:
        """Ends a reply where it stands; False where it has ended, or is finishing: it stays as it is.

        Raises:
            MessageNotFound
        """
        ...

    async def going_on(self, project_id: UUID) -> int:
        """How many of a project's replies are being written; nobody begins one before the transaction has ended."""
        ...

    async def turns(self, project_id: UUID, before: UUID) -> tuple[Sequence[Turn], int]:
        """The newest messages with a text before one, oldest first, and how many there are in all."""
        ...

    async def pending_titles(self, project_id: UUID) -> Sequence[str]:
        """The titles of the newest proposals that wait for a decision."""
        ...

    async def remove_conversation(self, project_id: UUID) -> Sequence[UUID]:
        """Removes all messages of a project; returns the replies that were still being written."""
        ...

    async def commit(self) -> None: ...


class OpenMessages(Protocol):
    """Opens transactions in the workspace of whoever acts."""

    def __call__(self) -> AbstractAsyncContextManager[Messages]: ...


class Progress(Protocol):
    """The extractor's and ingest's knowledge of how far a project is."""

    async def readable(self, project_id: UUID) -> int:
        """How many documents can be read."""
        ...

    async def latest_job(self, project_id: UUID) -> LatestJob | None:
        """The newest sample or full run, with what it found per variable."""
        ...

    async def stale(self, project_id: UUID) -> Sequence[Stale]:
        """Per variable the cells that are to be asked again."""
        ...


class Conversant(Protocol):
    """Replies to people; the offline engine and the model engine are the two."""

    documents: int
    """How many documents of a corpus it reads for a reply, at most."""
    tokens: int
    """Of all of them together."""

    async def reply(self, talk: Talk, heard: Heard) -> Said:
        """A reply, whose text is heard part by part while it comes: what it says beside it, once all was heard.

        Raises:
            kit.errors.CoderAIError: the model cannot be asked, broke off, or gave nothing that can be used.
        """
        ...


class Conversants(Protocol):
    """The engines of the models that may be asked."""

    async def open(self, model: str, project_id: UUID) -> Conversant:
        """The engine for "offline" or provider:name, at the project's cost.

        Raises:
            kit.errors.CoderAIError: there is no such model here, or no key for it.
        """
        ...
