"""Tenant sessions on Postgres: one transaction in one workspace, with the messages that its commit sends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar
from uuid import UUID

import structlog
from google.protobuf.message import Message
from opentelemetry.trace import SpanKind
from sqlalchemy import (
    ARRAY,
    CollectionAggregate,
    Column,
    DateTime,
    Executable,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    any_,
    event,
    func,
    insert,
    literal,
    text,
)
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TypeEngine

from coderai.kit import tracing
from coderai.kit.bus import Envelope
from coderai.kit.errors import Unavailable
from coderai.kit.identity import Cause
from coderai.kit.ids import new_id

log = structlog.get_logger()

UTC_TIME: TypeEngine[datetime] = DateTime(timezone=True)
_ENTER = text("select set_config('app.workspace_id', :workspace_id, true)")
_AWAY = ("08", "53300", "57P")
"""SQLSTATEs, or how they begin: connection lost, too many connections, server shutting down or starting up.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""
_TOO_SLOW = ("57014", "25P03")
"""SQLSTATEs: a statement took longer than its time limit; a transaction did nothing for longer than its own."""
_TIME_LIMITS = {"statement_timeout": "5min", "idle_in_transaction_session_timeout": "1min"}
"""The longest statements delete or compare all of a large table's documents, or wait for another that does."""


class DatabaseAway(Unavailable):
    """The database cannot be reached now."""


class DatabaseTooSlow(Unavailable):
    """The database took too long: try again later."""


def tenant_columns() -> tuple[Column[Any], Column[Any], Column[Any]]:
    """The columns that every tenant table begins with: id, workspace_id, created_at."""
    return (
        Column("id", Uuid, primary_key=True),
        Column("workspace_id", Uuid, nullable=False),
        Column("created_at", UTC_TIME, nullable=False, server_default=func.now()),
    )


