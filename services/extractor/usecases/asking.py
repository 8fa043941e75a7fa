"""Asks one question to its end: in parts when it is too much at once, and on where a list was not complete."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from coderai.engines.calls import Call, Engine, Reply
from coderai.kit.model_replies import NOTHING_USED, Finish, ModelNeverEnds, ModelReplyInvalid, Usage
from coderai.services.extractor.domain.coding.splitting import next_calls

T = TypeVar("T")

MOST_CALLS = 64
"""Calls that one question may take, so that a model that is always cut off cannot use up a budget by itself."""
MOST_CUT_OFF = 6
"""Replies about a document that may be cut off, more than are complete, before the model is taken to never end.

What is asked in halves has one reply fewer cut off than complete in the end, so that no document is given up early.
"""
CUT_OFF = "the model's reply was cut off at its token limit, however little it was asked and however much room it got"
TOO_LONG = "this does not fit into the model's context, however little of it is sent"
ENDLESS = f"the model had not listed everything after {MOST_CALLS} calls"
NEVER_ENDS = (
    "{} of the model's replies about this document ran to their token limit and only {} came to an end: "
    "use another model, a lower reasoning effort, or a higher limit"
)
_PROBLEMS = {Finish.CUT_OFF: CUT_OFF, Finish.TOO_LONG: TOO_LONG, Finish.COMPLETE: ENDLESS}


@dataclass(frozen=True, slots=True)
class Part:
    """A call, and the reply that is all there is to it; `reply.problem` says what could not be answered."""

    call: Call
    reply: Reply


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of one question: parts that together are the whole question, and what all calls cost."""

    parts: tuple[Part, ...]
    usage: Usage


@dataclass
class Endings:
    """How the replies about one document ended, and what they cost."""

    cut_off: int = 0
    complete: int = 0
    usage: Usage = NOTHING_USED

    def note(self, reply: Reply) -> None:
        """Counts a reply. Raises ModelNeverEnds once too many were cut off."""
        if reply.finish is Finish.CUT_OFF and not reply.entities:
            self.cut_off += 1
        elif reply.finish is not Finish.TOO_LONG:
            self.complete += 1
        self.usage += reply.usage
        if self.cut_off > MOST_CUT_OFF + self.complete:
            error = ModelNeverEnds(NEVER_ENDS.format(self.cut_off, self.complete))
            error.usage = self.usage
            raise error


async def ask(engine: Engine, call: Call, endings: Endings) -> Asked:
    """Asks, and asks again what a reply leaves open, until everything is answered or nothing more can be done.

    Raises:
        ModelNeverEnds: too many of the document's replies were cut off.
        kit.errors.CoderAIError: the model cannot be asked; a reply that makes no sense is a part with its problem.
    """
    parts: list[Part] = []
    usage, calls, waiting = NOTHING_USED, 0, [call]
    while waiting:
        replies = await together(_reply(engine, one) for one in waiting)
        calls += len(waiting)
        following: list[Call] = []
        for asked, reply in zip(waiting, replies, strict=True):
            usage += reply.usage
            endings.note(reply)
            further = next_calls(asked, reply)
            if calls + len(following) + len(further) > MOST_CALLS:
                parts.append(Part(asked, replace(reply, problem=_PROBLEMS[reply.finish])))
            elif further:
                following += further
                parts += [Part(asked, reply)] if reply.entities else []
            else:
                parts.append(Part(asked, _last(reply)))
        waiting = following
    return Asked(tuple(parts), usage)


def _last(reply: Reply) -> Reply:
    """A reply after which there is nothing left to try."""
    return reply if reply.finish is Finish.COMPLETE else replace(reply, problem=_PROBLEMS[reply.finish])


async def _reply(engine: Engine, call: Call) -> Reply:
    try:
        return await engine.ask(call)
    except ModelReplyInvalid as error:
        return Reply(usage=error.usage, problem=error.message)


async def together(coroutines: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """The results in order; the first error ends those that are still under way, and is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one) for one in coroutines]
    except ExceptionGroup as errors:
        raise errors.exceptions[0] from None
    return [task.result() for task in tasks]
