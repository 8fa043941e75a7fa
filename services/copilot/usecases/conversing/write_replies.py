"""Has replies written, each in a task of this process: what the engine says is kept part by part as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from coderai.kit.errors import CoderAIError, Unavailable
from coderai.kit.identity import Identity, acting_as
from coderai.services.copilot.domain.conversing.message import BROKEN_OFF, Ending, Message, Status
from coderai.services.copilot.domain.conversing.talk import Said
from coderai.services.copilot.domain.proposal import ProposalOrigin
from coderai.services.copilot.usecases.conversing.gather_talk import GatherTalk
from coderai.services.copilot.usecases.conversing.ports import Conversants, Messages, OpenMessages
from coderai.services.copilot.usecases.proposing import Proposing

log = structlog.get_logger()

ALIVE_FOR = 20.0
"""Seconds without a sign of life after which a reply counts as broken off."""
_GAP = "\n\n"
"""Between paragraphs."""
_GATHER = 0.15
"""Seconds between two parts: what comes meanwhile is one part."""
_SIGN_OF_LIFE = 1.0
"""Seconds of silence after which it is seen whether the reply is still wanted."""
_TRIES = 15
"""A second apart: as long as the reply may still count as alive."""
_END_WITHIN = 5.0
"""Seconds that replies have to be ended in when the process stops."""
_OUR_FAULT = "Something went wrong on our side: send your message again."


class Stopping(Unavailable):
    """This process is about to end: try again in a moment."""


@dataclass(slots=True)
class _Page:
    """What the engine has said, and how much of it is kept."""

    text: str = ""
    kept: str = ""
    parts: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, part: str) -> None:
        self.text += part
        self.changed.set()

    def next_part(self) -> str:
        """What is to be kept next: no more than a paragraph, so that what comes at once can be read as it comes."""
        paragraph, gap, _ = self.text[len(self.kept) :].partition(_GAP)
        return paragraph + gap


class WriteReplies:
    """The replies that this process writes."""

    def __init__(
        self, open_store: OpenMessages, gather: GatherTalk, conversants: Conversants, proposing: Proposing
    ) -> None:
        self._open_store = open_store
        self._gather = gather
        self._conversants = conversants
        self._proposing = proposing
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self._finishing: set[UUID] = set()
        self._is_stopping = False

    @property
    def going_on(self) -> int:
        """How many replies are being written."""
        return len(self._tasks)

    def must_go_on(self) -> None:
        """Raises Stopping when no more replies are begun here."""
        if self._is_stopping:
            raise Stopping()

    def begin(self, who: Identity, message: Message, reply: Message) -> None:
        """Writes a reply that the store has, for who asks for it."""
        task = asyncio.create_task(self._write(who, message, reply))
        self._tasks[reply.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(reply.id, None))

    def leave(self, reply_id: UUID) -> None:
        """Writes no more on a reply, if this process does; one that is all but done is brought to its end."""
        if (task := self._tasks.get(reply_id)) and reply_id not in self._finishing:
            task.cancel()

    async def run(self) -> None:
        """Waits until cancelled; then ends the replies that are being written, and says in each what to do."""
        try:
            await asyncio.Event().wait()
        finally:
            self._is_stopping = True
            for reply_id in list(self._tasks):
                self.leave(reply_id)
            if self._tasks:
                await asyncio.wait(list(self._tasks.values()), timeout=_END_WITHIN)

    async def _write(self, who: Identity, message: Message, reply: Message) -> None:
        with acting_as(who):
            try:
                await self._speak_and_keep(who, message, reply)
            except asyncio.CancelledError:
                # One that was stopped, or is not there any more, stays as it is.
                await self._give_up(reply.id, BROKEN_OFF)
                raise
            except CoderAIError as error:
                log.warning("reply_not_kept", error=error)
                await self._give_up(reply.id, _OUR_FAULT)
            except Exception:
                log.exception("reply_crashed")
                await self._give_up(reply.id, _OUR_FAULT)

    async def _speak_and_keep(self, who: Identity, message: Message, reply: Message) -> None:
        page = _Page()
        speaking = asyncio.create_task(self._speak(message, reply, page))
        try:
            if await self._keep_parts(reply.id, page, speaking):
                await self._finish(who, reply, speaking)
        finally:
            speaking.cancel()
            # What it took is booked before the reply ends; an error that it has was told, or is not wanted.
            await asyncio.gather(speaking, return_exceptions=True)

    async def _give_up(self, reply_id: UUID, problem: str) -> None:
        with suppress(CoderAIError):
            await self._end(reply_id, Ending(Status.FAILED, problem=problem))

    async def _speak(self, message: Message, reply: Message, page: _Page) -> Said:
        try:
            conversant = await self._conversants.open(reply.model, reply.project_id)
            talk = await self._gather(message, conversant.documents, conversant.tokens)
            return await conversant.reply(talk, page.hear)
        finally:
            page.changed.set()

    async def _keep_parts(self, reply_id: UUID, page: _Page, speaking: asyncio.Task[Said]) -> bool:
        """Keeps what is said until all of it is; returns whether anybody still wants it."""
        while True:
            is_whole = speaking.done()
            part = page.next_part()
            if not await self._keep(reply_id, page, part):
                return False
            if page.text != page.kept:
                continue
            if is_whole:
                return True
            if part:
                await asyncio.wait([speaking], timeout=_GATHER)
            await _something_to_do(page, speaking)

    async def _keep(self, reply_id: UUID, page: _Page, part: str) -> bool:
        sequence = page.parts + 1 if part else page.parts
        is_wanted = await self._done(lambda store: store.write_on(reply_id, sequence, part, ALIVE_FOR))
        page.parts, page.kept = sequence, page.kept + part
        return is_wanted

    async def _finish(self, who: Identity, reply: Message, speaking: asyncio.Task[Said]) -> None:
        error = speaking.exception()
        if isinstance(error, CoderAIError):
            log.info("reply_failed", error=error)
            await self._end(reply.id, Ending(Status.FAILED, problem=error.message))
        elif error is not None:
            raise error
        elif await self._done(lambda store: store.begin_finishing(reply.id, ALIVE_FOR)):
            self._finishing.add(reply.id)
            try:
                await self._end(reply.id, await self._ending(who, reply, speaking.result()))
            finally:
                self._finishing.discard(reply.id)

    async def _ending(self, who: Identity, reply: Message, said: Said) -> Ending:
        """What the reply becomes, once what it proposes is kept."""
        proposals: tuple[str, ...] = ()
        problems = list(said.problems)
        if said.drafts:
            try:
                kept = await self._proposing.keep(
                    who, reply.project_id, said.drafts, ProposalOrigin.CONVERSATION, reply.model, reply.id
                )
            except CoderAIError as error:
                problems.append(f"What it proposes could not be kept: {error.message}")
            else:
                proposals = tuple(str(one.id) for one in kept.proposals)
                problems += kept.left_out
        return Ending(Status.COMPLETE, said.quotes, said.quotes_not_found, proposals, " ".join(problems))

    async def _end(self, reply_id: UUID, ending: Ending) -> bool:
        return await self._done(lambda store: store.end_reply(reply_id, ending))

    async def _done(self, act: Callable[[Messages], Awaitable[bool]]) -> bool:
        """Does something in a transaction of its own, which may be done twice; again after passing faults."""
        for attempt in range(1, _TRIES + 1):
            try:
                async with self._open_store() as store:
                    is_done = await act(store)
                    await store.commit()
                return is_done
            except CoderAIError as error:
                if not error.retryable or attempt == _TRIES:
                    raise
                await asyncio.sleep(_SIGN_OF_LIFE)
        raise AssertionError("the last attempt raises")


async def _something_to_do(page: _Page, speaking: asyncio.Task[Said]) -> None:
    """Waits until there is more to keep, all has been said, or it is time for a sign of life."""
    page.changed.clear()
    if page.text == page.kept and not speaking.done():
        with suppress(TimeoutError):
            async with asyncio.timeout(_SIGN_OF_LIFE):
                await page.changed.wait()