outbox = Table(
    "outbox",
    MetaData(),
    *tenant_columns(),
    Column("subject", Text, nullable=False),
    Column("correlation_id", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("traceparent", Text, nullable=False, server_default=""),
)


NO_WORKSPACE = UUID(int=0)
"""Of transactions in which it is not known yet, or does not matter, which workspace somebody acts in."""


def any_of(ids: Collection[UUID]) -> CollectionAggregate[Any]:
    """One of these ids, as one parameter: there may be more than a statement takes."""
    return any_(literal(list(ids), ARRAY(Uuid)))


class Relay(Protocol):
    """Publishes what a commit sends (kit.outbox)."""

    def publish_soon(self, envelopes: Sequence[Envelope]) -> None:
        """Takes over messages whose rows are committed."""

    async def ring(self, doorbell: str) -> None:
        """Wakes whoever waits at a doorbell; a bell that cannot be rung is no error."""


class Session:
    """One transaction in one workspace; leaving it without commit() rolls back. Services subclass it."""

    def __init__(self, connection: AsyncConnection, workspace_id: UUID, relay: Relay | None) -> None:
        self.connection = connection
        self.workspace_id = workspace_id
        self._relay = relay
        self._outgoing: list[Envelope] = []
        self._doorbells: set[str] = set()

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Runs one statement, with parameters as in SQLAlchemy Core (a list of mappings runs it for each)."""
        return await self.connection.execute(statement, parameters)

    def emit(self, subject: str, message: Message, cause: Cause | None = None) -> None:
        """Sends a message on `subject` if and only if this transaction commits; `cause`: else what acts now."""
        cause = cause or tracing.cause()
        self._outgoing.append(
            Envelope(
                id=new_id(),
                subject=subject,
                payload=message.SerializeToString(),
                workspace_id=self.workspace_id,
                correlation_id=cause.correlation_id,
                traceparent=cause.traceparent,
                sender=tracing.carried(),
            )
        )

    def ring(self, doorbell: str) -> None:
        """Wakes whoever waits at a doorbell once this transaction has committed."""
        self._doorbells.add(doorbell)

    async def commit(self) -> None:
        """Commits the rows together with the outbox rows of the emitted messages, then has those published."""
        outgoing, self._outgoing = self._outgoing, []
        doorbells, self._doorbells = self._doorbells, set()
        if outgoing:
            rows = [
                {
                    "id": e.id,
                    "workspace_id": e.workspace_id,
                    "subject": e.subject,
                    "correlation_id": e.correlation_id,
                    "payload": e.payload,
                    "traceparent": e.traceparent,
                }
                for e in outgoing
            ]
            await self.connection.execute(insert(outbox), rows)
        await self.connection.commit()
        if self._relay is not None:
            self._relay.publish_soon(outgoing)
            for doorbell in doorbells:
                await self._relay.ring(doorbell)


S = TypeVar("S", bound=Session)


class Database:
    """A service's connections, all under its application role.

    Whatever is done in a transaction raises DatabaseAway when the server goes away, DatabaseTooSlow when it exceeds a
    time limit; whether a commit that was under way then took place is not known.
    """

    def __init__(self, url: str, service: str, pool_size: int = 10) -> None:
        """`url` is postgresql://user:password@host:port/database; tables are looked up in the service's schema."""
        self.service = service
        self._traced = {"db.system.name": "postgresql", "db.namespace": service}
        self.relay: Relay | None = None
        self._engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            hide_parameters=True,
            connect_args={
                "server_settings": {
                    "jit": "off",
                    "search_path": service,
                    "application_name": f"coderai_{service}",
                    **_TIME_LIMITS,
                }
            },
        )
        event.listen(self._engine.sync_engine, "checkout", _leave_closed)

    @asynccontextmanager
    async def session(
        self, workspace_id: UUID, kind: Callable[[AsyncConnection, UUID, Relay | None], S]
    ) -> AsyncIterator[S]:
        """Opens a transaction that sees and writes only this workspace's rows."""
        async with self._connection() as connection:
            await connection.execute(_ENTER, {"workspace_id": str(workspace_id)})
            yield kind(connection, workspace_id, self.relay)

    @asynccontextmanager
    async def sweep(self) -> AsyncIterator[AsyncConnection]:
        """Opens a transaction under the sweeper's role: all workspaces, but only the tables granted to it."""
        async with self._connection() as connection:
            await connection.execute(text(f'set local role "coderai_{self.service}_sweeper"'))
            yield connection

    async def ping(self) -> None:
        """Asks the server for a sign of life."""
        async with self._connection() as connection:
            await connection.execute(text("select 1"))

    async def close(self) -> None:
        """Closes all connections."""
        await self._engine.dispose()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[AsyncConnection]:
        connected = False
        # It is not made the current span: a reader that leaves has its transaction ended in another context.
        span = tracing.begin_step(f"transaction {self.service}", SpanKind.CLIENT, self._traced)
        try:
            async with self._engine.connect() as connection:
                connected = True
                yield connection
        except (DBAPIError, PoolExhausted, OSError) as error:
            tracing.note_failure(span, error)
            if _sqlstate(error) in _TOO_SLOW:
                log.warning("database_too_slow", service=self.service, error=error)
                raise DatabaseTooSlow() from error
            if connected and not _is_away(error):
                raise
            log.warning("database_away", service=self.service, error=error)
            raise DatabaseAway() from error
        finally:
            span.end()


def _is_away(error: Exception) -> bool:
    """Whether an error of a transaction says that its connection is gone."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or _sqlstate(error).startswith(_AWAY)
    return isinstance(error, ConnectionError)


def _sqlstate(error: Exception) -> str:
    return getattr(error.orig, "sqlstate", None) or "" if isinstance(error, DBAPIError) else ""


def _leave_closed(connection: Any, *_: Any) -> None:
    """Has the pool open another connection in the place of one that the server closed; asking it would cost queries."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError("the server closed the connection")
