"""Secret links to people: what they prove, how long they are good for, and the texts that they are sent in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import delete, insert, select

from coderai.gateway.accounts.domain import digest
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import links
from coderai.kit.errors import InvalidInput


class LinkNotValid(InvalidInput):
    """The link is not valid: it was used already, has expired or was replaced by another; ask for a new one."""


class Purpose(StrEnum):
    """What a link, and the mail that brings it, is for."""

    VERIFY = "VERIFY"
    RESET = "RESET"
    INVITATION = "INVITATION"
    FIRST = "FIRST"
    """To sign in to an installation that has no account; of no user, and never mailed."""


LIFETIMES = {
    Purpose.VERIFY: timedelta(days=3),
    Purpose.RESET: timedelta(hours=1),
    Purpose.INVITATION: timedelta(days=7),
}
HANDED_OVER_LIFETIME = timedelta(days=1)
"""Of a reset link that the operator makes."""
_PATHS = {Purpose.VERIFY: "verify-email", Purpose.RESET: "reset-password", Purpose.INVITATION: "invitation"}


@dataclass(frozen=True, slots=True)
class Link:
    """What a link proved when it was used."""

    user_id: UUID
    is_mailed: bool
    """Whether it went to the user's address, so that whoever has it reads what comes there."""


def address_of(public_url: str, purpose: Purpose, token: str) -> str:
    """The link; the token stands behind `#`, which browsers send to no server and no log."""
    return f"{public_url.rstrip('/')}/{_PATHS[purpose]}#{token}"


async def make_link(
    session: AccountSession,
    user_id: UUID | None,
    purpose: Purpose,
    expires_at: datetime,
    new_id: Callable[[], UUID],
    *,
    is_mailed: bool,
) -> str:
    """The token of a new link, of no user yet when it is for the first account; what is stored is its digest."""
    token = secrets.token_urlsafe(32)
    values = {"id": new_id(), "user_id": user_id, "purpose": purpose.value, "digest": digest(token)}
    await session.execute(insert(links).values(**values, is_mailed=is_mailed, expires_at=expires_at))
    return token


async def must_be_valid(session: AccountSession, purpose: Purpose, token: str, now: datetime) -> None:
    """Refuses a link before anything is done for it that costs.

    Raises:
        LinkNotValid
    """
    fits = (links.c.digest == digest(token), links.c.purpose == purpose.value, links.c.expires_at > now)
    if (await session.execute(select(links.c.id).where(*fits))).one_or_none() is None:
        raise LinkNotValid()


async def use_link(session: AccountSession, purpose: Purpose, token: str, now: datetime) -> Link:
    """Uses a link up.

    Raises:
        LinkNotValid
    """
    statement = (
        delete(links)
        .where(links.c.digest == digest(token), links.c.purpose == purpose.value)
        .returning(links.c.user_id, links.c.is_mailed, links.c.expires_at)
    )
    row = (await session.execute(statement)).one_or_none()
    if row is None or row.expires_at <= now:
        raise LinkNotValid()
    return Link(row.user_id, row.is_mailed)
