"""What every service process is built from: its connections, and parts that run until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
import uvloop

from coderai.kit import telemetry, tracing
from coderai.kit.bus import Bus
from coderai.kit.db import Database
from coderai.kit.errors import CoderAIError
from coderai.kit.identity import TokenKey
from coderai.kit.outbox import OutboxRelay
from coderai.kit.settings import ProcessSettings, SettingsInvalid

log = structlog.get_logger()

Part = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Process:
    """What a service process with a database holds."""

    db: Database
    bus: Bus
    key: TokenKey


@asynccontextmanager
async def running(service: str, settings: ProcessSettings, *, works: bool = False) -> AsyncIterator[Process]:
    """Sets telemetry up, connects and publishes what is committed; leaving it publishes the last and disconnects.

    `works`: it is one of the service's workers, and goes by that name in logs and traces.
    """
    name = f"{service}-work" if works else service
    telemetry.configure(name, settings.log_level, settings.log_format, settings.metrics_listen)
    async with tracing.sending(name):
        db = Database(settings.database_url, service, settings.database_pool)
        bus = await Bus.connect(settings.nats_url, service)
        try:
            async with OutboxRelay(db, bus).running():
                yield Process(db, bus, TokenKey(settings.internal_token_key))
        finally:
            await bus.close()
            await db.close()


async def until_stopped(*parts: Part) -> None:
    """Runs all parts until SIGTERM or SIGINT; the first that ends stops the others; errors are raised."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    tasks = [asyncio.ensure_future(part()) for part in (*parts, stop.wait)]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(result, Exception):
            raise result


def main(service: str, commands: Mapping[str, Part]) -> None:
    """The main of every service: `migrate`, or the named command; exits with 2 on wrong usage, 1 on an error."""
    arguments = sys.argv[1:]
    known = (*commands, "migrate")
    if len(arguments) != 1 or arguments[0] not in known:
        module = "coderai.gateway" if service == "gateway" else f"coderai.services.{service}"
        sys.stderr.write(f"usage: python -m {module} {' | '.join(known)}\n")
        sys.exit(2)
    try:
        if arguments[0] == "migrate":
            from coderai.kit.migrations import migrate  # a fifth of what a process would load, and only this needs it

            migrate(service, _migration_url(service))
        else:
            uvloop.run(_call(commands[arguments[0]]))
    except CoderAIError as error:
        sys.exit(f"{service}: {error.message}")


async def _call(command: Part) -> None:
    await command()


def _migration_url(service: str) -> str:
    name = f"CODERAI_{service.upper()}_MIGRATION_URL"
    url = os.environ.get(name, "")
    if not url:
        raise SettingsInvalid(f"{name} must be the database URL of the role that owns the schema {service}")
    return url
