"""The work queue of the ingest worker: uploaded files to be read."""

from __future__ import annotations

from uuid import UUID

from coderai.ingest.v1.work_pb2 import ParseDocument

from kit.bus import WORK, Envelope, Subscription
from services.ingest.usecases.ports import Files, OpenStore, Reader
from services.ingest.usecases.reading import read_document, record_failure


def parse_document(open_store: OpenStore, files: Files, reader: Reader, concurrency: int) -> Subscription:
    """work.ingest.parse -> the document READY, or FAILED with the reason."""

    async def handle(envelope: Envelope) -> None:
        await read_document(open_store, files, reader, envelope.workspace_id, _document_id(envelope))

    async def give_up(envelope: Envelope, error: Exception) -> None:
        await record_failure(open_store, envelope.workspace_id, _document_id(envelope), error)

    return Subscription("ingest__parse_document", WORK, "work.ingest.parse", handle, give_up, concurrency)


def _document_id(envelope: Envelope) -> UUID:
    return UUID(ParseDocument.FromString(envelope.payload).document_id)
