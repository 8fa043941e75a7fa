"""A co-pilot's process that is killed in the middle of a reply, and one that is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from subprocess import Popen
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, update

from coderai.copilot.v1 import conversation_service_pb2_grpc
from coderai.deploy.embedded import EmbeddedNats
from coderai.deploy.ports import free_port
from coderai.deploy.process_group import ProcessGroup
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.identity import Identity
from coderai.kit.wire import to_plain
from coderai.services.copilot.adapters.tables import messages
from coderai.services.copilot.domain.conversing.message import BROKEN_OFF
from tests.integration.conversation.conftest import KEY, SECRET, Pace, Peers, Replica, said, until
from tests.support.openai_server import OpenAIServer
from tests.support.stack import ServiceDatabases

LONG = " ".join(f"Sentence {number} of the reply." for number in range(20))


@asynccontextmanager
async def running(
    group: ProcessGroup, peers: Peers, dsns: ServiceDatabases, nats: EmbeddedNats, server: OpenAIServer, folder: Path
) -> AsyncIterator[tuple[Any, Popen[bytes]]]:
    """A co-pilot as an operator starts it."""
    listen = f"127.0.0.1:{free_port()}"
    settings = {
        "CODERAI_INTERNAL_TOKEN_KEY": SECRET,
        "CODERAI_PROJECTS_ADDRESS": peers.projects,
        "CODERAI_INGEST_ADDRESS": peers.ingest,
        "CODERAI_EXTRACTOR_ADDRESS": peers.extractor,
        "CODERAI_COPILOT_LISTEN": listen,
        "CODERAI_COPILOT_DATABASE_URL": dsns["copilot"].application,
        "CODERAI_NATS_URL": nats.url_of("copilot"),
        "OPENAI_BASE_URL": server.base_url,
        "OPENAI_API_KEY": "sk-of-these-tests",
    }
    command = (sys.executable, "-m", "coderai.services.copilot", "serve")
    with (folder / "log").open("wb") as output:
        process = group.popen(command, env={**os.environ, **settings}, cwd=Path.cwd(), output=output)
    try:
        async with PeerChannel("copilot", listen, KEY) as channel:
            yield Replica(conversation_service_pb2_grpc.ConversationServiceStub(channel), None), process  # type: ignore[arg-type]
    finally:
        process.kill()
        process.wait(20)


async def begun(replica: Replica, other: Replica, project: str) -> tuple[str, str]:
    """A reply in the middle, which another replica sees too: its id, and what there is of it."""
    reply_id = (await replica.send(project)).reply.id

    async def has_begun() -> bool:
        return bool((await other.get(reply_id))["text"])

    await until(has_begun)
    return reply_id, (await other.get(reply_id))["text"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_a_process_that_ends_leaves_a_reply_that_says_so(
    how: signal.Signals,
    process_group: ProcessGroup,
    peers: Peers,
    service_dsns: ServiceDatabases,
    nats: EmbeddedNats,
    model_server: OpenAIServer,
    pace: Pace,
    copilot: Replica,
    project: str,
    open_store: Any,
    signed_in: Identity,
    tmp_path: Path,
) -> None:
    model_server.answer = lambda _: said(LONG)
    pace.hold(6)
    async with running(process_group, peers, service_dsns, nats, model_server, tmp_path) as (replica, process):
        reply_id, text = await begun(replica, copilot, project)
        watching = asyncio.create_task(copilot.watch(reply_id))
        process.send_signal(how)
        status = await asyncio.to_thread(process.wait, 20)
    if how is signal.SIGKILL:
        assert (await copilot.get(reply_id))["status"] == "STREAMING"
        await time_passes(open_store, signed_in, reply_id)
    else:
        assert status == 0
    ended = to_plain((await watching)[-1].message)
    assert (ended["status"], ended["problem"]) == ("FAILED", BROKEN_OFF)
    assert ended["text"].startswith(text) and LONG.startswith(ended["text"])
    assert ended["ended_at"]
    assert [one["status"] for one in await copilot.messages(project)] == ["COMPLETE", "FAILED"]


async def time_passes(open_store: Any, who: Identity, reply_id: str) -> None:
    """Until the reply's last sign of life is too long ago."""
    long_ago = func.now() - timedelta(minutes=1)
    async with open_store(who.workspace_id) as store:
        await store.execute(update(messages).where(messages.c.id == UUID(reply_id)).values(alive_until=long_ago))
        await store.commit()


async def test_a_writer_whose_reply_counts_as_broken_off_writes_no_more(
    model_server: OpenAIServer, pace: Pace, copilot: Replica, project: str, open_store: Any, signed_in: Identity
) -> None:
    model_server.answer = lambda _: said(LONG)
    rest = pace.hold(6)
    reply_id, _ = await begun(copilot, copilot, project)
    await time_passes(open_store, signed_in, reply_id)
    rest.set()
    ended = (await copilot.watch(reply_id))[-1].message
    assert ended.problem == BROKEN_OFF

    async def has_left() -> bool:
        return not copilot.replies.going_on

    await until(has_left)
    assert (await copilot.get(reply_id))["text"] == ended.text
