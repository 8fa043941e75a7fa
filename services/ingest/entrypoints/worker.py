"""The work queue of the ingest worker, uploaded files to be read, and a sweep for files whose message was lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from uuid import UUID

from coderai.ingest.v1.work_pb2 import ParseDocument
from coderai.kit import tracing
from coderai.kit.bus import WORK, Envelope, Subscription
from coderai.kit.db import Database
from coderai.kit.lost_work import LostWork
from coderai.kit.message_ids import ids_of
from coderai.services.ingest.adapters.tables import documents
from coderai.services.ingest.domain.document import UNREAD, Document
from coderai.services.ingest.domain.storage import GENEROUS, Quota
from coderai.services.ingest.domain.turns import LANES
from coderai.services.ingest.usecases.ports import Files, OpenStore, Projects, Reader
from coderai.services.ingest.usecases.queueing import SUBJECT
from coderai.services.ingest.usecases.reading import Readings, record_failure, send_again

CONSUMER = "ingest__parse_document"


def parse_document(
    open_store: OpenStore,
    files: Files,
    projects: Projects,
    reader: Reader,
    concurrency: int,
    quota: Quota = GENEROUS,
    clock: Callable[[], float] = time.monotonic,
) -> Subscription:
    """work.ingest.parse -> the document, and those that have their turn with it, READY or FAILED with the reason."""
    readings = Readings(open_store, files, projects, reader, quota, _about, clock)

    async def handle(envelope: Envelope) -> None:
        lane = envelope.subject.rpartition(".")[2]
        await readings.read(envelope.workspace_id, _document_id(envelope), lane, is_first=envelope.attempt == 1)

    async def give_up(envelope: Envelope, error: Exception) -> None:
        await record_failure(open_store, envelope.workspace_id, _document_id(envelope), error)

    return Subscription(CONSUMER, WORK, SUBJECT, handle, give_up, concurrency, lanes=LANES)


def lost_documents(db: Database, open_store: OpenStore) -> LostWork:
    """Has documents read that wait for it for too long."""

    waits = documents.c.status.in_(UNREAD) & (documents.c.lane != "")
    again = partial(send_again, open_store)
    return LostWork(db, documents, waits, documents.c.sent_at, again, CONSUMER, LANES, documents.c.lane)


def _about(document: Document) -> None:
    tracing.about(document_id=str(document.id), project_id=str(document.project_id))


def _document_id(envelope: Envelope) -> UUID:
    """The document's id; all that is logged about this delivery from now on names it and its project."""
    message = ParseDocument.FromString(envelope.payload)
    tracing.about(**ids_of(message))
    return UUID(message.document_id)
