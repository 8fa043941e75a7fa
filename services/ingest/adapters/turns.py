"""Chooses the documents of a workspace that go into the queue next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Uuid, bindparam, func, select, text

from coderai.kit.db import Session
from coderai.services.ingest.adapters.tables import documents
from coderai.services.ingest.domain.document import UNREAD
from coderai.services.ingest.domain.turns import LANES, LARGE, REST, SMALL, TOGETHER, WINDOW, Turn, Waiting, shared

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
_HAVE_TURNS = text(
    """
    update documents set lane = :lane, turn = taken.turn, sent_at = now()
    from unnest(:ids, :turns) as taken (id, turn) where documents.id = taken.id
    """
)


async def next_turns(session: Session) -> list[Turn]:
    """Gives the workspace's next documents their turns and lanes.

    It has one turn of small documents and one large document at a time, until they are read; WINDOW other turns are in
    `rest`, and documents are taken from there for the next turn when no other waits.
    """
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"turns {session.workspace_id}", 0))))
    in_lane = func.count(func.coalesce(documents.c.turn, documents.c.id).distinct()).label("turns")
    counted = select(documents.c.lane, in_lane).where(_unread, documents.c.lane.in_(LANES)).group_by(documents.c.lane)
    held: dict[str, int] = {row.lane: row.turns for row in await session.execute(counted)}
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
        select(documents.c.begun_at, documents.c.size, *OF_TURN)
        .where(*conditions)
        .order_by(documents.c.is_large, documents.c.id)
        .limit(most * TOGETHER)
        .with_for_update(skip_locked=True)
    )
    turns = shared(_waits(row) for row in await session.execute(wanted))[:most]
    if turns:
        by_turn = {other.document_id: turn[0].document_id for turn in turns for other in turn}
        columns = {"ids": list(by_turn), "turns": list(by_turn.values())}
        bound = (bindparam(name, ids, ARRAY(Uuid)) for name, ids in columns.items())
        await session.execute(_HAVE_TURNS.bindparams(*bound), {"lane": lane})
    return [
        Turn(first.document_id, first.project_id, lane, first.correlation_id, first.traceparent) for first, *_ in turns
    ]


def _waits(row: Any) -> Waiting:
    is_alone = row.begun_at is not None
    return Waiting(row.id, row.project_id, row.size, row.correlation_id, row.traceparent, is_alone)


def turn_from(row: Any) -> Turn:
    """The turn in a row of OF_TURN."""
    return Turn(row.id, row.project_id, row.lane, row.correlation_id, row.traceparent)
