"""Removes what has expired: sessions, tickets, links, mails, invitations, kept answers, what limits count by."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import delete, or_
from sqlalchemy.exc import SQLAlchemyError

from coderai.gateway.accounts.tables import (
    idempotency_keys,
    invitations,
    links,
    mails,
    refresh_tokens,
    request_rates,
    sessions,
    sign_in_attempts,
    tickets,
)
from coderai.gateway.http.idempotency import KEPT_FOR
from coderai.kit.db import Database
from coderai.kit.errors import Unavailable

log = structlog.get_logger()

EVERY = timedelta(hours=1)
_KEPT = timedelta(days=7)
"""Of ended sessions and of mails, so that an operator can still look at them."""
_ATTEMPTS_KEPT_FOR = timedelta(days=1)


async def sweep(db: Database, now: datetime) -> None:
    """Deletes what has expired by now, of all workspaces."""
    async with db.sweep() as connection:
        await connection.execute(delete(refresh_tokens).where(refresh_tokens.c.expires_at < now))
        await connection.execute(
            delete(sessions).where(or_(sessions.c.expires_at < now, sessions.c.ended_at < now - _KEPT))
        )
        await connection.execute(delete(tickets).where(tickets.c.expires_at < now))
        await connection.execute(delete(invitations).where(invitations.c.expires_at < now))
        await connection.execute(delete(links).where(links.c.expires_at < now))
        await connection.execute(delete(mails).where(mails.c.created_at < now - _KEPT))
        await connection.execute(delete(idempotency_keys).where(idempotency_keys.c.created_at < now - KEPT_FOR))
        await connection.execute(delete(request_rates).where(request_rates.c.free_at < now))
        past = sign_in_attempts.c.last_at < now - _ATTEMPTS_KEPT_FOR
        await connection.execute(delete(sign_in_attempts).where(past))
        await connection.commit()


async def sweep_forever(db: Database) -> None:
    """Sweeps now and every hour until cancelled."""
    while True:
        try:
            await sweep(db, datetime.now(UTC))
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("sweep_failed", error=error)
        await asyncio.sleep(EVERY.total_seconds())
