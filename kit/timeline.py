"""Lines of time that all processes on one database share: each stretch of a line is leased once, whoever asks."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Table, extract, func, literal
from sqlalchemy.dialects.postgresql import insert

from coderai.kit.db import NO_WORKSPACE, Database, Session


async def lease(db: Database, lines: Table, line: str, seconds: float, ahead: float) -> float | None:
    """Leases a line's next free stretch of so many seconds; returns in how many seconds it begins.

    None when the line is taken for more than `ahead` seconds from now. `lines` has a text as its key and a column
    `free_at`. The clock is the database's; what a process that dies has leased is lost, and so never used twice.
    """
    (key,) = lines.primary_key.columns
    now, lasting = func.clock_timestamp(), literal(timedelta(seconds=seconds))
    free_at = lines.c.free_at
    statement = (
        insert(lines)
        .values({key.name: line, free_at.name: now + lasting})
        .on_conflict_do_update(
            index_elements=[key],
            set_={free_at.name: func.greatest(free_at, now) + lasting},
            where=free_at <= now + timedelta(seconds=ahead),
        )
        .returning(extract("epoch", free_at - lasting - now))
    )
    async with db.session(NO_WORKSPACE, Session) as session:
        begins_in = (await session.execute(statement)).scalar_one_or_none()
        await session.commit()
    return None if begins_in is None else float(begins_in)
