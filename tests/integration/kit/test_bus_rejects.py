"""A message that does not say whose it is, is handled by nobody, and those after it are."""

from __future__ import annotations

import asyncio
from uuid import UUID, uuid4

import nats as nats_client
import pytest

from coderai.deploy.embedded import EmbeddedNats
from coderai.kit.bus import WORK, Bus, Envelope, Subscription

HEADERS = {"Nats-Msg-Id": str(uuid4()), "Coderai-Workspace": str(uuid4()), "Coderai-Correlation": "c"}
FORGED: dict[str, dict[str, str] | None] = {
    "no headers": None,
    "no workspace": {k: v for k, v in HEADERS.items() if k != "Coderai-Workspace"},
    "a malformed workspace": HEADERS | {"Coderai-Workspace": "*"},
    "no id": {k: v for k, v in HEADERS.items() if k != "Nats-Msg-Id"},
    "no correlation": {k: v for k, v in HEADERS.items() if k != "Coderai-Correlation"},
}


@pytest.mark.parametrize("forged", FORGED)
async def test_a_message_that_is_none_of_ours_is_thrown_away_and_not_handled(
    nats: EmbeddedNats, bus: Bus, workspace_id: UUID, forged: str
) -> None:
    handled: asyncio.Queue[bytes] = asyncio.Queue()

    async def handle(envelope: Envelope) -> None:
        handled.put_nowait(envelope.payload)

    subject = f"work.test.forged.{uuid4().hex}"
    outside = await nats_client.connect(nats.url)
    stream = outside.jetstream()
    await stream.publish(subject, b"forged", headers=FORGED[forged])
    await bus.publish(Envelope(uuid4(), subject, b"ours", workspace_id, "c"))
    name = f"test__{uuid4().hex}"
    consuming = asyncio.create_task(bus.consume(Subscription(name, WORK, subject, handle)))
    try:
        async with asyncio.timeout(20):
            assert await handled.get() == b"ours"
            while (await stream.consumer_info(WORK, name)).num_ack_pending:  # noqa: ASYNC110 - the server takes note
                await asyncio.sleep(0.02)
        assert handled.empty()
        info = await stream.consumer_info(WORK, name)
        assert (info.num_pending, info.num_redelivered) == (0, 0)
    finally:
        consuming.cancel()
        await asyncio.wait([consuming])
        await outside.close()
