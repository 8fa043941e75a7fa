"""Slows down who guesses passwords, and nobody else: failed sign-ins count by account and address together.

After ten failures of one account from one address the next must wait 15 seconds, and each failure doubles the wait, up
to 15 minutes. Failures of one address over all accounts, and of one account from all addresses, count too: the first
make that address wait, the second have every address wait after its first failure at that account. No failure of
others keeps out who shows a refresh token of the account, or comes from an address that has not failed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Float, Interval, and_, case, cast, delete, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.dml import ReturningInsert

from coderai.gateway.accounts.domain import TooManyAttempts
from coderai.gateway.accounts.tables import sign_in_attempts as rows
from coderai.kit.db import NO_WORKSPACE, UTC_TIME, Database, Session

FIRST_WAIT, LONGEST_WAIT = 15.0, 900.0
"""Seconds."""
_NOW = func.clock_timestamp(type_=UTC_TIME)
_TO_WAIT = cast(func.extract("epoch", rows.c.next_at - _NOW), Float)
_ANY = ""
"""Stands for every account, or for every address."""


@dataclass(frozen=True, slots=True)
class _Bound:
    free: int
    """Failures that cost no wait."""
    forgets_one_in: float
    """Seconds."""


_OF_BOTH = _Bound(10, 900.0)
_OF_BOTH_UNDER_ATTACK = _Bound(1, 900.0)
_OF_ADDRESS = _Bound(100, 10.0)
_OF_ACCOUNT = _Bound(10**9, 10.0)
_ATTACK = 100
"""Failures of one account from all addresses."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One sign-in, or another check of a password, before it is known whether it succeeds."""

    email: str
    address: str
    login: UUID | None = None
    """The session of the same account whose refresh or access token was shown."""

    @property
    def source(self) -> str:
        """What failures count by beside the account."""
        return f"login {self.login}" if self.login else self.address


class Attempts:
    """The failures of late, shared by all gateways; the clock is the database's."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def begin(self, attempt: Attempt) -> None:
        """Counts the attempt before it is tried, so that many at once cannot slip under the limit.

        Raises:
            TooManyAttempts: it has to wait.
        """
        async with self._db.session(NO_WORKSPACE, Session) as session:
            bound = _OF_BOTH if attempt.login else await self._bound(session, attempt)
            if (await session.execute(_counted(attempt.email, attempt.source, bound))).one_or_none() is None:
                where = and_(rows.c.email == attempt.email, rows.c.source == attempt.source)
                raise _refused((await session.execute(select(_TO_WAIT).where(where))).scalar_one())
            await session.commit()

    async def failed(self, attempt: Attempt) -> None:
        """Counts a failure for the address and for the account as well."""
        if attempt.login:
            return
        async with self._db.session(NO_WORKSPACE, Session) as session:
            # Always in this order, so that no two wait for each other.
            await session.execute(_counted(_ANY, attempt.address, _OF_ADDRESS))
            await session.execute(_counted(attempt.email, _ANY, _OF_ACCOUNT))
            await session.commit()

    async def succeeded(self, attempt: Attempt) -> None:
        """Forgets the failures of this account from there."""
        async with self._db.session(NO_WORKSPACE, Session) as session:
            here = and_(rows.c.email == attempt.email, rows.c.source == attempt.source)
            await session.execute(delete(rows).where(here))
            await session.commit()

    async def _bound(self, session: Session, attempt: Attempt) -> _Bound:
        """How many failures are free now.

        Raises:
            TooManyAttempts: the address has failed too often.
        """
        of_address = and_(rows.c.email == _ANY, rows.c.source == attempt.address)
        of_account = and_(rows.c.email == attempt.email, rows.c.source == _ANY)
        failures, to_wait = _remembered(_OF_ACCOUNT).label("failures"), _TO_WAIT.label("to_wait")
        found = await session.execute(select(rows.c.email, to_wait, failures).where(or_(of_address, of_account)))
        bound = _OF_BOTH
        for row in found:
            if row.email == _ANY and row.to_wait > 0:
                raise _refused(row.to_wait)
            if row.email != _ANY and row.failures >= _ATTACK:
                bound = _OF_BOTH_UNDER_ATTACK
        return bound


def _counted(email: str, source: str, bound: _Bound) -> ReturningInsert[Any]:
    """Counts an attempt, unless it comes before its time: then no row is returned."""
    failures = _remembered(bound) + 1
    statement = insert(rows).values(
        email=email, source=source, failures=1, last_at=_NOW, next_at=_NOW + _wait(literal(1.0), bound)
    )
    return statement.on_conflict_do_update(
        index_elements=[rows.c.email, rows.c.source],
        set_={"failures": failures, "last_at": _NOW, "next_at": _NOW + _wait(failures, bound)},
        where=rows.c.next_at <= _NOW,
    ).returning(rows.c.failures)


def _remembered(bound: _Bound) -> ColumnElement[float]:
    elapsed = cast(func.extract("epoch", _NOW - rows.c.last_at), Float)
    return func.greatest(0.0, rows.c.failures - elapsed / bound.forgets_one_in)


def _wait(failures: ColumnElement[float], bound: _Bound) -> ColumnElement[object]:
    beyond = func.round(failures) - bound.free
    doubled = func.least(LONGEST_WAIT, FIRST_WAIT * func.power(2.0, func.least(beyond, 20.0)))
    return case((beyond < 0, 0.0), else_=doubled) * literal(timedelta(seconds=1), Interval)


def _refused(to_wait: float) -> TooManyAttempts:
    """`to_wait` is in seconds."""
    return TooManyAttempts(max(1, ceil(to_wait)))
