"""Ingest as the export service sees it: documents as they were read, spooled to local disk."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager
from tempfile import TemporaryFile
from typing import IO, Any, NamedTuple
from uuid import UUID

from coderai.ingest.v1 import ingest_service_pb2 as pb
from coderai.ingest.v1.ingest_service_pb2_grpc import IngestServiceStub
from coderai.kit.grpc_channel import PeerChannel
from coderai.kit.wire import enum_names
from coderai.services.export.domain.texts import PageBounds, ReadDocument

_FORMATS = enum_names(pb.DocumentFormat.DESCRIPTOR)
_AT_A_TIME = 10_000
"""Documents that one request may name."""
_STATUSES = enum_names(pb.DocumentStatus.DESCRIPTOR)


class _Place(NamedTuple):
    """Where the spool has a document: its message without the text, and behind it the text."""

    start: int
    message_bytes: int
    text_bytes: int


class SpooledTexts:
    """domain.texts.Texts in an open file, of which only the documents' places are in memory.

    Reading leaves the file's position alone, so that a text may be read while documents() goes on.
    """

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._places: dict[str, _Place] = {}
        self._end = 0

    def add(self, document: pb.DocumentText) -> None:
        """Appends a document."""
        text = document.text.encode()
        document.text = ""
        message = document.SerializeToString()
        self._spool.write(message)
        self._spool.write(text)
        self._places[document.document_id] = _Place(self._end, len(message), len(text))
        self._end += len(message) + len(text)

    def end(self) -> None:
        """Makes what was added readable."""
        self._spool.flush()

    def documents(self) -> Iterator[ReadDocument]:
        return map(self._read, self._places.values())

    def document(self, document_id: str) -> ReadDocument | None:
        place = self._places.get(document_id)
        return None if place is None else self._read(place)

    def text(self, document_id: str) -> str:
        place = self._places.get(document_id)
        return "" if place is None else self._bytes(place.start + place.message_bytes, place.text_bytes).decode()

    def _read(self, place: _Place) -> ReadDocument:
        return _document(pb.DocumentText.FromString(self._bytes(place.start, place.message_bytes)), place.text_bytes)

    def _bytes(self, start: int, size: int) -> bytes:
        return os.pread(self._spool.fileno(), size, start)


class IngestClient:
    """usecases.ports.TextSource over ingest's RPC."""

    def __init__(self, channel: PeerChannel, work_folder: str) -> None:
        """Documents are spooled to nameless files in `work_folder`."""
        self._stub: Any = IngestServiceStub(channel)
        self._work_folder = work_folder

    @asynccontextmanager
    async def texts(
        self, project_id: UUID, document_ids: Sequence[str] = (), *, with_text: bool
    ) -> AsyncIterator[SpooledTexts]:
        with TemporaryFile(dir=self._work_folder, prefix="coderai-export-") as spool:
            texts = SpooledTexts(spool)
            for first in range(0, max(1, len(document_ids)), _AT_A_TIME):
                named = document_ids[first : first + _AT_A_TIME]
                request = pb.StreamDocumentTextsRequest(
                    project_id=str(project_id), document_ids=named, with_text=with_text
                )
                async with aclosing(self._stub.StreamDocumentTexts(request)) as stream:
                    async for message in stream:
                        for document in message.items:
                            texts.add(document)
            texts.end()
            yield texts


def _document(found: pb.DocumentText, text_bytes: int) -> ReadDocument:
    return ReadDocument(
        id=found.document_id,
        name=found.name,
        format=_FORMATS[found.format],
        status=_STATUSES[found.status],
        size=found.size,
        sha256=found.sha256,
        text_sha256=found.text_sha256,
        text_version=found.text_version,
        reader=found.reader,
        language=found.language,
        pages=tuple(PageBounds(page.number, page.start, page.end) for page in found.pages),
        container=found.container,
        text_bytes=text_bytes,
    )
