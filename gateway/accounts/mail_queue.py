"""Mails to be sent: added in the transaction that asks for them, tried again until the server takes them.

A row says which mail, not what is in it: the secret of its link is made when it is sent, and only a digest is stored.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from coderai.gateway.accounts.domain import digest, workspace_secret
from coderai.gateway.accounts.links import LIFETIMES, Purpose, address_of, make_link
from coderai.gateway.accounts.mail import Mailer, MailNotSent
from coderai.gateway.accounts.store import AccountSession
from coderai.gateway.accounts.tables import invitations, mails, workspaces
from coderai.kit.db import NO_WORKSPACE, Database
from coderai.kit.errors import Unavailable

log = structlog.get_logger()

LOOK_EVERY = timedelta(seconds=1)
MOST_ATTEMPTS = 30
"""At least a day: the waits double from a minute to an hour."""
_PAUSE = timedelta(minutes=5)
"""Between two mails of a kind to one address."""
_MOST_A_DAY = 6
"""Mails of a kind to one address."""
_MOST_ASKED_A_DAY = 100
"""Mails that one person has sent to others."""
_SUBJECTS = {
    Purpose.VERIFY: "Confirm your e-mail address",
    Purpose.RESET: "Set a new password",
    Purpose.INVITATION: "You are invited to a workspace",
}


class MailQueue:
    """Adds mails, and sends them while `run` runs."""

    def __init__(
        self,
        db: Database,
        mailer: Mailer | None,
        public_url: str,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
    ) -> None:
        """Without a `mailer` no mail is sent, and `is_on` is false."""
        self._db = db
        self._mailer = mailer
        self.public_url = public_url
        self._clock = clock
        self._new_id = new_id

    @property
    def is_on(self) -> bool:
        """Whether this installation sends mail."""
        return self._mailer is not None

    async def add(
        self,
        session: AccountSession,
        purpose: Purpose,
        email: str,
        *,
        asked_by: UUID | None = None,
        invitation_id: UUID | None = None,
    ) -> bool:
        """Has a mail sent once the session has committed; False when there were too many of them."""
        now = self._clock()
        # One at a time for an address, so that many at once do not slip under the limits.
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtext(email))))
        alike = [mails.c.email == email, mails.c.purpose == purpose.value]
        if await _count(session, *alike, mails.c.created_at > now - _PAUSE):
            return False
        if await _count(session, *alike, mails.c.created_at > now - timedelta(days=1)) >= _MOST_A_DAY:
            return False
        theirs = [mails.c.asked_by == asked_by, mails.c.created_at > now - timedelta(days=1)]
        if asked_by is not None and await _count(session, *theirs) >= _MOST_ASKED_A_DAY:
            return False
        values = {
            "id": self._new_id(),
            "created_at": now,
            "purpose": purpose.value,
            "email": email,
            "invitation_id": invitation_id,
            "inviting_workspace": session.workspace_id if invitation_id else None,
            "asked_by": asked_by,
            "attempts": 0,
            "due_at": now,
        }
        await session.execute(insert(mails).values(values))
        return True

    async def run(self) -> None:
        """Sends what is due until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY.total_seconds())
            try:
                while self._mailer and await self._send_next(self._mailer):
                    continue
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("mails_not_read", error=error)

    async def _send_next(self, mailer: Mailer) -> bool:
        """Sends the next mail that is due; False when there is none."""
        mail = await self._claim()
        if mail is None:
            return False
        text = await self._text(mail)
        if text is not None:
            try:
                await mailer.send(mail.email, _SUBJECTS[Purpose(mail.purpose)], text)
            except MailNotSent as error:
                is_last = mail.attempts >= MOST_ATTEMPTS
                event = "mail_given_up" if is_last else "mail_not_sent"
                told = {"attempt": mail.attempts, "error": error.__cause__, "codes": error.codes}
                log.warning(event, mail_id=str(mail.id), purpose=mail.purpose, **told)
                return True
            log.info("mail_sent", mail_id=str(mail.id), purpose=mail.purpose)
        await self._mark_sent(mail)
        return True

    async def _claim(self) -> Any:
        """The next mail, which is due again later if this process dies, or the server does not take it."""
        now = self._clock()
        due = (
            select(mails.c.id)
            .where(mails.c.sent_at.is_(None), mails.c.due_at <= now, mails.c.attempts < MOST_ATTEMPTS)
            .order_by(mails.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        wait = func.least(timedelta(minutes=1) * func.power(2, mails.c.attempts), timedelta(hours=1))
        claim = (
            update(mails)
            .where(mails.c.id.in_(due))
            .values(attempts=mails.c.attempts + 1, due_at=now + wait)
            .returning(mails)
        )
        async with self._db.session(NO_WORKSPACE, AccountSession) as session:
            mail = (await session.execute(claim)).one_or_none()
            await session.commit()
        return mail

    async def _text(self, mail: Any) -> str | None:
        """What the mail says; None when there is nothing to say any more, or nobody to say it to."""
        if mail.purpose == Purpose.INVITATION.value:
            return await self._invitation(mail)
        purpose = Purpose(mail.purpose)
        async with self._db.session(NO_WORKSPACE, AccountSession) as session:
            user = await session.user_by_email(mail.email)
            if user is None or not user.is_active:
                return None
            until = self._clock() + LIFETIMES[purpose]
            token = await make_link(session, user.id, purpose, until, self._new_id, is_mailed=True)
            await session.commit()
        wish = "confirm that this address is yours" if purpose is Purpose.VERIFY else "set a new password"
        return (
            f"To {wish}, open\n\n{address_of(self.public_url, purpose, token)}\n\n"
            f"It works once, until {until:%Y-%m-%d %H:%M} UTC. If you did not ask for it, there is nothing to do.\n"
        )

    async def _invitation(self, mail: Any) -> str | None:
        async with self._db.session(mail.inviting_workspace, AccountSession) as session:
            found = select(invitations.c.invited_by, workspaces.c.name).join(
                workspaces, workspaces.c.id == invitations.c.workspace_id
            )
            row = (await session.execute(found.where(invitations.c.id == mail.invitation_id))).one_or_none()
            inviter = await session.user(row.invited_by) if row else None
            if row is None or inviter is None:
                return None
            token, until = workspace_secret(mail.inviting_workspace), self._clock() + LIFETIMES[Purpose.INVITATION]
            kept = update(invitations).where(invitations.c.id == mail.invitation_id)
            await session.execute(kept.values(digest=digest(token), expires_at=until, mailed_at=self._clock()))
            await session.commit()
        name = " ".join(row.name.split())
        return (
            f"{inviter.email} invites you to the workspace “{name}”. To accept, open\n\n"
            f"{address_of(self.public_url, Purpose.INVITATION, token)}\n\n"
            f"It works once, until {until:%Y-%m-%d %H:%M} UTC, for an account with this e-mail address.\n"
        )

    async def _mark_sent(self, mail: Any) -> None:
        async with self._db.session(NO_WORKSPACE, AccountSession) as session:
            await session.execute(update(mails).where(mails.c.id == mail.id).values(sent_at=self._clock()))
            await session.commit()


async def _count(session: AccountSession, *conditions: Any) -> int:
    found: int = (await session.execute(select(func.count()).select_from(mails).where(*conditions))).scalar_one()
    return found
