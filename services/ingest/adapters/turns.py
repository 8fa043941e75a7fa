"""Chooses the documents of a workspace that go into the queue next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from coderai.kit.db import Session
from coderai.services.ingest.adapters.tables import documents
from coderai.services.ingest.domain.document import UNREAD
from coderai.services.ingest.domain.turns import LARGE, REST, SMALL, WINDOW, Turn

_unread = documents.c.status.in_(UNREAD)
OF_TURN = (
    documents.c.id,
    documents.c.project_id,
    documents.c.lane,
    documents.c.correlation_id,
    documents.c.traceparent,
)
_waiting = (_unread, documents.c.lane == "")
_not_begun = (_unread, documents.c.lane == REST, documents.c.begun_at.is_(None))


async def next_turns(session: Session) -> list[Turn]:
    """Gives the workspace's next documents their lanes.

    One small and one large document have their turn at a time, until they are read; WINDOW others are in `rest`, and
    are taken from there for the next turn when no other waits.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"turns {session.workspace_id}", 0))))
    in_lane = func.count().label("documents")
    counted = select(documents.c.lane, in_lane).where(_unread, documents.c.lane != "").group_by(documents.c.lane)
    held: dict[str, int] = {row.lane: row.documents for row in await session.execute(counted)}
    turns: list[Turn] = []
    for lane, large in ((SMALL, False), (LARGE, True)):
        if lane not in held:
            of_size = documents.c.is_large.is_(large)
            taken = await _take(session, lane, 1, *_waiting, of_size) or await _take(
                session, lane, 1, *_not_begun, of_size
            )
            turns += taken
    gap = WINDOW - held.get(REST, 0)
    if gap >= WINDOW // 4:
        turns += await _take(session, REST, gap, *_waiting)
    return turns


async def _take(session: Session, lane: str, most: int, *conditions: ColumnElement[bool]) -> list[Turn]:
    """Puts documents into a lane, small ones first, then in the order of upload; their turns in that order."""
    wanted = (
        select(documents.c.id)
        .where(*conditions)
        .order_by(documents.c.is_large, documents.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("wanted")
    )
    taken = (
        update(documents)
        .where(documents.c.id.in_(select(wanted.c.id)))
        .values(lane=lane, sent_at=func.now())
        .returning(documents.c.is_large, *OF_TURN)
    )
    rows = (await session.execute(taken)).all()
    return [turn_from(row) for row in sorted(rows, key=lambda row: (row.is_large, row.id))]


def turn_from(row: Any) -> Turn:
    """The turn in a row of OF_TURN."""
    return Turn(row.id, row.project_id, row.lane, row.correlation_id, row.traceparent)
