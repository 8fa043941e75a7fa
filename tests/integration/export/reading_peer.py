"""An ingest that has the documents of one project, for exports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from coderai.ingest.v1 import ingest_service_pb2 as pb
from coderai.ingest.v1 import ingest_service_pb2_grpc
from coderai.kit.wire import from_plain


@dataclass
class ReadingPeer(ingest_service_pb2_grpc.IngestServiceServicer):
    """What it answers StreamDocumentTexts with."""

    documents: list[pb.DocumentText] = field(default_factory=list)
    requests: list[pb.StreamDocumentTextsRequest] = field(default_factory=list)
    """What it was asked."""

    def add(self, document_id: str, name: str, text: str, **fields: Any) -> None:
        """Adds a document of one page."""
        plain = {
            "document_id": document_id,
            "name": name,
            "format": "TXT",
            "status": "READY",
            "text": text,
            "text_sha256": sha256(text.encode()).hexdigest(),
            "pages": [{"number": 1, "start": 0, "end": len(text)}],
            **fields,
        }
        self.documents.append(from_plain(pb.DocumentText, plain))

    async def StreamDocumentTexts(
        self, request: pb.StreamDocumentTextsRequest, context: Any
    ) -> AsyncIterator[pb.StreamDocumentTextsResponse]:
        self.requests.append(request)
        for items in _pairs(self._wanted(request)):
            yield pb.StreamDocumentTextsResponse(items=items)

    def _wanted(self, request: pb.StreamDocumentTextsRequest) -> Iterator[pb.DocumentText]:
        for document in self.documents:
            if request.document_ids and document.document_id not in request.document_ids:
                continue
            found = pb.DocumentText.FromString(document.SerializeToString())
            if not request.with_text:
                found.text = ""
            yield found


def _pairs(documents: Iterator[pb.DocumentText]) -> Iterator[list[pb.DocumentText]]:
    found = list(documents)
    for start in range(0, len(found), 2):
        yield found[start : start + 2]
