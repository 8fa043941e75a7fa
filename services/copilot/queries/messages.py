"""Reads of the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from coderai.copilot.v1.conversation_service_pb2 import ListMessagesResponse, Message
from coderai.kit.db import Session
from coderai.kit.paging import Page
from coderai.kit.wire import from_plain
from coderai.services.copilot.adapters.message_rows import shown_messages
from coderai.services.copilot.adapters.tables import message_parts, messages
from coderai.services.copilot.domain.problems import MessageNotFound


async def get_message(session: Session, message_id: UUID) -> Message:
    """A message; of a reply as much as there is. Raises MessageNotFound."""
    row = (await session.execute(shown_messages().where(messages.c.id == message_id))).one_or_none()
    if row is None:
        raise MessageNotFound()
    return _message(row)


async def list_messages(session: Session, project_id: UUID, page: Page) -> ListMessagesResponse:
    """A page of a project's conversation, oldest first."""
    wanted = shown_messages().where(messages.c.project_id == project_id)
    if page.after:
        wanted = wanted.where(messages.c.id > page.after)
    rows = (await session.execute(wanted.order_by(messages.c.id).limit(page.size))).all()
    items = [_message(row) for row in rows]
    return ListMessagesResponse(items=items, next_page_token=page.next_token(rows))


async def parts_after(session: Session, message_id: UUID, after: int, most: int) -> Sequence[tuple[int, str]]:
    """The numbers and texts of at most so many parts of a reply after a number, in order."""
    wanted = (
        select(message_parts.c.sequence, message_parts.c.part)
        .where(message_parts.c.message_id == message_id, message_parts.c.sequence > after)
        .order_by(message_parts.c.sequence)
        .limit(most)
    )
    return [(row.sequence, row.part) for row in (await session.execute(wanted)).all()]


async def last_part(session: Session, message_id: UUID) -> int:
    """The number of a reply's last part; 0 where it has none."""
    last = select(func.max(message_parts.c.sequence)).where(message_parts.c.message_id == message_id)
    return int((await session.execute(last)).scalar_one() or 0)


def _message(row: Any) -> Message:
    return from_plain(Message, dict(row._mapping))
