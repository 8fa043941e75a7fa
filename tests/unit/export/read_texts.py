"""Documents' texts in memory, for the tests of formats that take them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256

from coderai.services.export.domain.texts import PageBounds, ReadDocument


class ReadTexts:
    """domain.texts.Texts of documents with one page each, by their ids."""

    def __init__(self, texts: Mapping[str, str], pages: Mapping[str, tuple[PageBounds, ...]] | None = None) -> None:
        self._texts = texts
        self._pages = pages or {}

    def documents(self) -> Iterator[ReadDocument]:
        return (self._read(id, text) for id, text in self._texts.items())

    def document(self, document_id: str) -> ReadDocument | None:
        text = self._texts.get(document_id)
        return None if text is None else self._read(document_id, text)

    def text(self, document_id: str) -> str:
        return self._texts.get(document_id, "")

    def _read(self, id: str, text: str) -> ReadDocument:
        data = text.encode()
        digest = sha256(data).hexdigest()
        pages = self._pages.get(id, (PageBounds(1, 0, len(text)),))
        return ReadDocument(id, f"{id}.txt", "TXT", "READY", len(data), digest, digest, 0, "", "", pages, "", len(data))
