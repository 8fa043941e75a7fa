"""Puts a workspace's next documents into the work queue: its next small and next large one go before all others."""

from __future__ import annotations

from coderai.ingest.v1.work_pb2 import ParseDocument
from coderai.kit.identity import Cause
from coderai.services.ingest.domain.turns import Turn
from coderai.services.ingest.usecases.ports import Store

SUBJECT = "work.ingest.parse"


async def queue_documents(store: Store) -> None:
    """Puts the workspace's next documents into the queue, a window of them at most; last in their transaction."""
    for turn in await store.next_turns():
        send(store, turn)


def send(store: Store, turn: Turn) -> None:
    """Puts one document into the queue: reading it belongs to its own upload, whatever made room for it."""
    cause = Cause(turn.correlation_id, turn.traceparent) if turn.correlation_id else None
    message = ParseDocument(document_id=str(turn.document_id), project_id=str(turn.project_id))
    store.emit(f"{SUBJECT}.{turn.lane}", message, cause)
