"""Does a request with an Idempotency-Key once: a repetition gets the answer that the first one got.

Kept for 24 hours by workspace and key, encrypted, as an answer may hold a secret (a new API key). Only successes are
kept: what failed may be tried again under the same key.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from fastapi.responses import Response
from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from coderai.gateway.accounts.tables import idempotency_keys as keys
from coderai.kit.db import Database, Session
from coderai.kit.errors import Conflict, InvalidInput
from coderai.kit.identity import Identity
from coderai.kit.ids import new_id

KEPT_FOR = timedelta(hours=24)
GIVEN_UP_AFTER = timedelta(minutes=5)
"""A request without an answer by then died with its gateway; its key may be used again."""
REPLAYED_HEADER = "Idempotency-Replayed"
_LONGEST = 255
_SUCCESSES = range(200, 300)


class IdempotencyKeyReused(InvalidInput):
    """This Idempotency-Key was used for another request; use a new key for each."""


class AnswerUnreadable(Conflict):
    """The first answer under this Idempotency-Key cannot be read any more; see what it did, or use a new key."""


class RequestInProgress(Conflict):
    """The first request with this Idempotency-Key is still being answered; try again in a moment."""


def fingerprint_of(caller: Identity, method: str, path: str, body: bytes) -> bytes:
    """What tells a repetition from another request under the same key; another member's is another request."""
    return hashlib.sha256(b"\0".join((str(caller.user_id).encode(), method.encode(), path.encode(), body))).digest()


class Idempotency:
    """Keeps answers in Postgres, so that any replica of the gateway can repeat them."""

    def __init__(self, db: Database, clock: Callable[[], datetime], secret: str) -> None:
        """Answers are encrypted under `secret`."""
        self._cipher = Fernet(urlsafe_b64encode(hmac.digest(secret.encode(), b"kept answers", "sha256")))
        self._db = db
        self._clock = clock

    async def once(
        self, workspace_id: UUID, key: str | None, fingerprint: bytes, act: Callable[[], Awaitable[Response]]
    ) -> Response:
        """The answer of `act`, or the kept one of an earlier request with the same key; without a key just acts.

        Raises:
            IdempotencyKeyReused: the earlier request was another one.
            AnswerUnreadable: it was answered under another secret.
            RequestInProgress: the earlier request has no answer yet.
            InvalidInput: the key is empty or longer than 255 characters.
        """
        if key is None:
            return await act()
        if not 0 < len(key) <= _LONGEST or not key.isprintable():
            raise InvalidInput(f"an Idempotency-Key has 1 to {_LONGEST} printable characters")
        claim = new_id()
        kept = await self._claim(workspace_id, claim, key, fingerprint)
        if kept is not None:
            return kept
        try:
            response = await act()
        except Exception:
            await self._release(workspace_id, claim)
            raise
        await self._keep(workspace_id, claim, response)
        return response

    async def _claim(self, workspace_id: UUID, claim: UUID, key: str, fingerprint: bytes) -> Response | None:
        """Makes the key this request's, and returns None; or returns the answer that is kept under it."""
        now = self._clock()
        fresh = {"id": claim, "created_at": now, "fingerprint": fingerprint, "status": None, "body": None}
        is_over = or_(
            keys.c.created_at < now - KEPT_FOR,
            keys.c.status.is_(None) & (keys.c.created_at < now - GIVEN_UP_AFTER),
        )
        statement = (
            insert(keys)
            .values(workspace_id=workspace_id, key=key, **fresh)
            .on_conflict_do_update(index_elements=["workspace_id", "key"], set_=fresh, where=is_over)
            .returning(keys.c.id)
        )
        async with self._db.session(workspace_id, Session) as session:
            if (await session.execute(statement)).one_or_none():
                await session.commit()
                return None
            row = (await session.execute(select(keys).where(keys.c.key == key))).one_or_none()
        return self._replay(row, fingerprint)

    async def _keep(self, workspace_id: UUID, claim: UUID, response: Response) -> None:
        if response.status_code not in _SUCCESSES:
            return await self._release(workspace_id, claim)
        kept = (
            update(keys)
            .where(keys.c.id == claim)
            .values(status=response.status_code, body=self._cipher.encrypt(bytes(response.body)))
        )
        return await self._commit(workspace_id, kept)

    async def _release(self, workspace_id: UUID, claim: UUID) -> None:
        await self._commit(workspace_id, delete(keys).where(keys.c.id == claim))

    async def _commit(self, workspace_id: UUID, statement: Any) -> None:
        async with self._db.session(workspace_id, Session) as session:
            await session.execute(statement)
            await session.commit()

    def _replay(self, row: Any, fingerprint: bytes) -> Response:
        if row is None or (row.status is None and row.fingerprint == fingerprint):
            raise RequestInProgress()
        if row.fingerprint != fingerprint:
            raise IdempotencyKeyReused()
        try:
            body = self._cipher.decrypt(row.body)
        except InvalidToken:
            raise AnswerUnreadable() from None
        return Response(body, row.status, {REPLAYED_HEADER: "true"}, "application/json")
