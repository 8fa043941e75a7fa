"""Streams a reply as it comes: reads what is there, waits for the doorbell, and reads again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

from coderai.copilot.v1 import conversation_service_pb2 as pb
from coderai.kit.bus import Bus, wait_for_ring
from coderai.kit.db import Session
from coderai.kit.identity import Identity
from coderai.services.copilot import queries
from coderai.services.copilot.adapters.message_rows import doorbell

BATCH = 200
"""Parts that are read at a time."""


@dataclass(frozen=True, slots=True)
class WatchMessage:
    """Follows replies, whichever process writes them."""

    bus: Bus
    open_session: Callable[[UUID], AbstractAsyncContextManager[Session]]

    async def __call__(self, who: Identity, message_id: UUID, after: int) -> AsyncIterator[pb.WatchMessageResponse]:
        """Every part after a number, all of them from 0 down, then what the message has become.

        Nothing when that was the last number.

        Raises:
            MessageNotFound: also when it is removed meanwhile.
        """
        after = max(after, 0)
        async with self.bus.listen(doorbell(message_id)) as bell:
            while True:
                bell.clear()
                async with self.open_session(who.workspace_id) as session:
                    # Read first: where it has ended, all of its parts are there.
                    message = await queries.get_message(session, message_id)
                    parts = await queries.parts_after(session, message_id, after, BATCH)
                    last = await queries.last_part(session, message_id)
                for after, part in parts:
                    yield pb.WatchMessageResponse(sequence=after, part=part)
                if message.status != pb.MESSAGE_STATUS_STREAMING and after >= last:
                    if after == last:
                        yield pb.WatchMessageResponse(sequence=last + 1, message=message)
                    return
                if len(parts) < BATCH:
                    await wait_for_ring(bell)
