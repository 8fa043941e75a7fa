"""The store of the conversation's messages in Postgres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, case, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from coderai.kit.db import Session
from coderai.kit.ids import new_id
from coderai.services.copilot.adapters.tables import message_parts, messages, proposals
from coderai.services.copilot.domain.conversing.message import BROKEN_OFF, Ending, Message, Status
from coderai.services.copilot.domain.conversing.talk import Turn
from coderai.services.copilot.domain.problems import MessageNotFound
from coderai.services.copilot.domain.proposal import ProposalStatus

_MOST_TURNS, _MOST_PENDING = 200, 100
_GOING_ON = messages.c.status.in_((Status.STREAMING, Status.FINISHING))
_IS_ALIVE = messages.c.alive_until > func.now()
_IS_BROKEN_OFF = and_(_GOING_ON, messages.c.alive_until <= func.now())
_PARTS = (
    select(func.string_agg(message_parts.c.part, aggregate_order_by(literal("", Text), message_parts.c.sequence)))
    .where(message_parts.c.message_id == messages.c.id)
    .correlate(messages)
    .scalar_subquery()
)
_NOTHING_YET: dict[str, Any] = {"quotes": [], "quotes_not_found": [], "proposal_ids": [], "problem": ""}
_TEXT_SO_FAR: ColumnElement[str] = func.coalesce(_PARTS, "")


def shown_messages() -> Select[Any]:
    """Messages as people see them: replies that nobody writes any more are FAILED, and need nobody to say so."""
    status = case(
        (_IS_BROKEN_OFF, Status.FAILED),
        (messages.c.status == Status.FINISHING, Status.STREAMING),
        else_=messages.c.status,
    )
    return select(
        messages.c.id,
        messages.c.project_id,
        messages.c.role,
        status.label("status"),
        case((_GOING_ON, _TEXT_SO_FAR), else_=messages.c.text).label("text"),
        messages.c.quotes,
        messages.c.quotes_not_found,
        messages.c.proposal_ids,
        case((_IS_BROKEN_OFF, BROKEN_OFF), else_=messages.c.problem).label("problem"),
        messages.c.author,
        messages.c.model,
        messages.c.reply_to,
        messages.c.created_at,
        case((_IS_BROKEN_OFF, messages.c.alive_until), else_=messages.c.ended_at).label("ended_at"),
    )


def doorbell(message_id: UUID) -> str:
    """What rings when a reply has changed."""
    return f"replies.{message_id}"


class MessageRows(Session):
    """usecases.conversing.ports.Messages over one tenant transaction."""

    async def begin_reply(self, message: Message, reply: Message, seconds: float) -> None:
        for one, alive_until in ((message, None), (reply, _in(seconds))):
            row = {"workspace_id": self.workspace_id, **asdict(one), **_NOTHING_YET}
            await self.execute(insert(messages).values(**row, alive_until=alive_until))

    async def write_on(self, reply_id: UUID, sequence: int, part: str, seconds: float) -> bool:
        if not await self._change(reply_id, (Status.STREAMING,), alive_until=_in(seconds)):
            return False
        if part:
            row = {"id": new_id(), "workspace_id": self.workspace_id, "message_id": reply_id}
            added = insert(message_parts).values(**row, sequence=sequence, part=part)
            await self.execute(added.on_conflict_do_nothing())
            self.ring(doorbell(reply_id))
        return True

    async def begin_finishing(self, reply_id: UUID, seconds: float) -> bool:
        going_on = (Status.STREAMING, Status.FINISHING)
        return await self._change(reply_id, going_on, status=Status.FINISHING, alive_until=_in(seconds))

    async def end_reply(self, reply_id: UUID, ending: Ending) -> bool:
        await self._lock(reply_id)
        return await self._end(reply_id, (Status.STREAMING, Status.FINISHING), **asdict(ending))

    async def stop_reply(self, reply_id: UUID) -> bool:
        if not await self._lock(reply_id):
            raise MessageNotFound()
        return await self._end(reply_id, (Status.STREAMING,), status=Status.STOPPED)

    async def going_on(self, project_id: UUID) -> int:
        key = func.hashtextextended(f"messages {project_id}", 0)
        await self.execute(select(func.pg_advisory_xact_lock(key)))
        counted = select(func.count()).where(messages.c.project_id == project_id, _GOING_ON, _IS_ALIVE)
        return int((await self.execute(counted)).scalar_one())

    async def turns(self, project_id: UUID, before: UUID) -> tuple[list[Turn], int]:
        wanted = (
            select(messages.c.role, messages.c.text, func.count().over().label("total"))
            .where(messages.c.project_id == project_id, messages.c.id < before, messages.c.text != "")
            .order_by(messages.c.id.desc())
            .limit(_MOST_TURNS)
        )
        rows = (await self.execute(wanted)).all()
        return [Turn(row.role, row.text) for row in reversed(rows)], rows[0].total if rows else 0

    async def pending_titles(self, project_id: UUID) -> list[str]:
        pending = proposals.c.project_id == project_id, proposals.c.status == ProposalStatus.PROPOSED
        titles = select(proposals.c.title).where(*pending).order_by(proposals.c.id.desc()).limit(_MOST_PENDING)
        return list((await self.execute(titles)).scalars())

    async def remove_conversation(self, project_id: UUID) -> list[UUID]:
        removed = delete(messages).where(messages.c.project_id == project_id)
        rows = (await self.execute(removed.returning(messages.c.id, _GOING_ON.label("going_on")))).all()
        going_on = [row.id for row in rows if row.going_on]
        for reply_id in going_on:
            self.ring(doorbell(reply_id))
        return going_on

    async def _lock(self, reply_id: UUID) -> bool:
        """Waits for whoever writes the reply now, whose part the next statement sees; whether there is the message."""
        found = await self.execute(select(messages.c.id).where(messages.c.id == reply_id).with_for_update())
        return found.one_or_none() is not None

    async def _end(self, reply_id: UUID, while_it_is: Sequence[Status], **values: Any) -> bool:
        self.ring(doorbell(reply_id))
        return await self._change(reply_id, while_it_is, **values, text=_TEXT_SO_FAR, ended_at=func.now())

    async def _change(self, reply_id: UUID, while_it_is: Sequence[Status], **values: Any) -> bool:
        """Changes a reply that is so, and was not broken off; returns whether it was."""
        still = messages.c.id == reply_id, messages.c.status.in_(while_it_is), _IS_ALIVE
        changed = await self.execute(update(messages).where(*still).values(**values).returning(messages.c.id))
        return changed.one_or_none() is not None


def _in(seconds: float) -> ColumnElement[Any]:
    return func.now() + timedelta(seconds=seconds)
